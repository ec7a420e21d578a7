package io.github.easywebsocket.undertow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Receiver;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

/** What is left to chance on sockets: what the I/O thread does last. */
@Timeout(30)
class UndertowPipeTest {

  private final List<String> done = new CopyOnWriteArrayList<>();

  /** Else TLS would end without its {@code close_notify} (rule 8.6). */
  @Test
  void aCloseByAnotherThreadComesBehindTheEndOfTheOutput() throws Exception {
    XnioWorker worker = Xnio.getInstance().createWorker(OptionMap.EMPTY);
    try {
      StreamConnection connection = worker.createFullDuplexPipeConnection().getLeftSide();
      ConduitStreamSinkChannel sink = connection.getSinkChannel();
      sink.setConduit(new Ending(sink.getConduit()));
      CountDownLatch closed = new CountDownLatch(1);
      connection.setCloseListener(
          listened -> {
            done.add("closed");
            closed.countDown();
          });
      UndertowPipe pipe = new UndertowPipe(connection, true, new UndertowBuffers(), accepted());
      CountDownLatch both = new CountDownLatch(1);
      connection.getIoThread().execute(() -> await(both));
      pipe.shutdownOutput();
      pipe.close();
      both.countDown();
      assertTrue(closed.await(10, TimeUnit.SECONDS));
      assertEquals(List.of("output ended", "closed"), done);
    } finally {
      worker.shutdownNow();
      worker.awaitTermination();
    }
  }

  /** Tells when the output is ended, which is when TLS says goodbye. */
  private final class Ending extends AbstractStreamSinkConduit<StreamSinkConduit> {
    Ending(StreamSinkConduit next) {
      super(next);
    }

    @Override
    public void terminateWrites() throws IOException {
      done.add("output ended");
      super.terminateWrites();
    }
  }

  private static Acceptance accepted() {
    return new Acceptance("key", null, Headers.EMPTY, Limits.DEFAULT, null, of(Receiver.class));
  }

  /** One that does nothing. */
  private static <T> T of(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> method.getReturnType() == boolean.class ? false : null));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
