package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.HttpHandler.Response;
import io.github.easywebsocket.Limits.Overflow;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.Tls;
import io.github.easywebsocket.Verdict;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.tck.EndingRules.Way;
import io.github.easywebsocket.tck.Recording.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 8, security. */
interface SecurityRules {

  // ---- 8.1: exceptions

  @TestFactory
  default Stream<DynamicTest> rule_8_1_no_exception_reaches_the_peer(Table<ServerTrial> table) {
    return table.rows(
        List.of(Call.OPEN, Call.MESSAGE, Call.PING, Call.PONG),
        (trial, call) -> {
          trial
              .events()
              .on(
                  call,
                  (connection, argument) -> {
                    throw new IllegalStateException("secret of the handler");
                  });
          Link link = trial.open();
          link.app().ignoreRest();
          link.peer().trySend(Frame.pong("pong"), Frame.text("text"), Frame.ping("ping"));
          Frame close = link.peer().skipToClose();
          assertEquals(1011, close.closeCode());
          assertEquals("", close.closeReason());
        });
  }

  @Test
  default void rule_8_1_no_detail_of_a_protocol_error_reaches_the_peer(ServerTrial trial)
      throws Exception {
    for (Frame bad :
        List.of(Frame.text("x").reserved(7), Frame.of(Frame.TEXT, (byte) 0xff), Frame.of(3))) {
      Link link = trial.openAnother();
      link.app().ignoreRest();
      link.peer().send(bad);
      assertEquals("", link.peer().skipToClose().closeReason(), "the reason");
    }
  }

  // ---- 8.2: the log

  @Test
  default void rule_8_2_secrets_of_a_request_are_not_logged(ServerTrial trial) throws Exception {
    trial.start(
        builder ->
            builder
                .subprotocols("v1")
                .http(
                    request -> {
                      throw new IllegalStateException("an HTTP handler fails");
                    })
                .verifier(
                    handshake -> {
                      if (handshake.path().equals("/throws")) {
                        throw new IllegalStateException("a verifier fails");
                      }
                      return Verdict.accept();
                    }));
    trial
        .events()
        .on(
            Call.CLOSE,
            (connection, reason) -> {
              throw new IllegalStateException("onClose fails at " + connection);
            });
    for (String path : List.of("/ws", "/throws", "/%zz", "/plain")) {
      Request request =
          trial
              .handshake()
              .target(path + "?token=sEcReT")
              .with("Authorization", "Bearer sEcReT")
              .with("Cookie", "session=sEcReT")
              .with("Sec-WebSocket-Protocol", "v1, token.sEcReT");
      trial.ask(path.equals("/plain") ? request.without("Upgrade") : request);
    }
    Recording app = trial.events().opened();
    app.ignoreRest();
    Patience.get(app.connection().closed(), "closed()");
    String log = trial.log();
    assertTrue(log.contains("onClose fails"), "the log is captured");
    assertFalse(log.contains("sEcReT"), () -> "the log has a secret: " + log);
  }

  @Test
  default void rule_8_2_control_characters_of_a_peer_are_escaped(ServerTrial trial)
      throws Exception {
    trial.start(builder -> builder.http(request -> Response.of(404)));
    trial
        .events()
        .on(
            Call.CLOSE,
            (connection, reason) -> {
              throw new IllegalStateException("onClose fails");
            });
    RawPeer peer = trial.connect();
    peer.send(trial.handshake().target("/a%0d%0aFORGED%1b%5b31m%07x"));
    assertEquals(101, peer.readAnswer().status());
    peer.send(Frame.close(4000, "bye\r\nFORGED too"));
    Recording app = trial.events().opened();
    app.ignoreRest();
    Patience.get(app.connection().closed(), "closed()");
    String log = trial.log();
    assertTrue(log.contains("FORGED"), () -> "the connection is logged: " + log);
    assertFalse(log.contains("\nFORGED"), () -> "the log has a forged line: " + log);
    assertFalse(log.contains("\u001b"), "the log has an escape character");
    assertFalse(log.contains("\u0007"), "the log has a bell");
  }

  // ---- 8.3: TLS

  private static RawPeer connectTls(ServerTrial trial) throws IOException {
    SSLContext context = Certificates.LOCALHOST.context();
    return trial.keep(RawPeer.connectTls(trial.server().address(), context, trial.newWire()));
  }

  private static WebSocketServer startTls(ServerTrial trial) throws IOException {
    return trial.start(builder -> builder.tls(Certificates.LOCALHOST.context()));
  }

