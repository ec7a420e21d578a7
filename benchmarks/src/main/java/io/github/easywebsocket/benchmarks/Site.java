package io.github.easywebsocket.benchmarks;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Where all of this runs.
 *
 * @param root of the project
 * @param classPath of this module, entry by entry
 */
record Site(Path root, List<Path> classPath) {

  private static final String SERVER_CPU = System.getProperty("serverCpu", "0");
  private static final String LOAD_CPU = System.getProperty("loadCpu", "1");

  static Site here() throws IOException {
    List<Path> classPath = classPathHere();
    Path own =
        classPath.stream()
            .filter(entry -> entry.endsWith(Path.of("benchmarks", "target", "classes")))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("run by Maven, as the README says"));
    Path root = own.resolve("../../..").normalize();
    Files.createDirectories(root.resolve("benchmarks/target/benchmarks"));
    return new Site(root, classPath);
  }

  /** Maven runs programs in a class loader of its own. */
  private static List<Path> classPathHere() {
    if (!(Site.class.getClassLoader() instanceof URLClassLoader loader)) {
      String[] entries = System.getProperty("java.class.path").split(":");
      return Arrays.stream(entries).map(Path::of).toList();
    }
    List<Path> classPath = new ArrayList<>();
    for (URL entry : loader.getURLs()) {
      try {
        classPath.add(Path.of(entry.toURI()));
      } catch (URISyntaxException e) {
        throw new IllegalStateException(e);
      }
    }
    return classPath;
  }

  /** For what is made: logs, results, keys. Not under version control. */
  Path output() {
    return root.resolve("benchmarks/target/benchmarks");
  }

  /** The java command of the JVM that this runs on. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** A command that runs where the servers do. */
  static List<String> onServerCpu(List<String> command) {
    return pinned(SERVER_CPU, command);
  }

  /** A command that runs where the load does. */
  static List<String> onLoadCpu(List<String> command) {
    return pinned(LOAD_CPU, command);
  }

  /** Who runs where, for the notes of a run. */
  static String pinned() {
    return isPinned()
        ? "servers on CPU %s, the load on CPU %s".formatted(SERVER_CPU, LOAD_CPU)
        : "nothing";
  }

  private static List<String> pinned(String cpu, List<String> command) {
    if (!isPinned()) {
      return command;
    }
    List<String> pinned = new ArrayList<>(List.of("taskset", "-c", cpu));
    pinned.addAll(command);
    return pinned;
  }

  /** Whether servers and load have a CPU each; else they have to share all. */
  static boolean isPinned() {
    return Runtime.getRuntime().availableProcessors() > 1 && has("taskset");
  }

  /** Whether there is such a command. */
  static boolean has(String command) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }

  /** Runs a command to its end, and returns what it printed. */
  static String run(Path folder, String... command) throws IOException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + " failed: " + output);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return output.strip();
  }
}
