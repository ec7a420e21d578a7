package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.github.easywebsocket.Headers;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.BindException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The suite finds broken backends: each fails the rules that are named for it. */
class MutantsTest {

  /** A broken backend, and the tests to run: each rule must fail. */
  record Row(Class<? extends MutantTck> binding, List<Variance> tests) {

    Set<String> rules() {
      return tests.stream().map(Variance::rule).collect(Collectors.toCollection(TreeSet::new));
    }

    boolean selects(Method method) {
      return Report.isTest(method)
          && tests.stream()
              .anyMatch(test -> test.covers(RuleNames.rule(method), RuleNames.sentence(method)));
    }

    @Override
    public String toString() {
      return binding.getSimpleName() + " fails " + rules();
    }
  }

  /**
   * A row.
   *
   * @param tests each a rule, and perhaps words of its tests where all would take long
   */
  private static Row row(Class<? extends MutantTck> binding, String... tests) {
    return new Row(
        binding, Stream.of(tests).map(test -> Variance.parse(test + ": must fail")).toList());
  }

  @TestFactory
  Stream<DynamicTest> eachMutantFailsTheRulesNamedForIt() {
    return Stream.of(
            row(DropsCompletions.class, "4.1", "4.2"),
            row(NeverTellsTheEnd.class, "5.3"),
            row(TakesAVanishedPeerForAFailure.class, "1.6"),
            row(AnswersNoPing.class, "3.2", "3.7"),
            row(SendsNoClose.class, "5.2", "5.8", "5.13", "7.3"),
            row(ClosesWith1000.class, "1.9", "5.2", "5.6", "5.13", "7.3"),
            row(LeaksTheReason.class, "5.2"),
            row(NeverPauses.class, "3.11"),
            row(SendsTextAsBinary.class, "4.1"),
            row(ChecksNoUtf8.class, "3.3 long text"),
            row(TakesLongHeads.class, "2.15"),
            row(WaitsForEverForAHead.class, "2.15"),
            row(TakesLongMessages.class, "6.1 over the rest"),
            row(NeverDisconnects.class, "5.10"),
            row(NeverAborts.class, "5.12"),
            row(AlwaysHasPendingBytes.class, "4.8"),
            row(LeaksAThread.class, "7.2", "7.4"),
            row(KeepsThePort.class, "7.4"),
            row(HidesTheBindException.class, "7.2"),
            row(ForgetsHeadersOf101.class, "2.12"),
            row(ForgetsHeadersOfAnswers.class, "2.4", "2.9", "2.16"),
            row(AnswersWithoutBody.class, "2.9", "2.16"),
            row(LeaksAnException.class, "2.17"),
            row(KnowsNoTlsSession.class, "8.3"))
        .map(row -> DynamicTest.dynamicTest(row.toString(), () -> check(row)));
  }

  private static void check(Row row) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(
                Arrays.stream(row.binding().getMethods())
                    .filter(row::selects)
                    .map(method -> selectMethod(row.binding(), method))
                    .toList())
            .build();
    Failures failures = new Failures();
    LauncherFactory.create().execute(request, failures);
    assertEquals(row.rules(), failures.rules, () -> failures.names.toString());
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
  abstract static class MutantTck extends ServerBackendTck {

    abstract Mutant mutant(Mutant sound);

    @Override
    protected ServerBackend backend() {
      return mutant(Mutant.called(getClass().getSimpleName()));
    }

    @Override
    Duration patience() {
      return Patience.TO_FAIL;
    }
  }

  static final class DropsCompletions extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      AtomicInteger count = new AtomicInteger();
      return sound.breaks(
          "Receiver.sent", call -> count.incrementAndGet() % 7 == 0 ? null : call.proceed());
    }
  }

  static final class NeverTellsTheEnd extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.skips("Receiver.closed");
    }
  }

  static final class TakesAVanishedPeerForAFailure extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.breaks("Receiver.closed", call -> call.with(new IOException("EOF")));
    }
  }

  static final class AnswersNoPing extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.skips("Transport.pong");
    }
  }

  static final class SendsNoClose extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.skips("Transport.close");
    }
  }

  static final class ClosesWith1000 extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.breaks("Transport.close", call -> call.with(1000, call.arguments()[1]));
    }
  }

  static final class LeaksTheReason extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.breaks(
          "Transport.close",
          call -> call.with(call.arguments()[0], call.arguments()[0].equals(1005) ? "" : "leak"));
    }
  }

  static final class NeverPauses extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.skips("Transport.pause");
    }
  }

  static final class SendsTextAsBinary extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.breaks(
          "Transport.send",
          call -> call.with(Message.binary(((Message) call.arguments()[0]).payload())));
    }
  }

  static final class ChecksNoUtf8 extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.breaks(
          "Receiver.part",
          call -> {
            boolean text = (boolean) call.arguments()[0];
            boolean whole = (boolean) call.arguments()[3];
            if (!text || !whole) {
              return call.proceed();
            }
            ByteBuffer piece = (ByteBuffer) call.arguments()[1];
            byte[] payload = new byte[piece.remaining()];
            piece.get(payload);
            ((Receiver) call.target()).message(true, payload);
            return null;
          });
    }
  }

  static final class TakesLongHeads extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.starts(
          given ->
              new ServerSettings(
                  given.address(),
                  given.tls(),
                  given.http2(),
                  given.limits(),
                  given.timeouts(),
                  1 << 24,
                  given.options()));
    }
  }

  static final class WaitsForEverForAHead extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.starts(
          given ->
              new ServerSettings(
                  given.address(),
                  given.tls(),
                  given.http2(),
                  given.limits(),
                  given.timeouts().withHandshake(Duration.ofHours(1)),
                  given.maxHeaderBytes(),
                  given.options()));
    }
  }

  static final class TakesLongMessages extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.skips("Acceptance.limits");
    }
  }

  static final class NeverDisconnects extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.skips("Transport.disconnect");
    }
  }

  static final class NeverAborts extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.skips("Transport.abort");
    }
  }

  static final class AlwaysHasPendingBytes extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.breaks("Transport.pendingBytes", call -> 1L);
    }
  }

  static final class LeaksAThread extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.starts(
          given -> {
            Thread thread =
                new Thread(
                    () -> {
                      try {
                        new CountDownLatch(1).await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    },
                    "leaked");
            thread.setDaemon(true);
            thread.start();
            return given;
          });
    }
  }

  static final class KeepsThePort extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.skips("Running.stopAccepting").skips("Running.stop");
    }
  }

  static final class HidesTheBindException extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.starts(
          given -> {
            if (given.address().getPort() != 0) {
              throw new IllegalStateException(new BindException("in use"));
            }
            return given;
          });
    }
  }

  static final class ForgetsHeadersOf101 extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.skips("Acceptance.headers");
    }
  }

  static final class ForgetsHeadersOfAnswers extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.breaks(
          "Exchange.respond",
          call -> call.with(call.arguments()[0], Headers.EMPTY, call.arguments()[2]));
    }
  }

  static final class AnswersWithoutBody extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.breaks(
          "Exchange.respond",
          call -> call.with(call.arguments()[0], call.arguments()[1], new byte[0]));
    }
  }

  static final class LeaksAnException extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.breaks(
          "Exchange.respond",
          call ->
              call.with(
                  call.arguments()[0],
                  call.arguments()[1],
                  "java.lang.IllegalStateException at io.github".getBytes("US-ASCII")));
    }
  }

  static final class KnowsNoTlsSession extends MutantTck {
    @Override
    Mutant mutant(Mutant sound) {
      return sound.skips("Exchange.tls");
    }
  }
}
