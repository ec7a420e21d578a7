package io.github.easywebsocket.tck;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A difference that a backend declares: {@code "5.2 an empty close frame: answered with 1000"}.
 *
 * <p>Before the colon is the rule and, so that the variance is no wider than it must be, words of
 * the tests' names; without them it covers all tests of the rule. Every test that it covers must
 * fail.
 *
 * @param rule the number of the rule
 * @param words in the names of the tests covered; empty for all
 * @param declared the whole text
 */
record Variance(String rule, String words, String declared) {

  private static final Pattern FORM = Pattern.compile("(\\d+\\.\\d+)([^:]*): (.+)");

  static Variance parse(String declared) {
    Matcher form = FORM.matcher(declared);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "not a variance: \""
              + declared
              + "\"; write \"<rule>[ <words of the test>]: <sentence>\"");
    }
    return new Variance(form.group(1), form.group(2).strip(), declared);
  }

  /** Whether a test may not pass: it is of the rule, and has the words, whole, in its name. */
  boolean covers(String ruleId, String test) {
    Pattern whole = Pattern.compile("(?i)(?<!\\w)" + Pattern.quote(words) + "(?!\\w)");
    return rule.equals(ruleId) && (words.isEmpty() || whole.matcher(test).find());
  }
}
