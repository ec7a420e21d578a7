package io.github.easywebsocket.tck;

import java.lang.reflect.Method;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGenerator;

/**
 * How tests are named: {@code rule_1_3_onClose_is_called_once} is a test of rule 1.3, and is shown
 * as "1.3 onClose is called once".
 */
final class RuleNames extends DisplayNameGenerator.Standard {

  private static final Pattern NAME = Pattern.compile("rule_(\\d+)_(\\d+)_(\\w+)");

  /** The number of the rule that a method tests. */
  static String rule(Method method) {
    Matcher name = match(method);
    return name.group(1) + "." + name.group(2);
  }

  /** The method's name for people. */
  static String sentence(Method method) {
    return rule(method) + " " + match(method).group(3).replace('_', ' ');
  }

  private static Matcher match(Method method) {
    Matcher name = NAME.matcher(method.getName());
    if (!name.matches()) {
      throw new IllegalArgumentException(
          method + " is not named after a rule: rule_<section>_<number>_<what_holds>");
    }
    return name;
  }

  @Override
  public String generateDisplayNameForMethod(
      List<Class<?>> enclosingTypes, Class<?> testClass, Method testMethod) {
    return sentence(testMethod);
  }
}
