package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.MessagePart;
import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketHandler;
import io.github.easywebsocket.WebSocketServer;
import io.github.easywebsocket.driver.WebSocketDriver;
import io.github.easywebsocket.tck.Oracle.Compressed;
import io.github.easywebsocket.tck.Recording.Call;
import io.github.easywebsocket.tck.Recording.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random bytes for core and driver, without sockets and on one thread, so that a failure comes
 * again: an {@link Oracle} tells to the letter what must come of them. {@code
 * -Deasywebsocket.fuzz=<n>} asks for more inputs than the few of each run, and {@code
 * -Deasywebsocket.tck.seed=<seed>} for one that was seen to fail.
 */
@Tag("sized")
class DriverFuzzTest {

  private static final int INPUTS = Integer.getInteger("easywebsocket.fuzz", 10_000);
  private static final @Nullable Long SEED = Long.getLong("easywebsocket.tck.seed");

  /** What receives the bytes. */
  enum Kind {
    SMALL(300, 4, Compressed.NOT),
    LARGE(70_000, 1024, Compressed.NOT),
    IN_PARTS(null, Compressed.NOT),
    COMPRESSED(2_000, 6, Compressed.EACH_BY_ITSELF),
    COMPRESSED_WITH_TAKEOVER(2_000, 6, Compressed.WITH_TAKEOVER);

    final @Nullable Limits limits; // null if it takes parts
    final Compressed compressed;

    Kind(int size, int fragments, Compressed compressed) {
      this(Limits.DEFAULT.withMaxMessageSize(size).withMaxFragments(fragments), compressed);
    }

    Kind(@Nullable Limits limits, Compressed compressed) {
      this.limits = limits;
      this.compressed = compressed;
    }

    @Nullable Compression compression() {
      boolean takeover = compressed == Compressed.WITH_TAKEOVER;
      return compressed == Compressed.NOT
          ? null
          : Compression.DEFAULT
              .withClientContextTakeover(takeover)
              .withServerContextTakeover(takeover);
    }

    /**
     * How many of all inputs, of which two ends have each a share; those that are long have few.
     */
    int inputs() {
      return switch (this) {
        case SMALL -> INPUTS / 4;
        case LARGE -> INPUTS / 100;
        default -> (INPUTS / 4 - INPUTS / 100) / 3;
      };
    }
  }

  /** Notes the calls of the connection that is open, and has the life act in it. */
  private static final class Handler implements WebSocketHandler {
    private final Delivery delivery;
    private @Nullable FuzzedLife life;
    private @Nullable Recording recording;

    Handler(Kind kind) {
      delivery = kind.limits == null ? Delivery.PARTS : Delivery.MESSAGES;
    }

    private Recording told(WebSocketConnection connection, Call call, @Nullable Object argument) {
      if (recording == null) {
        recording = new Recording(connection, Duration.ZERO);
      }
      recording.begin(call, argument);
      return recording;
    }

    @Override
    public Delivery delivery() {
      return delivery;
    }

    @Override
    public void onOpen(WebSocketConnection connection) {
      told(connection, Call.OPEN, null).end();
    }

    @Override
    public void onMessage(WebSocketConnection connection, Message message) throws Exception {
      Recording told = told(connection, Call.MESSAGE, message);
      try {
        if (life != null) {
          life.told(connection);
        }
      } finally {
        told.end();
      }
    }

    @Override
    public void onPart(WebSocketConnection connection, MessagePart part) {
      told(connection, Call.PART, part).end();
    }

    @Override
    public void onPing(WebSocketConnection connection, ByteBuffer payload) {
      told(connection, Call.PING, Recording.text(payload)).end();
    }

    @Override
    public void onPong(WebSocketConnection connection, ByteBuffer payload) {
      told(connection, Call.PONG, Recording.text(payload)).end();
    }

    @Override
    public void onError(WebSocketConnection connection, Throwable error) {
      told(connection, Call.ERROR, error).end();
    }

    @Override
    public void onClose(WebSocketConnection connection, CloseReason reason) {
      told(connection, Call.CLOSE, reason).end();
    }
  }

  private final MemoryBackend backend = new MemoryBackend();
  private final ManualTime time = new ManualTime();

