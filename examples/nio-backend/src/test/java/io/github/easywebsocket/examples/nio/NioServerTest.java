package io.github.easywebsocket.examples.nio;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Timeouts;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is this backend's own, and no rule of the contract. */
@Timeout(30)
class NioServerTest {

  private NioServer server;

  @BeforeEach
  void start() throws IOException {
    server = newServer();
  }

  private static NioServer newServer() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return new NioServer(
        new ServerSettings(any, null, false, Limits.DEFAULT, Timeouts.DEFAULT, 8192, 100, Map.of()),
        NioServerTest::answer);
  }

  @AfterEach
  void stop() {
    server.stopAccepting();
    server.stop();
  }

  private static void answer(Exchange exchange) {
    switch (exchange.target()) {
      case "/request" -> throw new AssertionError("planted by the test");
      case "/connection" -> exchange.upgrade(failing());
      case "/later" -> new Thread(() -> exchange.upgrade(failing())).start();
      default -> exchange.respond(204, Headers.EMPTY, new byte[0]);
    }
  }

  private static Acceptance failing() {
    Receiver receiver =
        (Receiver)
            Proxy.newProxyInstance(
                Receiver.class.getClassLoader(),
                new Class<?>[] {Receiver.class},
                (proxy, method, arguments) -> {
                  throw new StackOverflowError("planted by the test");
                });
    return new Acceptance("key", null, Headers.EMPTY, Limits.DEFAULT, null, receiver);
  }

  /** There is one thread for all. */
  @ParameterizedTest
  @ValueSource(strings = {"/request", "/connection", "/later"})
  void anErrorEndsTheConnectionInWhichItIsAndNoOther(String target) throws IOException {
    try (Socket other = connect()) {
      try (Socket failing = connect()) {
        assertEquals("", withoutHeadOf101(ask(failing, target)));
      }
      assertTrue(ask(other, "/").startsWith("HTTP/1.1 204"));
    }
  }

  @Test
  void stopsAlsoWhenItsThreadHasDied() throws Exception {
    NioServer dying = newServer();
    dying.execute(
        () -> {
          throw new AssertionError("planted by the test");
        });
    CompletableFuture.runAsync(dying::stopAccepting).get(10, TimeUnit.SECONDS);
    dying.stop();
    assertThrows(ConnectException.class, () -> connect(dying));
  }

  private static String withoutHeadOf101(String answer) {
    return answer.startsWith("HTTP/1.1 101") ? "" : answer;
  }

  private Socket connect() throws IOException {
    return connect(server);
  }

  private static Socket connect(NioServer server) throws IOException {
    Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  /** What comes until the server ends TCP. */
  private static String ask(Socket socket, String target) throws IOException {
    String request = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }
}
