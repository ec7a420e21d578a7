package io.github.easywebsocket.benchmarks.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the JIT has used is told also when HotSpot ends one of its threads. */
class CpuTest {

  private static Cpu compiling(Map<String, Long> threads) {
    return new Cpu(0, threads, 0, -1);
  }

  @Test
  void aCompilerThreadThatEndsTakesNothingOffTheOthers() {
    Cpu before = compiling(Map.of("11", 200L, "12", 50L));
    Cpu after = compiling(Map.of("12", 80L, "13", 10L));
    assertEquals(40, after.compilingSince(before));
  }

  @Test
  void withoutTheProcessThatIsMeasuredNothingIsTold() {
    assertEquals(0, Cpu.now(0).compilingSince(Cpu.NONE));
  }
}
