package io.github.easywebsocket.tck;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Headers;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.spi.Acceptance;
import io.github.easywebsocket.spi.Deflate;
import io.github.easywebsocket.spi.Extension;
import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.ServerBackend;
import io.github.easywebsocket.spi.ServerSettings;
import io.github.easywebsocket.spi.Transport;
import io.github.easywebsocket.tck.Mutant.Instead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is broken in a {@link Mutant}, and the rules that must fail for it; with words of their
 * tests where all of them would take long, or where not all of them can see it.
 *
 * <p>Rules that the core keeps without asking a backend have no defect here, since no backend can
 * break them: among those of the later sections 9.2 (a capability that is missing), the rest of
 * 11.5, 11.6 (bounds of topics), 12.4 and 12.5 (what an observer throws, and {@code around}). The
 * simplest backend has no HTTP/2 (2.23, 2.36, 6.8), and nothing shows native memory that is not
 * freed (9.13; the driver has a test of its own for that).
 */
enum Defect {

  // ---- the opening handshake, and plain HTTP

  LOSES_THE_UPGRADE(
      "2.1; 12.3",
      sound ->
          sound.breaks("Exchange.headers", call -> without("Upgrade", call.result(Headers.class)))),
  MAKES_UP_AN_UPGRADE(
      "2.2",
      sound ->
          sound.breaks(
              "Exchange.headers", call -> call.result(Headers.class).with("Upgrade", "websocket"))),
  MERGES_NO_HEADERS(
      "2.3; 2.4; 2.5; 2.11; 9.4",
      sound -> sound.breaks("Exchange.headers", call -> firstOfEach(call.result(Headers.class)))),
  HIDES_THE_BODY(
      "2.6",
      sound ->
          sound.breaks(
              "Exchange.headers",
              call ->
                  without(
                      "Content-Length", without("Transfer-Encoding", call.result(Headers.class))))),
  HIDES_THE_ORIGIN(
      "2.8; 2.29",
      sound ->
          sound.breaks("Exchange.headers", call -> without("Origin", call.result(Headers.class)))),
  TAKES_EVERY_HOST_FOR_ITS_OWN(
      "2.27",
      sound ->
          sound.breaks(
              "Exchange.headers",
              call -> without("Host", call.result(Headers.class)).with("Host", "localhost"))),
  HIDES_EXTENSIONS(
      "2.22; 9.4; 9.5",
      sound ->
          sound.breaks(
              "Exchange.headers",
              call -> without("Sec-WebSocket-Extensions", call.result(Headers.class)))),
  TAKES_LONG_HEADS(
      "2.15 above; 2.15 long target",
      sound -> sound.starts(given -> settings(given, given.timeouts().handshake(), 1 << 24))),
  WAITS_FOR_EVER_FOR_A_HEAD(
      "2.15 does not come",
      sound -> sound.starts(given -> settings(given, Duration.ofHours(1), given.maxHeaderBytes()))),
  WAITS_FOR_EVER_FOR_A_READER(
      "2.35 silent", sound -> sound.starts(given -> withWriteTimeout(given, Duration.ofHours(1)))),
  ACCEPTS_WITHOUT_END("2.26", sound -> sound.starts(Defect::unbounded)),
  DECODES_THE_TARGET(
      "2.7; 2.18 says most; 2.28",
      sound ->
          sound.breaks(
              "Exchange.target",
              call -> URLDecoder.decode(call.result(String.class), StandardCharsets.UTF_8))),
  CUTS_OFF_FRAGMENTS(
      "2.30 target",
      sound ->
          sound.breaks(
              "Exchange.target", call -> call.result(String.class).replaceFirst("#.*", ""))),
  ENCODES_THE_QUERY(
      "2.30 other",
      sound ->
          sound.breaks("Exchange.target", call -> call.result(String.class).replace("{", "%7B"))),
  MAKES_UP_A_HOST(
      "2.31 host",
      sound ->
          sound.breaks(
              "Exchange.headers",
              call -> without("Host", call.result(Headers.class)).with("Host", "localhost"))),
  HIDES_CODINGS(
      "2.31 body",
      sound ->
          sound.breaks(
              "Exchange.headers",
              call -> without("Transfer-Encoding", call.result(Headers.class)))),
  LOWERS_THE_TARGET(
      "2.18 says most",
      sound ->
          sound.breaks(
              "Exchange.target", call -> call.result(String.class).toLowerCase(Locale.ROOT))),
  LEAVES_OUT_THE_AUTHORITY(
      "2.25",
      sound ->
          sound.breaks(
              "Exchange.target",
              call -> call.result(String.class).replaceFirst("^https?://[^/?]*", ""))),
  MAKES_UP_ADDRESSES("2.20", sound -> sound.breaks("Exchange.remoteAddress", madeUp())),
  FORGETS_THE_STATUS(
      "2.3; 2.4; 2.14; 2.19 throws; 2.20; 2.24",
      sound ->
          sound.breaks(
              "Exchange.respond",
              call -> call.with(200, call.arguments()[1], call.arguments()[2]))),
  FORGETS_HEADERS_OF_ANSWERS(
      "2.4; 2.9; 2.16; 2.21; 2.24",
      sound ->
          sound.breaks(
              "Exchange.respond",
              call -> call.with(call.arguments()[0], Headers.EMPTY, call.arguments()[2]))),
  ANSWERS_WITHOUT_BODY("2.9; 2.16", sound -> sound.breaks("Exchange.respond", body(""))),
  LEAKS_AN_EXCEPTION(
      "2.17",
      sound ->
          sound.breaks("Exchange.respond", body("java.lang.IllegalStateException at io.github"))),
  FORGETS_HEADERS_OF_101(
      "2.12; 9.4; 9.5",
      sound -> sound.accepts(given -> accepted(given, Headers.EMPTY, given.deflate()))),
  KNOWS_NO_TLS_SESSION("8.3 is known; 8.4 in the", sound -> sound.skips("Exchange.tls")),
  SPEAKS_NO_TLS("8.3; 8.4; 8.5; 8.6", sound -> sound.starts(Defect::plain)),

