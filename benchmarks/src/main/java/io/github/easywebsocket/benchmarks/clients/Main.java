package io.github.easywebsocket.benchmarks.clients;

import io.github.easywebsocket.benchmarks.load.Cell;
import io.github.easywebsocket.benchmarks.load.Outcome;
import io.github.easywebsocket.benchmarks.load.Window;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Runs one client: {@code Main NAME}. It obeys {@code measure PORT CELL WARM-MILLIS MILLIS}, each
 * on a line of its input, and answers with a line that begins with {@code ok} or {@code failed}.
 */
public final class Main {

  private static final long PATIENCE = TimeUnit.MINUTES.toSeconds(1);

  private Main() {}

  /** Obeys commands until there are no more. */
  public static void main(String[] args) throws IOException {
    Client client = client(args[0]);
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String command; (command = commands.readLine()) != null; ) {
      String answer;
      try {
        answer = "ok " + obey(client, command.split(" ")).toLine();
      } catch (Exception e) {
        answer = "failed " + e;
      }
      System.out.println(answer.replace('\n', ' '));
    }
    System.exit(0);
  }

  private static Client client(String name) {
    return switch (name) {
      case "jdk" -> new JdkClient();
      case "easy-jdk-inline" -> new EasyWebSocketClient("jdk", true);
      case "easy-jdk-virtual" -> new EasyWebSocketClient("jdk", false);
      case "easy-jetty-inline" -> new EasyWebSocketClient("jetty", true);
      case "easy-jetty-virtual" -> new EasyWebSocketClient("jetty", false);
      default -> throw new IllegalArgumentException("no client \"" + name + "\"");
    };
  }

  private static Outcome obey(Client client, String[] word) throws Exception {
    if (!word[0].equals("measure")) {
      throw new IllegalArgumentException("no command \"" + word[0] + "\"");
    }
    Window window =
        new Window(
            ProcessHandle.current().pid(),
            Duration.ofMillis(Long.parseLong(word[3])),
            Duration.ofMillis(Long.parseLong(word[4])));
    Loop loop = new Loop(Cell.named(word[2]), window);
    URI uri = URI.create("ws://127.0.0.1:" + Integer.parseInt(word[1]) + "/ws");
    try (Client.Link link = client.connect(uri, loop)) {
      loop.begin(link);
      loop.over().get(PATIENCE, TimeUnit.SECONDS);
    }
    return window.outcome();
  }
}