  private static Link openTls(ServerTrial trial) throws Exception {
    RawPeer peer = trial.shakeHands(connectTls(trial));
    return new Link(trial.events().opened(), peer);
  }

  @Test
  @Requires(Capability.TLS)
  default void rule_8_3_with_tls_the_session_is_known(ServerTrial trial) throws Exception {
    startTls(trial);
    Link link = openTls(trial);
    SSLSession session = link.connection().handshake().tls();
    assertNotNull(session, "handshake().tls()");
    assertTrue(session.getProtocol().startsWith("TLS"), session::getProtocol);
    link.expectAlive().endWell();
  }

  @Test
  @Requires(Capability.TLS)
  default void rule_8_3_with_tls_messages_of_every_size_go_both_ways(ServerTrial trial)
      throws Exception {
    startTls(trial);
    Link link = openTls(trial);
    link.expectMessagesOfEverySize().endWell();
  }

  @Test
  @Requires(Capability.TLS)
  default void rule_8_3_with_tls_a_peer_that_reads_slowly_gets_all(ServerTrial trial)
      throws Exception {
    SSLContext context = Certificates.LOCALHOST.context();
    trial.start(builder -> builder.tls(context).limits(SlowPeer.limits(Overflow.FAIL)));
    RawPeer peer = trial.shakeHands(connectTls(trial));
    SlowPeer slow = SlowPeer.of(new Link(trial.events().opened(), peer)).fill();
    slow.link().connection().close(4000, "all is sent");
    slow.read(0, slow.taken().size());
    peer.expect(Frame.close(4000, "all is sent")).send(Frame.close(4000, ""));
    peer.expectGone();
    slow.link().app().expectClose(4000, "all is sent");
  }

  @Test
  @Requires(Capability.TLS)
  default void rule_8_3_with_tls_plain_tcp_is_refused(ServerTrial trial) throws Exception {
    startTls(trial);
    RawPeer plain = trial.connect().send(trial.handshake());
    byte[] answer = plain.readUpTo(5);
    assertFalse(new String(answer, "US-ASCII").startsWith("HTTP/"), "an answer without TLS");
    plain.expectGone();
    assertFalse(trial.events().hasOpened(), "no handler sees it");
    trial.shakeHands(connectTls(trial));
  }

  @Test
  @Requires(Capability.TLS)
  default void rule_8_3_with_tls_the_own_origin_is_https(ServerTrial trial) throws Exception {
    int port = startTls(trial).port();
    Request request = trial.handshake();
    Request https = request.with("Origin", "https://127.0.0.1:" + port);
    assertEquals(101, connectTls(trial).send(https).readAnswer().status());
    Request http = request.with("Origin", "http://127.0.0.1:" + port);
    assertEquals(403, connectTls(trial).send(http).readAnswer().status());
  }

  // ---- 8.4: client certificates

  /** Starts a server that is LOCALHOST and trusts ELSEWHERE. */
  private static WebSocketServer startAsking(ServerTrial trial, UnaryOperator<Tls> asking)
      throws IOException {
    SSLContext context = Certificates.LOCALHOST.contextTrusting(Certificates.ELSEWHERE);
    return trial.start(builder -> builder.tls(asking.apply(Tls.of(context))));
  }

  private static RawPeer connectTls(ServerTrial trial, SSLContext client) throws IOException {
    return trial.keep(RawPeer.connectTls(trial.server().address(), client, trial.newWire()));
  }

  private static void expectCertificate(Link link) throws Exception {
    SSLSession session = link.connection().handshake().tls();
    assertNotNull(session, "handshake().tls()");
    assertEquals(Certificates.ELSEWHERE.certificate(), session.getPeerCertificates()[0]);
  }

  /** Shakes hands as far as it goes; no answer may come. */
  private static void expectRefused(ServerTrial trial, SSLContext client) throws Exception {
    try (RawPeer peer = connectTls(trial, client)) {
      peer.send(trial.handshake());
      assertEquals(0, peer.readUpTo(1).length, "an answer");
    } catch (UncheckedIOException e) {
      // refused before the request
    }
    assertFalse(trial.events().hasOpened(), "no handler sees it");
  }

  @Test
  @Requires(Capability.TLS)
  default void rule_8_4_a_client_certificate_that_is_needed_is_in_the_session(ServerTrial trial)
      throws Exception {
    startAsking(trial, Tls::needClientCertificate);
    SSLContext client = Certificates.ELSEWHERE.contextTrusting(Certificates.LOCALHOST);
    RawPeer peer = trial.shakeHands(connectTls(trial, client));
    Link link = new Link(trial.events().opened(), peer);
    expectCertificate(link);
    link.expectAlive().endWell();
  }

