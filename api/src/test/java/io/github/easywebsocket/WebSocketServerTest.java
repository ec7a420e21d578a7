package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The builder's checks and defaults, and a start that fails. */
class WebSocketServerTest {

  @RegisterExtension final Logged logged = new Logged();

  private final FakeBackend backend = new FakeBackend();
  private final ManualTime time = new ManualTime();

  private WebSocketServer.Builder builder() {
    return WebSocketServer.builder().backend(backend).timeSource(time).inline();
  }

  @Test
  void theDefaultsAreThoseOfTheDocumentation() throws IOException {
    try (WebSocketServer server = builder().start()) {
      ServerSettings settings = Objects.requireNonNull(backend.serverSettings);
      assertEquals("127.0.0.1", settings.address().getAddress().getHostAddress());
      assertEquals(8080, settings.address().getPort());
      assertEquals(Limits.DEFAULT, settings.limits());
      assertEquals(Timeouts.DEFAULT, settings.timeouts());
      assertEquals(8 << 10, settings.maxHeaderBytes());
      assertEquals(11_024, settings.maxTcpConnections());
      assertEquals(Map.of(), settings.options());
      assertEquals(4711, server.port());
      assertEquals("fake", server.backend());
    }
  }

  @Test
  void aServerTellsItsBackendAddressAndState() throws IOException {
    WebSocketServer server = builder().start();
    assertEquals("WebSocketServer[fake ws://127.0.0.1:4711 running]", server.toString());
    server.stop(
        () ->
            assertEquals("WebSocketServer[fake ws://127.0.0.1:4711 stopping]", server.toString()));
    assertEquals("WebSocketServer[fake ws://127.0.0.1:4711 stopped]", server.toString());
  }

  @Test
  void tcpConnectionsMayBeFewerThanConnectionsThatNobodyAskedFor() throws IOException {
    builder().maxTcpConnections(5).start().stop();
    assertEquals(5, Objects.requireNonNull(backend.serverSettings).maxTcpConnections());
    builder().maxConnections(5).maxTcpConnections(5).start().stop();
    assertEquals(5, Objects.requireNonNull(backend.serverSettings).maxTcpConnections());
  }

  @Test
  void aHostThatIsNotKnownIsKindBind() {
    WebSocketException e =
        assertThrows(WebSocketException.class, () -> builder().host("[x").start());
    assertEquals(Kind.BIND, e.kind());
    assertTrue(String.valueOf(e.getMessage()).startsWith("host(\"[x\")"), e::toString);
  }

  @Test
  void aPortInUseIsKindBindAndNothingIsLeft() {
    backend.startFails = new BindException("Address already in use");
    WebSocketException e =
        assertThrows(WebSocketException.class, () -> builder().port(4712).start());
    assertEquals(Kind.BIND, e.kind());
    assertSame(backend.startFails, e.getCause());
    assertEquals(
        "cannot bind 127.0.0.1 port 4712: Address already in use; choose another host(…) or"
            + " port(…), or port(0) for any that is free",
        e.getMessage());
    assertTrue(time.isQuiet());
  }

  @Test
  void anotherFailureOfTheEngineIsThrownAndNothingIsLeft() {
    backend.startFails = new IOException("out of descriptors");
    assertSame(backend.startFails, assertThrows(IOException.class, () -> builder().start()));
    assertTrue(time.isQuiet());
  }

