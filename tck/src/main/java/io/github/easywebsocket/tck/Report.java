package io.github.easywebsocket.tck;

import static java.util.stream.Collectors.joining;

import io.github.easywebsocket.spi.Capability;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What was found of one binding, by rule; written as JSON and Markdown to {@code target/tck}, or
 * where {@code -Deasywebsocket.tck.reports} says.
 */
final class Report {

  /** What one test has found. */
  private record Entry(String rule, String test, Outcome outcome, String detail) {}

  private final String name;
  private final Contract contract;
  private final List<Entry> entries = new ArrayList<>(); // guarded by this

  Report(String name, Contract contract) {
    this.name = name;
    this.contract = contract;
  }

  synchronized void add(String rule, String test, Outcome outcome, String detail) {
    entries.add(new Entry(rule, test, outcome, detail));
  }

  /** Whether all tests of a class have run, but for those that inline handlers are spared. */
  synchronized boolean isComplete(Class<?> testClass, boolean inline) {
    return Arrays.stream(testClass.getMethods())
        .filter(Report::isTest)
        .filter(method -> !(inline && method.isAnnotationPresent(HandlersBlock.class)))
        .map(RuleNames::sentence)
        .allMatch(this::hasRun);
  }

  private boolean hasRun(String sentence) {
    return entries.stream()
        .map(Entry::test)
        .anyMatch(test -> test.equals(sentence) || test.startsWith(sentence + ", "));
  }

  static boolean isTest(Method method) {
    return method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(TestFactory.class);
  }

  /** What was found of a rule: the worst of its tests; null without any. */
  private @Nullable Outcome outcome(Rule rule) {
    return entries.stream()
        .filter(entry -> entry.rule().equals(rule.id()))
        .map(Entry::outcome)
        .max(Outcome::compareTo)
        .orElse(null);
  }

  synchronized void write(Set<Capability> capabilities, boolean complete) throws IOException {
    Path folder = Path.of(System.getProperty("easywebsocket.tck.reports", "target/tck"));
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(name + ".json"), json(capabilities, complete));
    Files.writeString(folder.resolve(name + ".md"), markdown());
  }

  private String json(Set<Capability> capabilities, boolean complete) {
    List<String> rules = new ArrayList<>();
    for (Rule rule : contract.rules()) {
      Outcome outcome = outcome(rule);
      if (outcome != null) {
        rules.add(
            "    {\"rule\": %s, \"strength\": %s, \"outcome\": %s, \"tests\": %d, \"notes\": [%s]}"
                .formatted(
                    quoted(rule.id()),
                    quoted(rule.strength()),
                    quoted(outcome.name()),
                    entries.stream().filter(entry -> entry.rule().equals(rule.id())).count(),
                    String.join(", ", notes(rule).stream().map(Report::quoted).toList())));
      }
    }
    String declared =
        capabilities.stream().map(Enum::name).sorted().map(Report::quoted).collect(joining(", "));
    return """
        {
          "backend": %s,
          "complete": %b,
          "capabilities": [%s],
          "rules": [
        %s
          ]
        }
        """
        .formatted(quoted(name), complete, declared, String.join(",\n", rules));
  }

  private String markdown() {
    StringBuilder text = new StringBuilder("# " + name + "\n\n");
    for (Outcome outcome : Outcome.values()) {
      long count = contract.rules().stream().filter(rule -> outcome(rule) == outcome).count();
      text.append("%s: %d rules%n".formatted(outcome, count));
    }
    text.append("\n| rule | outcome | tests | notes |\n|---|---|---|---|\n");
    for (Rule rule : contract.rules()) {
      Outcome outcome = outcome(rule);
      if (outcome != null) {
        long tests = entries.stream().filter(entry -> entry.rule().equals(rule.id())).count();
        String notes = String.join("<br>", notes(rule)).replace("|", "\\|");
        text.append("| %s | %s | %d | %s |\n".formatted(rule.id(), outcome, tests, notes));
      }
    }
    return text.toString();
  }

  private List<String> notes(Rule rule) {
    return entries.stream()
        .filter(entry -> entry.rule().equals(rule.id()) && entry.outcome() != Outcome.PASS)
        .map(
            entry ->
                entry.outcome() == Outcome.FAIL
                    ? entry.test() + ": " + entry.detail()
                    : entry.detail())
        .distinct()
        .toList();
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < 0x20) {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