  // ---- receiving

  DELIVERS_TWICE(
      "3.1 in one write; 12.2 each message",
      sound ->
          sound.breaks(
              "Receiver.part",
              call -> {
                ByteBuffer piece = (ByteBuffer) call.arguments()[1];
                call.with(call.arguments()[0], piece.duplicate(), true, call.arguments()[3]);
                return call.proceed();
              })),
  DELIVERS_LATE("1.8; 3.2", Defect::late),
  TAKES_BACK_WHAT_IT_DELIVERED("3.10", Defect::scribble),
  CHECKS_NO_UTF8(
      "3.3 long text; 9.10 not utf8",
      sound ->
          sound.breaks(
              "Receiver.part", gathered((to, text, all) -> to.message(text, all.array())))),
  GATHERS_PARTS(
      "3.12 before the next; 3.13 while it comes",
      sound ->
          sound.breaks(
              "Receiver.part", gathered((to, text, all) -> to.part(text, all, true, true)))),
  LIMITS_PARTS("3.12 limits", sound -> sound.breaks("Receiver.takesParts", call -> false)),
  FORGETS_THE_LAST_PART(
      "3.12 empty message; 3.13 text is read",
      sound ->
          sound.breaks(
              "Receiver.part",
              call -> call.with(call.arguments()[0], call.arguments()[1], true, false))),
  ANSWERS_NO_PING("3.2; 3.7 ping is answered", sound -> sound.skips("Transport.pong")),
  HIDES_WHAT_IS_PENDING("3.15", sound -> sound.breaks("Transport.pendingBytes", call -> 0L)),
  NEVER_PAUSES("3.11; 3.13 the pace; 3.14", sound -> sound.skips("Transport.pause")),
  NEVER_RESUMES("3.14 paused does not read", sound -> sound.skips("Transport.resume")),
  TAKES_LONG_MESSAGES(
      "6.1 over the rest; 9.8 to nothing", sound -> sound.accepts(Defect::withoutLimit)),
  FAILS_IN_SILENCE("3.4 wrong mask; 5.5 of one byte", sound -> sound.skips("Receiver.failed")),
  TAKES_EVERY_FAILURE_FOR_1007(
      "3.4; 9.7; 9.9",
      sound -> sound.breaks("Receiver.failed", call -> call.with(1007, call.arguments()[1]))),

  // ---- sending

