package io.github.easywebsocket.tck;

import io.github.easywebsocket.spi.Backend;
import io.github.easywebsocket.spi.ClientBackend;
import io.github.easywebsocket.spi.ServerBackend;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Runs the suite without a class of one's own: against the backend of a name that is on the class
 * path, with handlers on other threads and then inline.
 *
 * <p>The exit status is 0 when every rule is kept, 1 when one is not, and 2 when there is no such
 * backend. The reports are those of {@link ServerBackendTck} and {@link ClientBackendTck}.
 */
public final class Tck {

  private static final String NAME = "easywebsocket.tck.backend";
  private static final int MOST_FAILURES = 20;

  private Tck() {}

  /**
   * Runs the suite.
   *
   * @param args the name of the backend
   */
  public static void main(String[] args) {
    if (args.length != 1) {
      System.err.println("usage: java … io.github.easywebsocket.tck.Tck <name of the backend>");
      System.exit(2);
    }
    System.setProperty(NAME, args[0]);
    List<Class<?>> suites = new ArrayList<>();
    if (found(ServerBackend.class).findAny().isPresent()) {
      suites.addAll(List.of(NamedServer.class, NamedServerInline.class));
    }
    if (found(ClientBackend.class).findAny().isPresent()) {
      suites.addAll(List.of(NamedClient.class, NamedClientInline.class));
    }
    if (suites.isEmpty()) {
      System.err.println("no backend \"" + args[0] + "\" is on the class path");
      System.exit(2);
    }
    boolean good = true;
    for (Class<?> suite : suites) {
      good &= run(suite);
    }
    System.exit(good ? 0 : 1);
  }

  private static boolean run(Class<?> suite) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectClass(suite))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    TestExecutionSummary summary = listener.getSummary();
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    summary.printFailuresTo(out, MOST_FAILURES);
    out.printf(
        "%s: %d tests, %d failed%n",
        suite.getSimpleName(), summary.getTestsStartedCount(), summary.getTotalFailureCount());
    return summary.getTotalFailureCount() == 0;
  }

  /** The backends of the name that {@link #main} was given. */
  private static <B extends Backend> Stream<B> found(Class<B> kind) {
    String name = System.getProperty(NAME, "");
    return ServiceLoader.load(kind).stream()
        .map(ServiceLoader.Provider::get)
        .filter(backend -> backend.name().equals(name));
  }

  /** The suite for servers. */
  static class NamedServer extends ServerBackendTck {
    @Override
    protected ServerBackend backend() {
      return found(ServerBackend.class).findFirst().orElseThrow();
    }
  }

  /** The suite for servers, with handlers inline. */
  static final class NamedServerInline extends NamedServer {
    @Override
    protected boolean inline() {
      return true;
    }
  }

  /** The suite for clients. */
  static class NamedClient extends ClientBackendTck {
    @Override
    protected ClientBackend backend() {
      return found(ClientBackend.class).findFirst().orElseThrow();
    }
  }

  /** The suite for clients, with handlers inline. */
  static final class NamedClientInline extends NamedClient {
    @Override
    protected boolean inline() {
      return true;
    }
  }
}
