package io.github.easywebsocket.tck;

import org.jspecify.annotations.Nullable;

/** A test's failure, with all that helps to understand it; the cause tells where it was seen. */
final class RuleBroken extends AssertionError {

  private static final long serialVersionUID = 1;

  private final String brief;

  RuleBroken(@Nullable Rule rule, String test, Trial trial, Throwable failure) {
    super(explain(rule, test, trial, failure), failure);
    this.brief = brief(failure);
  }

  /** What went wrong, in one line. */
  String brief() {
    return brief;
  }

  private static String brief(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    String text =
        failure instanceof AssertionError ? message : failure.getClass().getName() + ": " + message;
    return text.lines().findFirst().orElse(text);
  }

  private static String explain(@Nullable Rule rule, String test, Trial trial, Throwable failure) {
    String law =
        rule == null
            ? "there is no such rule"
            : rule.strength() + ": " + rule.sentence() + "%n  intent: ".formatted() + rule.intent();
    return "%s%n  CONTRACT.md %s%n  seen: %s%s%n"
        .formatted(test, law, describe(failure), trial.report());
  }

  private static String describe(Throwable failure) {
    return failure instanceof AssertionError
        ? String.valueOf(failure.getMessage())
        : failure.toString();
  }
}
