package io.github.easywebsocket.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Runs the benchmarks of the driver alone. */
final class Jmh {

  private final Site site;

  Jmh(Site site) {
    this.site = site;
  }

  /**
   * Runs JMH, whose results then are in {@code jmh.csv}.
   *
   * @param options of JMH, such as the name of a benchmark
   */
  void run(List<String> options) throws IOException {
    Path file = site.output().resolve("jmh.csv");
    List<String> command = new ArrayList<>(List.of(Site.java(), "-cp"));
    command.add(site.classPath().stream().map(Path::toString).collect(Collectors.joining(":")));
    command.add("org.openjdk.jmh.Main");
    command.addAll(List.of("-rf", "csv", "-rff", file.toString()));
    command.addAll(options);
    Process process = new ProcessBuilder(Site.onServerCpu(command)).inheritIO().start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("JMH failed");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    System.out.println("results: " + site.root().relativize(file));
  }
}
