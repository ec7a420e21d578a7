package io.github.easywebsocket;

import java.util.concurrent.Executor;

/**
 * Runs handlers on an executor's threads: the engine's thread gathers what one read gave and hands
 * it over as one batch. A connection is scheduled once however much waits.
 */
final class ExecutorInbox extends Inbox {

  private final Executor executor;

  ExecutorInbox(Session session, Executor executor) {
    super(session);
    this.executor = executor;
  }

  @Override
  void add(Object event, int bytes) {
    gather(event, bytes);
  }

  @Override
  void readComplete() {
    handOver();
  }

  @Override
  void schedule() {
    try {
      executor.execute(this);
    } catch (Throwable rejection) {
      session.rejected(rejection);
      run();
    }
  }
}
