package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Wiring.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a connection receives, published; by the rules of Reactive Streams. */
@ParameterizedClass
@EnumSource(Mode.class)
@Timeout(30)
class IncomingFlowTest {

  @RegisterExtension final Logged logged = new Logged();

  private final Mode mode;
  private Wiring w;

  /** Writes down the signals, and does in onNext what the test asks. */
  private static final class Sink implements Flow.Subscriber<Message> {
    final List<String> signals = new ArrayList<>(); // guarded by this
    Flow.@Nullable Subscription subscription;
    Consumer<Flow.Subscription> onSubscribe = given -> {};
    Consumer<String> onNext = text -> {};

    Flow.Subscription subscription() {
      return Objects.requireNonNull(subscription, "onSubscribe was not called");
    }

    private synchronized void signal(String signal) {
      signals.add(signal);
    }

    synchronized void saw(String... expected) {
      assertEquals(List.of(expected), List.copyOf(signals));
      signals.clear();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      signal("subscribed");
      subscription = given;
      onSubscribe.accept(given);
    }

    @Override
    public void onNext(Message message) {
      signal(message.text());
      onNext.accept(message.text());
    }

    @Override
    public void onError(Throwable failure) {
      signal(
          failure instanceof WebSocketException known
              ? known.kind().name()
              : failure.getClass().getSimpleName());
    }

    @Override
    public void onComplete() {
      signal("complete");
    }
  }

  private final Sink sink = new Sink();
  private Flow.@Nullable Publisher<Message> published;

  IncomingFlowTest(Mode mode) {
    this.mode = mode;
    w = new Wiring(mode);
    w.handler.also = MessageFlow.receiving((connection, messages) -> published = messages);
    w.open();
  }

  @AfterEach
  void nothingElseHappened() {
    w.gone(null);
    w.handler.forget();
    w.transport.take();
    w.verify();
  }

  private Flow.Publisher<Message> messages() {
    return Objects.requireNonNull(published);
  }

  private void subscribe(long demand) {
    sink.onSubscribe = given -> given.request(demand);
    messages().subscribe(sink);
    sink.saw("subscribed");
  }

  @Test
  void messagesAreSignalledInOrder() {
    subscribe(Long.MAX_VALUE);
    w.text("a", "b");
    w.text("c");
    sink.saw("a", "b", "c");
    w.transport.did();
  }

  @Test
  void noMessageIsSignalledWhileTheSubscriberIsToldOfItsSubscription() throws Exception {
    for (int round = 0; round < 500; round++) {
      IncomingFlow flow = new IncomingFlow(w.session);
      AtomicBoolean inside = new AtomicBoolean();
      CompletableFuture<Boolean> overlaps = new CompletableFuture<>();
      sink.onSubscribe =
          given -> {
            inside.set(true);
            given.request(1);
            Thread.yield();
            inside.set(false);
          };
      sink.onNext = text -> overlaps.complete(inside.get());
      CyclicBarrier start = new CyclicBarrier(2);
      CompletableFuture<Void> other =
          CompletableFuture.runAsync(
              () -> {
                join(start);
                flow.add(Message.text("a"));
              });
      join(start);
      flow.subscribe(sink);
      assertFalse(overlaps.get(10, TimeUnit.SECONDS));
      other.join();
    }
  }

