package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.easywebsocket.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManualTimeTest {

  private final ManualTime time = new ManualTime();
  private final List<String> runs = new ArrayList<>();

  private TimeSource.Ticking every(int millis, String name) {
    return time.every(
        Duration.ofMillis(millis),
        () -> runs.add(name + " at " + Duration.ofNanos(time.nanoTime()).toMillis()));
  }

  @Test
  void tasksRunWhenTheyAreDueAndInTheirOrder() {
    every(30, "a");
    every(20, "b");
    time.advance(Duration.ofMillis(59));
    assertEquals(List.of("b at 20", "a at 30", "b at 40"), runs);
    assertEquals(Duration.ofMillis(59).toNanos(), time.nanoTime());
  }

  @Test
  void aTaskThatIsClosedRunsNoMore() {
    TimeSource.Ticking task = every(10, "a");
    time.advance(Duration.ofMillis(10));
    task.close();
    time.advance(Duration.ofMillis(100));
    assertEquals(List.of("a at 10"), runs);
  }
}
