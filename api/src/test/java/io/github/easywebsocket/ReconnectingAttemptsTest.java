package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketException.Kind;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether there is another attempt to connect, and after which delay. */
class ReconnectingAttemptsTest extends ReconnectingFixture {

  private static WebSocketException refusal(int status, String... header) {
    Headers headers = header.length == 0 ? Headers.EMPTY : Headers.of(header[0], header[1]);
    return WebSocketException.refused(status, headers, "no", null);
  }

  @Test
  void anExecutorThatRejectsWhatItRunsMakesNoSecondAttempt() throws Exception {
    connections.executor(
        task -> {
          task.run();
          throw new RejectedExecutionException("after all");
        });
    ReconnectingClient client = builder.start();
    fail();
    saw("retry null after 0 s and 1 attempts: nobody there, next in 1 s");
    triesAgainAfter(1);
    client.close();
  }

  @Test
  void theDelaysBeginAnewAfterASteadyConnectionOnly() throws Exception {
    ReconnectingClient client = opened();
    transport.gone(null);
    triesAgainAfter(1);
    open();
    livesFor(25);
    transport.gone(null);
    triesAgainAfter(2);
    open();
    livesFor(30);
    transport.take(); // pings
    transport.gone(null);
    triesAgainAfter(1);
    open();
    seen.clear();
    finish(client);
  }

  @ParameterizedTest
  @ValueSource(ints = {1001, 1002, 1003, 1005, 1007, 1009, 1011, 1012, 1014, 3001, 4000, 4999})
  void aCloseWithAnotherThanAFinalCodeIsAGap(int code) throws Exception {
    ReconnectingClient client = opened();
    peerCloses(code);
    transport.did("close " + code, "disconnect");
    saw("close " + code, "lost " + code + " after 0 s and 0 attempts, next in 1 s");
    triesAgainAfter(1);
    client.close();
  }

  @Test
  void aCloseWith1000IsTheEnd() throws Exception {
    ReconnectingClient client = opened();
    peerCloses(1000);
    transport.did("close 1000", "disconnect");
    saw("close 1000");
    assertEquals("done", outcome(client));
  }

  @ParameterizedTest
  @ValueSource(ints = {1008, 1010, 3000, 3003})
  void aCloseWithAFinalCodeIsAFailure(int code) throws Exception {
    ReconnectingClient client = opened();
    peerCloses(code);
    transport.did("close " + code, "disconnect");
    saw("close " + code);
    assertEquals("CLOSED", outcome(client));
    logged.saw("closed for good: " + code);
  }

  @Test
  void finalCodesAreAnOption() throws Exception {
    builder.finalCodes(4000);
    ReconnectingClient client = opened();
    peerCloses(1000);
    transport.take();
    saw("close 1000", "lost 1000 after 0 s and 0 attempts, next in 1 s");
    passes(1);
    open();
    peerCloses(4000);
    transport.take();
    saw("restored 1000 after 1 s and 1 attempts", "open", "close 4000");
    assertEquals("CLOSED", outcome(client));
    logged.saw("4000");
    assertThrows(IllegalArgumentException.class, () -> builder.finalCodes(1000, 999));
    assertThrows(IllegalArgumentException.class, () -> builder.finalCodes(5000));
  }

