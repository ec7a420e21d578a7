package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.easywebsocket.Wiring.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What is published, sent on a connection. */
@ParameterizedClass
@EnumSource(Mode.class)
@Timeout(30)
class OutgoingFlowTest {

  @RegisterExtension final Logged logged = new Logged();

  private final Mode mode;
  private Wiring w;

  private final List<String> asked = new ArrayList<>();
  private Flow.Subscriber<Message> subscriber;

  private final Flow.Subscription subscription =
      new Flow.Subscription() {
        @Override
        public void request(long n) {
          asked.add("request " + n);
        }

        @Override
        public void cancel() {
          asked.add("cancel");
        }
      };

  OutgoingFlowTest(Mode mode) {
    this.mode = mode;
    w = new Wiring(mode).open();
    subscriber = MessageFlow.sending(w.session);
  }

  @AfterEach
  void nothingElseHappened() {
    w.gone(null);
    w.handler.forget();
    w.transport.take();
    w.verify();
  }

  private void asked(String... expected) {
    assertEquals(List.of(expected), asked);
    asked.clear();
  }

  private void subscribed() {
    subscriber.onSubscribe(subscription);
    asked("request 1");
  }

  @Test
  void oneMessageIsRequestedWhenTheOneBeforeIsSent() {
    subscribed();
    subscriber.onNext(Message.text("a"));
    asked("request 1");
    w.transport.full = true;
    subscriber.onNext(Message.text("b"));
    asked();
    w.transport.full = false;
    w.transport.sent();
    asked("request 1");
    w.transport.did("text a", "text b");
  }

  @Test
  void completionClosesAfterWhatWasSent() {
    subscribed();
    w.transport.full = true;
    subscriber.onNext(Message.text("a"));
    subscriber.onComplete();
    w.transport.did("text a");
    w.transport.full = false;
    w.transport.sent();
    w.transport.did("close 1000");
  }

  @Test
  void anErrorClosesWith1011() {
    subscribed();
    subscriber.onError(new IllegalStateException("secret"));
    logged.saw("the publisher failed");
    w.transport.did("close 1011");
  }

  @Test
  void theEndOfTheConnectionCancels() {
    subscribed();
    w.peerCloses(1000, "");
    asked("cancel");
  }

  @Test
  void aSendThatFailsCancelsAndCloses() {
    w = new Wiring(mode, Limits.DEFAULT.withOverflow(Limits.Overflow.FAIL)).open();
    subscriber = MessageFlow.sending(w.session);
    subscribed();
    w.transport.full = true;
    w.session.send("first");
    w.session.send("x".repeat(1 << 20));
    subscriber.onNext(Message.text("a"));
    asked("cancel");
    assertEquals(ReadyState.CLOSING, w.session.readyState());
  }

  @Test
  void aSecondSubscriptionIsCancelled() {
    subscribed();
    subscriber.onSubscribe(subscription);
    asked("cancel");
  }

  @Test
  @SuppressWarnings("NullAway")
  void nullIsRefused() {
    assertThrows(NullPointerException.class, () -> subscriber.onSubscribe(null));
    subscribed();
    assertThrows(NullPointerException.class, () -> subscriber.onNext(null));
    assertThrows(NullPointerException.class, () -> subscriber.onError(null));
    assertThrows(NullPointerException.class, () -> MessageFlow.sending(null));
    assertFalse(w.transport.closeFrame.isDone());
  }

  @Test
  void theJdksPublisherIsSentInFull() throws Exception {
    try (SubmissionPublisher<Message> publisher = new SubmissionPublisher<>()) {
      publisher.subscribe(subscriber);
      for (int i = 0; i < 1_000; i++) {
        publisher.submit(Message.text(Integer.toString(i)));
      }
    }
    assertEquals(1000, w.transport.closeFrame.get(20, TimeUnit.SECONDS));
    List<String> sent = w.transport.take();
    sent = sent.stream().filter(call -> !call.equals("flush")).toList();
    assertEquals(1_001, sent.size());
    assertEquals("text 999", sent.get(999));
  }
}
