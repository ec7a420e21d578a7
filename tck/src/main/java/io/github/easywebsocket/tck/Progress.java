package io.github.easywebsocket.tck;

import java.io.PrintStream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Tells of each failure when it is seen, and of each section when all of its tests have run. */
final class Progress implements TestExecutionListener {

  private static final double NANOS = 1e9;

  private final PrintStream out;
  private final String backend;
  private final Contract contract = Contract.load();

  // one test runs at a time
  private String section = "";
  private long begin;
  private int tests;
  private int failed;

  Progress(PrintStream out, String backend) {
    this.out = out;
    this.backend = backend;
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    if (test.getSource().orElse(null) instanceof MethodSource method) {
      String next = RuleNames.rule(method.getJavaMethod()).split("\\.")[0];
      if (!next.equals(section)) {
        endSection();
        section = next;
        begin = System.nanoTime();
      }
    }
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    tests += test.isTest() ? 1 : 0;
    if (result.getStatus() == Status.FAILED) {
      failed++;
      out.println(
          "FAIL "
              + test.getDisplayName()
              + ": "
              + result.getThrowable().map(this::brief).orElse(""));
    }
  }

  private String brief(Throwable failure) {
    return failure instanceof RuleBroken broken
        ? broken.brief()
        : String.valueOf(failure.getMessage());
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    endSection();
  }

  private void endSection() {
    if (tests > 0) {
      out.printf(
          "%s, section %s %s: %d tests, %d failed, %.1f s%n",
          backend,
          section,
          contract.section(section),
          tests,
          failed,
          (System.nanoTime() - begin) / NANOS);
    }
    tests = 0;
    failed = 0;
  }
}
