package io.github.easywebsocket.tck;

import io.github.easywebsocket.WebSocketException.Kind;
import io.github.easywebsocket.tck.AutobahnRules.Case;
import io.github.easywebsocket.tck.AutobahnRules.Script;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Section 6 of Autobahn: texts that are UTF-8 and texts that are not. */
final class AutobahnTexts {

  private static final String KOSME = "ce ba e1 bd b9 cf 83 ce bc ce b5";
  private static final String EDITED = "65 64 69 74 65 64";

  private final List<Case> valid = new ArrayList<>();
  private final List<Case> invalid = new ArrayList<>();

  private AutobahnTexts() {
    addFragments();
    addSequences();
  }

  /** The cases whose text is delivered. */
  static List<Case> valid() {
    return new AutobahnTexts().valid;
  }

  /** The cases that fail with 1007. */
  static List<Case> invalid() {
    return new AutobahnTexts().invalid;
  }

  // ---- 6.1 to 6.4: fragments

  private void addFragments() {
    add("6.1.1", fragments(""));
    add("6.1.2", fragments("", "", ""));
    add("6.1.3", fragments("", "6d 69 64 64 6c 65", ""));
    byte[] hello =
        "Hello-\u00b5@\u00df\u00f6\u00e4\u00fc\u00e0\u00e1-UTF-8!!"
            .getBytes(StandardCharsets.UTF_8);
    String hex = HexFormat.of().formatHex(hello);
    add("6.2.1", fragments(hex));
    add("6.2.2", fragments(hex.substring(0, 22), hex.substring(22)));
    add("6.2.3", oneByteEach(hex));
    add("6.2.4", oneByteEach(KOSME));
    add("6.3.1", fragments(KOSME + "ed a0 80" + EDITED));
    add("6.3.2", oneByteEach(KOSME + "ed a0 80" + EDITED));
    add("6.4.1", fragments(KOSME, "f4 90 80 80", EDITED));
    add("6.4.2", fragments(KOSME + "f4", "90", "80 80" + EDITED));
    add("6.4.3", fragments(KOSME + "f4 90 80 80" + EDITED));
    add("6.4.4", oneByteEach(KOSME + "f4 90 80 80" + EDITED));
  }

  // ---- 6.5 to 6.23: sequences of bytes