  @Test
  void theApplicationThatClosesAConnectionHasTheSameSay() throws Exception {
    ReconnectingClient client = opened();
    Objects.requireNonNull(client.connection()).close(4000, "anew");
    peerCloses(4000);
    saw("close 4000 anew", "lost 4000 anew after 0 s and 0 attempts, next in 1 s");
    transport.did("close 4000 anew", "disconnect");
    passes(1);
    open();
    saw("restored 4000 anew after 1 s and 1 attempts", "open");
    Objects.requireNonNull(client.connection()).close();
    passes(6);
    transport.did("close 1000", "abort"); // the peer has not answered
    saw("close 1006");
    assertEquals("done", outcome(client));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 408, 425, 429, 500, 502, 503, 504})
  void aRefusalForTheMomentIsTriedAgain(int status) throws Exception {
    ReconnectingClient client = builder.start();
    fail(refusal(status));
    saw("retry null after 0 s and 1 attempts: no, next in 1 s");
    client.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {101, 200, 301, 400, 401, 403, 404, 407, 426, 501, 505})
  void aRefusalForGoodIsTheEnd(int status) throws Exception {
    ReconnectingClient client = builder.start();
    fail(refusal(status));
    assertEquals("HANDSHAKE", outcome(client));
    logged.saw("no");
  }

  @Test
  void aTimeOutIsTriedAgain() throws Exception {
    ReconnectingClient client = builder.start();
    fail(new WebSocketException(Kind.TIMEOUT, "slow"));
    saw("retry null after 0 s and 1 attempts: slow, next in 1 s");
    client.close();
  }

  @Test
  void aServerMaySayForHowLong() throws Exception {
    ReconnectingClient client = builder.start();
    fail(refusal(503, "Retry-After", "120"));
    saw("retry null after 0 s and 1 attempts: no, next in 121 s");
    triesAgainAfter(121);
    fail(refusal(429, "Retry-After", "999999999"));
    saw("retry null after 121 s and 2 attempts: no, next in 3602 s");
    triesAgainAfter(3602);
    fail(refusal(503, "Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT"));
    saw("retry null after 3723 s and 3 attempts: no, next in 4 s");
    triesAgainAfter(4);
    open();
    peerCloses(1013);
    transport.take();
    saw("open", "close 1013", "lost 1013 after 0 s and 0 attempts, next in 30 s");
    client.close();
  }

  @Test
  void headersThatCannotBeHadAreTriedAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    connections.headers(
        () -> {
          if (asked.incrementAndGet() <= 2) {
            throw new IllegalStateException("no token");
          }
          return Headers.of("X-Token", "t" + asked);
        });
    ReconnectingClient client = builder.start();
    String failure = ": headers(…) had none to give: java.lang.IllegalStateException: no token";
    saw("retry null after 0 s and 1 attempts" + failure + ", next in 1 s");
    passes(1);
    saw("retry null after 1 s and 2 attempts" + failure + ", next in 2 s");
    assertEquals(0, attempts.get());
    triesAgainAfter(2);
    assertEquals("t3", Objects.requireNonNull(backend.clientSettings).headers().first("X-Token"));
    client.close();
  }

  @Test
  void whoClosesTheClientWhileItAsksForHeadersMakesNoAttempt() throws Exception {
    AtomicReference<@Nullable ReconnectingClient> own = new AtomicReference<>();
    connections.headers(
        () -> {
          ReconnectingClient client = own.get();
          if (client != null) {
            client.close();
          }
          return Headers.EMPTY;
        });
    ReconnectingClient client = opened();
    own.set(client);
    transport.gone(null);
    passes(1);
    assertEquals(1, attempts.get());
    assertEquals("done", outcome(client));
    seen.clear();
  }

  @Test
  void itGivesUpAfterTheAttemptsThatItHas() throws Exception {
    builder.backoff(Backoff.DEFAULT.withMaxRetries(2));
    ReconnectingClient client = builder.start();
    fail();
    triesAgainAfter(1);
    open();
    transport.gone(null);
    triesAgainAfter(2);
    seen.clear();
    fail();
    assertEquals("ConnectException", outcome(client));
    logged.saw("nobody there");
  }

  @Test
  void connectionsThatDoNotLastCountAsAttempts() throws Exception {
    builder.backoff(Backoff.DEFAULT.withMaxRetries(1));
    ReconnectingClient client = opened();
    transport.gone(null);
    passes(1);
    open();
    seen.clear();
    transport.gone(null);
    saw("close 1006");
    assertEquals("CLOSED", outcome(client));
    logged.saw("no connection lasts: 1006");
  }

  @Test
  void anEngineThatNeverAnswersIsGivenUp() throws Exception {
    ReconnectingClient client = builder.start();
    CompletableFuture<Void> first = backend.connected;
    Session late = backend.client();
    passes(21);
    assertTrue(first.isCancelled());
    saw(
        "retry null after 20 s and 1 attempts: no connection to localhost within PT10S, next in 1 s");
    FakeTransport unseen = new FakeTransport();
    unseen.reportTo(late);
    late.open(unseen, null);
    unseen.did("abort");
    client.close();
  }
}
