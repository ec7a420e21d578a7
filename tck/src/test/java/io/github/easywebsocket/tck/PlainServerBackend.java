package io.github.easywebsocket.tck;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.Deflate;
import io.github.easywebsocket.spi.Exchange;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** The simplest server that keeps the contract, to try the suite on: a thread per connection. */
final class PlainServerBackend implements ServerBackend {

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public int spiVersion() {
    return SPI_VERSION;
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.TLS, Capability.COMPRESSION);
  }

  @Override
  public Running start(ServerSettings settings, Consumer<Exchange> acceptor) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(settings.address(), 200);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    return new Server(socket, settings, acceptor);
  }

  private static final class Server implements Running {
    private final ServerSocket socket;
    private final ServerSettings settings;
    private final Consumer<Exchange> acceptor;
    private final Map<Socket, Thread> connections = new ConcurrentHashMap<>();
    private final Semaphore places;
    private final Thread accepting = new Thread(this::accept, "plain-acceptor");

    Server(ServerSocket socket, ServerSettings settings, Consumer<Exchange> acceptor) {
      this.socket = socket;
      this.settings = settings;
      this.acceptor = acceptor;
      this.places = new Semaphore(settings.maxTcpConnections());
      accepting.start();
    }

    private void accept() {
      try {
        while (true) {
          places.acquireUninterruptibly();
          Socket accepted = socket.accept();
          Thread thread = new Thread(() -> serve(accepted), "plain-reader");
          connections.put(accepted, thread);
          thread.start();
        }
      } catch (IOException e) {
        // stopped
      }
    }

    private void serve(Socket plain) {
      try (Socket accepted = secured(plain)) {
        accepted.setTcpNoDelay(true);
        accepted.setSendBufferSize(PlainConnection.SEND_BUFFER);
        accepted.setSoTimeout((int) settings.timeouts().handshake().toMillis());
        DataInputStream in =
            new DataInputStream(new BufferedInputStream(accepted.getInputStream()));
        boolean goesOn = true;
        while (goesOn) {
          Request request = readRequest(plain, accepted, in);
          if (request == null) {
            return;
          }
          acceptor.accept(request);
          goesOn = request.answer.get();
        }
      } catch (Exception e) {
        // the connection ends
      } finally {
        connections.remove(plain);
        places.release();
      }
    }

    private Socket secured(Socket plain) throws IOException {
      SSLContext tls = settings.tls();
      return tls == null ? plain : tls.getSocketFactory().createSocket(plain, null, true);
    }

    private @Nullable Request readRequest(Socket plain, Socket accepted, DataInputStream in)
        throws IOException {
      StringBuilder head = new StringBuilder();
      try {
        while (head.indexOf("\r\n\r\n") < 0) {
          int next = in.read();
          if (next < 0) {
            return null;
          }
          head.append((char) next);
          if (head.length() > settings.maxHeaderBytes()) {
            respond(accepted, 431, Headers.EMPTY, new byte[0], false);
            return null;
          }
          if (next == '\n' && head.lastIndexOf("\r\n") != head.length() - 2) {
            respond(accepted, 400, Headers.EMPTY, new byte[0], false);
            return null;
          }
        }
      } catch (SocketTimeoutException e) {
        return null;
      }
      Head parsed = Head.parse(head.toString());
      if (!isInOrder(parsed)) {
        respond(accepted, 400, Headers.EMPTY, new byte[0], false);
        return null;
      }
      return new Request(() -> end(plain), settings.timeouts().write(), accepted, in, parsed);
    }

    /** The TCP connection; TLS would wait for what is being written. */
    private static void end(Socket plain) {
      try {
        plain.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static boolean isInOrder(Head head) {
      List<String> lengths = head.all("Content-Length");
      boolean coded = !head.all("Transfer-Encoding").isEmpty();
      return head.firstLine().matches("\\S+ [^ ]+ HTTP/1\\.[01]")
          && head.lines().stream().allMatch(line -> line.matches("[^\\s:()]+:[^\\p{Cntrl}]*"))
          && (lengths.isEmpty() || (lengths.size() == 1 && !coded))
          && lengths.stream().allMatch(length -> length.matches("\\d+"));
    }

    @Override
    public InetSocketAddress address() {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public void stopAccepting() {
      try {
        socket.close();
        places.release();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void stop() {
      connections.forEach(
          (connection, thread) -> {
            try {
              connection.close();
              thread.join();
            } catch (IOException | InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      try {
        accepting.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void respond(Socket socket, int status, Headers headers, byte[] body, boolean head)
      throws IOException {
    StringBuilder text = new StringBuilder("HTTP/1.1 " + status + " X\r\n");
    headers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
    if (status != 204 && status != 304) {
      text.append("Content-Length: ").append(body.length).append("\r\n");
    }
    text.append("\r\n");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(text.toString().getBytes(StandardCharsets.ISO_8859_1));
    if (!head) {
      all.writeBytes(body);
    }
    socket.getOutputStream().write(all.toByteArray());
  }

  /** One request; {@code answer} tells whether another may follow. */
  private static final class Request implements Exchange {
    private final Runnable end;
    private final Duration writeTimeout;
    private final Socket socket;
    private final DataInputStream in;
    private final String[] line;
    private final Headers headers;
    final CompletableFuture<Boolean> answer = new CompletableFuture<>();

    Request(Runnable end, Duration writeTimeout, Socket socket, DataInputStream in, Head head) {
      this.end = end;
      this.writeTimeout = writeTimeout;
      this.socket = socket;
      this.in = in;
      this.line = head.firstLine().split(" ");
      Map<String, List<String>> values = new LinkedHashMap<>();
      for (String header : head.lines()) {
        String name = header.substring(0, header.indexOf(':'));
        values.put(name, head.all(name));
      }
      this.headers = Headers.of(values);
    }

    @Override
    public String method() {
      return line[0];
    }

    @Override
    public String target() {
      return line[1];
    }

    @Override
    public String protocol() {
      return line[2];
    }

    @Override
    public Headers headers() {
      return headers;
    }

    @Override
    public InetSocketAddress remoteAddress() {
      return (InetSocketAddress) socket.getRemoteSocketAddress();
    }

    @Override
    public @Nullable SSLSession tls() {
      return socket instanceof SSLSocket tls ? tls.getSession() : null;
    }

    @Override
    public CompletionStage<byte[]> body(int limit) {
      try {
        return CompletableFuture.completedStage(readBody(limit));
      } catch (IOException | NumberFormatException e) {
        return CompletableFuture.failedStage(e);
      }
    }

    private byte[] readBody(int limit) throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      String whole = headers.first("Content-Length");
      boolean expects = "100-continue".equals(headers.first("Expect"));
      boolean more = true;
      while (more) {
        int length = whole == null ? Integer.parseInt(readLine(), 16) : Integer.parseInt(whole);
        if (body.size() + length > limit) {
          throw new WebSocketException(WebSocketException.Kind.MESSAGE_TOO_BIG, "body");
        }
        if (expects) {
          socket
              .getOutputStream()
              .write("HTTP/1.1 100 \r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
          expects = false;
        }
        body.writeBytes(in.readNBytes(length));
        more = whole == null && length > 0;
        if (whole == null) {
          readLine();
        }
      }
      return body.toByteArray();
    }

    private String readLine() throws IOException {
      StringBuilder line = new StringBuilder();
      while (line.indexOf("\r\n") < 0) {
        line.append((char) in.readUnsignedByte());
      }
      return line.substring(0, line.length() - 2);
    }

    @Override
    public CompletionStage<?> respond(int status, Headers headers, byte[] body) {
      CompletableFuture<?> late =
          CompletableFuture.runAsync(
              end,
              CompletableFuture.delayedExecutor(writeTimeout.toMillis(), TimeUnit.MILLISECONDS));
      try {
        PlainServerBackend.respond(socket, status, headers, body, method().equals("HEAD"));
        answer.complete(!"close".equals(headers.first("Connection")));
      } catch (IOException e) {
        answer.complete(false);
      } finally {
        late.cancel(false);
      }
      return answer;
    }

    @Override
    public void upgrade(Acceptance acceptance) {
      try {
        socket.setSoTimeout(0);
        StringBuilder head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
        head.append("Upgrade: websocket\r\nConnection: Upgrade\r\n");
        head.append("Sec-WebSocket-Accept: ").append(acceptance.acceptKey()).append("\r\n");
        if (acceptance.subprotocol() != null) {
          head.append("Sec-WebSocket-Protocol: ").append(acceptance.subprotocol()).append("\r\n");
        }
        acceptance
            .headers()
            .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        byte[] bytes = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        socket.getOutputStream().write(bytes);
      } catch (IOException e) {
        acceptance.receiver().closed(e);
        answer.complete(false);
        return;
      }
      Deflate deflate = acceptance.deflate();
      PlainConnection connection =
          new PlainConnection(
              socket,
              in,
              false,
              acceptance.limits(),
              deflate == null ? null : new PlainDeflate(deflate.compression()),
              acceptance.receiver(),
              () -> answer.complete(false));
      Thread reader =
          new Thread(() -> connection.run(acceptance.subprotocol(), () -> {}), "plain-frames");
      reader.setDaemon(true);
      reader.start();
    }
  }
}
