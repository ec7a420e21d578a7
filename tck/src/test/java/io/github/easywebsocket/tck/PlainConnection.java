package io.github.easywebsocket.tck;

import io.github.easywebsocket.Limits;
import io.github.easywebsocket.Message;
import io.github.easywebsocket.spi.Receiver;
import io.github.easywebsocket.spi.Transport;
import io.github.easywebsocket.spi.Utf8Validator;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.zip.DataFormatException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The simplest transport that keeps the contract, to try the suite on: a thread that reads and one
 * that writes, on a blocking socket. Slow, and nothing to copy from.
 */
final class PlainConnection implements Transport {

  /** A frame to write; {@code counts} if {@link Receiver#sent} is to follow. */
  private record Output(byte[] bytes, boolean counts) {}

  /** So small that the system, which tells of room late, does not tell too late (rule 6.7). */
  static final int SEND_BUFFER = 64 << 10;

  private static final Output DISCONNECT = new Output(new byte[0], false);

  /** How long the peer may take to end TCP. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final Socket socket;
  private final DataInputStream in;
  private final boolean client;
  private final Limits limits;
  private final @Nullable PlainDeflate deflate;
  private final Receiver receiver;
  private final Runnable onEnd;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final SecureRandom random = new SecureRandom();
  private final Thread writer = new Thread(this::write, "plain-writer");

  // guarded by this
  private final ArrayDeque<Output> outputs = new ArrayDeque<>();
  private boolean paused;
  private boolean disconnecting;
  private boolean aborted;
  private boolean readerDone;
  private long pending;

  // the reader's
  private int fragments;
  private int messageOpcode;
  private long messageSize;
  private boolean compressed;
  private long inflated;

  PlainConnection(
      Socket socket,
      DataInputStream in,
      boolean client,
      Limits limits,
      @Nullable PlainDeflate deflate,
      Receiver receiver,
      Runnable onEnd) {
    this.socket = socket;
    this.in = in;
    this.client = client;
    this.limits = limits;
    this.deflate = deflate;
    this.receiver = receiver;
    this.onEnd = onEnd;
  }

  /** A frame that breaks a rule: the code to close with. */
  private static final class Broken extends Exception {
    private static final long serialVersionUID = 1;
    final int code;

    Broken(int code, String what) {
      super(what);
      this.code = code;
    }
  }

  // ---- reading

  /** Opens the connection, and reads until it ends. */
  void run(@Nullable String subprotocol, Runnable opened) {
    writer.setDaemon(true);
    writer.start();
    receiver.open(this, subprotocol);
    opened.run();
    IOException failure = null;
    try {
      boolean reading = true;
      while (reading) {
        awaitResumed();
        reading = readOne();
      }
      drain();
      awaitAborted();
    } catch (SSLException e) {
      failure = e;
    } catch (IOException e) {
      // FIN, RST or our abort: each ends it
    }
    abort();
    end(failure);
  }

  /** Reads one frame; false if nothing may follow it. */
  private boolean readOne() throws IOException {
    boolean goesOn = false;
    try {
      goesOn = readFrame();
    } catch (Broken e) {
      receiver.failed(e.code, String.valueOf(e.getMessage()));
    }
    receiver.readComplete();
    return goesOn;
  }

  private synchronized void awaitResumed() {
    awaitWhile(() -> paused && !aborted);
  }

