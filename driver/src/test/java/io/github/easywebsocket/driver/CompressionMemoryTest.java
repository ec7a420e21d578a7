package io.github.easywebsocket.driver;

import static io.github.easywebsocket.driver.Wire.hex;
import static io.github.easywebsocket.driver.Wire.letters;
import static io.github.easywebsocket.driver.Wire.masked;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.spi.Deflate;
import io.github.easywebsocket.spi.Extension;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 9.13: the native memory of deflaters and inflaters is freed at once. */
class CompressionMemoryTest {

  private static final byte[] HELLO = hex("f2 48 cd c9 c9 07 00");

  private final FakePipe pipe = new FakePipe();

  private WebSocketDriver driver(boolean takeOver) {
    Compression wanted =
        Compression.DEFAULT
            .withMinSize(20)
            .withServerContextTakeover(takeOver)
            .withClientContextTakeover(takeOver);
    Deflate deflate = Deflate.accept(Extension.parse(List.of("permessage-deflate")), wanted);
    WebSocketDriver driver =
        WebSocketDriver.server(
            pipe, new OutBuffers(256, 1), Limits.DEFAULT, deflate, new RecordingReceiver());
    driver.open(null);
    return driver;
  }

  private static void read(WebSocketDriver driver, byte[] frame) {
    driver.received(ByteBuffer.wrap(frame));
    driver.readComplete();
  }

  private static void send(WebSocketDriver driver) {
    assertTrue(driver.send(Message.text(letters(300))));
    driver.flush();
  }

  private static void end(WebSocketDriver driver, String how) {
    switch (how) {
      case "abort" -> driver.abort();
      case "FIN" -> driver.endOfInput();
      case "failure" -> driver.failed(new IOException("no route"));
      default -> {
        read(driver, masked(0x88, hex("03 e8")));
        driver.close(1000, "");
        driver.disconnect();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "receives, abort", "receives, FIN", "receives, failure", "receives, close",
    "sends, abort", "sends, FIN", "sends, failure", "sends, close",
  })
  void withContextTakeoverItIsHeldUntilTheConnectionEnds(String does, String how) {
    WebSocketDriver driver = driver(true);
    assertFalse(driver.holdsMemory());
    if (does.equals("receives")) {
      read(driver, masked(0xc1, HELLO));
    } else {
      send(driver);
    }
    assertTrue(driver.holdsMemory());
    end(driver, how);
    assertTrue(pipe.closed);
    assertFalse(driver.holdsMemory());
  }

  @Test
  void withoutItIsHeldWhileAMessageIsUnderWay() {
    WebSocketDriver driver = driver(false);
    read(driver, masked(0xc1, HELLO));
    send(driver);
    assertFalse(driver.holdsMemory());
    read(driver, masked(0x41, hex("f2 48 cd")));
    assertTrue(driver.holdsMemory());
    read(driver, masked(0x80, hex("c9 c9 07 00")));
    assertFalse(driver.holdsMemory());
    assertTrue(driver.sendPart(Message.text(letters(300)), true, false));
    assertTrue(driver.holdsMemory());
    assertTrue(driver.sendPart(Message.text("end"), false, true));
    assertFalse(driver.holdsMemory());
  }

  @ParameterizedTest
  @ValueSource(strings = {"abort", "FIN", "failure"})
  void itIsFreedInsideOfMessages(String how) {
    WebSocketDriver driver = driver(false);
    read(driver, masked(0x41, hex("f2 48 cd")));
    assertTrue(driver.sendPart(Message.text(letters(300)), true, false));
    end(driver, how);
    assertFalse(driver.holdsMemory());
    assertEquals(0, driver.pendingBytes());
  }
}