  /** Opens a connection by the backend's next pipe. */
  private interface Opening {
    void open() throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void aServerMakesOfRandomBytesWhatTheRfcSays(Kind kind) throws Exception {
    Handler handler = new Handler(kind);
    WebSocketServer.Builder builder =
        WebSocketServer.builder().backend(backend).handler(handler).inline().timeSource(time);
    if (kind.limits != null) {
      builder.limits(kind.limits);
    }
    Compression compression = kind.compression();
    if (compression != null) {
      builder.compression(compression);
    }
    try (WebSocketServer server = builder.start()) {
      fuzz(
          kind,
          true,
          handler,
          () -> backend.accept(compression == null ? null : "permessage-deflate"));
      assertEquals(0, server.connections().size(), "connections that are left");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientMakesOfRandomBytesWhatTheRfcSays(Kind kind) throws Exception {
    Handler handler = new Handler(kind);
    WebSocketClient.Builder builder =
        WebSocketClient.builder(URI.create("ws://localhost/"))
            .backend(backend)
            .handler(handler)
            .inline()
            .timeSource(time);
    if (kind.limits != null) {
      builder.limits(kind.limits);
    }
    Compression compression = kind.compression();
    if (compression != null) {
      builder.compression(compression);
    }
    fuzz(kind, false, handler, builder::connect);
  }

  private void fuzz(Kind kind, boolean masked, Handler handler, Opening opening) throws Exception {
    long first = SEED != null ? SEED : new Random().nextInt();
    int inputs = SEED != null ? 1 : kind.inputs();
    System.out.printf("%s: %d inputs from seed %d%n", kind, inputs, first);
    Resources before = Resources.now();
    LiveThreads threads = LiveThreads.now();
    for (long seed = first; seed < first + inputs; seed++) {
      try {
        live(kind, masked, handler, opening, new Random(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(e + " (-Deasywebsocket.tck.seed=" + seed + ")", e);
      }
    }
    before.expectNoMoreThan(10, 1 << 20);
    threads.expectNoMore();
  }

  private void live(Kind kind, boolean masked, Handler handler, Opening opening, Random luck)
      throws Exception {
    Limits sizes = kind.limits != null ? kind.limits : FuzzedLife.LIMITS;
    FuzzedLife life = new FuzzedLife(luck);
    byte[] bytes = RandomBytes.draw(luck, masked, sizes, kind.compressed);
    Prediction prediction = Oracle.predict(bytes, masked, kind.limits, kind.compressed);
    MemoryPipe pipe = new MemoryPipe(luck);
    handler.life = kind.limits == null ? null : life;
    handler.recording = null;
    backend.pipe(pipe);
    opening.open();
    WebSocketDriver driver = backend.opened();
    for (byte[] slice : RandomBytes.slices(luck, bytes)) {
      driver.received(ByteBuffer.wrap(slice));
      if (luck.nextBoolean()) {
        driver.readComplete();
      }
      if (pipe.makeRoom()) {
        driver.writable();
      }
      assertTrue(driver.pendingBytes() < 1 << 16, "what waits to be written is bounded");
    }
    if (luck.nextInt(4) == 0) {
      driver.failed(new IOException("Connection reset"));
    } else {
      driver.endOfInput();
    }
    while (pipe.makeRoom()) {
      driver.writable();
    }
    expect(kind, masked, life, prediction, pipe, handler);
  }

  private static void expect(
      Kind kind,
      boolean masked,
      FuzzedLife life,
      Prediction prediction,
      MemoryPipe pipe,
      Handler handler)
      throws InterruptedException {
    Recording recording = handler.recording;
    if (recording == null) {
      throw new AssertionError("onOpen was not called");
    }
    recording.expectOpen();
    List<Event> told = whole(recording.allToClose());
    assertEquals(List.of(), recording.findings());
    assertTrue(pipe.isClosed(), "the pipe is closed");
    boolean acts = kind.limits != null && life.acts(prediction);
    if (acts) {
      life.expectActed(prediction, told);
    } else {
      prediction.expect(told, true);
    }
    // In parts the core finds bad text, and pings behind it may have been answered by then.
    boolean known = !acts && !(kind.limits == null && prediction.failure());
    expectOutput(masked, known ? prediction : null, pipe.take(), told);
  }

  /** The calls with each message in parts as one; a message that has not ended is left out. */
  private static List<Event> whole(List<Event> told) {
    List<Event> whole = new ArrayList<>();
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    for (Event event : told) {
      if (!(event.argument() instanceof MessagePart part)) {
        whole.add(event);
        continue;
      }
      byte[] piece = new byte[part.size()];
      part.payload().get(piece);
      message.writeBytes(piece);
      if (part.isLast()) {
        byte[] all = message.toByteArray();
        whole.add(
            new Event(
                Call.MESSAGE,
                part.isText()
                    ? Message.text(new String(all, StandardCharsets.UTF_8))
                    : Message.binary(all)));
        message.reset();
      }
    }
    return whole;
  }

  /**
   * What goes out is whole frames, pongs to pings that came and in their order, then at most one
   * close frame, with the code that the application was told. The last frame may be cut off by a
   * reset.
   */
  private static void expectOutput(
      boolean server, @Nullable Prediction prediction, byte[] bytes, List<Event> told) {
    List<String> pings = new ArrayList<>();
    told.stream()
        .filter(event -> event.call() == Call.PING)
        .forEach(event -> pings.add(String.valueOf(event.argument())));
    ByteBuffer in = ByteBuffer.wrap(bytes);
    boolean closed = false;
    while (in.remaining() >= 2) {
      int first = in.get() & 0xff;
      int second = in.get() & 0xff;
      assertEquals(!server, second >= 0x80, "whether it is masked");
      byte[] key = new byte[server ? 0 : 4];
      byte[] payload = new byte[second & 0x7f];
      if (in.remaining() < key.length + payload.length) {
        return;
      }
      in.get(key).get(payload);
      for (int i = 0; !server && i < payload.length; i++) {
        payload[i] ^= key[i % 4];
      }
      assertTrue(!closed, "a frame behind the close frame");
      closed = first == 0x88;
      if (closed && prediction != null && !prediction.leavesItOpen()) {
        int code = new Frame(first, payload).closeCode();
        assertTrue(prediction.codes().contains(code), () -> "sent " + code + ", told " + told);
      } else if (!closed) {
        assertEquals(0x8a, first, "a pong");
        String pong = Recording.text(ByteBuffer.wrap(payload));
        assertTrue(prediction == null || pings.contains(pong), () -> "pong " + pong);
        if (prediction != null) {
          pings.subList(0, pings.indexOf(pong) + 1).clear();
        }
      }
    }
  }
}
