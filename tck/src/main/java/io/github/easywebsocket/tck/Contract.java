package io.github.easywebsocket.tck;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of CONTRACT.md, read from its tables. */
final class Contract {

  private static final Pattern ROW =
      Pattern.compile("\\| (\\d+\\.\\d+) \\| (MUST|SHOULD|MAY) \\| (.+?) \\*Intent: (.+)\\* \\|");

  private static final Pattern SECTION = Pattern.compile("## (\\d+) (.+)");

  private final Map<String, String> sections = new HashMap<>();
  private final Map<String, Rule> rules = new LinkedHashMap<>();

  private Contract() {}

  /** The contract this suite was built with. */
  static Contract load() {
    try (InputStream in = Contract.class.getResourceAsStream("CONTRACT.md")) {
      if (in == null) {
        throw new IllegalStateException("CONTRACT.md is not on the class path beside the suite");
      }
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a contract; every line that begins like a rule must be one. */
  static Contract parse(String markdown) {
    Contract contract = new Contract();
    for (String line : markdown.lines().toList()) {
      Matcher heading = SECTION.matcher(line);
      if (heading.matches()) {
        contract.sections.put(heading.group(1), heading.group(2));
      }
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        String sentence = row.group(3).replace("\\|", "|");
        Rule rule = new Rule(row.group(1), row.group(2), sentence, row.group(4));
        if (contract.rules.putIfAbsent(rule.id(), rule) != null) {
          throw new IllegalArgumentException("rule " + rule.id() + " is there twice");
        }
      } else if (line.matches("\\| *\\d.*")) {
        throw new IllegalArgumentException("not a rule: " + line);
      }
    }
    return contract;
  }

  /** The rule of that number, or null. */
  @Nullable Rule rule(String id) {
    return rules.get(id);
  }

  /** The title of the section of that number; empty if there is none. */
  String section(String number) {
    return sections.getOrDefault(number, "");
  }

  Collection<Rule> rules() {
    return rules.values();
  }
}
