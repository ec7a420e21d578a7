package io.github.easywebsocket.tck;

import java.util.Comparator;
import org.junit.jupiter.api.MethodDescriptor;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.MethodOrdererContext;

/** Runs the tests in the order of the rules, those of one rule by their names. */
final class ByRule implements MethodOrderer {

  private static final Comparator<MethodDescriptor> ORDER =
      Comparator.<MethodDescriptor>comparingInt(test -> part(test, 0))
          .thenComparingInt(test -> part(test, 1))
          .thenComparing(test -> test.getMethod().getName());

  private static int part(MethodDescriptor test, int index) {
    return Integer.parseInt(RuleNames.rule(test.getMethod()).split("\\.")[index]);
  }

  @Override
  public void orderMethods(MethodOrdererContext context) {
    context.getMethodDescriptors().sort(ORDER);
  }
}
