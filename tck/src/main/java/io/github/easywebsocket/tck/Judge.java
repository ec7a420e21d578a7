package io.github.easywebsocket.tck;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * Runs the tests of one binding and says what each has found: a test that a variance covers must
 * fail, any other must not.
 */
final class Judge {

  /** The body of a test. */
  @FunctionalInterface
  interface Body {
    /** Runs the test. */
    void run() throws Throwable;
  }

  private final Contract contract = Contract.load();
  private final List<Variance> variances = new ArrayList<>();
  private final Set<Variance> used = new HashSet<>();
  private final Report report;

  private final Duration patience;

  Judge(Set<String> declaredVariances, String name, Duration patience) {
    this.patience = patience;
    report = new Report(name, contract);
    declaredVariances.forEach(declared -> variances.add(Variance.parse(declared)));
    for (Variance variance : variances) {
      if (contract.rule(variance.rule()) == null) {
        throw new AssertionError("a variance of no rule: " + variance.declared());
      }
    }
  }

  Report report() {
    return report;
  }

  /** How long a test is to wait for each thing. */
  Duration patience(String rule, String test) {
    return variance(rule, test) == null ? patience : Patience.TO_FAIL;
  }

  /** Runs a test within its time, and says what it found: returns if that is in order. */
  void judge(String rule, String test, Trial trial, Body body) throws Throwable {
    Throwable failure = run(test, trial, body);
    if (failure instanceof TestAbortedException) {
      throw failure;
    }
    Variance variance = variance(rule, test);
    if (variance == null) {
      expectPass(rule, test, trial, failure);
    } else {
      expectFailure(variance, test, failure);
    }
  }

  private void expectPass(String rule, String test, Trial trial, @Nullable Throwable failure) {
    if (failure == null) {
      report.add(rule, test, Outcome.PASS, "");
      return;
    }
    RuleBroken broken = new RuleBroken(contract.rule(rule), test, trial, failure);
    report.add(rule, test, Outcome.FAIL, broken.brief());
    throw broken;
  }

  private void expectFailure(Variance variance, String test, @Nullable Throwable failure) {
    if (failure != null) {
      report.add(variance.rule(), test, Outcome.VARIANCE, variance.declared());
      return;
    }
    String gone =
        "the variance is gone, take it out or name it more narrowly: " + variance.declared();
    report.add(variance.rule(), test, Outcome.FAIL, gone);
    throw new AssertionError(test + ": " + gone);
  }

  private static @Nullable Throwable run(String test, Trial trial, Body body) {
    try {
      Watchdog.run(
          test,
          () -> {
            try {
              body.run();
            } catch (Throwable e) {
              cleanUp(trial, e);
              throw e;
            }
            trial.finish();
          },
          trial::abandon);
      return null;
    } catch (Throwable e) {
      return e;
    }
  }

  private static void cleanUp(Trial trial, Throwable failure) {
    try {
      trial.cleanUp();
    } catch (Throwable e) {
      failure.addSuppressed(e);
    }
  }

  private synchronized @Nullable Variance variance(String rule, String test) {
    for (Variance variance : variances) {
      if (variance.covers(rule, test)) {
        used.add(variance);
        return variance;
      }
    }
    return null;
  }

  /** The variances that have covered no test. */
  synchronized List<String> unusedVariances() {
    return variances.stream()
        .filter(variance -> !used.contains(variance))
        .map(Variance::declared)
        .toList();
  }
}