  DROPS_COMPLETIONS(
      "4.1 without waiting; 4.2 goes well",
      sound -> sound.breaks("Receiver.sent", unlessSeventh())),
  FAILS_WHAT_IS_SENT(
      "4.2 all goes well; 12.2 each message",
      sound -> sound.breaks("Receiver.sent", call -> call.with(new IOException("planted")))),
  LOSES_MESSAGES(
      "4.1 in its order; 5.15 goes out; 11.1; 11.2 subscribers; 11.3",
      sound -> sound.breaks("Transport.send", losesThird())),
  SWAPS_MESSAGES("4.1 order; 11.3", Defect::swap),
  SENDS_TEXT_AS_BINARY(
      "4.1",
      sound ->
          sound.breaks(
              "Transport.send",
              call -> call.with(Message.binary(((Message) call.arguments()[0]).payload())))),
  WAITS_WHILE_IT_SENDS(
      "11.4", sound -> sound.breaks("Transport.send", Defect::sendAndWait).skips("Receiver.sent")),
  TAKES_ALL_AT_ONCE(
      "4.4 with; 4.13 the pace; 4.14",
      sound ->
          sound
              .breaks("Transport.send", Defect::taken)
              .breaks("Transport.sendPart", Defect::taken)
              .skips("Receiver.sent")),
  SENDS_PARTS_AS_MESSAGES(
      "4.13 is a frame; 4.13 wait",
      sound ->
          sound.breaks("Transport.sendPart", call -> call.with(call.arguments()[0], true, true))),
  LOSES_PONGS("4.7 the time", sound -> sound.skips("Receiver.pong")),
  ALWAYS_HAS_PENDING_BYTES("4.8", sound -> sound.breaks("Transport.pendingBytes", call -> 1L)),

  // ---- compression

  FORGETS_TO_COMPRESS(
      "9.6 every form; 9.12 smallest size; 9.16 at its end",
      sound -> sound.accepts(given -> accepted(given, given.headers(), null))),
  FORGETS_ITS_WINDOW(
      "9.11 with takeover", sound -> sound.accepts(given -> compressing(given, 1, false))),
  KEEPS_ITS_WINDOW(
      "9.11 without takeover", sound -> sound.accepts(given -> compressing(given, 1, true))),
  COMPRESSES_SHORT_MESSAGES(
      "9.12 smallest size", sound -> sound.accepts(given -> compressing(given, 1, false))),
  COMPRESSES_NO_MESSAGE(
      "9.12 smallest size", sound -> sound.accepts(given -> compressing(given, 1 << 30, false))),
  ANSWERS_EVERY_OFFER(
      "9.1 offers; 9.3; 9.4; 9.5; 9.15",
      sound ->
          sound.accepts(
              given ->
                  accepted(
                      given,
                      given.headers().with("Sec-WebSocket-Extensions", "permessage-deflate; x"),
                      given.deflate()))),

  // ---- the end

  NEVER_TELLS_THE_END("5.3; 11.5 ends with; 12.1", sound -> sound.skips("Receiver.closed")),
  TAKES_A_VANISHED_PEER_FOR_A_FAILURE(
      "1.6",
      sound -> sound.breaks("Receiver.closed", call -> call.with(new IOException("planted")))),
  TAKES_NO_CODE_FOR_1000(
      "5.2 empty; 5.3 empty",
      sound ->
          sound.breaks(
              "Receiver.closeReceived",
              call ->
                  call.with(
                      call.arguments()[0].equals(1005) ? 1000 : call.arguments()[0],
                      call.arguments()[1]))),
  SENDS_NO_CLOSE("5.2; 5.8; 5.13; 5.15 goes out; 7.3", sound -> sound.skips("Transport.close")),
  CLOSES_WITH_1000(
      "1.9; 5.2; 5.6; 5.13; 7.3",
      sound -> sound.breaks("Transport.close", call -> call.with(1000, call.arguments()[1]))),
  LEAKS_THE_REASON(
      "5.2",
      sound ->
          sound.breaks(
              "Transport.close",
              call ->
                  call.with(call.arguments()[0], call.arguments()[0].equals(1005) ? "" : "leak"))),
  ANSWERS_BY_RESETS(
      "5.13 is read",
      sound ->
          sound.breaks(
              "Transport.disconnect",
              call -> {
                Patience.letHappen(); // the close frame is written
                ((Transport) call.target()).abort();
                return null;
              })),
  NEVER_DISCONNECTS("5.10", sound -> sound.skips("Transport.disconnect")),
  NEVER_ABORTS(
      "5.11 does not answer; 5.12; 5.15 is aborted; 6.6 without progress",
      sound -> sound.skips("Transport.abort")),

