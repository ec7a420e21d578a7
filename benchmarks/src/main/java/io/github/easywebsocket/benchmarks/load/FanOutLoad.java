package io.github.easywebsocket.benchmarks.load;

import java.io.IOException;
import java.time.Duration;

/** One connection sends, and all get each message: it and the receivers. */
final class FanOutLoad implements Load {

  private static final Duration UNTIL_ALL_ARE_LISTED = Duration.ofMillis(200);

  private final Target target;
  private final Messages messages;
  private final Times missing; // to how many connections each message is still to come
  private long finished; // since the sender was last asked for more

  FanOutLoad(Target target, Messages messages) {
    this.target = target;
    this.messages = messages;
    missing = new Times(messages.cell().inFlight());
  }

  @Override
  public void run(Window window) throws IOException {
    Cell cell = messages.cell();
    int all = cell.connections() + 1;
    try (Links links = Links.open(target, Target.BROADCAST, messages, all)) {
      pause();
      Link sender = links.all().get(0);
      Links.Arrival arrival = (link, first, count, now) -> note(window, sender, first, count, now);
      window.begin();
      send(sender, cell.inFlight(), all);
      while (!window.isOver(System.nanoTime())) {
        links.turn(false, arrival);
        if (finished > 0) {
          send(sender, (int) finished, all);
          finished = 0;
        }
      }
      links.await(sender.sent() * all, arrival);
    }
  }

  private void send(Link sender, int count, int all) throws IOException {
    for (int i = 0; i < count; i++) {
      missing.set(sender.sent() + i, all);
    }
    sender.send(count, System.nanoTime());
  }

  private void note(Window window, Link sender, long first, int count, long now) {
    for (long number = first; number < first + count; number++) {
      window.done(sender.times().get(number), now);
      long left = missing.get(number) - 1;
      missing.set(number, left);
      if (left == 0) {
        finished++;
      }
    }
  }

  /** A handshake is answered before a handler may have put the connection into its list. */
  static void pause() throws IOException {
    try {
      Thread.sleep(UNTIL_ALL_ARE_LISTED.toMillis());
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
