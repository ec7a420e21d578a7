package io.github.easywebsocket;

import io.github.easywebsocket.Wiring.Mode;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.testng.SkipException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/** {@link MessageFlow} keeps the rules of Reactive Streams, by the TCK of Reactive Streams. */
@Timeout(120)
class ReactiveStreamsTckTest {

  private static final int MOST_ELEMENTS = 1000;

  /** For what must come, however busy the machine is, and for what must not. */
  private static final long PATIENCE_MILLIS = 1_000;

  private static final long SILENCE_MILLIS = 100;

  @TestFactory
  Stream<DynamicTest> whatAConnectionReceivesIsAPublisher() {
    return tests(Received::new);
  }

  @TestFactory
  Stream<DynamicTest> whatSendsOnAConnectionIsASubscriber() {
    return tests(Sent::new);
  }

  /** Received messages, the end included, that wait for their subscriber. */
  private static final class Received extends FlowPublisherVerification<Message> {

    Received() {
      super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS));
    }

    @Override
    public Flow.Publisher<Message> createFlowPublisher(long elements) {
      return publisher(elements, 1000);
    }

    @Override
    public Flow.Publisher<Message> createFailedFlowPublisher() {
      return publisher(0, 1011);
    }

    @Override
    public long maxElementsFromPublisher() {
      return MOST_ELEMENTS;
    }

    private static Flow.Publisher<Message> publisher(long elements, int code) {
      Wiring w = new Wiring(Mode.INLINE);
      @SuppressWarnings({"unchecked", "rawtypes"})
      Flow.Publisher<Message>[] published = new Flow.Publisher[1];
      w.handler.also = MessageFlow.receiving((connection, messages) -> published[0] = messages);
      w.open();
      for (long i = 0; i < elements; i++) {
        w.text("message " + i);
      }
      w.peerCloses(code, "");
      w.gone(null);
      return published[0];
    }
  }

  /** A subscriber that sends on a connection which takes everything. */
  private static final class Sent extends FlowSubscriberBlackboxVerification<Message> {

    Sent() {
      super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS));
    }

    @Override
    public Flow.Subscriber<Message> createFlowSubscriber() {
      return MessageFlow.sending(new Wiring(Mode.INLINE).open().session);
    }

    @Override
    public Message createElement(int element) {
      return Message.text("message " + element);
    }
  }

  // ---- the TCK's tests are TestNG's

  private static Stream<DynamicTest> tests(Supplier<?> verification) {
    Class<?> type = verification.get().getClass();
    return Arrays.stream(type.getMethods())
        .filter(method -> method.isAnnotationPresent(Test.class))
        .filter(method -> !method.getName().startsWith("untested_"))
        .sorted(Comparator.comparing(Method::getName))
        .map(test -> DynamicTest.dynamicTest(test.getName(), () -> run(verification.get(), test)));
  }

  private static void run(Object verification, Method test) throws Throwable {
    callAll(verification, BeforeClass.class);
    callAll(verification, BeforeMethod.class);
    try {
      call(verification, test);
    } finally {
      callAll(verification, AfterClass.class);
    }
  }

  private static void callAll(Object verification, Class<? extends Annotation> annotation)
      throws Throwable {
    for (Method each : verification.getClass().getMethods()) {
      if (each.isAnnotationPresent(annotation)) {
        call(verification, each);
      }
    }
  }

  private static void call(Object verification, Method method) throws Throwable {
    try {
      method.setAccessible(true);
      method.invoke(verification);
    } catch (InvocationTargetException e) {
      @Nullable Throwable cause = e.getCause();
      if (cause instanceof SkipException skipped) {
        throw new TestAbortedException(skipped.getMessage(), skipped);
      }
      throw cause == null ? e : cause;
    }
  }
}
