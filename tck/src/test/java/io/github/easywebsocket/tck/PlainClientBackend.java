package io.github.easywebsocket.tck;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.ClientBackend;
import io.github.easywebsocket.spi.ClientSettings;
import io.github.easywebsocket.spi.Receiver;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** The simplest client that keeps the contract, to try the suite on. */
final class PlainClientBackend implements ClientBackend {

  @Override
  public String name() {
    return "plain-client";
  }

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.TLS);
  }

  @Override
  public CompletionStage<Void> connect(ClientSettings settings, Receiver receiver) {
    CompletableFuture<Void> opened = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              Socket socket = null;
              try {
                socket = connect(settings);
                closeIfCancelled(opened, socket);
                run(socket, settings, receiver, opened);
              } catch (SocketTimeoutException e) {
                fail(opened, socket, new WebSocketException(Kind.TIMEOUT, "no answer", e));
              } catch (Exception e) {
                fail(opened, socket, e);
              }
            },
            "plain-client");
    thread.setDaemon(true);
    thread.start();
    return opened;
  }

  /** Ends the attempt when nobody waits for it any more. */
  private static void closeIfCancelled(CompletableFuture<Void> opened, Socket socket) {
    opened.whenComplete(
        (done, failure) -> {
          if (failure instanceof CancellationException) {
            fail(opened, socket, new IOException("cancelled"));
          }
        });
  }

  private static void fail(
      CompletableFuture<Void> opened, @Nullable Socket socket, Exception failure) {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    opened.completeExceptionally(failure);
  }

  private static Socket connect(ClientSettings settings) throws Exception {
    URI uri = settings.uri();
    int time = (int) settings.timeouts().handshake().toMillis();
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), time);
    socket.setTcpNoDelay(true);
    socket.setSendBufferSize(PlainConnection.SEND_BUFFER);
    socket.setSoTimeout(time);
    if (!uri.getScheme().equals("wss")) {
      return socket;
    }
    SSLContext context = settings.tls() != null ? settings.tls() : SSLContext.getDefault();
    SSLSocket tls =
        (SSLSocket)
            context.getSocketFactory().createSocket(socket, uri.getHost(), uri.getPort(), true);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    tls.setSSLParameters(parameters);
    tls.startHandshake();
    return tls;
  }

  private static void run(
      Socket socket, ClientSettings settings, Receiver receiver, CompletableFuture<Void> opened)
      throws IOException {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    String key = Base64.getEncoder().encodeToString(random);
    socket.getOutputStream().write(request(settings, key).getBytes(StandardCharsets.ISO_8859_1));
    DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new WebSocketException(Kind.HANDSHAKE, "no answer of HTTP");
      }
      head.append((char) next);
    }
    Head answer = Head.parse(head.toString());
    String subprotocol = check(answer, key, settings.subprotocols());
    socket.setSoTimeout(0);
    new PlainConnection(socket, in, true, settings.limits(), null, receiver, () -> {})
        .run(subprotocol, () -> opened.complete(null));
  }

  private static String request(ClientSettings settings, String key) {
    URI uri = settings.uri();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    StringBuilder text =
        new StringBuilder("GET " + uri.getRawPath() + query + " HTTP/1.1\r\n")
            .append("Host: " + uri.getHost() + ":" + uri.getPort() + "\r\n")
            .append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n")
            .append("Sec-WebSocket-Key: " + key + "\r\n");
    if (!settings.subprotocols().isEmpty()) {
      text.append("Sec-WebSocket-Protocol: " + String.join(", ", settings.subprotocols()));
      text.append("\r\n");
    }
    settings.headers().forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
    return text.append("\r\n").toString();
  }

  private static @Nullable String check(Head answer, String key, List<String> offered)
      throws WebSocketException {
    List<String> chosen = answer.all("Sec-WebSocket-Protocol");
    List<String> connection =
        List.of(String.join(",", answer.all("Connection")).toLowerCase(Locale.ROOT).split("[ ,]+"));
    boolean good =
        answer.firstLine().startsWith("HTTP/1.1 101")
            && "websocket".equalsIgnoreCase(String.join(",", answer.all("Upgrade")))
            && connection.contains("upgrade")
            && answer.all("Sec-WebSocket-Accept").equals(List.of(RawServer.acceptKey(key)))
            && answer.all("Sec-WebSocket-Extensions").isEmpty()
            && chosen.size() <= 1
            && offered.containsAll(chosen);
    if (!good) {
      throw refused(answer);
    }
    return chosen.isEmpty() ? null : chosen.get(0);
  }

  private static WebSocketException refused(Head answer) {
    String message = "refused: " + answer.firstLine();
    if (!answer.firstLine().matches("HTTP/1\\.1 [2-5]\\d\\d( .*)?")) {
      return new WebSocketException(Kind.HANDSHAKE, message);
    }
    Headers headers = Headers.EMPTY;
    for (String line : answer.lines()) {
      int colon = line.indexOf(':');
      try {
        headers = headers.with(line.substring(0, colon), line.substring(colon + 1).strip());
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        return new WebSocketException(Kind.HANDSHAKE, message, e);
      }
    }
    return WebSocketException.refused(answer.status(), headers, message, null);
  }
}
