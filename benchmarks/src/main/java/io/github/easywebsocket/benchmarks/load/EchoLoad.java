package io.github.easywebsocket.benchmarks.load;

import java.io.IOException;

/** A closed loop: each message that comes back is followed by the next one. */
final class EchoLoad implements Load {

  private final Target target;
  private final Messages messages;

  EchoLoad(Target target, Messages messages) {
    this.target = target;
    this.messages = messages;
  }

  @Override
  public void run(Window window) throws IOException {
    Cell cell = messages.cell();
    // one message under way: a sleeping client would be measured rather than the server
    boolean spin = cell.connections() * cell.inFlight() == 1;
    try (Links links = Links.open(target, Target.ECHO, messages, cell.connections())) {
      window.begin();
      for (Link link : links.all()) {
        link.send(cell.inFlight(), System.nanoTime());
      }
      while (!window.isOver(System.nanoTime())) {
        links.turn(
            spin,
            (link, first, count, now) -> {
              note(window, link, first, count, now);
              link.send(count, now);
            });
      }
      links.await(links.sent(), (link, first, count, now) -> note(window, link, first, count, now));
    }
  }

  private static void note(Window window, Link link, long first, int count, long now) {
    for (long number = first; number < first + count; number++) {
      window.done(link.times().get(number), now);
    }
  }
}
