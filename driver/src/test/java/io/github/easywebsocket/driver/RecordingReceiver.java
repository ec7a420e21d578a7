package io.github.easywebsocket.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.Transport;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Records what it is told as lines, and fails on what the grammar of {@link Receiver} does not
 * allow. What a test has not expected it finds with {@link #expect} or {@link #expectNothing}.
 */
class RecordingReceiver implements Receiver {

  /** Whether messages are wanted in parts; read once, by what is made with this. */
  boolean takesParts;

  private final List<String> events = new ArrayList<>();
  private @Nullable String inside;
  private boolean inputOver;
  private boolean closed;
  private boolean countReads;

  /** Called with each event while the driver waits for the method to return. */
  Consumer<String> then = event -> {};

  @Nullable Transport transport;
  @Nullable Throwable failure;

  /** Records readComplete too. */
  RecordingReceiver withReads() {
    countReads = true;
    return this;
  }

  /** Checks that exactly these events came since the last check. */
  void expect(String... expected) {
    assertEquals(Arrays.asList(expected), events);
    events.clear();
  }

  void expectNothing() {
    expect();
  }

  List<String> take() {
    List<String> taken = List.copyOf(events);
    events.clear();
    return taken;
  }

  @Override
  public void open(Transport opened, @Nullable String subprotocol) {
    assertNull(transport, "a second open");
    transport = opened;
    delivered("open " + subprotocol);
  }

  @Override
  public void message(boolean text, byte[] payload) {
    input(text ? "text " + describe(payload, true) : "binary " + describe(payload, false));
  }

  @Override
  public void part(boolean text, ByteBuffer piece, boolean endOfFrame, boolean endOfMessage) {
    if (!takesParts) {
      throw new AssertionError("the driver assembles");
    }
    input(
        "part "
            + describe(bytes(piece), text)
            + (endOfFrame ? " frame" : "")
            + (endOfMessage ? " message" : ""));
  }

  @Override
  public boolean takesParts() {
    return takesParts;
  }

  @Override
  public void ping(ByteBuffer payload) {
    input("ping " + describe(bytes(payload), false));
  }

  @Override
  public void pong(ByteBuffer payload) {
    input("pong " + describe(bytes(payload), false));
  }

  @Override
  public void closeReceived(int code, String reason) {
    input("close " + code + " " + reason);
    inputOver = true;
  }

  @Override
  public void failed(int code, String detail) {
    input("failed " + code);
    inputOver = true;
  }

  @Override
  public void readComplete() {
    if (countReads) {
      delivered("readComplete");
    }
  }

  @Override
  public void sent(@Nullable Throwable cause) {
    assertEquals(false, closed, "sent after closed");
    events.add(cause == null ? "sent" : "sent " + cause);
    then.accept("sent");
  }

  @Override
  public void closed(@Nullable Throwable cause) {
    assertEquals(false, closed, "closed twice");
    failure = cause;
    delivered(cause == null ? "closed" : "closed " + cause.getMessage());
    closed = true;
  }

  private void input(String event) {
    assertEquals(false, inputOver, "after the end of input: " + event);
    delivered(event);
  }

  private void delivered(String event) {
    assertEquals(false, closed, "after closed: " + event);
    assertNull(inside, "at the same time: " + event);
    inside = event;
    events.add(event);
    try {
      then.accept(event);
    } finally {
      inside = null;
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /** Short payloads as they are, long ones by length and hash. */
  static String describe(byte[] payload, boolean text) {
    if (payload.length > 200) {
      return payload.length + " bytes #" + Arrays.hashCode(payload);
    }
    return text ? new String(payload, StandardCharsets.UTF_8) : Wire.hex(payload);
  }
}
