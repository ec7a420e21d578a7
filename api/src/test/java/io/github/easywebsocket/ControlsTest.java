package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which pings and pongs go, and when. */
class ControlsTest {

  private final FakeTransport transport = new FakeTransport();
  private final Controls controls = new Controls(transport);

  @AfterEach
  void nothingElseHappened() {
    transport.verify();
  }

  private static byte[] payload(int number) {
    return new byte[] {(byte) number};
  }

  @Test
  void withoutAnyNothingIsSent() {
    assertTrue(controls.isEmpty());
    assertFalse(controls.hasNext());
    assertFalse(controls.send());
  }

  @Test
  void allPingsGoInOrderBehindThePong() {
    controls.addPing(payload(1));
    controls.addPing(payload(2));
    controls.setPong(payload(3));
    assertTrue(controls.hasNext());
    assertTrue(controls.send());
    assertTrue(controls.isEmpty());
    transport.did("pong 03", "ping 01", "ping 02");
  }

  @Test
  void aNewerPongTakesThePlaceOfAnOlder() {
    controls.setPong(payload(1));
    controls.setPong(payload(2));
    controls.send();
    transport.did("pong 02");
  }

  @Test
  void aPongWaitsWhileThePeerDoesNotReadAndAPingDoesNot() {
    transport.pendingBytes = 64 << 10;
    controls.setPong(payload(1));
    assertFalse(controls.isEmpty());
    assertFalse(controls.hasNext());
    controls.addPing(payload(2));
    assertTrue(controls.hasNext());
    assertTrue(controls.send());
    transport.did("ping 02");
    transport.pendingBytes--;
    assertTrue(controls.hasNext());
    controls.send();
    transport.did("pong 01");
  }

  @Test
  void whatIsClearedIsNotSent() {
    controls.addPing(payload(1));
    controls.setPong(payload(2));
    controls.clear();
    assertTrue(controls.isEmpty());
    assertFalse(controls.send());
  }
}
