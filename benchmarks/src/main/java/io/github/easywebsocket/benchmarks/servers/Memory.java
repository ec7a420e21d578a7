package io.github.easywebsocket.benchmarks.servers;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import javax.management.AttributeNotFoundException;
import javax.management.JMException;
import javax.management.ObjectName;

/** What this JVM has used of memory. */
final class Memory {

  private Memory() {}

  /** The bytes allocated by all threads since the start; -1 before JDK 21, which does not tell. */
  static long allocated() {
    try {
      return (Long)
          ManagementFactory.getPlatformMBeanServer()
              .getAttribute(
                  new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME),
                  "TotalThreadAllocatedBytes");
    } catch (AttributeNotFoundException e) {
      return -1;
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The bytes of the heap in use after a full collection. */
  static long heapInUse() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    memory.gc(); // what a cleaner or a reference handler let go after the first
    return memory.getHeapMemoryUsage().getUsed();
  }
}
