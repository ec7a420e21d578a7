package io.github.easywebsocket.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Two commits side by side: the second's CPU time for each message by the first's. */
final class Comparison {

  private static final double WORSE = 1.05;

  private final Results results;
  private final Worktree first;
  private final Worktree second;

  Comparison(Results results, Worktree first, Worktree second) {
    this.results = results;
    this.first = first;
    this.second = second;
  }

  /** The reference, and each of ours twice, one behind the other. */
  static List<Entrant> entrants(Plan plan, Worktree first, Worktree second) {
    List<Entrant> entrants = new ArrayList<>();
    for (Entrant entrant : plan.entrants()) {
      if (entrant.name().equals(Entrant.REFERENCE)) {
        entrants.add(entrant);
      } else if (Entrant.isOurs(entrant.name())) {
        entrants.add(entrant.from(name(entrant.name(), first), first.classPath()));
        entrants.add(entrant.from(name(entrant.name(), second), second.classPath()));
      }
    }
    return entrants;
  }

  private static String name(String server, Worktree worktree) {
    return server + "@" + worktree.commit();
  }

  @Override
  public String toString() {
    StringBuilder table = new StringBuilder();
    table.append(
        "%s by %s: the median ratio of CPU time, and the least and most of all rounds%n"
            .formatted(second.commit(), first.commit()));
    for (String server : results.servers()) {
      if (server.endsWith("@" + first.commit())) {
        String bare = server.substring(0, server.indexOf('@'));
        results.cells().forEach(cell -> table.append(line(bare, cell)));
      }
    }
    return table.toString();
  }

  private String line(String server, String cell) {
    double[] ratios = results.ratios(name(server, second), name(server, first), cell);
    if (ratios.length == 0) {
      return "";
    }
    double least = Arrays.stream(ratios).min().orElseThrow();
    return "%-30s%17s %s (%s to %s)%s%n"
        .formatted(
            server,
            cell,
            Figures.ratio(Results.median(Arrays.stream(ratios))),
            Figures.ratio(least),
            Figures.ratio(Arrays.stream(ratios).max().orElseThrow()),
            least > WORSE ? "  WORSE in every round" : "");
  }
}
