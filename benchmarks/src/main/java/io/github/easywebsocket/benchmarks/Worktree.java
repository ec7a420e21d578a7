package io.github.easywebsocket.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The project at some commit, compiled, in a folder of its own; removed by the end. */
final class Worktree implements AutoCloseable {

  private static final String MODULES = "backend-undertow,backend-jetty,examples/nio-backend";

  private final Site site;
  private final String commit;
  private final Path folder;

  /** The commit that git knows by that name. */
  static String commit(Site site, String name) throws IOException {
    return Site.run(site.root(), "git", "rev-parse", "--short", name + "^{commit}");
  }

  /** Checks out a commit, in place of what a run that was ended may have left. */
  Worktree(Site site, String commit) throws IOException {
    this.site = site;
    this.commit = commit;
    folder = site.output().resolve("worktree-" + commit);
    close();
    Site.run(site.root(), "git", "worktree", "add", "--detach", folder.toString(), commit);
    System.err.println("compiling " + commit);
    try {
      Site.run(folder, "mvn", "-q", "-ntp", "-pl", MODULES, "-am", "compile");
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  String commit() {
    return commit;
  }

  /** The class path with this commit's modules instead of ours; the libraries stay. */
  List<Path> classPath() {
    Path benchmarks = site.root().resolve("benchmarks");
    return site.classPath().stream()
        .map(
            entry ->
                entry.startsWith(site.root()) && !entry.startsWith(benchmarks)
                    ? folder.resolve(site.root().relativize(entry))
                    : entry)
        .toList();
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    Site.run(site.root(), "git", "worktree", "prune");
  }
}
