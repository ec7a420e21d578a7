package io.github.easywebsocket.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Loads servers. As a process it reads commands, one a line, and answers each with a line that
 * begins with {@code ok} or {@code failed}:
 *
 * <pre>
 *   shake PORT RAW                                  shakes hands once
 *   measure PORT RAW PID CELL WARM-MILLIS MILLIS    the outcome
 *   open PORT RAW COUNT                             connections that do nothing
 *   echo                                            one message on each of them
 *   close                                           their end
 * </pre>
 */
public final class LoadGenerator {

  private static final Cell ANY = Cell.every().get(0);

  private final Map<Cell, Messages> prepared = new HashMap<>();
  private @Nullable Links idle;

  /** Makes a generator that has nothing to do yet. */
  public LoadGenerator() {}

  /** Obeys commands until there are no more. */
  public static void main(String[] args) throws IOException {
    LoadGenerator generator = new LoadGenerator();
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String command; (command = commands.readLine()) != null; ) {
      String answer;
      try {
        answer = "ok " + generator.obey(command.split(" "));
      } catch (IOException | RuntimeException e) {
        answer = "failed " + (e instanceof WrongEcho ? e.getMessage() : e.toString());
      }
      System.out.println(answer.replace('\n', ' '));
    }
    System.exit(0);
  }

  private String obey(String[] word) throws IOException {
    switch (word[0]) {
      case "shake" -> open(target(word), 1).close();
      case "measure" -> {
        return measure(
                Cell.named(word[4]),
                new Target(port(word), Long.parseLong(word[3]), raw(word)),
                Duration.ofMillis(Long.parseLong(word[5])),
                Duration.ofMillis(Long.parseLong(word[6])))
            .toLine();
      }
      case "open" -> idle = open(target(word), Integer.parseInt(word[3]));
      case "echo" -> echo(idle());
      case "close" -> {
        idle().close();
        idle = null;
      }
      default -> throw new IllegalArgumentException("no command \"" + word[0] + "\"");
    }
    return "";
  }

  private static Target target(String[] word) {
    return new Target(port(word), 0, raw(word));
  }

  private static int port(String[] word) {
    return Integer.parseInt(word[1]);
  }

  private static boolean raw(String[] word) {
    return Boolean.parseBoolean(word[2]);
  }

  private Links open(Target target, int count) throws IOException {
    return Links.open(target, Target.ECHO, messages(ANY), count);
  }

  private Links idle() {
    if (idle == null) {
      throw new IllegalStateException("nothing is open");
    }
    return idle;
  }

  private static void echo(Links links) throws IOException {
    for (Link link : links.all()) {
      link.send(1, System.nanoTime());
    }
    links.await(links.sent(), (link, first, count, now) -> {});
  }

  /**
   * Loads a server.
   *
   * @throws IOException if a byte that comes back is wrong, or something else goes wrong
   */
  public Outcome measure(Cell cell, Target target, Duration warmUp, Duration duration)
      throws IOException {
    Load load = Load.of(cell, target, messages(cell));
    Window window = new Window(target.pid(), warmUp, duration);
    load.run(window);
    return window.outcome();
  }

  private Messages messages(Cell cell) {
    return prepared.computeIfAbsent(cell, Messages::new);
  }
}
