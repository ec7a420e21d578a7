package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The suite has every case of Autobahn that needs no compression, once. */
class AutobahnTest {

  /** How many cases a section has, those numbered with two numbers under its first. */
  private static final Map<String, Integer> CASES =
      Map.ofEntries(
          Map.entry("1.1", 8),
          Map.entry("1.2", 8),
          Map.entry("2", 11),
          Map.entry("3", 7),
          Map.entry("4.1", 5),
          Map.entry("4.2", 5),
          Map.entry("5", 20),
          Map.entry("6.1", 3),
          Map.entry("6.2", 4),
          Map.entry("6.3", 2),
          Map.entry("6.4", 4),
          Map.entry("6.5", 5),
          Map.entry("6.6", 11),
          Map.entry("6.7", 4),
          Map.entry("6.8", 2),
          Map.entry("6.9", 4),
          Map.entry("6.10", 3),
          Map.entry("6.11", 5),
          Map.entry("6.12", 8),
          Map.entry("6.13", 5),
          Map.entry("6.14", 10),
          Map.entry("6.15", 1),
          Map.entry("6.16", 3),
          Map.entry("6.17", 5),
          Map.entry("6.18", 5),
          Map.entry("6.19", 5),
          Map.entry("6.20", 7),
          Map.entry("6.21", 8),
          Map.entry("6.22", 34),
          Map.entry("6.23", 7),
          Map.entry("7.1", 6),
          Map.entry("7.3", 6),
          Map.entry("7.5", 1),
          Map.entry("7.7", 13),
          Map.entry("7.9", 9),
          Map.entry("7.13", 2),
          Map.entry("9.1", 6),
          Map.entry("9.2", 6),
          Map.entry("9.3", 9),
          Map.entry("9.4", 9),
          Map.entry("9.5", 6),
          Map.entry("9.6", 6),
          Map.entry("9.7", 6),
          Map.entry("9.8", 6),
          Map.entry("10.1", 1));

  @Test
  void everyCaseIsThereOnce() {
    TreeSet<String> expected = new TreeSet<>();
    CASES.forEach(
        (section, count) -> {
          for (int i = 1; i <= count; i++) {
            expected.add(section + "." + i);
          }
        });
    List<String> found =
        Stream.of(
                AutobahnRules.messages(),
                AutobahnRules.echoes(),
                AutobahnRules.pings(),
                AutobahnRules.pongs(),
                AutobahnRules.violations(),
                AutobahnTexts.valid(),
                AutobahnTexts.invalid(),
                AutobahnRules.closes(),
                AutobahnRules.badCloses(),
                AutobahnRules.codes())
            .flatMap(List::stream)
            .map(AutobahnRules.Case::number)
            .sorted()
            .toList();
    assertEquals(List.copyOf(expected), found);
    assertEquals(301, found.size());
  }
}
