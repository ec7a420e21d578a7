package io.github.easywebsocket.benchmarks.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs one server: {@code Main NAME PORT}. It prints {@code listening PORT}, and then answers
 * {@code allocated} and {@code heap}, each on a line of its input, until that ends. With {@code
 * -Dkeys=} a file of keys it speaks TLS, with {@code -Ddeflate=true} it compresses.
 */
public final class Main {

  private static final Logger ROOT = Logger.getLogger(""); // all logs end here

  private Main() {}

  /** Starts the server named by the first argument. */
  public static void main(String[] args) throws Exception {
    ROOT.setLevel(Level.SEVERE);
    String keys = System.getProperty("keys");
    Setup setup =
        new Setup(
            args.length > 1 ? Integer.parseInt(args[1]) : 0,
            keys == null ? null : Path.of(keys),
            Boolean.getBoolean("deflate"));
    System.out.println("listening " + server(args[0]).start(setup));
    obey();
    System.exit(0);
  }

  private static Server server(String name) throws ReflectiveOperationException {
    if (name.startsWith(EasyWebSocketEcho.PREFIX)) {
      return EasyWebSocketEcho.named(name);
    }
    return switch (name) {
      case "raw-nio" -> new RawNio();
      case "tcp-echo" -> new TcpEcho();
      case "undertow" -> new UndertowEcho();
      case "jetty" -> new JettyEcho();
      case "netty-nio", "netty-epoll", "netty-uring" -> new NettyEcho(name);
      case "vertx" -> new VertxEcho();
      case "java-websocket" -> new JavaWebSocketEcho();
      case "tomcat" -> new TomcatEcho(TomcatEcho.DEFAULT_BUFFER);
      case "tomcat-2m" -> new TomcatEcho(2 << 20);
      case "tyrus" -> new TyrusEcho();
      case "helidon" -> newerThanThisClass("HelidonEcho");
      default -> throw new IllegalArgumentException("no server \"" + name + "\"");
    };
  }

  /** Made of a class that needs a newer Java than this one. */
  private static Server newerThanThisClass(String name) throws ReflectiveOperationException {
    Class<?> type = Class.forName(Main.class.getPackageName() + "." + name);
    return (Server) type.getDeclaredConstructor().newInstance();
  }

  private static void obey() throws IOException {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (@Nullable String command; (command = commands.readLine()) != null; ) {
      switch (command) {
        case "allocated" -> System.out.println("allocated " + Memory.allocated());
        case "heap" -> System.out.println("heap " + Memory.heapInUse());
        default -> System.out.println("no command " + command);
      }
    }
  }
}
