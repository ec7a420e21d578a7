package io.github.easywebsocket.benchmarks.load;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The CPU time used up to a moment, in nanoseconds, as the operating system counts it.
 *
 * @param server by the server
 * @param jit by each of its threads that compile; HotSpot starts and ends them as it needs
 * @param load by this process
 * @param machine by all together; -1 where that is not told
 */
record Cpu(long server, Map<String, Long> jit, long load, long machine) {

  static final Cpu NONE = new Cpu(0, Map.of(), 0, -1);

  private static final Path STAT = Path.of("/proc/stat");
  private static final long TICK = 10_000_000; // of /proc/stat, on all Linux machines of our day
  private static final int IDLE = 4; // the fields of its first line
  private static final int WAITING = 5;
  private static final int LAST = 8; // stolen; guests come behind, and are counted as user already

  static Cpu now(long pid) {
    return new Cpu(
        pid == 0 ? 0 : used(ProcessHandle.of(pid).orElseThrow()),
        pid == 0 ? Map.of() : compiling(pid),
        used(ProcessHandle.current()),
        machineNow());
  }

  private static long used(ProcessHandle process) {
    return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
  }

  /** By threads that HotSpot calls "C1 CompilerThread0" and so on; empty where there are none. */
  private static Map<String, Long> compiling(long pid) {
    Map<String, Long> nanos = new HashMap<>();
    Path threads = Path.of("/proc", Long.toString(pid), "task");
    try (DirectoryStream<Path> all = Files.newDirectoryStream(threads)) {
      for (Path thread : all) {
        if (Files.readString(thread.resolve("comm")).matches("C[12] Compiler.*\\s*")) {
          String times = Files.readString(thread.resolve("schedstat"));
          long used = Long.parseLong(times.substring(0, times.indexOf(' ')));
          nanos.put(thread.getFileName().toString(), used);
        }
      }
    } catch (IOException e) {
      return nanos; // a thread has ended meanwhile, or this is no Linux
    }
    return nanos;
  }

  /** What was spent on compiling since then, by threads that have not ended meanwhile. */
  long compilingSince(Cpu before) {
    long nanos = 0;
    for (String thread : jit.keySet()) {
      nanos += jit.get(thread) - before.jit.getOrDefault(thread, 0L);
    }
    return nanos;
  }

  private static long machineNow() {
    try {
      String[] fields = Files.readString(STAT).lines().findFirst().orElse("").split(" +");
      long busy = 0;
      for (int i = 1; i <= LAST; i++) {
        busy += i == IDLE || i == WAITING ? 0 : Long.parseLong(fields[i]);
      }
      return busy * TICK;
    } catch (IOException e) {
      return -1;
    }
  }

  /** What neither the server nor this process has used since then; 0 where that is not told. */
  long othersSince(Cpu before) {
    if (machine < 0 || before.machine < 0) {
      return 0;
    }
    long ours = server - before.server + load - before.load;
    return Math.max(0, machine - before.machine - ours);
  }
}