  @Test
  void anEngineThatIsNotThereIsEws104AndNothingIsLeft() {
    backend.missing = "org/engine/Server";
    WebSocketException e = assertThrows(WebSocketException.class, () -> builder().start());
    assertEquals(Kind.BACKEND, e.kind());
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("EWS-104 \"fake\" (" + FakeBackend.class.getName()), message);
    assertTrue(message.contains("org/engine/Server. Its engine is not on the class path"), message);
    assertTrue(time.isQuiet());
  }

  @Test
  void aBuilderUsedAgainChangesNothingThatRuns() throws IOException {
    List<String> heard = new ArrayList<>();
    WebSocketServer.Builder builder =
        builder()
            .onOpen(connection -> heard.add("open"))
            .onText((connection, text) -> heard.add(text))
            .onBinary((connection, bytes) -> heard.add("binary " + bytes.remaining()))
            .onClose((connection, reason) -> heard.add("close " + reason));
    FakeTransport transport = new FakeTransport();
    try (WebSocketServer server = builder.start()) {
      builder.onOpen(connection -> heard.add("changed"));
      Session session = backend.open(transport);
      session.message(true, new byte[] {'a'});
      session.message(false, new byte[3]);
      session.readComplete();
      assertEquals(List.of(session), List.copyOf(server.connections()));
      transport.gone(null);
      assertEquals(List.of(), List.copyOf(server.connections()));
    }
    assertEquals(List.of("open", "a", "binary 3", "close 1006"), heard);
  }

  @Test
  void withoutOnErrorOnlyWhatAHandlerThrewIsAWarning() throws IOException {
    try (WebSocketServer server =
        builder()
            .onMessage(
                (connection, message) -> {
                  throw new IllegalStateException("bug");
                })
            .start()) {
      assertEquals(4711, server.address().getPort());
      FakeTransport transport = new FakeTransport();
      Session session = backend.open(transport);
      session.message(true, new byte[] {'a'});
      session.readComplete();
      transport.gone(null);
      logged.saw("a handler threw");
      Session other = backend.open(new FakeTransport());
      other.failed(1002, "garbage");
      other.readComplete();
      assertEquals(ReadyState.CLOSED, other.readyState());
    }
  }

  @Test
  void whatEndsAConnectionIsDetail() throws IOException {
    try (WebSocketServer server = builder().start()) {
      assertEquals(4711, server.address().getPort());
      logged.detail();
      Session refused = backend.open(new FakeTransport());
      refused.failed(1002, "garbage");
      refused.readComplete();
      logged.saw(" fails: garbage");
      Session closing = backend.open(new FakeTransport());
      closing.close();
      closing.closed(new IOException("broken")); // which onError is not told of
      logged.saw(": the connection failed");
      refused.closed(null);
    }
  }

  @Test
  void aClassWithoutOnErrorHasWhatItThrewLogged() throws IOException {
    WebSocketHandler thrower =
        new WebSocketHandler() {
          @Override
          public void onMessage(WebSocketConnection connection, Message message) {
            throw new IllegalStateException("bug");
          }
        };
    try (WebSocketServer server = builder().handler(thrower).start()) {
      assertEquals(4711, server.address().getPort());
      FakeTransport transport = new FakeTransport();
      Session session = backend.open(transport);
      session.message(true, new byte[] {'a'});
      session.readComplete();
      transport.gone(null);
      logged.saw("a handler threw");
    }
  }

  // ---- endpoints

  private Receiver accepted(String target) {
    FakeExchange exchange = FakeExchange.handshake().change(target);
    backend.accept(exchange);
    return exchange.accepted().receiver();
  }

  private int status(FakeExchange exchange) {
    backend.accept(exchange);
    return exchange.status;
  }

  @Test
  void anEndpointHasItsOwnHandlersAndWhatItDoesNotSayFromTheServer() throws IOException {
    List<String> heard = new ArrayList<>();
    try (WebSocketServer server =
        builder()
            .header("X-Server", "ours")
            .allowedOrigins("https://a.example")
            .verifier(
                handshake -> handshake.query().isEmpty() ? Verdict.accept() : Verdict.reject(401))
            .limits(Limits.DEFAULT.withMaxMessageSize(5).withMaxFragments(7))
            .subprotocols("v1")
            .endpoint(
                Endpoint.at("/own")
                    .header("X-Own", "too")
                    .allowedOrigins("https://b.example")
                    .verifier(handshake -> Verdict.accept())
                    .maxMessageSize(50)
                    .subprotocols("v2")
                    .onOpen(connection -> heard.add("own")))
            .endpoint(Endpoint.at("/rooms/{room}").onOpen(c -> heard.add("rooms")))
            .start()) {
      assertEquals(4711, server.port());
      FakeExchange own =
          FakeExchange.handshake()
              .change("/own?secret")
              .with("Origin", "https://b.example")
              .with("Sec-WebSocket-Protocol", "v1, v2");
      assertEquals(101, status(own));
      assertEquals("v2", own.accepted().subprotocol());
      assertEquals("too", own.responseHeader("X-Own"));
      assertEquals("ours", own.responseHeader("X-Server"));
      assertEquals(
          Limits.DEFAULT.withMaxMessageSize(50).withMaxFragments(7), own.accepted().limits());
      FakeExchange room =
          FakeExchange.handshake()
              .change("/rooms/1")
              .with("Origin", "https://a.example")
              .with("Sec-WebSocket-Protocol", "v1, v2");
      assertEquals(101, status(room));
      assertEquals("v1", room.accepted().subprotocol());
      assertEquals(5, room.accepted().limits().maxMessageSize());
      assertEquals(401, status(FakeExchange.handshake().change("/rooms/1?secret")));
      FakeExchange stranger = FakeExchange.handshake().with("Origin", "https://a.example");
      assertEquals(403, status(stranger.change("/own")));
      assertEquals(404, status(FakeExchange.handshake().change("/other")));
      assertEquals(50, Objects.requireNonNull(backend.serverSettings).limits().maxMessageSize());
      for (FakeExchange each : List.of(own, room)) {
        Session session = (Session) each.accepted().receiver();
        FakeTransport transport = new FakeTransport();
        transport.reportTo(session);
        session.open(transport, null);
        transport.gone(null);
      }
      assertEquals(List.of("own", "rooms"), heard);
    }
  }

  @Test
  void theServersOwnHandlersServeTheOtherPaths() throws IOException {
    try (WebSocketServer server =
        builder().endpoint(Endpoint.at("/own")).onMessage((c, message) -> {}).start()) {
      assertEquals(4711, server.port());
      accepted("/own").closed(null);
      accepted("/any/other").closed(null);
    }
  }

  @Test
  void handlersAndAHandlerAreTooMuch() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                builder()
                    .handlers(handshake -> new RecordingHandler())
                    .onMessage((c, message) -> {})
                    .start());
    assertTrue(String.valueOf(e.getMessage()).startsWith("handlers(…)"), e.getMessage());
    assertTrue(time.isQuiet());
  }

  @Test
  void aHandlerAndFunctionsAreTooMuch() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> builder().handler(new RecordingHandler()).onClose((c, reason) -> {}).start());
    assertTrue(String.valueOf(e.getMessage()).startsWith("handler(…)"), e.getMessage());
    assertTrue(time.isQuiet());
  }

  // ---- arguments

  static Stream<Arguments> badArguments() {
    WebSocketServer.Builder server = WebSocketServer.builder();
    WebSocketClient.Builder client = WebSocketClient.builder(URI.create("ws://h"));
    return Stream.of(
        bad("port must be 0 to 65535, not -1", () -> server.port(-1)),
        bad("port must be 0 to 65535, not 65536", () -> server.port(65_536)),
        bad("path must begin with a slash: \"ws\"", () -> server.path("ws")),
        bad("query and fragment: \"/a/../b\"", () -> server.path("/a/../b")),
        bad("query and fragment: \"/a?b\"", () -> server.path("/a?b")),
        bad("query and fragment: \"/a#b\"", () -> server.path("/a#b")),
        bad("query and fragment: \"/a%20b\"", () -> server.path("/a%20b")),
        bad(
            "no control character and no half of a surrogate pair: \"/\\u0000\"",
            () -> server.path("/\0")),
        bad("no control character", () -> server.path("/ws\n")),
        bad("no control character", () -> server.path("/ws/\u007f/x")),
        bad("half of a surrogate pair", () -> server.path("/\ud83d")),
        bad("path has {a} twice: \"/{a}/{a}\"", () -> server.path("/{a}/{a}")),
        bad("a variable is a whole segment", () -> Endpoint.at("/x{a}")),
        bad("maxConnections must be positive, not 0", () -> server.maxConnections(0)),
        bad(
            "maxConnectionsPerAddress must be positive, not 0",
            () -> server.maxConnectionsPerAddress(0)),
        bad(
            "maxTopicsPerConnection must be positive, not 0",
            () -> server.maxTopicsPerConnection(0)),
        bad(
            "stopSpread must not be negative, but is PT-1S",
            () -> server.stopSpread(Duration.ofSeconds(-1))),
        bad(
            "stopSpread must be at most 365 days, not PT8784H",
            () -> server.stopSpread(Duration.ofDays(366))),
        bad("stopTimeout must be positive, not PT0S", () -> server.stopTimeout(Duration.ZERO)),
        bad(
            "stopTimeout must be at most 365 days, not PT",
            () -> server.stopTimeout(Duration.ofSeconds(Long.MAX_VALUE))),
        bad(
            "stopTimeout(PT1S) must be longer than stopSpread(PT2S)",
            () ->
                WebSocketServer.builder()
                    .backend(new FakeBackend())
                    .stopSpread(Duration.ofSeconds(2))
                    .stopTimeout(Duration.ofSeconds(1))
                    .start()),
        bad(
            "maxConnections(6) cannot be reached with maxTcpConnections(5); leave one of the two out",
            () ->
                WebSocketServer.builder()
                    .backend(new FakeBackend())
                    .maxConnections(6)
                    .maxTcpConnections(5)
                    .start()),
        bad("workers must be positive, not 0", () -> server.workers(0)),
        bad("maxMessageSize must be positive, not 0", () -> server.maxMessageSize(0)),
        bad("allowedOrigins: \"evil\" is not an origin", () -> server.allowedOrigins("evil")),
        bad("subprotocols: \"a b\" is not a token", () -> server.subprotocols("a b")),
        bad("subprotocols: \"\" is not a token", () -> client.subprotocols("")),
        bad("subprotocols: a name is there twice", () -> client.subprotocols("a", "a")),
        bad("not a header name: \"a b\"", () -> server.header("a b", "")),
        bad(
            "the value of header X has the character U+000D",
            () -> server.header("X", "a\r\nB: c")),
        bad("header: upgrade belongs to the handshake", () -> server.header("upgrade", "h2c")),
        bad("header: Host belongs to the handshake", () -> client.header("Host", "other")),
        bad(
            "header: Sec-WebSocket-Extensions belongs",
            () -> Verdict.accept().withHeader("Sec-WebSocket-Extensions", "x")),
        bad("not a header name", () -> Verdict.accept().withHeader("", "x")),
        bad("a rejection's status is 300 to 599, not 299", () -> Verdict.reject(299)),
        bad("a rejection's status is 300 to 599, not 600", () -> Verdict.reject(600)),
        bad("a response's status is 200 to 599, not 101", () -> HttpHandler.Response.of(101)),
        bad("maxMessageSize must be positive, not 0", () -> Limits.DEFAULT.withMaxMessageSize(0)),
        bad("maxFragments must be positive, not -1", () -> Limits.DEFAULT.withMaxFragments(-1)),
        bad("sendQueueBytes must be positive, not 0", () -> Limits.DEFAULT.withSendQueueBytes(0)),
        bad(
            "sendQueueMessages must be positive, not 0",
            () -> Limits.DEFAULT.withSendQueueMessages(0)),
        bad("maxHttpBody must be positive, not 0", () -> Limits.DEFAULT.withMaxHttpBody(0)),
        bad("handshake must be positive, not PT0S", () -> timeouts().withHandshake(Duration.ZERO)),
        bad("close must be positive, not PT0S", () -> timeouts().withClose(Duration.ZERO)),
        bad("write must be positive, not PT0S", () -> timeouts().withWrite(Duration.ZERO)),
        bad("idle must", () -> timeouts().withIdle(Duration.ofSeconds(-1))),
        bad("ping must", () -> timeouts().withPing(Duration.ofSeconds(-1))),
        bad("idle must be at most 365 days", () -> timeouts().withIdle(Duration.ofDays(366))),
        bad("at most 365 days, not PT", () -> timeouts().withIdle(Duration.ofSeconds(1L << 62))));
  }

  private static Timeouts timeouts() {
    return Timeouts.DEFAULT;
  }

  private static Arguments bad(String message, Executable call) {
    return Arguments.of(message, call);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badArguments")
  void aBadArgumentIsRefusedWithItsNameAndValue(String message, Executable call) {
    String actual = String.valueOf(assertThrows(IllegalArgumentException.class, call).getMessage());
    assertTrue(actual.contains(message), actual);
  }

  @Test
  void aVerdictIsAcceptedOrRejectedNotBoth() {
    assertThrows(IllegalStateException.class, () -> Verdict.reject(403).withSubprotocol("a"));
    assertThrows(IllegalStateException.class, () -> Verdict.reject(403).withAttachment("a"));
    assertThrows(IllegalStateException.class, () -> Verdict.accept().withBody("a"));
    assertTrue(
        Verdict.reject(403).withHeader("Connection", "close").headers().contains("connection"));
  }

  @Test
  void zeroMeansNeverWhereItHasAMeaning() {
    Timeouts never = timeouts().withIdle(Duration.ZERO).withPing(Duration.ZERO);
    Connections connections = new Connections(never, null, time, null, Hooks.NONE);
    Handshake handshake = new Handshake("/", Map.of(), "", Headers.EMPTY, null, null);
    Session session =
        new Session(connections, new RecordingHandler(), handshake, Limits.DEFAULT, 1);
    FakeTransport transport = new FakeTransport();
    session.open(transport, null);
    time.advance(Duration.ofMinutes(10));
    assertTrue(session.isOpen());
    transport.verify();
  }

  @Test
  void whatTheConnectionIsToldIsWhatItTells() throws IOException {
    try (WebSocketServer server = builder().start()) {
      assertEquals(4711, server.port());
      FakeTransport transport = new FakeTransport();
      Session session = backend.open(transport);
      session.attach("mine");
      assertEquals("mine", session.attachment());
      assertEquals("13", session.version());
      assertEquals(1, session.id());
      assertEquals("WebSocketConnection[1 /ws OPEN]", session.toString());
      assertSame(transport, session.unwrap(FakeTransport.class));
      assertEquals(null, session.unwrap(ByteBuffer.class));
      transport.gone(null);
    }
  }
}