  // ---- the server

  TELLS_THE_PORT_IT_WAS_ASKED_FOR(
      "7.1",
      sound ->
          sound.breaks(
              "Running.address",
              call -> new InetSocketAddress(call.result(InetSocketAddress.class).getAddress(), 0))),
  STOPS_ALL_OF_ITS_SERVERS("7.6", Defect::stopAll),
  LEAKS_A_THREAD("7.2; 7.4", sound -> sound.starts(Defect::leakThread)),
  KEEPS_THE_PORT("7.4", sound -> sound.skips("Running.stopAccepting").skips("Running.stop")),
  HIDES_THE_BIND_EXCEPTION("7.2", sound -> sound.starts(Defect::failToBind));

  /** Tests that must fail: each a rule, and perhaps words. */
  private final List<Variance> tests;

  private final UnaryOperator<Mutant> breaking;

  Defect(String tests, UnaryOperator<Mutant> breaking) {
    this.tests =
        Stream.of(tests.split("; ")).map(test -> Variance.parse(test + ": must fail")).toList();
    this.breaking = breaking;
  }

  /** A backend that has it. */
  Mutant mutant() {
    return breaking.apply(Mutant.called(name()));
  }

  Set<String> rules() {
    return tests.stream().map(Variance::rule).collect(Collectors.toCollection(TreeSet::new));
  }

  /** The section of CONTRACT.md in which the first of the rules is. */
  int section() {
    return Integer.parseInt(tests.get(0).rule().split("\\.")[0]);
  }

  boolean shows(String rule, String test) {
    return tests.stream().anyMatch(each -> each.covers(rule, test));
  }

  // ---- what is done instead

  private static ServerSettings settings(ServerSettings given, Duration handshake, int headBytes) {
    return new ServerSettings(
        given.address(),
        given.tls(),
        given.http2(),
        given.limits(),
        given.timeouts().withHandshake(handshake),
        headBytes,
        given.maxTcpConnections(),
        given.options());
  }

  private static ServerSettings withWriteTimeout(ServerSettings given, Duration time) {
    return new ServerSettings(
        given.address(),
        given.tls(),
        given.http2(),
        given.limits(),
        given.timeouts().withWrite(time),
        given.maxHeaderBytes(),
        given.maxTcpConnections(),
        given.options());
  }

  private static ServerSettings leakThread(ServerSettings given) {
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
  }

  private static ServerSettings failToBind(ServerSettings given) {
    if (given.address().getPort() != 0) {
      throw new IllegalStateException(new BindException("in use"));
    }
    return given;
  }

  private static ServerSettings plain(ServerSettings given) {
    return new ServerSettings(
        given.address(),
        null,
        given.http2(),
        given.limits(),
        given.timeouts(),
        given.maxHeaderBytes(),
        given.maxTcpConnections(),
        given.options());
  }

  private static ServerSettings unbounded(ServerSettings given) {
    return new ServerSettings(
        given.address(),
        given.tls(),
        given.http2(),
        given.limits(),
        given.timeouts(),
        given.maxHeaderBytes(),
        Integer.MAX_VALUE,
        given.options());
  }

  private static Headers without(String left, Headers all) {
    Headers[] others = {Headers.EMPTY};
    all.forEach(
        (name, value) -> {
          if (!name.equalsIgnoreCase(left)) {
            others[0] = others[0].with(name, value);
          }
        });
    return others[0];
  }

  private static Headers firstOfEach(Headers all) {
    Headers[] first = {Headers.EMPTY};
    all.forEach(
        (name, value) -> {
          if (!first[0].contains(name)) {
            first[0] = first[0].with(name, value);
          }
        });
    return first[0];
  }

  private static Acceptance accepted(Acceptance given, Headers headers, @Nullable Deflate deflate) {
    return new Acceptance(
        given.acceptKey(), given.subprotocol(), headers, given.limits(), deflate, given.receiver());
  }

  private static Acceptance withoutLimit(Acceptance given) {
    return new Acceptance(
        given.acceptKey(),
        given.subprotocol(),
        given.headers(),
        given.limits().withMaxMessageSize(Integer.MAX_VALUE),
        given.deflate(),
        given.receiver());
  }

