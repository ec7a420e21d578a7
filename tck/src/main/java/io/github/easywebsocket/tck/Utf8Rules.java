package io.github.easywebsocket.tck;

import io.github.easywebsocket.WebSocketException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Section 3, receiving: text that is UTF-8 and text that is not, as in section 6 of Autobahn. */
interface Utf8Rules {

  /**
   * Bytes of a text.
   *
   * @param what they are
   * @param hex the bytes
   */
  record Text(String what, String hex) {

    byte[] bytes() {
      return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    @Override
    public String toString() {
      return what + " [" + hex + "]";
    }
  }

  /** What is UTF-8: Autobahn 6.2, 6.5 to 6.7, 6.9, 6.11, 6.13, 6.22 and 6.23. */
  List<Text> VALID =
      List.of(
          new Text("ASCII", "48 65 6c 6c 6f"),
          new Text("Greek", "ce ba e1 bd b9 cf 83 ce bc ce b5"),
          new Text("NUL", "00"),
          new Text("U+007F", "7f"),
          new Text("the first of two bytes U+0080", "c2 80"),
          new Text("the last of two bytes U+07FF", "df bf"),
          new Text("the first of three bytes U+0800", "e0 a0 80"),
          new Text("U+D7FF", "ed 9f bf"),
          new Text("U+E000", "ee 80 80"),
          new Text("U+FFFD", "ef bf bd"),
          new Text("a byte order mark", "ef bb bf 61"),
          new Text("U+FFFE", "ef bf be"),
          new Text("U+FFFF", "ef bf bf"),
          new Text("the first of four bytes U+10000", "f0 90 80 80"),
          new Text("U+1FFFF", "f0 9f bf bf"),
          new Text("U+3FFFF", "f0 bf bf bf"),
          new Text("U+40000", "f1 80 80 80"),
          new Text("U+FFFFF", "f3 bf bf bf"),
          new Text("U+100000", "f4 80 80 80"),
          new Text("the last character U+10FFFF", "f4 8f bf bf"));

  /** What is not UTF-8: Autobahn 6.3, 6.8, 6.10, 6.12 and 6.14 to 6.21. */
  List<Text> INVALID =
      List.of(
          new Text("a surrogate behind Greek", "ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80"),
          new Text("five bytes", "f8 88 80 80 80"),
          new Text("six bytes", "fc 84 80 80 80 80"),
          new Text("the last of five bytes", "fb bf bf bf bf"),
          new Text("the last of six bytes", "fd bf bf bf bf bf"),
          new Text("U+110000", "f4 90 80 80"),
          new Text("U+13FFFF", "f4 bf bf bf"),
          new Text("F5", "f5 80 80 80"),
          new Text("F7", "f7 bf bf bf"),
          new Text("a lone continuation 80", "80"),
          new Text("a lone continuation BF", "bf"),
          new Text("two continuations", "80 bf"),
          new Text("seven continuations", "80 bf 80 bf 80 bf 80"),
          new Text("a continuation behind ASCII", "61 80"),
          new Text("C0 and a blank", "c0 20"),
          new Text("two begun characters of two bytes", "c3 c3 a4"),
          new Text("begun characters of three bytes", "e2 20 e2 82 20"),
          new Text("begun characters of four bytes", "f0 20 f0 9f 20"),
          new Text("a begun character of two bytes at the end", "c3"),
          new Text("one of three bytes at the end", "e2 82"),
          new Text("one of four bytes at the end", "f0 9f 98"),
          new Text("one behind ASCII at the end", "61 62 63 e2"),
          new Text("FE", "fe"),
          new Text("FF", "ff"),
          new Text("FE FE FF FF", "fe fe ff ff"),
          new Text("overlong slash in two bytes", "c0 af"),
          new Text("overlong slash in three bytes", "e0 80 af"),
          new Text("overlong slash in four bytes", "f0 80 80 af"),
          new Text("overlong slash in five bytes", "f8 80 80 80 af"),
          new Text("the greatest overlong of two bytes", "c1 bf"),
          new Text("the greatest overlong of three bytes", "e0 9f bf"),
          new Text("the greatest overlong of four bytes", "f0 8f bf bf"),
          new Text("overlong NUL in two bytes", "c0 80"),
          new Text("overlong NUL in three bytes", "e0 80 80"),
          new Text("overlong NUL in four bytes", "f0 80 80 80"),
          new Text("the surrogate D800", "ed a0 80"),
          new Text("the surrogate DB7F", "ed ad bf"),
          new Text("the surrogate DBFF", "ed af bf"),
          new Text("the surrogate DC00", "ed b0 80"),
          new Text("the surrogate DFFF", "ed bf bf"),
          new Text("a pair of surrogates", "ed a0 80 ed b0 80"),
          new Text("a far pair of surrogates", "ed af bf ed bf bf"));

  @TestFactory
  default Stream<DynamicTest> rule_3_1_text_that_is_utf8_is_delivered(Table<Trial> table) {
    return table.rows(
        VALID,
        (trial, text) -> {
          String expected = new String(text.bytes(), StandardCharsets.UTF_8);
          Link link = trial.open();
          link.peer().send(Frame.of(Frame.TEXT, text.bytes()));
          link.app().expectText(expected);
          link.peer().send(oneByteEach(text.bytes()));
          link.app().expectText(expected);
          link.peer().dribble(Frame.of(Frame.TEXT, text.bytes()));
          link.app().expectText(expected);
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_3_text_that_is_not_utf8_fails_with_1007(Table<Trial> table) {
    return table.rows(
        INVALID,
        (trial, text) -> {
          Link link = trial.open();
          link.peer().send(Frame.of(Frame.TEXT, text.bytes()));
          link.expectFailed(1007, Kind.INVALID_TEXT);
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_3_fragments_that_are_not_utf8_fail_with_1007(
      Table<Trial> table) {
    return table.rows(
        INVALID,
        (trial, text) -> {
          Link link = trial.open();
          link.peer().trySend(oneByteEach(text.bytes()));
          link.expectFailed(1007, Kind.INVALID_TEXT);
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_3_long_text_is_checked_to_its_end(Table<Trial> table) {
    return table.rows(
        List.of(100, 1_000, 70_000, 300_000),
        (trial, size) -> {
          byte[] bytes = "x".repeat(size).getBytes(StandardCharsets.US_ASCII);
          bytes[size - 1] = (byte) 0xc3;
          Link link = trial.open();
          link.peer().send(Frame.of(Frame.TEXT, bytes));
          link.expectFailed(1007, Kind.INVALID_TEXT);
        });
  }

  @TestFactory
  default Stream<DynamicTest> rule_3_1_binary_may_hold_any_bytes(Table<Trial> table) {
    return table.rows(
        INVALID.subList(0, 5),
        (trial, bytes) -> {
          Link link = trial.open();
          link.peer().send(Frame.binary(bytes.bytes()));
          link.app().expectBinary(bytes.bytes());
          link.endWell();
        });
  }

  private static Frame[] oneByteEach(byte[] bytes) {
    Frame[] frames = new Frame[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      byte[] one = Arrays.copyOfRange(bytes, i, i + 1);
      Frame frame = Frame.of(i == 0 ? Frame.TEXT : Frame.CONTINUATION, one);
      frames[i] = i == bytes.length - 1 ? frame : frame.notLast();
    }
    return frames;
  }
}
