package io.github.easywebsocket.benchmarks;

import io.github.easywebsocket.benchmarks.load.Cell.Variant;
import io.github.easywebsocket.benchmarks.servers.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A server that runs, in a process of its own. */
final class ServerProcess implements AutoCloseable {

  /** For measurements of time. */
  static final List<String> HEAP = List.of("-Xms512m", "-Xmx512m");

  /** For measurements of memory: all of the heap is resident, so what comes to it is not heap. */
  static final List<String> TOUCHED_HEAP =
      List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch", "-XX:MaxDirectMemorySize=1g");

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Entrant entrant;
  private final Child child;
  private final int port;
  private final long began;

  private ServerProcess(Entrant entrant, Child child, int port, long began) {
    this.entrant = entrant;
    this.child = child;
    this.port = port;
    this.began = began;
  }

  /** Starts a server and waits until it listens. */
  static ServerProcess start(Entrant entrant, Variant variant, List<String> heap, Site site)
      throws IOException {
    return start(entrant, variant, heap, site, Site::onServerCpu);
  }

  /** Starts the limit on the CPU of the load, for clients that are measured. */
  static ServerProcess startForClients(Site site) throws IOException {
    Entrant limit = Entrant.all(site.classPath()).get(0);
    return start(limit, Variant.PLAIN, HEAP, site, Site::onLoadCpu);
  }

  private static ServerProcess start(
      Entrant entrant,
      Variant variant,
      List<String> heap,
      Site site,
      UnaryOperator<List<String>> where)
      throws IOException {
    Path log = site.output().resolve(entrant.name() + ".log");
    List<String> command =
        entrant.isJvm() ? java(entrant, variant, heap, site) : List.of("node", node(site));
    Map<String, String> environment =
        Map.of("DEFLATE", Boolean.toString(variant == Variant.DEFLATE));
    long began = System.nanoTime();
    Child child = Child.start(where.apply(command), environment, log);
    try {
      int port = Integer.parseInt(child.await("listening ", PATIENCE));
      return new ServerProcess(entrant, child, port, began);
    } catch (IOException | RuntimeException e) {
      child.close();
      throw e;
    }
  }

  private static List<String> java(Entrant entrant, Variant variant, List<String> heap, Site site)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(Site.java()));
    command.addAll(heap);
    command.add("-XX:+UseSerialGC"); // what a JVM takes by itself when it has one CPU
    if (Runtime.version().feature() >= 24) {
      // as Netty and Vert.x advise
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    if (variant == Variant.TLS) {
      command.add("-Dkeys=" + Keys.in(site));
    }
    command.add("-Ddeflate=" + (variant == Variant.DEFLATE));
    command.add("-cp");
    command.add(
        entrant.ownClassPath().stream().map(Path::toString).collect(Collectors.joining(":")));
    command.add(Main.class.getName());
    command.add(entrant.server());
    command.add("0");
    return command;
  }

  /** The script, beside the packages that npm has put there. */
  private static String node(Site site) throws IOException {
    Path folder = Files.createDirectories(site.output().resolve("node"));
    for (String file : List.of("package.json", "ws.js")) {
      Path source = site.root().resolve("benchmarks/src/main/node").resolve(file);
      Files.write(folder.resolve(file), Files.readAllBytes(source));
    }
    if (!Files.isDirectory(folder.resolve("node_modules"))) {
      Site.run(folder, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock");
    }
    return folder.resolve("ws.js").toString();
  }

  Entrant entrant() {
    return entrant;
  }

  int port() {
    return port;
  }

  /** When the process was started, as {@link System#nanoTime} tells. */
  long began() {
    return began;
  }

  long pid() {
    return child.pid();
  }

  /** The bytes allocated since the start; -1 where that is not told. */
  long allocated() throws IOException {
    return entrant.isJvm() ? ask("allocated") : -1;
  }

  /** The bytes of heap in use, after a collection; -1 where that is not told. */
  long heap() throws IOException {
    return entrant.isJvm() ? ask("heap") : -1;
  }

  private long ask(String what) throws IOException {
    child.tell(what);
    return Long.parseLong(child.await(what + " ", PATIENCE));
  }

  /** The bytes resident in memory; -1 where that is not told. */
  long resident() throws IOException {
    Path status = Path.of("/proc", Long.toString(pid()), "status");
    if (!Files.exists(status)) {
      return -1;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return -1;
  }

  @Override
  public void close() throws IOException {
    child.close();
  }
}