  /** Compresses in another way than was agreed on. */
  private static Acceptance compressing(Acceptance given, int minSize, boolean takeover) {
    if (given.deflate() == null) {
      return given;
    }
    Compression other =
        given
            .deflate()
            .compression()
            .withMinSize(minSize)
            .withServerContextTakeover(takeover)
            .withClientContextTakeover(takeover);
    Deflate agreed = Deflate.accept(List.of(new Extension("permessage-deflate", List.of())), other);
    return accepted(given, given.headers(), agreed);
  }

  private static Instead body(String text) {
    byte[] body = text.getBytes(StandardCharsets.US_ASCII);
    return call -> call.with(call.arguments()[0], call.arguments()[1], body);
  }

  private static Instead madeUp() {
    AtomicInteger port = new AtomicInteger();
    return call -> new InetSocketAddress("127.0.0." + (port.incrementAndGet() % 250 + 1), 1);
  }

  /** What becomes of a message whose parts were gathered. */
  @FunctionalInterface
  private interface Gathered {
    void to(Receiver receiver, boolean text, ByteBuffer all);
  }

  private static Instead gathered(Gathered gathered) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    return call -> {
      ByteBuffer piece = (ByteBuffer) call.arguments()[1];
      while (piece.hasRemaining()) {
        all.write(piece.get());
      }
      if ((boolean) call.arguments()[3]) {
        ByteBuffer whole = ByteBuffer.wrap(all.toByteArray());
        all.reset();
        gathered.to((Receiver) call.target(), (boolean) call.arguments()[0], whole);
      }
      return null;
    };
  }

  /** Has a whole message changed when the next one comes. */
  private static Mutant scribble(Mutant sound) {
    Deque<byte[]> last = new ArrayDeque<>(1);
    return sound.breaks(
        "Receiver.part",
        gathered(
            (to, text, all) -> {
              byte[] before = last.poll();
              if (before != null) {
                Arrays.fill(before, (byte) 'x');
              }
              last.add(all.array());
              to.message(text, all.array());
            }));
  }

  /** Delivers a ping with the call that follows it. */
  private static Mutant late(Mutant sound) {
    Deque<byte[]> late = new ArrayDeque<>(1);
    return sound
        .breaks(
            "Receiver.ping",
            call -> {
              ByteBuffer payload = (ByteBuffer) call.arguments()[0];
              byte[] bytes = new byte[payload.remaining()];
              payload.get(bytes);
              late.add(bytes);
              return null;
            })
        .breaks(
            "Receiver.part",
            call -> {
              Object result = call.proceed();
              for (byte[] ping; (ping = late.poll()) != null; ) {
                ((Receiver) call.target()).ping(ByteBuffer.wrap(ping));
              }
              return result;
            });
  }

  private static Mutant stopAll(Mutant sound) {
    Set<Object> all = ConcurrentHashMap.newKeySet();
    return sound
        .breaks(
            "Running.address",
            call -> {
              all.add(call.target());
              return call.proceed();
            })
        .breaks(
            "Running.stop",
            call -> {
              for (Object running : all) {
                ((ServerBackend.Running) running).stopAccepting();
                ((ServerBackend.Running) running).stop();
              }
              return null;
            });
  }

  private static Instead unlessSeventh() {
    AtomicInteger count = new AtomicInteger();
    return call -> count.incrementAndGet() % 7 == 0 ? null : call.proceed();
  }

  private static Instead losesThird() {
    AtomicInteger count = new AtomicInteger();
    return call -> count.incrementAndGet() % 3 == 0 ? true : call.proceed();
  }

  /** Sends the first of two messages behind the second. */
  private static Mutant swap(Mutant sound) {
    AtomicInteger toSwallow = new AtomicInteger();
    Deque<Object> first = new ArrayDeque<>(1);
    return sound
        .breaks(
            "Transport.send",
            call -> {
              Object held = first.poll();
              if (held == null) {
                first.add(call.arguments()[0]);
                return true;
              }
              toSwallow.incrementAndGet();
              call.proceed();
              return call.with(held);
            })
        .breaks(
            "Receiver.sent",
            call -> toSwallow.getAndUpdate(n -> Math.max(0, n - 1)) > 0 ? null : call.proceed());
  }

  /** Waits until all is written or the connection is gone: longer than any test is patient. */
  private static @Nullable Object sendAndWait(Mutant.Call call) throws Throwable {
    call.proceed();
    ((PlainConnection) call.target()).awaitWritten();
    return true;
  }

  private static @Nullable Object taken(Mutant.Call call) throws Throwable {
    call.proceed();
    return true;
  }
}
