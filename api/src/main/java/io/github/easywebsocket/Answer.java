package io.github.easywebsocket;

import io.github.easywebsocket.OpeningHandshake.Refusal;
import io.github.easywebsocket.spi.Exchange;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The answer to one request: given once, by whoever comes first. That may be the engine's thread,
 * user code that is asked for it, on a thread where handlers run, or the sweep.
 */
final class Answer implements Connections.Waiting {

  static final String ENGINE = "the engine";

  private static final Headers CLOSE = Headers.of("Connection", "close");

  /** Some of the user's code. */
  @FunctionalInterface
  interface UserCode {
    void run() throws Exception;
  }

  final Exchange exchange;

  /** Where the client is, as far as known; set before other threads answer, as is the next. */
  InetSocketAddress client;

  /** Whether it is of an opening handshake. */
  boolean handshake;

  /** For the log: the path, printable, and who is asked for the answer; set one after another. */
  String path = "";

  String asked = ENGINE;

  /** Whether a body may be there that was not read; the answer is the connection's last then. */
  volatile boolean bodyLeft = true;

  private final Connections connections;
  private final Answers answers;
  private final AtomicBoolean given = new AtomicBoolean();
  private final long deadline;
  private volatile int tooLate; // the status past the deadline; 0 while the time does not count

  /** None yet. */
  Answer(Exchange exchange, Connections connections, Answers answers) {
    this.exchange = exchange;
    this.connections = connections;
    this.answers = answers;
    this.client = exchange.remoteAddress();
    this.deadline = connections.nanoTime() + connections.timeouts().handshake().toNanos();
  }

  /** Runs user code where handlers run; the client gets 503 if it takes too long. */
  void ask(String whom, UserCode code) {
    asked = whom;
    watch(503);
    if (!answers.begin(this)) {
      refuse(Answers.STOPS);
      return;
    }
    Runnable guarded =
        () -> {
          if (given.get()) {
            return; // too late
          }
          boolean outermost = answers.enter();
          try {
            code.run();
          } catch (Throwable e) {
            failed(e);
          } finally {
            answers.leave(outermost);
          }
        };
    Executor executor = connections.executor();
    if (executor == null) {
      guarded.run();
      return;
    }
    try {
      executor.execute(guarded);
    } catch (Throwable e) {
      rejected(e);
    }
  }

  /** From now on the time counts; past it the client gets the status. */
  void watch(int status) {
    tooLate = status;
    connections.watch(this);
  }

  /** Whether the caller is the one who answers. */
  boolean take() {
    if (tooLate != 0) {
      connections.unwatch(this);
    }
    return given.compareAndSet(false, true);
  }

  void respond(int status, Headers headers, byte[] body) {
    if (!take()) {
      return;
    }
    CompletionStage<?> written = null;
    try {
      observe(status);
      boolean last =
          (bodyLeft || answers.areStopping()) && !headers.listContains("Connection", "close");
      written = exchange.respond(status, last ? CLOSE.with(headers) : headers, body);
    } finally {
      if (written == null) {
        answers.end(this);
      } else {
        written.whenComplete((done, failure) -> answers.end(this));
      }
    }
  }

  void refuse(Refusal refusal) {
    respond(refusal.status(), refusal.headers(), refusal.bytes());
  }

  private void observe(int status) {
    Observer observer = connections.hooks().observer();
    if (observer == null || !handshake) {
      return;
    }
    boolean outermost = answers.enter();
    observer.rejected(status, client);
    answers.leave(outermost);
  }

  void failed(Throwable failure) {
    String gets = given.get() ? "has its answer already" : "gets 500";
    Log.log(Level.WARNING, asked + " threw at \"" + path + "\": the client " + gets, failure);
    refuse(Refusal.of(500, "The server failed to answer."));
  }

  private void rejected(Throwable rejection) {
    Log.rejection(
        () -> "the executor rejected " + asked + " at \"" + path + "\": the client gets 503",
        rejection);
    refuse(Refusal.tooMuch(503, "The server has too much to do."));
  }

  @Override
  public void sweep(long now) {
    if (now - deadline >= 0) {
      refuse(Refusal.of(tooLate, "The answer took too long.").with("Connection", "close"));
    }
  }
}