  @Test
  @Requires(Capability.TLS)
  default void rule_8_4_without_the_certificate_that_is_needed_nobody_gets_in(ServerTrial trial)
      throws Exception {
    startAsking(trial, Tls::needClientCertificate);
    expectRefused(trial, Certificates.LOCALHOST.trustingOnly());
    expectRefused(trial, Certificates.LOCALHOST.context()); // a certificate, but not a trusted one
  }

  @Test
  @Requires(Capability.TLS)
  default void rule_8_4_a_client_certificate_that_is_wanted_may_be_missing(ServerTrial trial)
      throws Exception {
    startAsking(trial, Tls::wantClientCertificate);
    RawPeer without = trial.shakeHands(connectTls(trial, Certificates.LOCALHOST.trustingOnly()));
    SSLSession session = trial.events().opened().connection().handshake().tls();
    assertNotNull(session, "handshake().tls()");
    assertThrows(SSLPeerUnverifiedException.class, session::getPeerCertificates);
    without.close();
    SSLContext client = Certificates.ELSEWHERE.contextTrusting(Certificates.LOCALHOST);
    RawPeer peer = trial.shakeHands(connectTls(trial, client));
    expectCertificate(new Link(trial.events().opened(), peer));
  }

  // ---- 8.5: exchanged while running

  @Test
  @Requires(Capability.TLS)
  default void rule_8_5_new_handshakes_get_the_new_certificate_and_open_connections_go_on(
      ServerTrial trial) throws Exception {
    WebSocketServer server = startTls(trial);
    RawPeer first = trial.shakeHands(connectTls(trial));
    Link before = new Link(trial.events().opened(), first);
    server.tls(Tls.of(Certificates.ELSEWHERE.context()));
    RawPeer second = trial.shakeHands(connectTls(trial, Certificates.ELSEWHERE.trustingOnly()));
    Link after = new Link(trial.events().opened(), second);
    RawPeer third = connectTls(trial); // trusts the old certificate only
    assertThrows(UncheckedIOException.class, () -> third.send(trial.handshake()));
    before.expectAlive().endWell();
    after.expectAlive().endWell();
  }

  @Test
  @Requires(Capability.TLS)
  default void rule_8_5_what_is_asked_of_clients_may_change_too(ServerTrial trial)
      throws Exception {
    WebSocketServer server = startTls(trial);
    SSLContext context = Certificates.LOCALHOST.contextTrusting(Certificates.ELSEWHERE);
    server.tls(Tls.of(context).needClientCertificate());
    expectRefused(trial, Certificates.LOCALHOST.trustingOnly());
    SSLContext client = Certificates.ELSEWHERE.contextTrusting(Certificates.LOCALHOST);
    RawPeer peer = trial.shakeHands(connectTls(trial, client));
    expectCertificate(new Link(trial.events().opened(), peer));
    server.tls(Tls.of(Certificates.LOCALHOST.context()));
    trial.shakeHands(connectTls(trial, Certificates.LOCALHOST.trustingOnly()));
  }

  // ---- 8.6: the end of TLS

  /** Fills most of one record of TLS. */
  Message RECORD = Message.binary(new byte[16_000]);

  /** The ways to end a connection by close frames, of which the peer reads the last. */
  List<Way> BY_CLOSE_FRAMES =
      List.of(
          new Way(
              "the server closes",
              (trial, link) -> {
                link.connection().close(4000, "ours");
                link.peer().expect(Frame.close(4000, "ours")).send(Frame.close(4000, ""));
                link.app().expectClose(4000, "ours");
              }),
          new Way("the peer closes", (trial, link) -> link.endWell()),
          new Way(
              "the connection fails",
              (trial, link) -> {
                link.peer().send(Frame.text("x").reserved(7));
                link.expectFailed(1002, Kind.PROTOCOL);
              }));

  /**
   * How many messages are taken for a peer that does not read is much the same for each connection:
   * of some fewer, the last fits into the buffers of the kernel in part only.
   */
  @Test
  @Requires(Capability.TLS)
  default void rule_8_6_the_last_message_arrives_at_a_peer_that_reads_slowly(ServerTrial trial)
      throws Exception {
    startTls(trial);
    Link first = slowTls(trial, new Socket(), Certificates.LOCALHOST.context());
    int most = 0;
    do {
      assertTrue(most++ < SlowPeer.MANY, "all is taken for a peer that does not read");
      first.connection().send(RECORD);
    } while (first.connection().pendingBytes() == 0);
    expectRecords(first, most);
    for (int count = most; count > most - 3; count--) {
      Link link = slowTls(trial, new Socket(), Certificates.LOCALHOST.context());
      for (int i = 0; i < count; i++) {
        link.connection().send(RECORD);
      }
      expectRecords(link, count);
    }
  }

