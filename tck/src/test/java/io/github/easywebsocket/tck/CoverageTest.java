package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every MUST of CONTRACT.md has a test, and every test a rule. */
class CoverageTest {

  /** What a client cannot be asked, though its section holds for clients. */
  private static final Set<String> SERVERS_ONLY =
      Set.of("5.10", "6.8", "9.3", "9.4", "9.5", "9.15");

  /** What a server cannot be asked. */
  private static final Set<String> CLIENTS_ONLY = Set.of("9.17");

  private final Contract contract = Contract.load();

  @Test
  void theSuiteHasTheContractOfTheRepository() throws Exception {
    String ofRepository = Files.readString(Path.of("..", "CONTRACT.md"));
    Collection<Rule> rules = Contract.parse(ofRepository).rules();
    assertEquals(List.copyOf(rules), List.copyOf(contract.rules()));
    assertEquals(
        ofRepository.lines().filter(line -> line.matches("\\|.*(MUST|SHOULD|MAY).*")).count(),
        rules.size(),
        "lines that look like a rule");
  }

  @Test
  void everyMustForServersHasATest() {
    assertEquals(
        CLIENTS_ONLY,
        missing(ServerBackendTck.class, section -> section <= 9 || section == 11 || section == 12));
  }

  @Test
  void everyMustForClientsHasATest() {
    Set<String> missing =
        missing(
            ClientBackendTck.class,
            section ->
                section == 1 || (section >= 3 && section <= 6) || section == 9 || section == 10);
    assertEquals(SERVERS_ONLY, missing);
  }

  @Test
  void everyTestHasARule() {
    for (Class<?> suite : List.of(ServerBackendTck.class, ClientBackendTck.class)) {
      for (Method test : tests(suite)) {
        String rule = RuleNames.rule(test); // fails without one
        assertNotNull(contract.rule(rule), () -> test.getName() + " is of no rule");
      }
    }
  }

  private Set<String> missing(Class<?> suite, Predicate<Integer> section) {
    Set<String> tested =
        tests(suite).stream().map(RuleNames::rule).collect(Collectors.toCollection(TreeSet::new));
    return contract.rules().stream()
        .filter(Rule::isMust)
        .map(Rule::id)
        .filter(id -> section.test(Integer.parseInt(id.substring(0, id.indexOf('.')))))
        .filter(id -> !tested.contains(id))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<Method> tests(Class<?> suite) {
    return Arrays.stream(suite.getMethods()).filter(Report::isTest).toList();
  }
}
