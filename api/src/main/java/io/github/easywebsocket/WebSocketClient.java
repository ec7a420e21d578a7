package io.github.easywebsocket;

import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.WebSocketHandler.Event;
import io.github.easywebsocket.spi.Capability;
import io.github.easywebsocket.spi.ClientBackend;
import io.github.easywebsocket.spi.ClientSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A client: one connection to a server, open from {@link Builder#connect} on.
 *
 * <pre>{@code
 * try (var client = WebSocketClient.connect(URI.create("ws://localhost:8080/ws"),
 *     (connection, message) -> System.out.println(message.text()))) {
 *   client.send("hello");
 *   … // wait for the answer here: after close() nothing more is delivered
 * }
 * }</pre>
 *
 * <p>Safe from any thread. {@link #close()} waits for the close handshake. A client does not keep
 * the JVM alive.
 */
public final class WebSocketClient implements AutoCloseable {

  private final Session session;
  private final Connector connector;

  private WebSocketClient(Session session, Connector connector) {
    this.session = session;
    this.connector = connector;
  }

  /**
   * Connects, with every option at its default.
   *
   * @param uri as for {@link #builder}
   * @param onMessage called for each message
   * @throws IOException as {@link Builder#connect()}
   */
  public static WebSocketClient connect(URI uri, Event<Message> onMessage) throws IOException {
    return builder(uri).onMessage(onMessage).connect();
  }

  /**
   * A builder with every option at its default.
   *
   * @param uri {@code ws://…} or {@code wss://…}, with a host, without user information or fragment
   * @throws IllegalArgumentException if the URI is not such a one
   */
  public static Builder builder(URI uri) {
    return new Builder(uri);
  }

  /** The connection. */
  public WebSocketConnection connection() {
    return session;
  }

  /** Sends a text message; see {@link WebSocketConnection#send(CharSequence)}. */
  public CompletionStage<Void> send(CharSequence text) {
    return session.send(text);
  }

  /** Sends a binary message; see {@link WebSocketConnection#send(ByteBuffer)}. */
  public CompletionStage<Void> send(ByteBuffer bytes) {
    return session.send(bytes);
  }

  /** Sends a binary message; see {@link WebSocketConnection#send(byte[])}. */
  public CompletionStage<Void> send(byte[] bytes) {
    return session.send(bytes);
  }

  /** Sends a message; see {@link WebSocketConnection#send(Message)}. */
  public CompletionStage<Void> send(Message message) {
    return session.send(message);
  }

  /**
   * Closes with code 1000 and waits until {@code onClose} has returned, but not much longer than
   * the close time-out. Does not wait when a handler of this client calls it.
   */
  @Override
  public void close() {
    session.close();
    if (!session.mayAwaitEnd()) {
      return;
    }
    try {
      long patience = 2 * connector.timeouts().close().toNanos();
      session.closed().toCompletableFuture().get(patience, TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      session.abort();
    } catch (InterruptedException e) {
      session.abort();
      Thread.currentThread().interrupt();
    }
  }

  /** Where it is connected to, and the state; nothing that may be a secret. */
  @Override
  public String toString() {
    return "WebSocketClient["
        + connector
        + Log.printable(session.handshake().path())
        + " "
        + session.readyState()
        + "]";
  }

  /**
   * Describes a client; every option has a default. An option that is set twice has the later
   * value; {@link #header} adds.
   *
   * <p>Not safe from several threads. May be used again: a client that was made before does not
   * change.
   */
  public static final class Builder extends ConnectionBuilder<Builder> {

    private final URI uri;
    private @Nullable ClientBackend instance;
    private @Nullable Callable<URI> address;
    private @Nullable Callable<Headers> credentials;

    private Builder(URI uri) {
      this.uri = check(uri);
    }

    static URI check(URI uri) {
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      if (!scheme.equals("ws") && !scheme.equals("wss")) {
        throw refused("uri must begin with ws:// or wss://", uri);
      }
      if (uri.getRawUserInfo() != null) {
        throw refused("uri must not have user information; use header(\"Authorization\", …)", uri);
      }
      if (uri.getHost() == null) {
        throw refused("uri must have a host of letters, digits, hyphens and dots", uri);
      }
      if (uri.getPort() == 0 || uri.getPort() > 65_535) {
        throw refused("uri must have a port from 1 to 65535, or none", uri);
      }
      if (uri.getRawFragment() != null) {
        throw refused("uri must not have a fragment", uri);
      }
      return uri;
    }

    /** Shows the URI without what may be a secret: user information and query. */
    private static IllegalArgumentException refused(String why, URI uri) {
      String shown = uri.toString().replaceFirst("//[^/?#]*@", "//").replaceFirst("[?#].*", "");
      return new IllegalArgumentException(why + ": " + shown);
    }

    @Override
    Builder self() {
      return this;
    }

    /** Uses this backend, whatever any name says. */
    public Builder backend(ClientBackend backend) {
      instance = Objects.requireNonNull(backend, "backend");
      return this;
    }

    /**
     * Sets whom to trust with {@code wss}, and which certificate to present. The host name is
     * checked against the server's certificate in any case. Default: what the JVM trusts, and no
     * certificate.
     *
     * @throws IllegalArgumentException if it asks for client certificates, as servers do
     */
    public Builder tls(Tls tls) {
      if (tls.asksForClientCertificate()) {
        throw new IllegalArgumentException("tls: client certificates are for servers to ask for");
      }
      this.tls = tls;
      return this;
    }

    /** Uses this context for {@code wss}; see {@link Tls#of(SSLContext)}. */
    public Builder tls(SSLContext context) {
      return tls(Tls.of(context));
    }

    /**
     * Sets a source of the URI, which is asked before each attempt to connect and stands in for the
     * URI that the builder was made with: for a query that changes, such as a token or a position
     * to resume from, or for one of several servers. Default: none.
     *
     * <p>It is called, and may fail, as the source of {@link #headers(Callable)}, before that one.
     *
     * @param source returns a URI as {@link #builder} takes it
     */
    public Builder uri(Callable<URI> source) {
      address = Objects.requireNonNull(source, "source");
      return this;
    }

    /**
     * Sets a source of further headers for the handshake, beside those of {@link #header}, which is
     * asked before each attempt to connect: for credentials that expire. Default: none.
     *
     * <p>It is called on the thread that connects or starts the client, and for later attempts of a
     * {@link ReconnectingClient} on a thread for handlers. It may block where that thread may; its
     * time does not count towards the handshake time-out. If it throws, or its headers cannot be
     * added, the attempt fails with a {@link WebSocketException} of kind {@code HANDSHAKE} and
     * status 0 with that as its cause, and a {@code ReconnectingClient} tries again.
     *
     * @param source returns the headers, {@link Headers#EMPTY} for none
     */
    public Builder headers(Callable<Headers> source) {
      credentials = Objects.requireNonNull(source, "source");
      return this;
    }

    /**
     * Connects, and waits until the connection is open, no longer than the handshake time-out.
     *
     * @throws WebSocketException of kind {@code HANDSHAKE} if the server refuses, {@code TIMEOUT}
     *     if it does not answer in time, {@code BACKEND} if no backend can be chosen
     * @throws IllegalArgumentException if an option is wrong
     * @throws IOException if the server cannot be reached
     */
    public WebSocketClient connect() throws IOException {
      Connector connector = connector();
      CompletableFuture<WebSocketClient> opening = open(connector);
      try {
        return await(opening, connector);
      } catch (IOException | RuntimeException | Error e) {
        opening.cancel(true);
        throw e;
      }
    }

    /**
     * Connects without waiting.
     *
     * @return completes with the client when the connection is open, on any thread, often one of
     *     the engine's, so use its {@code …Async} methods for work that blocks; fails with what
     *     {@link #connect()} throws. Cancelling it ends the attempt
     * @throws IllegalArgumentException if an option is wrong
     */
    public CompletableFuture<WebSocketClient> connectAsync() {
      try {
        return open(connector());
      } catch (WebSocketException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    /** Begins to connect; whatever ends the stage but a client leaves nothing behind. */
    private CompletableFuture<WebSocketClient> open(Connector connector) throws WebSocketException {
      Connector.Request request;
      try {
        request = connector.request();
      } catch (WebSocketException e) {
        connector.release();
        throw e;
      }
      Session session = connector.session(effectiveHandler(), request);
      session.closed().whenComplete((reason, failure) -> connector.release());
      CompletableFuture<Void> connected = connector.connect(session, request);
      CompletableFuture<WebSocketClient> client = new CompletableFuture<>();
      connected.whenComplete(
          (opened, failure) -> {
            boolean taken =
                failure == null && client.complete(new WebSocketClient(session, connector));
            if (!taken && connector.giveUp(session)) {
              connector.release();
            }
            if (failure != null) {
              client.completeExceptionally(failure);
            }
          });
      client.whenComplete(
          (taken, failure) -> {
            if (failure != null) {
              connected.cancel(true);
            }
          });
      return client;
    }

    /**
     * Begins to describe a client that reconnects by itself whenever it loses its connection. What
     * is set on this builder before it starts applies to each of its connections.
     */
    public ReconnectingClient.Builder reconnecting() {
      return new ReconnectingClient.Builder(this);
    }

    /** What to connect with; checks all that can be checked before. */
    Connector connector() throws WebSocketException {
      ClientBackend backend =
          instance != null
              ? BackendChecks.usable(instance)
              : Backends.clients().choose(backendNames);
      BackendChecks.checkOptions(backend, options.keySet());
      Connector.requireTls(backend, options, uri);
      if (compression != null) {
        BackendChecks.require(backend, options, Capability.COMPRESSION, "compression(…)");
      }
      Session.requireDeliverable(effectiveHandler(), isInline());
      Threads threads = startThreads();
      Connections connections = new Connections(timeouts, threads.executor(), time, null, hooks());
      threads.watchedBy(connections);
      return new Connector(
          backend, settings(threads.executor()), address, credentials, threads, connections);
    }

    private ClientSettings settings(@Nullable Executor executor) {
      Executor engine = executor != null ? executor : Runnable::run;
      List<String> offered = subprotocols == null ? List.of() : subprotocols;
      SSLContext context = tls == null ? null : tls.context();
      return new ClientSettings(
          uri,
          headers,
          offered,
          context,
          limits.apply(Limits.DEFAULT),
          compression,
          timeouts,
          engine,
          options);
    }

    /** Waits for a connection; the backend keeps the time-out, and this one in case it does not. */
    private WebSocketClient await(CompletableFuture<WebSocketClient> opening, Connector connector)
        throws IOException {
      try {
        return opening.get(2 * timeouts.handshake().toNanos(), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        throw failure(e.getCause());
      } catch (TimeoutException e) {
        throw connector.timedOut();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new WebSocketException(Kind.IO, "interrupted while connecting", e);
      }
    }

    private static IOException failure(@Nullable Throwable failure) {
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      if (failure instanceof Error e) {
        throw e;
      }
      return failure instanceof IOException e
          ? e
          : new WebSocketException(Kind.IO, "cannot connect", failure);
    }
  }
}
