package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.MethodOrderer.DEFAULT_ORDER_PROPERTY_NAME;

import io.github.easywebsocket.spi.Backend;
import io.github.easywebsocket.spi.ClientBackend;
import io.github.easywebsocket.spi.ServerBackend;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Runs the suite without a test class: against the backend on the class path that has the given
 * name, with handlers on other threads and then inline.
 *
 * <p>While it runs, it prints each failure, and a line for each section of CONTRACT.md that is
 * done; at the end, the details of the failures. The exit status is 0 if every rule is kept or
 * declared a variance, 1 if one is not, and 2 if there is no such backend or rule. The reports are
 * those of {@link ServerBackendTck} and {@link ClientBackendTck}.
 */
public final class Tck {

  private static final String NAME = "easywebsocket.tck.backend";
  private static final int MOST_FAILURES = 20;

  // exit statuses
  private static final int KEPT = 0;
  private static final int BROKEN = 1;
  private static final int NONE = 2;

  private Tck() {}

  /**
   * Runs the suite, and ends the JVM.
   *
   * @param args the name of the backend; then, unless all are to run, rules and sections such as
   *     {@code 2.16 7}
   */
  public static void main(String[] args) {
    System.exit(run(args, System.out));
  }

  /** What {@link #main} does; returns the exit status. */
  static int run(String[] args, PrintStream out) {
    if (args.length == 0) {
      out.println(
          "usage: java … io.github.easywebsocket.tck.Tck <name of the backend> [<rule or section>…]");
      return NONE;
    }
    List<String> rules = List.of(args).subList(1, args.length);
    Contract contract = Contract.load();
    for (String rule : rules) {
      if (contract.rule(rule) == null && contract.section(rule).isEmpty()) {
        out.printf("CONTRACT.md has no rule or section \"%s\"%n", rule);
        return NONE;
      }
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
      String there =
          Stream.concat(all(ServerBackend.class), all(ClientBackend.class))
              .map(Backend::name)
              .collect(Collectors.joining(", "));
      out.printf("no backend \"%s\" is on the class path; there are: %s%n", args[0], there);
      return NONE;
    }
    int status = KEPT;
    for (Class<?> suite : suites) {
      boolean inline = suite == NamedServerInline.class || suite == NamedClientInline.class;
      status = Math.max(status, run(suite, inline ? args[0] + " inline" : args[0], rules, out));
    }
    return status;
  }

  /**
   * Runs one suite.
   *
   * @param rules the rules and sections whose tests are to run; empty for all
   */
  static int run(Class<?> suite, String name, List<String> rules, PrintStream out) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectClass(suite))
            .filters(of(rules))
            .configurationParameter(DEFAULT_ORDER_PROPERTY_NAME, ByRule.class.getName())
            .build();
    SummaryGeneratingListener summaries = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, new Progress(out, name), summaries);
    TestExecutionSummary summary = summaries.getSummary();
    summary.printFailuresTo(new PrintWriter(out, true, StandardCharsets.UTF_8), MOST_FAILURES);
    out.printf(
        "%s: %d tests, %d failed%n",
        name, summary.getTestsStartedCount(), summary.getTotalFailureCount());
    return summary.getTotalFailureCount() == 0 ? KEPT : BROKEN;
  }

  private static PostDiscoveryFilter of(List<String> rules) {
    return test ->
        FilterResult.includedIf(
            rules.isEmpty()
                || !(test.getSource().orElse(null) instanceof MethodSource method)
                || isOf(rules, RuleNames.rule(method.getJavaMethod())));
  }

  private static boolean isOf(List<String> rules, String rule) {
    return rules.contains(rule) || rules.contains(rule.split("\\.")[0]);
  }

  /** The backends of the name that {@link #main} was given. */
  private static <B extends Backend> Stream<B> found(Class<B> kind) {
    String name = System.getProperty(NAME, "");
    return all(kind).filter(backend -> backend.name().equals(name));
  }

  private static <B extends Backend> Stream<B> all(Class<B> kind) {
    return ServiceLoader.load(kind).stream().map(ServiceLoader.Provider::get);
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
