package io.github.easywebsocket.benchmarks;

import io.github.easywebsocket.benchmarks.load.Cell;
import io.github.easywebsocket.benchmarks.load.LoadGenerator;
import io.github.easywebsocket.benchmarks.load.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The load generator in its process, which stays for a whole run so that its code is warm. After a
 * failure there is a new one, since the old one may still wait for something.
 */
final class LoadProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Site site;
  private Child child;

  LoadProcess(Site site) throws IOException {
    this.site = site;
    child = start();
  }

  private Child start() throws IOException {
    String classPath =
        site.classPath().stream()
            .map(Path::toString)
            .filter(path -> path.endsWith("/benchmarks/target/classes") || path.contains("Hdr"))
            .collect(Collectors.joining(":"));
    List<String> command =
        List.of(
            Site.java(),
            "-Xms256m",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-cp",
            classPath,
            LoadGenerator.class.getName());
    return Child.start(Site.onLoadCpu(command), Map.of(), site.output().resolve("load.log"));
  }

  /** Measures what a cell costs a server. */
  Outcome measure(Cell cell, ServerProcess server, Duration warmUp, Duration duration)
      throws IOException {
    return Outcome.parse(
        ask(
            "measure %d %b %d %s %d %d"
                .formatted(
                    server.port(),
                    server.entrant().isRaw(),
                    server.pid(),
                    cell.name(),
                    warmUp.toMillis(),
                    duration.toMillis())));
  }

  /** Shakes hands with a server. */
  void shakeHands(ServerProcess server) throws IOException {
    ask("shake " + server.port() + " " + server.entrant().isRaw());
  }

  /** Opens connections that do nothing. */
  void open(ServerProcess server, int count) throws IOException {
    ask("open " + server.port() + " " + server.entrant().isRaw() + " " + count);
  }

  /** Sends a message on each of them, and closes them. */
  void echoAndClose() throws IOException {
    ask("echo");
    ask("close");
  }

  private String ask(String command) throws IOException {
    try {
      child.tell(command);
      return child.await("ok", PATIENCE);
    } catch (IOException e) {
      child.close();
      child = start();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    child.close();
  }
}
