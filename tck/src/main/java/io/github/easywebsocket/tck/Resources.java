package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the process holds beside its heap, to find what is left behind.
 *
 * @param descriptors the open files and sockets; 0 where the system does not tell
 * @param directBytes the memory of direct buffers
 */
record Resources(long descriptors, long directBytes) {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  static Resources now() {
    return new Resources(countDescriptors(), countDirectBytes());
  }

  private static long countDescriptors() {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return 0;
    }
    try (Stream<Path> all = Files.list(DESCRIPTORS)) {
      return all.count();
    } catch (IOException e) {
      return 0;
    }
  }

  private static long countDirectBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  /** Fails if the process holds more now, and does not let it go in time. */
  void expectNoMoreThan(long moreDescriptors, long moreBytes) throws InterruptedException {
    Resources seen = now();
    long deadline = System.nanoTime() + Patience.TIME.toNanos();
    while (seen.exceeds(this, moreDescriptors, moreBytes) && System.nanoTime() < deadline) {
      System.gc(); // direct buffers go with their objects
      Patience.letHappen();
      seen = now();
    }
    Resources after = seen;
    assertTrue(
        !after.exceeds(this, moreDescriptors, moreBytes),
        () -> "before: " + this + ", after: " + after);
  }

  private boolean exceeds(Resources before, long moreDescriptors, long moreBytes) {
    return descriptors > before.descriptors + moreDescriptors
        || directBytes > before.directBytes + moreBytes;
  }
}
