package io.github.easywebsocket.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** What messages hold; the same at each run. */
public enum Payload {
  /** Random bytes. */
  BINARY("b", "binary") {
    @Override
    public byte[] make(int size, Random random) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      return bytes;
    }
  },

  /** Random characters of one byte each. */
  ASCII("t", "text") {
    @Override
    public byte[] make(int size, Random random) {
      return text(size, () -> Character.toString(' ' + random.nextInt('~' - ' ')));
    }
  },

  /** Of 1, 2, 3 and 4 bytes a character, in runs, as languages are. */
  UTF8("u", "UTF-8 text") {
    @Override
    public byte[] make(int size, Random random) {
      int[] first = {'a', 0x3b1, 0x3042, 0x1f600}; // Latin, Greek, Hiragana, emoji
      int[] count = {26, 24, 80, 60};
      return text(
          size,
          () -> {
            int script = random.nextInt(10) == 0 ? 3 : random.nextInt(3);
            StringBuilder word = new StringBuilder();
            for (int left = 1 + random.nextInt(8); left > 0; left--) {
              word.appendCodePoint(first[script] + random.nextInt(count[script]));
            }
            return word.append(' ').toString();
          });
    }
  },

  /** As applications send it, with as much repetition. */
  JSON("j", "JSON") {
    @Override
    public byte[] make(int size, Random random) {
      return text(
          size,
          () ->
              "{\"id\":%d,\"user\":\"user-%d\",\"price\":%.2f,\"open\":%b},"
                  .formatted(
                      random.nextInt(1_000_000),
                      random.nextInt(1000),
                      random.nextDouble() * 100,
                      random.nextBoolean()));
    }
  };

  final String letter;
  final String title;

  Payload(String letter, String title) {
    this.letter = letter;
    this.title = title;
  }

  /** So many bytes. */
  public abstract byte[] make(int size, Random random);

  private interface Words {
    String next();
  }

  /** Words up to the size, and full stops where no whole word is left room for. */
  private static byte[] text(int size, Words words) {
    byte[] bytes = new byte[size];
    int at = 0;
    while (at < size) {
      byte[] word = words.next().getBytes(StandardCharsets.UTF_8);
      if (word.length > size - at) {
        break;
      }
      System.arraycopy(word, 0, bytes, at, word.length);
      at += word.length;
    }
    Arrays.fill(bytes, at, size, (byte) '.');
    return bytes;
  }
}
