package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The threads that live at a time, to find those that are left behind. */
final class LiveThreads {

  /** Threads of the JVM that come and go, and those of the suite. */
  private static final Pattern NOT_OURS =
      Pattern.compile(
          "tck.*|ForkJoinPool.*|VirtualThread-.*|.*-Poller|Common-Cleaner|Attach Listener|"
              + "process reaper.*|Keep-Alive-Timer|HttpClient-.*|RMI .*|JMX .*");

  private final Set<Thread> threads;

  private LiveThreads(Set<Thread> threads) {
    this.threads = threads;
  }

  static LiveThreads now() {
    return new LiveThreads(Set.copyOf(Thread.getAllStackTraces().keySet()));
  }

  /** Whether there are threads now that were not then and keep the JVM from its end. */
  boolean hasMoreThatKeepTheJvm() {
    return more().stream().anyMatch(thread -> !thread.isDaemon());
  }

  /** The names of those that a class loader has made, or that have it as their own. */
  List<String> of(@Nullable ClassLoader loader) {
    return threads.stream()
        .filter(
            thread ->
                loader != null
                    && (thread.getContextClassLoader() == loader
                        || thread.getClass().getClassLoader() == loader))
        .map(Thread::getName)
        .sorted()
        .toList();
  }

  private List<Thread> more() {
    return now().threads.stream()
        .filter(thread -> !threads.contains(thread))
        .filter(thread -> !NOT_OURS.matcher(thread.getName()).matches())
        .toList();
  }

  /** Fails if there are threads now that were not then, and do not end at once. */
  void expectNoMore() throws InterruptedException {
    Set<String> left = new TreeSet<>();
    for (Thread thread : more()) {
      thread.join(Patience.NEVER.toMillis());
      if (thread.isAlive()) {
        left.add(thread.getName());
      }
    }
    assertEquals(Set.of(), left, "threads that are left");
  }
}