  /** Called with the lock held, which it gives up while it waits. */
  private synchronized void awaitWhile(BooleanSupplier condition) {
    while (condition.getAsBoolean()) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Reads one frame; false if it was a close frame. */
  private boolean readFrame() throws IOException, Broken {
    int first = readByte();
    int second = readByte();
    int opcode = first & 0xf;
    boolean last = (first & 0x80) != 0;
    checkHeader(first, second, opcode, last);
    long length = readLength(second & 0x7f);
    if (opcode == 1 || opcode == 2) {
      compressed = (first & 0x40) != 0;
    }
    if (opcode < 8 && !receiver.takesParts()) {
      long most = limits.maxMessageSize();
      if (length > (compressed ? 2 * most + 1024 : most) - messageSize) {
        throw new Broken(1009, "message too big");
      }
      if (++fragments > limits.maxFragments()) {
        throw new Broken(1009, "too many fragments");
      }
    }
    byte[] payload = readPayload((int) length);
    if (opcode >= 8) {
      return control(opcode, payload);
    }
    messageOpcode = opcode == 0 ? messageOpcode : opcode;
    messageSize += length;
    if (compressed && deflate != null) {
      inflate(deflate, payload, last);
    } else {
      receiver.part(messageOpcode == 1, ByteBuffer.wrap(payload), true, last);
    }
    if (last) {
      messageOpcode = 0;
      messageSize = 0;
      inflated = 0;
      fragments = 0;
    }
    return true;
  }

  private void inflate(PlainDeflate deflate, byte[] payload, boolean last) throws Broken {
    try {
      deflate.inflate(payload, this::inflated);
      if (last && messageSize > 0) {
        deflate.endMessage(this::inflated);
      }
    } catch (DataFormatException e) {
      throw new Broken(1002, "it cannot be inflated");
    } catch (IllegalStateException e) {
      throw new Broken(1009, "it inflates to too much");
    }
    receiver.part(messageOpcode == 1, ByteBuffer.allocate(0), true, last);
  }

  private void inflated(ByteBuffer piece) {
    inflated += piece.remaining();
    if (inflated > limits.maxMessageSize()) {
      throw new IllegalStateException();
    }
    receiver.part(messageOpcode == 1, piece, false, false);
  }

  private void checkHeader(int first, int second, int opcode, boolean last) throws Broken {
    boolean control = opcode >= 8;
    boolean mayCompress = deflate != null && (opcode == 1 || opcode == 2);
    boolean good =
        (first & (mayCompress ? 0x30 : 0x70)) == 0
            && (opcode <= 2 || (opcode >= 8 && opcode <= 10))
            && (second & 0x80) != 0 != client
            && (!control || (last && (second & 0x7f) <= 125))
            && (control || (opcode == 0) == (messageOpcode != 0));
    if (!good) {
      throw new Broken(1002, "a frame that is not allowed");
    }
  }

  /** A byte that completes nothing: but the peer is alive. */
  private int readByte() throws IOException {
    int next = in.readUnsignedByte();
    receiver.readComplete();
    return next;
  }

  private long readLength(int length) throws IOException, Broken {
    if (length < 126) {
      return length;
    }
    long longer = 0;
    for (int i = 0; i < (length == 126 ? 2 : 8); i++) {
      longer = longer << 8 | readByte();
    }
    if (longer < (length == 126 ? 126 : 65_536)) {
      throw new Broken(1002, "a length that is not allowed");
    }
    return longer;
  }

  private byte[] readPayload(int length) throws IOException {
    byte[] mask = new byte[4];
    for (int i = 0; i < 4 && !client; i++) {
      mask[i] = (byte) readByte();
    }
    byte[] payload = new byte[length];
    for (int read = 0; read < length; ) {
      int more = in.read(payload, read, length - read);
      if (more < 0) {
        throw new EOFException();
      }
      read += more;
      receiver.readComplete();
    }
    for (int i = 0; i < length; i++) {
      payload[i] ^= mask[i % 4];
    }
    return payload;
  }

  private boolean control(int opcode, byte[] payload) throws Broken {
    ByteBuffer buffer = ByteBuffer.wrap(payload);
    switch (opcode) {
      case 9 -> receiver.ping(buffer);
      case 10 -> receiver.pong(buffer);
      default -> {
        closeReceived(payload);
        return false;
      }
    }
    return true;
  }

  private void closeReceived(byte[] payload) throws Broken {
    Frame frame = new Frame(0x88, payload);
    int code = frame.closeCode();
    boolean good =
        payload.length == 0
            || (payload.length > 1
                && ((code >= 1000 && code <= 1003)
                    || (code >= 1007 && code <= 1014)
                    || (code >= 3000 && code <= 4999)));
    if (!good) {
      throw new Broken(1002, "a close frame that is not allowed");
    }
    Utf8Validator utf8 = new Utf8Validator();
    if (payload.length > 2 && !(utf8.accept(payload, 2, payload.length) && utf8.complete())) {
      throw new Broken(1007, "a reason that is not UTF-8");
    }
    receiver.closeReceived(code, frame.closeReason());
  }

  /** Reads what is of no interest any more, so that no reset destroys what we have sent. */
  private void drain() throws IOException {
    byte[] rest = new byte[8192];
    while (in.read(rest) >= 0) {
      receiver.readComplete();
    }
  }

  /** The peer has ended its side and may still read: the core says when all is sent. */
  private synchronized void awaitAborted() {
    readerDone = true;
    notifyAll();
    awaitWhile(() -> !aborted);
  }

  private void end(@Nullable IOException failure) {
    synchronized (this) {
      readerDone = true;
      notifyAll();
    }
    try {
      writer.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (deflate != null) {
      deflate.end();
    }
    if (closed.compareAndSet(false, true)) {
      receiver.closed(failure);
      onEnd.run();
    }
  }

  // ---- writing

  private void write() {
    try {
      for (Output next = take(); next != null; next = take()) {
        if (next == DISCONNECT) {
          disconnectNow();
          continue;
        }
        socket.getOutputStream().write(next.bytes());
        socket.getOutputStream().flush();
        written(next);
      }
    } catch (IOException e) {
      abort();
    }
  }

  private synchronized void disconnectNow() throws IOException {
    if (socket instanceof SSLSocket) {
      socket.close();
    } else {
      socket.shutdownOutput();
    }
    long deadline = System.nanoTime() + LINGER.toNanos();
    for (long left = 1; left > 0 && !readerDone; left = deadline - System.nanoTime()) {
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    aborted = true;
    notifyAll();
    socket.close();
  }

  private synchronized @Nullable Output take() {
    awaitWhile(() -> outputs.isEmpty() && !aborted);
    return aborted ? null : outputs.poll();
  }

  private void written(Output output) {
    synchronized (this) {
      pending -= output.bytes().length;
      notifyAll();
    }
    if (output.counts()) {
      receiver.sent(null);
    }
  }

  /** Waits until all is written, or the connection is gone. */
  synchronized void awaitWritten() {
    awaitWhile(() -> pending > 0 && !aborted);
  }

  /** Masks a frame once more: key and payload in the same way, so that it stays what it is. */
  private void mask(byte[] frame, int size) {
    byte[] key = new byte[4];
    random.nextBytes(key);
    int begin = frame.length - size - key.length;
    for (int i = begin; i < frame.length; i++) {
      frame[i] ^= key[(i - begin) % 4];
    }
  }

  private synchronized void add(Frame frame, boolean counts) {
    byte[] bytes = frame.encode(client);
    if (client) {
      mask(bytes, frame.payload().length);
    }
    pending += bytes.length;
    outputs.add(new Output(bytes, counts));
    notifyAll();
  }

  @Override
  public boolean send(Message message) {
    byte[] payload = new byte[message.size()];
    message.payload().get(payload);
    int kind = message.isText() ? Frame.TEXT : Frame.BINARY;
    byte[] shorter = deflate == null ? null : deflate.deflate(payload);
    add(shorter == null ? Frame.of(kind, payload) : Frame.of(kind, shorter).reserved(4), true);
    return false;
  }

  @Override
  public boolean sendPart(Message part, boolean first, boolean last) {
    int kind = part.isText() ? Frame.TEXT : Frame.BINARY;
    byte[] payload = copy(part.payload());
    byte[] deflated = deflate == null ? null : deflate.deflatePart(payload, first, last);
    Frame frame =
        Frame.of(first ? kind : Frame.CONTINUATION, deflated == null ? payload : deflated);
    if (deflated != null && first) {
      frame = frame.reserved(4);
    }
    add(last ? frame : frame.notLast(), true);
    return false;
  }

  @Override
  public void ping(ByteBuffer payload) {
    add(Frame.of(Frame.PING, copy(payload)), false);
  }

  @Override
  public void pong(ByteBuffer payload) {
    add(Frame.of(Frame.PONG, copy(payload)), false);
  }

  private static byte[] copy(ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    return bytes;
  }

  @Override
  public void close(int code, String reason) {
    add(code == 1005 ? Frame.close() : Frame.close(code, reason), false);
  }

  @Override
  public void flush() {}

  @Override
  public synchronized void disconnect() {
    if (!disconnecting) {
      disconnecting = true;
      outputs.add(DISCONNECT);
      paused = false;
      notifyAll();
    }
  }

  @Override
  public void abort() {
    synchronized (this) {
      aborted = true;
      notifyAll();
    }
    try {
      socket.close();
    } catch (IOException e) {
      // there is nothing left to do
    }
  }

  @Override
  public synchronized void pause() {
    paused = true;
  }

  @Override
  public synchronized void resume() {
    paused = false;
    notifyAll();
  }

  @Override
  public synchronized long pendingBytes() {
    return pending;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return (InetSocketAddress) socket.getRemoteSocketAddress();
  }
}