  private static void join(CyclicBarrier start) {
    try {
      start.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void noMoreIsSignalledThanWasRequested() {
    subscribe(2);
    w.text("a", "b", "c", "d");
    sink.saw("a", "b");
    sink.subscription().request(1);
    sink.saw("c");
    sink.subscription().request(5);
    sink.saw("d");
    w.text("e");
    sink.saw("e");
  }

  @Test
  void readingPausesWhileMessagesWait() {
    subscribe(1);
    w.text("a");
    w.transport.did();
    w.text("b", "c");
    w.transport.did("pause");
    sink.subscription().request(1);
    w.transport.did();
    sink.subscription().request(1);
    w.transport.did("resume");
    sink.saw("a", "b", "c");
  }

  @Test
  void readingPausesUntilThereIsASubscriber() {
    w.text("a", "b");
    w.transport.did("pause");
    subscribeLate();
    sink.saw("subscribed", "a", "b");
    w.transport.did("resume");
  }

  private void subscribeLate() {
    sink.onSubscribe = given -> given.request(Long.MAX_VALUE);
    messages().subscribe(sink);
  }

  @Test
  void aRequestForEachMessageNeverPauses() {
    subscribe(1);
    sink.onNext = text -> sink.subscription().request(1);
    w.text("a", "b", "c");
    sink.saw("a", "b", "c");
    w.transport.did();
  }

  @Test
  void requestsAddUpAndDoNotOverflow() {
    subscribe(Long.MAX_VALUE);
    sink.subscription().request(Long.MAX_VALUE);
    w.text("a", "b");
    sink.saw("a", "b");
  }

  @Test
  void aRequestInsideOfASignalDoesNotRecurse() {
    int[] depth = {0};
    subscribe(1);
    sink.onNext =
        text -> {
          assertEquals(1, ++depth[0]);
          sink.subscription().request(1);
          depth[0]--;
        };
    String[] many = new String[10_000];
    Arrays.fill(many, "a");
    w.text(many);
    sink.saw(many);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void aRequestThatIsNotPositiveIsAnError(long n) {
    subscribe(1);
    w.text("a", "b");
    sink.saw("a");
    w.transport.did("pause");
    sink.subscription().request(n);
    sink.saw("IllegalArgumentException");
    w.transport.did("resume");
    w.text("c");
    sink.subscription().request(1);
    sink.saw();
    assertTrue(w.session.isOpen());
  }

  @Test
  void aSecondSubscriberIsRefused() {
    subscribe(1);
    Sink second = new Sink();
    second.onSubscribe = given -> given.request(1);
    messages().subscribe(second);
    second.saw("subscribed", "IllegalStateException");
    second.subscription().cancel();
    w.text("a");
    sink.saw("a");
    second.saw();
  }

  @Test
  @SuppressWarnings("NullAway")
  void nullIsRefused() {
    assertThrows(NullPointerException.class, () -> messages().subscribe(null));
    assertThrows(NullPointerException.class, () -> MessageFlow.receiving(null));
  }

  @Test
  void afterCancelTheRestIsDroppedAndTheConnectionStays() {
    subscribe(1);
    w.text("a", "b");
    sink.saw("a");
    w.transport.did("pause");
    sink.subscription().cancel();
    w.transport.did("resume");
    w.text("c");
    sink.subscription().request(2);
    sink.subscription().cancel();
    sink.saw();
    w.transport.did();
    assertTrue(w.session.isOpen());
    w.peerCloses(1000, "");
    sink.saw();
  }

  @Test
  void cancelInsideOfASignalIsTheLastSignal() {
    subscribe(5);
    sink.onNext = text -> sink.subscription().cancel();
    w.text("a", "b");
    sink.saw("a");
  }

  @Test
  void anOrderlyCloseCompletesWithoutDemand() {
    subscribe(1);
    w.text("a");
    w.peerCloses(1000, "");
    sink.saw("a", "complete");
  }

  @Test
  void aCloseWithoutACodeCompletes() {
    subscribe(1);
    w.peerCloses(1005, "");
    sink.saw("complete");
  }

  @Test
  void ourOwnCloseCompletes() {
    subscribe(1);
    w.session.close();
    w.peerCloses(1000, "");
    sink.saw("complete");
  }

  @Test
  void anyOtherCodeIsAnError() {
    subscribe(1);
    w.peerCloses(1011, "");
    sink.saw("CLOSED");
  }

  @Test
  void theEndOfTcpIsAnError() {
    subscribe(1);
    w.gone(null);
    sink.saw("CLOSED");
  }

  @Test
  void aFailureIsToldAsItIs() {
    subscribe(1);
    w.session.failed(1002, "no");
    w.session.readComplete();
    w.run();
    sink.saw("PROTOCOL");
  }

  @Test
  void theEndComesAfterWhatWasReceived() {
    subscribe(1);
    w.text("a", "b");
    w.gone(null);
    sink.saw("a");
    sink.subscription().request(1);
    sink.saw("b", "CLOSED");
  }

  @Test
  void aLateSubscriberIsToldEverything() {
    w.text("a");
    w.peerCloses(1000, "");
    subscribeLate();
    sink.saw("subscribed", "a", "complete");
  }

  @Test
  void aSubscriberThatThrowsCloses1011() {
    subscribe(5);
    sink.onNext =
        text -> {
          throw new IllegalStateException("the test's");
        };
    w.text("a", "b");
    logged.saw("a subscriber threw");
    sink.saw("a");
    w.transport.did("close 1011");
  }

  /** One thread receives, another requests one by one. */
  @Test
  void threadsMeetWithoutLossOrDisorder() throws Exception {
    int count = 20_000;
    CountDownLatch received = new CountDownLatch(count);
    CompletableFuture<Void> done = new CompletableFuture<>();
    Semaphore wanted = new Semaphore(0);
    subscribe(1);
    sink.onNext =
        text -> {
          wanted.release();
          received.countDown();
        };
    Thread requester =
        new Thread(
            () -> {
              for (int i = 0; i < count; i++) {
                wanted.acquireUninterruptibly();
                sink.subscription().request(1);
              }
              done.complete(null);
            });
    requester.start();
    String[] sent = new String[count];
    for (int i = 0; i < count; i++) {
      sent[i] = Integer.toString(i);
      w.text(sent[i]);
    }
    assertTrue(received.await(20, TimeUnit.SECONDS));
    done.get(20, TimeUnit.SECONDS);
    requester.join();
    sink.saw(sent);
    List<String> calls = w.transport.take();
    assertTrue(calls.isEmpty() || calls.get(calls.size() - 1).equals("resume"), "left paused");
  }

  @Test
  void whatOnOpenThrewIsToldToTheSubscriber() {
    w = new Wiring(mode);
    w.handler.also =
        MessageFlow.receiving(
            (connection, messages) -> {
              messages.subscribe(sink);
              throw new IllegalStateException("the test's");
            });
    w.session.open(w.transport, null);
    w.run();
    logged.saw("a handler threw");
    w.peerCloses(1011, "");
    sink.saw("subscribed", "IllegalStateException");
  }
}
