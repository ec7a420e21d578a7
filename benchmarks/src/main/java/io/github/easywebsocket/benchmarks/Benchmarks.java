package io.github.easywebsocket.benchmarks;

import com.sun.management.UnixOperatingSystemMXBean;
import io.github.easywebsocket.benchmarks.load.Cell;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs benchmarks:
 *
 * <pre>
 *   quick                       our backends and their engines, in five minutes
 *   full                        all there is, and docs/benchmarks.md of it
 *   compare COMMIT COMMIT       the second by the first
 *   clients                     our client by the JDK's used directly
 *   jmh                         the driver alone
 *   report RESULTS [RESULTS]    docs/benchmarks.md of what was measured before
 * </pre>
 *
 * <p>Behind them options: {@code servers=A,B}, {@code cells=A,B}, {@code rounds=N}, {@code
 * millis=N} for each measurement, {@code warm=N} milliseconds on each cell before the first, {@code
 * idle=N} connections.
 */
public final class Benchmarks {

  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  /** What a server has open beside its connections: jars, selectors, logs. */
  private static final int OTHER_FILES = 500;

  private static final String JMH = "jmh";

  private final Site site;
  private final String said;
  private final List<String> words;
  private final Map<String, String> options = new HashMap<>();

  private Benchmarks(Site site, String[] args) {
    this.site = site;
    said = String.join(" ", args);
    if (args.length > 0 && args[0].equals(JMH)) {
      words = List.of(args); // JMH has options of its own
      return;
    }
    words = Arrays.stream(args).filter(arg -> !arg.contains("=")).toList();
    Arrays.stream(args)
        .filter(arg -> arg.contains("="))
        .map(arg -> arg.split("=", 2))
        .forEach(option -> options.put(option[0], option[1]));
  }

  /** Does what the arguments say. */
  public static void main(String[] args) throws IOException {
    new Benchmarks(Site.here(), args).run();
  }

  private void run() throws IOException {
    List<Entrant> entrants = Entrant.all(site.classPath());
    switch (words.isEmpty() ? "" : words.get(0)) {
      case "quick" -> measure(Plan.quick(entrants), entrants);
      case "full" -> Report.of(measure(Plan.full(entrants), entrants)).write(site.root());
      case "compare" -> compare(entrants);
      case "clients" ->
          System.out.println(new Clients(chosen(Plan.ofClients(), entrants), site).table());
      case JMH -> new Jmh(site).run(words.subList(1, words.size()));
      case "report" -> report();
      default ->
          throw new IllegalArgumentException(
              "quick, full, compare COMMIT COMMIT, clients, jmh, or report RESULTS, not " + words);
    }
  }

  private Results measure(Plan plan, List<Entrant> entrants) throws IOException {
    return measure(chosen(plan, entrants));
  }

  private Results measure(Plan plan) throws IOException {
    Results results = new Results(Machine.notes(site));
    results.note("run", said);
    results.note(
        "rounds", plan.rounds() + ", each measurement " + plan.window().toMillis() + " ms");
    Path file = site.output().resolve("results-" + LocalDateTime.now().format(STAMP) + ".csv");
    try (LoadProcess load = new LoadProcess(site)) {
      new Run(plan, site, load, results, file).all();
    }
    System.out.println(new Summary(results));
    System.out.println("results: " + site.root().relativize(file));
    return results;
  }

  private Plan chosen(Plan plan, List<Entrant> entrants) {
    Plan chosen = plan;
    for (String option : options.keySet()) {
      List<String> values = List.of(options.get(option).split(","));
      int number = values.get(0).matches("\\d+") ? Integer.parseInt(values.get(0)) : 0;
      chosen =
          switch (option) {
            case "servers" -> chosen.withEntrants(named(values, entrants));
            case "cells" -> chosen.withCells(values.stream().map(Cell::named).toList());
            case "rounds" -> chosen.withRounds(number);
            case "millis" -> chosen.withWindow(Duration.ofMillis(number));
            case "warm" -> chosen.withWarmUp(Duration.ofMillis(number));
            case "idle" -> chosen.withIdle(held(number));
            default -> throw new IllegalArgumentException("no option \"" + option + "\"");
          };
    }
    return chosen;
  }

  /** That many connections, if a process may hold them. */
  private static int held(int connections) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        && system.getMaxFileDescriptorCount() < connections + OTHER_FILES) {
      throw new IllegalArgumentException(
          "idle=%d wants ulimit -n %d, which is %d"
              .formatted(
                  connections, connections + OTHER_FILES, system.getMaxFileDescriptorCount()));
    }
    return connections;
  }

  private static List<Entrant> named(List<String> names, List<Entrant> entrants) {
    for (String name : names) {
      if (entrants.stream().noneMatch(entrant -> entrant.name().equals(name))) {
        throw new IllegalArgumentException(
            "no server \"%s\"; there are %s"
                .formatted(name, entrants.stream().map(Entrant::name).distinct().toList()));
      }
    }
    return entrants.stream().filter(entrant -> names.contains(entrant.name())).toList();
  }

  private void compare(List<Entrant> entrants) throws IOException {
    if (words.size() != 3) {
      throw new IllegalArgumentException("compare wants two commits, not " + words);
    }
    String by = Worktree.commit(site, words.get(1));
    String commit = Worktree.commit(site, words.get(2));
    if (by.equals(commit)) {
      throw new IllegalArgumentException(
          "compare wants two commits; %s and %s are both %s"
              .formatted(words.get(1), words.get(2), by));
    }
    Plan plan = chosen(Plan.quick(entrants), entrants);
    try (Worktree first = new Worktree(site, by);
        Worktree second = new Worktree(site, commit)) {
      Results results = measure(plan.withEntrants(Comparison.entrants(plan, first, second)));
      System.out.println(new Comparison(results, first, second));
    }
  }

  private void report() throws IOException {
    Results results = Results.read(site.root().resolve(words.get(1)));
    Path jmh = words.size() > 2 ? site.root().resolve(words.get(2)) : null;
    Report.of(results).with(jmh).write(site.root());
  }
}
