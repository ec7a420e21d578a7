package io.github.easywebsocket.benchmarks;

import io.github.easywebsocket.benchmarks.load.Cell;
import io.github.easywebsocket.benchmarks.load.Cell.Variant;
import io.github.easywebsocket.benchmarks.load.Cell.Work;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One that is measured.
 *
 * @param name in tables
 * @param server the name that the servers' main class knows
 * @param library what of the class path it needs: parts of paths
 * @param takes which cells it can do
 * @param classPath where to look for the library
 */
record Entrant(
    String name, String server, List<String> library, Predicate<Cell> takes, List<Path> classPath) {

  /** What all others are related to. */
  static final String REFERENCE = "raw-nio";

  static final String NODE = "ws";

  private static final String OURS = "easy-";
  private static final int LONGEST_BY_DEFAULT_OF_TOMCAT = 8 << 10;

  private static final List<String> UNDERTOW =
      List.of("/io/undertow/", "/org/jboss/", "/wildfly/", "/smallrye/");
  private static final List<String> JETTY = List.of("/org/eclipse/jetty/", "/org/slf4j/");
  private static final List<String> NETTY = List.of("/io/netty/");
  private static final List<String> TOMCAT = List.of("/org/apache/tomcat/");

  private static final Predicate<Cell> ALL = cell -> true;
  private static final Predicate<Cell> PLAIN = takes(Variant.PLAIN);
  private static final Predicate<Cell> PLAIN_AND_DEFLATE = takes(Variant.PLAIN, Variant.DEFLATE);

  /** All there are, in the order in which they are measured. */
  static List<Entrant> all(List<Path> classPath) {
    return List.of(
        limit(REFERENCE, PLAIN, classPath),
        limit("tcp-echo", PLAIN.and(cell -> cell.work() == Work.ECHO), classPath),
        ours("undertow", "inline", ALL, classPath),
        ours("undertow", "virtual", ALL, classPath),
        ours("undertow", "workers", ALL, classPath),
        ours("jetty", "inline", ALL, classPath),
        ours("jetty", "virtual", ALL, classPath),
        ours("jetty", "workers", ALL, classPath),
        ours("jettyws", "inline", takes(Variant.PLAIN, Variant.TLS), classPath),
        ours("nio", "inline", PLAIN_AND_DEFLATE, classPath),
        ours("nio", "virtual", PLAIN_AND_DEFLATE, classPath),
        ours("nio", "workers", PLAIN_AND_DEFLATE, classPath),
        peer("undertow", UNDERTOW, ALL, classPath),
        peer("jetty", JETTY, ALL, classPath),
        peer("netty-nio", NETTY, ALL, classPath),
        peer("netty-epoll", NETTY, ALL, classPath),
        peer("netty-uring", NETTY, ALL, classPath),
        peer("vertx", List.of("/io/vertx/", "/io/netty/", "/jackson/"), ALL, classPath),
        peer("java-websocket", List.of("/org/java-websocket/", "/org/slf4j/"), ALL, classPath),
        peer("tomcat", TOMCAT, PLAIN.and(cell -> !isLong(cell)), classPath),
        new Entrant("tomcat", "tomcat-2m", TOMCAT, PLAIN.and(Entrant::isLong), classPath),
        peer("tyrus", List.of("/org/glassfish/", "/jakarta/"), PLAIN, classPath),
        peer("helidon", List.of("/io/helidon/"), PLAIN, classPath),
        peer(NODE, List.of(), PLAIN_AND_DEFLATE, classPath));
  }

  private static Entrant limit(String name, Predicate<Cell> takes, List<Path> classPath) {
    return new Entrant(name, name, List.of(), takes, classPath);
  }

  private static Entrant ours(
      String backend, String threads, Predicate<Cell> takes, List<Path> classPath) {
    String name = OURS + backend + "-" + threads;
    List<String> library =
        switch (backend) {
          case "undertow" -> with(UNDERTOW, "/backend-undertow/");
          case "jetty", "jettyws" -> with(JETTY, "/backend-jetty/", "/jetty-pipe/");
          default -> with(List.of(), "/nio-backend/");
        };
    return new Entrant(name, name, library, takes, classPath);
  }

  private static List<String> with(List<String> engine, String... modules) {
    return Stream.of(engine, List.of("/api/target/", "/driver/target/"), List.of(modules))
        .flatMap(List::stream)
        .toList();
  }

  private static Entrant peer(
      String name, List<String> library, Predicate<Cell> takes, List<Path> classPath) {
    return new Entrant(name, name, library, takes, classPath);
  }

  private static Predicate<Cell> takes(Variant... variants) {
    Set<Variant> set = Set.of(variants);
    return cell -> set.contains(cell.variant());
  }

  private static boolean isLong(Cell cell) {
    return cell.size() > LONGEST_BY_DEFAULT_OF_TOMCAT;
  }

  /** Whether it knows no WebSocket. */
  boolean isRaw() {
    return server.equals("tcp-echo");
  }

  boolean isJvm() {
    return !server.equals(NODE);
  }

  static boolean isOurs(String name) {
    return name.startsWith(OURS);
  }

  /** The entrant with another name and library. */
  Entrant from(String otherName, List<Path> otherClassPath) {
    return new Entrant(otherName, server, library, takes, otherClassPath);
  }

  /** What it needs, and the class of the server itself. */
  List<Path> ownClassPath() {
    return classPath.stream().filter(this::needs).toList();
  }

  private boolean needs(Path entry) {
    String path = entry.toString();
    return path.endsWith("/benchmarks/target/classes") || library.stream().anyMatch(path::contains);
  }

  /** Whether it can run here. */
  boolean isThere() {
    return switch (server) {
      case NODE -> Site.has("node") && Site.has("npm");
      case "helidon" -> Runtime.version().feature() >= 21;
      default -> true;
    };
  }
}