  private void addSequences() {
    String end = "77 6f 72 6c 64";
    String begin = "68 65 6c 6c 6f";
    addSection(
        5,
        begin + "24" + end,
        begin + "c2 a2" + end,
        begin + "e2 82 ac" + end,
        begin + "f0 a4 ad a2" + end,
        KOSME);
    String compact = KOSME.replace(" ", "");
    String[] prefixes = new String[compact.length() / 2];
    Arrays.setAll(prefixes, i -> compact.substring(0, 2 * i + 2));
    addSection(6, prefixes);
    addSection(7, "00", "c2 80", "e0 a0 80", "f0 90 80 80");
    addSection(8, "f8 88 80 80 80", "fc 84 80 80 80 80");
    addSection(9, "7f", "df bf", "ef bf bf", "f4 8f bf bf");
    addSection(10, "f7 bf bf bf", "fb bf bf bf bf", "fd bf bf bf bf bf");
    addSection(11, "ed 9f bf", "ee 80 80", "ef bf bd", "f4 8f bf bf", "f4 90 80 80");
    String two = "80 bf";
    addSection(
        12,
        "80",
        "bf",
        two,
        two + "80",
        two.repeat(2),
        two.repeat(2) + "80",
        two.repeat(3),
        each(0x80, 0xbf, ""));
    addSection(
        13,
        each(0xc0, 0xdf, "20"),
        each(0xe0, 0xef, "20"),
        each(0xf0, 0xf7, "20"),
        each(0xf8, 0xfb, "20"),
        each(0xfc, 0xfd, "20"));
    String[] cutShort = {
      "c0",
      "e0 80",
      "f0 80 80",
      "f8 80 80 80",
      "fc 80 80 80 80",
      "df",
      "ef bf",
      "f7 bf bf",
      "fb bf bf bf",
      "fd bf bf bf bf"
    };
    addSection(14, cutShort);
    addSection(15, String.join("", cutShort));
    addSection(16, "fe", "ff", "fe fe ff ff");
    addSection(17, "c0 af", "e0 80 af", "f0 80 80 af", "f8 80 80 80 af", "fc 80 80 80 80 af");
    addSection(18, "c1 bf", "e0 9f bf", "f0 8f bf bf", "f8 87 bf bf bf", "fc 83 bf bf bf bf");
    addSection(19, "c0 80", "e0 80 80", "f0 80 80 80", "f8 80 80 80 80", "fc 80 80 80 80 80");
    addSection(
        20, "ed a0 80", "ed ad bf", "ed ae 80", "ed af bf", "ed b0 80", "ed be 80", "ed bf bf");
    List<String> pairs = new ArrayList<>();
    for (String high : List.of("ed a0 80", "ed ad bf", "ed ae 80", "ed af bf")) {
      pairs.add(high + "ed b0 80");
      pairs.add(high + "ed bf bf");
    }
    addSection(21, pairs.toArray(String[]::new));
    List<String> noCharacters = new ArrayList<>(List.of("ef bf be", "ef bf bf"));
    for (int plane = 1; plane <= 16; plane++) {
      String start = HexFormat.of().formatHex(new byte[] {(byte) (0xf0 + plane / 4)});
      String second = HexFormat.of().formatHex(new byte[] {(byte) (0x8f + plane % 4 * 16)});
      noCharacters.add(start + second + "bf be");
      noCharacters.add(start + second + "bf bf");
    }
    addSection(22, noCharacters.toArray(String[]::new));
    addSection(
        23, "ef bf b9", "ef bf ba", "ef bf bb", "ef bf bc", "ef bf bd", "ef bf be", "ef bf bf");
  }

  private static String each(int first, int last, String behind) {
    StringBuilder hex = new StringBuilder();
    for (int i = first; i <= last; i++) {
      hex.append(HexFormat.of().toHexDigits((byte) i)).append(behind);
    }
    return hex.toString();
  }

  private void addSection(int section, String... sequences) {
    for (int i = 0; i < sequences.length; i++) {
      add("6." + section + "." + (i + 1), fragments(sequences[i]));
    }
  }

  // ---- cases

  private static List<byte[]> fragments(String... hex) {
    return Arrays.stream(hex).map(part -> HexFormat.of().parseHex(part.replace(" ", ""))).toList();
  }

  private static List<byte[]> oneByteEach(String hex) {
    return fragments(hex.replace(" ", "").split("(?<=\\G..)"));
  }

  private void add(String number, List<byte[]> fragments) {
    Frame[] frames = new Frame[fragments.size()];
    int size = 0;
    for (int i = 0; i < frames.length; i++) {
      size += fragments.get(i).length;
      Frame frame = Frame.of(i == 0 ? Frame.TEXT : Frame.CONTINUATION, fragments.get(i));
      frames[i] = i < frames.length - 1 ? frame.notLast() : frame;
    }
    ByteBuffer all = ByteBuffer.allocate(size);
    fragments.forEach(all::put);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(all.flip()).toString();
      valid.add(new Case(number, delivered(frames, text)));
    } catch (CharacterCodingException e) {
      invalid.add(new Case(number, failed(frames)));
    }
  }

  private static Script delivered(Frame[] frames, String text) {
    return link -> {
      link.peer().send(frames);
      link.app().expectText(text);
      link.endWell();
    };
  }

  private static Script failed(Frame[] frames) {
    return link -> {
      for (Frame frame : frames) {
        link.peer().trySend(frame);
      }
      link.expectFailed(1007, Kind.INVALID_TEXT);
    };
  }
}
