package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.HttpHandler.Response;
import io.github.easywebsocket.Limits.Overflow;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.spi.Capability;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** Section 2, opening handshake: WebSockets on streams of HTTP/2, RFC 8441. */
interface Http2Rules {

  private static WebSocketServer start(ServerTrial trial) throws IOException {
    return start(trial, builder -> {});
  }

  private static WebSocketServer start(ServerTrial trial, Consumer<WebSocketServer.Builder> options)
      throws IOException {
    return trial.start(
        builder -> {
          builder.http2(true);
          options.accept(builder);
        });
  }

  /** A connection on which the server has begun to speak HTTP/2. */
  private static Http2Stream connect(ServerTrial trial) throws IOException {
    InetSocketAddress server = trial.server().address();
    return trial.keep(new Http2Stream(new Socket(server.getAddress(), server.getPort())));
  }

  /** An opening handshake in order, to be changed. */
  private static Map<String, String> handshake(ServerTrial trial, String scheme)
      throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(":method", "CONNECT");
    headers.put(":protocol", "websocket");
    headers.put(":scheme", scheme);
    headers.put(":authority", "127.0.0.1:" + trial.server().port());
    headers.put(":path", "/ws?as=me");
    headers.put("sec-websocket-version", "13");
    return headers;
  }

  private static Link open(ServerTrial trial, Http2Stream stream, String scheme) throws Exception {
    assertTrue(stream.connectEnabled(), "SETTINGS_ENABLE_CONNECT_PROTOCOL");
    assertEquals(200, stream.request(handshake(trial, scheme)), "status of the handshake");
    assertFalse(stream.hasAccept(), "RFC 8441 §5.1: no Sec-WebSocket-Accept");
    return new Link(trial.events().opened(), new RawPeer(stream, true, trial.newWire()));
  }

  @Test
  @Requires(Capability.HTTP2)
  default void rule_2_23_an_extended_CONNECT_opens_a_WebSocket(ServerTrial trial) throws Exception {
    start(trial);
    Link link = open(trial, connect(trial), "http");
    assertEquals("/ws", link.connection().handshake().path());
    assertEquals("as=me", link.connection().handshake().query());
    for (int size : List.of(0, 125, 65_536, 300_000)) {
      byte[] bytes = ReceivingRules.bytes(size);
      link.peer().send(Frame.binary(bytes));
      link.app().expectBinary(bytes);
      link.connection().send("x".repeat(size));
      link.peer().expectText("x".repeat(size));
    }
    link.endWell();
    link.peer().expectFin();
  }

  @Test
  @Requires(Capability.HTTP2)
  default void rule_2_23_over_TLS_the_protocol_is_agreed_on_by_ALPN(ServerTrial trial)
      throws Exception {
    start(trial, builder -> builder.tls(Certificates.LOCALHOST.context()));
    SSLSocket socket = connectTls(trial, "h2", "http/1.1");
    assertEquals("h2", socket.getApplicationProtocol());
    Link link = open(trial, trial.keep(new Http2Stream(socket)), "https");
    assertTrue(link.connection().handshake().tls() != null, "handshake().tls()");
    link.expectAlive().endWell();
  }

  private static SSLSocket connectTls(ServerTrial trial, String... protocols) throws IOException {
    SSLContext context = Certificates.LOCALHOST.context();
    InetSocketAddress server = trial.server().address();
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(server.getAddress(), server.getPort());
    trial.keep(socket);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  @Test
  @Requires(Capability.HTTP2)
  default void rule_2_23_HTTP_1_1_goes_on_beside_it(ServerTrial trial) throws Exception {
    start(trial);
    RawPeer peer = trial.connectOpen();
    Link link = new Link(trial.events().opened(), peer);
    link.expectAlive().endWell();
  }

  @Test
  @Requires(Capability.HTTP2)
  default void rule_2_23_what_is_not_in_order_is_refused(ServerTrial trial) throws Exception {
    start(trial, builder -> builder.path("/ws"));
    for (String row :
        List.of(
            ":protocol connect-udp 501",
            ":path /elsewhere 404",
            ":path /a/../ws 400",
            "sec-websocket-version 12 400",
            "sec-websocket-version 13,14 400",
            "host elsewhere.example 400",
            "content-length 5 400",
            "origin http://elsewhere.example 403")) {
      String[] change = row.split(" ");
      Map<String, String> request = handshake(trial, "http");
      request.put(change[0], change[1]);
      assertEquals(Integer.parseInt(change[2]), connect(trial).request(request), row);
      assertFalse(trial.events().hasOpened(), "no handler sees it");
    }
  }

  @Test
  @Requires(Capability.HTTP2)
  default void rule_2_23_the_own_origin_is_that_of_the_authority(ServerTrial trial)
      throws Exception {
    start(trial);
    Map<String, String> request = handshake(trial, "http");
    request.put("origin", "http://" + request.get(":authority"));
    assertEquals(200, connect(trial).request(request));
  }

  @Test
  @Requires(Capability.HTTP2)
  default void rule_2_23_a_stream_that_is_reset_is_the_end_of_its_connection(ServerTrial trial)
      throws Exception {
    start(trial);
    Http2Stream stream = connect(trial);
    Link link = open(trial, stream, "http");
    stream.cancel();
    link.app().expectClose(1006);
  }

  @Test
  @Requires(Capability.HTTP2)
  default void rule_2_23_abort_ends_the_stream_of_a_peer_that_reads_slowly(ServerTrial trial)
      throws Exception {
    start(trial, builder -> builder.limits(SlowPeer.limits(Overflow.FAIL)));
    SlowPeer slow = SlowPeer.of(open(trial, connect(trial), "http")).fill();
    slow.link().connection().abort();
    slow.link().app().expectClose(1006);
  }

  @Test
  @Requires(Capability.HTTP2)
  default void rule_2_23_a_peer_that_reads_slowly_gets_all(ServerTrial trial) throws Exception {
    start(trial, builder -> builder.limits(SlowPeer.limits(Overflow.FAIL)));
    SlowPeer slow = SlowPeer.of(open(trial, connect(trial), "http")).fill();
    slow.link().connection().close(4000, "all is sent");
    slow.read(0, slow.taken().size());
    slow.link().peer().expect(Frame.close(4000, "all is sent"));
    slow.link().peer().send(Frame.close(4000, ""));
    slow.link().peer().expectFin();
    slow.link().app().expectClose(4000, "all is sent");
  }

  @Test
  @Requires(Capability.HTTP2)
  default void rule_2_23_a_CONNECT_for_no_protocol_gets_400(ServerTrial trial) throws Exception {
    start(trial, builder -> builder.http(request -> Response.of(200)));
    Map<String, String> request = handshake(trial, "http");
    request.remove(":protocol");
    assertEquals(400, connect(trial).request(request), "with a path");
    request.remove(":scheme");
    request.remove(":path");
    assertEquals(400, connect(trial).request(request), "to an authority");
  }

  @Test
  @Requires(Capability.HTTP2)
  default void rule_6_8_what_the_window_lets_out_is_progress(ServerTrial trial) throws Exception {
    start(trial);
    InetSocketAddress server = trial.server().address();
    Socket tcp = new Socket(server.getAddress(), server.getPort());
    Http2Stream stream = trial.keep(Http2Stream.withClosedWindow(tcp));
    Link link = open(trial, stream, "http");
    link.connection().send("x".repeat(100));
    for (int i = 0; i < 3; i++) {
      trial.time().advance(Duration.ofSeconds(8));
      stream.openWindow(1);
      assertEquals(1, link.peer().readUpTo(1).length, "a byte of the frame");
    }
    stream.openWindow(1000);
    assertEquals(99, link.peer().readUpTo(99).length, "the rest of the frame");
    link.expectAlive().endWell(); // 24 s, never 10 of them without progress
  }

  @Test
  @Requires(Capability.HTTP2)
  default void rule_2_23_stop_says_1001(ServerTrial trial) throws Exception {
    start(trial);
    Link link = open(trial, connect(trial), "http");
    Background.run(trial::stop);
    link.peer().expectClose(1001);
    link.peer().send(Frame.close(1001, ""));
    link.app().expectClose(1001);
  }

  @Test
  default void rule_2_23_without_the_option_no_HTTP_2_is_spoken(ServerTrial trial)
      throws Exception {
    RawPeer peer = trial.connect();
    peer.send(Http2Stream.PREFACE, "the preface of HTTP/2");
    byte[] answer = peer.readUpTo(9);
    boolean settings = answer.length == 9 && answer[0] == 0 && answer[3] == 4;
    assertFalse(settings, "the answer is a SETTINGS frame");
  }
}