  private static Link slowTls(ServerTrial trial, Socket socket, SSLContext context)
      throws Exception {
    RawPeer peer =
        RawPeer.connectTlsWithSmallWindow(
            socket, trial.server().address(), context, trial.newWire());
    trial.shakeHands(trial.keep(peer));
    return new Link(trial.events().opened(), peer);
  }

  private static void expectRecords(Link link, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      Frame frame = link.peer().expectMessage("message " + (i + 1) + " of " + count);
      assertEquals(RECORD.size(), frame.payload().length);
    }
    link.endWell();
  }

  @TestFactory
  @Requires(Capability.TLS)
  default Stream<DynamicTest> rule_8_6_close_notify_follows_the_close_frames(
      Table<ServerTrial> table) {
    return table.rows(
        BY_CLOSE_FRAMES,
        (trial, way) -> {
          startTls(trial);
          for (int i = 0; i < 10; i++) { // threads may meet or not
            TlsRecords records = new TlsRecords();
            Link link = slowTls(trial, records, Certificates.LOCALHOST.trustingOnlyUpToTls12());
            way.ending().end(trial, link);
            link.peer().expectFin();
            assertTrue(
                records.endedByAlert(),
                "an alert of TLS, the close_notify, is the last before the end of TCP");
            link.peer().close();
          }
        });
  }

  @TestFactory
  @Requires(Capability.TLS)
  default Stream<DynamicTest> rule_8_6_who_ends_TLS_behind_a_message_has_gone(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            new Client("up to TLS 1.2", Certificates.LOCALHOST.trustingOnlyUpToTls12()),
            new Client("TLS 1.3", Certificates.LOCALHOST.trustingOnly())),
        (trial, client) -> {
          startTls(trial);
          HeldOutput plain = new HeldOutput();
          Link link = slowTls(trial, plain, client.context());
          plain.hold();
          link.peer().text("the last");
          link.peer().finish(); // close_notify, but no FIN
          plain.release();
          link.app().expectText("the last").expectClose(1006);
        });
  }

  /** A record of application data that nobody has encrypted. */
  byte[] FORGED = ByteBuffer.allocate(105).put(new byte[] {23, 3, 3, 0, 100}).array();

  @Test
  @Requires(Capability.TLS)
  default void rule_8_6_what_breaks_TLS_is_told(ServerTrial trial) throws Exception {
    startTls(trial);
    for (int i = 0; i < 20; i++) { // threads may meet or not
      Socket plain = new Socket();
      Link link = slowTls(trial, plain, Certificates.LOCALHOST.context());
      plain.getOutputStream().write(FORGED);
      link.app().expectError(Kind.IO).expectClose(1006);
      link.peer().close();
    }
  }

  /** A peer that speaks TLS. */
  record Client(String name, SSLContext context) implements Row {}

  /** Not one of them waits for a collection, which those who run out of such memory would. */
  @Test
  @Requires(Capability.TLS)
  default void rule_8_7_threads_that_send_take_no_memory_with_them(ServerTrial trial)
      throws Exception {
    startTls(trial);
    Link link = openTls(trial);
    sendByThreads(link, 20);
    long before = Resources.now().directBytes();
    sendByThreads(link, 300);
    long more = Resources.now().directBytes() - before;
    assertTrue(more < 1 << 20, () -> "300 threads have left " + more + " bytes of direct memory");
    link.endWell();
  }

  private static void sendByThreads(Link link, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      Patience.get(Background.run(() -> link.connection().send(RECORD)), "a send");
      link.peer().expectMessage("message " + i);
    }
  }

  @Test
  @Requires(Capability.TLS)
  default void rule_8_9_with_tls_a_peer_that_reads_slowly_is_not_cut_off(ServerTrial trial)
      throws Exception {
    SSLContext context = Certificates.LOCALHOST.context();
    trial.start(
        builder ->
            builder.tls(context).limits(SlowPeer.limits(Overflow.FAIL)).timeouts(SlowPeer.PATIENT));
    SlowPeer slow = SlowPeer.of(slowTls(trial, new Socket(), context));
    slow.readSlowly(trial);
    slow.link().endWell();
  }

  @Test
  default void rule_8_3_without_tls_there_is_no_session(ServerTrial trial) throws Exception {
    Link link = trial.open();
    assertNull(link.connection().handshake().tls());
    link.endWell();
  }
}
