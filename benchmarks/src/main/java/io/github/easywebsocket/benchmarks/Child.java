package io.github.easywebsocket.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process that is told what to do, and answers, line by line. It ends when its input does. */
final class Child implements AutoCloseable {

  private static final Duration END = Duration.ofSeconds(5);
  private static final String OVER = new String("over"); // is told apart by its identity

  private final Process process;
  private final Path log;
  private final Writer input;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private Child(Process process, Path log) {
    this.process = process;
    this.log = log;
    input = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "lines of " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a process, whose errors go to the log. */
  static Child start(List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().putAll(environment);
    return new Child(builder.start(), log);
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line; (line = reader.readLine()) != null; ) {
        lines.add(line);
      }
      lines.add(OVER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  /** Tells the process something. */
  void tell(String command) throws IOException {
    input.write(command + "\n");
    input.flush();
  }

  /**
   * Waits for a line, and passes over others.
   *
   * @param beginning of the line
   * @return the rest of the line
   */
  String await(String beginning, Duration patience) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (true) {
        String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (line == null) {
          throw new IOException("no \"" + beginning + "\" within " + patience + "; see " + log);
        }
        if (line == OVER) {
          throw new IOException("the process has ended; see " + log);
        }
        if (line.startsWith(beginning)) {
          return line.substring(beginning.length()).strip();
        }
        if (line.startsWith("failed ")) {
          throw new IOException(line.substring("failed ".length()));
        }
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    input.close();
    try {
      if (!process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IOException(e);
    }
  }
}
