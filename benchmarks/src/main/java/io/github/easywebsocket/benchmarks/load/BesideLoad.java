package io.github.easywebsocket.benchmarks.load;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * An echo at a fixed rate, beside messages to very many others: it shows for how long those hold
 * everybody up. The others read only at the end, so that this process has time for the echo. One
 * echo is under way at a time, and timed from the moment at which it was sent: so the longest is
 * the longest pause.
 */
final class BesideLoad implements Load {

  private static final long BETWEEN_MESSAGES = TimeUnit.MILLISECONDS.toNanos(500);

  private final Target target;
  private final Messages messages;

  BesideLoad(Target target, Messages messages) {
    this.target = target;
    this.messages = messages;
  }

  @Override
  public void run(Window window) throws IOException {
    Cell cell = messages.cell();
    long betweenEchoes = TimeUnit.SECONDS.toNanos(1) / cell.rate();
    Links.Arrival arrival =
        (link, first, count, now) -> window.done(link.times().get(first), now); // one at a time
    try (Links others = Links.open(target, Target.BROADCAST, messages, cell.connections());
        Links beside = Links.open(target, Target.ECHO, messages, 1)) {
      FanOutLoad.pause();
      Link sender = others.all().get(0);
      Link echo = beside.all().get(0);
      window.begin();
      long start = System.nanoTime();
      for (long now = start; !window.isOver(now); now = System.nanoTime()) {
        if (now - start >= sender.sent() * BETWEEN_MESSAGES) {
          sender.send(1, now);
        }
        long due = start + echo.sent() * betweenEchoes;
        if (now - due >= 0 && echo.sent() == echo.received()) {
          echo.send(1, now);
        }
        beside.turn(true, arrival);
      }
      beside.await(echo.sent(), arrival);
      others.await(sender.sent() * cell.connections(), (link, first, count, now) -> {});
    }
  }
}
