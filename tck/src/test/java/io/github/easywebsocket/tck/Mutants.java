package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.github.easywebsocket.spi.ServerBackend;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstanceFactory;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The suite finds broken backends: each fails the rules that are named for its defect. In two
 * classes, each with a part of them, so that two JVMs may share the waiting.
 */
@Tag("self")
abstract class Mutants {

  private static final String DEFECT = "defect";

  /** Whether it is for this class to show defects of that section of CONTRACT.md. */
  abstract boolean takes(int section);

  @TestFactory
  Stream<DynamicTest> eachMutantFailsTheRulesNamedForIt() {
    return Stream.of(Defect.values())
        .filter(defect -> takes(defect.section()))
        .map(
            defect ->
                DynamicTest.dynamicTest(
                    defect + " fails " + defect.rules(), () -> expectFailures(defect)));
  }

  private static void expectFailures(Defect defect) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .configurationParameter(DEFECT, defect.name())
            .selectors(
                Arrays.stream(MutantTck.class.getMethods())
                    .filter(method -> Report.isTest(method) && shows(defect, method))
                    .map(method -> selectMethod(MutantTck.class, method))
                    .toList())
            .build();
    Failures failures = new Failures();
    LauncherFactory.create().execute(request, failures);
    assertEquals(defect.rules(), failures.rules, () -> failures.names.toString());
  }

  private static boolean shows(Defect defect, Method test) {
    return defect.shows(RuleNames.rule(test), RuleNames.sentence(test));
  }

  /** The rules of which a test failed. */
  private static final class Failures implements TestExecutionListener {
    final Set<String> rules = new TreeSet<>();
    final Set<String> names = new TreeSet<>();

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (result.getStatus() == TestExecutionResult.Status.FAILED) {
        rules.add(test.getDisplayName().split(" ")[0]);
        names.add(test.getDisplayName());
      }
    }
  }

  /** A binding of a broken backend. It waits only briefly for what does not happen. */
  @ExtendWith(MutantTck.Factory.class)
  static final class MutantTck extends ServerBackendTck {

    private final Defect defect;

    private MutantTck(Defect defect) {
      this.defect = defect;
    }

    @Override
    protected ServerBackend backend() {
      return defect.mutant();
    }

    @Override
    Duration patience() {
      return Patience.TO_FAIL;
    }

    /** Makes the binding of the defect that is asked for. */
    static final class Factory implements TestInstanceFactory {
      @Override
      public Object createTestInstance(
          TestInstanceFactoryContext factory, ExtensionContext context) {
        return new MutantTck(
            Defect.valueOf(context.getConfigurationParameter(DEFECT).orElseThrow()));
      }
    }
  }
}
