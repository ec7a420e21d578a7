package io.github.easywebsocket.tck;

import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.tck.Recording.Call;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * All of what a peer can send, at both ends: each connection gets random bytes, and an {@link
 * Oracle} tells what must come of them. {@code -Deasywebsocket.tck.inputs=<n>} asks for more than
 * the few of each run, and {@code -Deasywebsocket.tck.seed=<seed>} for one that was seen to fail.
 */
interface FuzzRules {

  /** So many share a server. */
  int INPUTS_OF_A_TRIAL = 500;

  /** Inputs whose seeds follow each other. */
  record Batch(long seed, int inputs) implements Row {
    /** Those of a test with one of so many of all inputs. */
    static List<Batch> oneOf(int share) {
      Long asked = Long.getLong("easywebsocket.tck.seed");
      if (asked != null) {
        return List.of(new Batch(asked, 1));
      }
      int inputs = Integer.getInteger("easywebsocket.tck.inputs", 50) / share;
      long seed = new Random().nextInt(); // short to copy
      return IntStream.iterate(0, from -> from < inputs, from -> from + INPUTS_OF_A_TRIAL)
          .mapToObj(from -> new Batch(seed + from, Math.min(INPUTS_OF_A_TRIAL, inputs - from)))
          .toList();
    }

    @Override
    public String name() {
      return inputs + " inputs from seed " + seed;
    }
  }

  @TestFactory
  @Tag("sized")
  default Stream<DynamicTest> rule_1_3_onClose_is_called_once_whatever_bytes_come(
      Table<Trial> table) {
    return table.rows(Batch.oneOf(1), FuzzRules::live);
  }

  private static void live(Trial trial, Batch batch) throws Exception {
    Map<WebSocketConnection, FuzzedLife> lives = new ConcurrentHashMap<>();
    trial
        .events()
        .on(
            Call.MESSAGE,
            (connection, message) -> {
              FuzzedLife life = lives.get(connection);
              if (life != null) {
                life.told(connection);
              }
            });
    for (long seed = batch.seed(); seed < batch.seed() + batch.inputs(); seed++) {
      Link link = seed == batch.seed() ? trial.open(FuzzedLife.LIMITS) : trial.openAnother();
      Random luck = new Random(seed);
      FuzzedLife life = new FuzzedLife(luck);
      lives.put(link.connection(), life);
      try {
        life.live(trial, link, luck);
        trial.forget(link);
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + " (-Deasywebsocket.tck.seed=" + seed + ")", e);
      }
      lives.remove(link.connection());
    }
  }
}
