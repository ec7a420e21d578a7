package io.github.easywebsocket.benchmarks.load;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * An open loop: messages are sent at a fixed rate, on one connection after the other, and each is
 * timed from the moment at which it was due. So what waits behind a slow one is counted as late.
 */
final class FixedRateLoad implements Load {

  private final Target target;
  private final Messages messages;

  FixedRateLoad(Target target, Messages messages) {
    this.target = target;
    this.messages = messages;
  }

  @Override
  public void run(Window window) throws IOException {
    Cell cell = messages.cell();
    Links.Arrival arrival =
        (link, first, count, now) -> {
          for (long number = first; number < first + count; number++) {
            window.done(link.times().get(number), now);
          }
        };
    try (Links links = Links.open(target, Target.ECHO, messages, cell.connections())) {
      window.begin();
      long start = System.nanoTime();
      long number = 0;
      while (!window.isOver(System.nanoTime())) {
        long due = start + number * TimeUnit.SECONDS.toNanos(1) / cell.rate();
        if (due - System.nanoTime() <= 0) {
          send(links.all().get((int) (number % cell.connections())), due);
          number++;
        } else {
          links.turn(true, arrival);
        }
      }
      links.await(links.sent(), arrival);
    }
  }

  private static void send(Link link, long due) throws IOException {
    if (link.sent() - link.received() == link.times().size()) {
      throw new WrongEcho("the server is too slow for this rate");
    }
    link.send(1, due);
  }
}
