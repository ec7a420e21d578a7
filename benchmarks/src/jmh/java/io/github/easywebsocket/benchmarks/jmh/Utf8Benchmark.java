package io.github.easywebsocket.benchmarks.jmh;

import io.github.easywebsocket.spi.Utf8Validator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The check of UTF-8, of texts in one script each: words with spaces between. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class Utf8Benchmark {

  /** Where the letters of a script are. */
  public enum Script {
    /** Letters with accents among those without. */
    LATIN("aeiorstnléüß"),
    /** Two bytes each. */
    CYRILLIC("абвгдежзиклмнопрст"),
    /** Three bytes each. */
    CJK("的一是不了人我在有他这中大来上国"),
    /** Four bytes each. */
    EMOJI("😀😁😂😃😄😅😆😇"),
    /** All of these. */
    MIXED("aeirstéüабвгдж的一是不了😀😁");

    private final int[] letters;

    Script(String letters) {
      this.letters = letters.codePoints().toArray();
    }
  }

  @Param Script script;

  @Param({"64", "511", "1024", "8192"})
  int size;

  private final Utf8Validator validator = new Utf8Validator();
  private byte[] text;

  /** Makes the text. */
  @Setup
  public void setUp() {
    Random random = new Random(1);
    StringBuilder words = new StringBuilder();
    while (words.length() < size) {
      for (int i = 1 + random.nextInt(8); i > 0; i--) {
        words.appendCodePoint(script.letters[random.nextInt(script.letters.length)]);
      }
      words.append(' ');
    }
    text = Arrays.copyOf(words.toString().getBytes(StandardCharsets.UTF_8), size);
  }

  /** Whether the text is UTF-8; its last character may be cut. */
  @Benchmark
  public boolean validate() {
    validator.reset();
    return validator.accept(text, 0, size);
  }
}
