package io.github.easywebsocket.benchmarks.jmh;

import io.github.easywebsocket.Message;
import io.github.easywebsocket.benchmarks.load.ClientFrame;
import io.github.easywebsocket.benchmarks.load.Payload;
import io.github.easywebsocket.spi.Utf8Validator;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** The driver's work on one message, beside a plain copy of the same bytes into a new array. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class DriverBenchmark {

  @Param({"64", "1024", "16384", "1048576"})
  int size;

  private final Utf8Validator validator = new Utf8Validator();
  private byte[] utf8;
  private ByteBuffer plain;
  private ByteBuffer binaryFrame;
  private ByteBuffer asciiFrame;
  private ByteBuffer utf8Frame;
  private Message message;
  private Peer peer;

  /** Makes frames and a driver. */
  @Setup
  public void setUp(Blackhole blackhole) {
    byte[] binary = Payload.BINARY.make(size, new Random(1));
    utf8 = Payload.UTF8.make(size, new Random(1));
    plain = direct(binary);
    binaryFrame = frame(ClientFrame.BINARY, binary);
    asciiFrame = frame(ClientFrame.TEXT, Payload.ASCII.make(size, new Random(1)));
    utf8Frame = frame(ClientFrame.TEXT, utf8);
    message = Message.binary(ByteBuffer.wrap(binary));
    peer = new Peer(false, blackhole);
  }

  private static ByteBuffer frame(int opcode, byte[] payload) {
    return direct(ClientFrame.masked(ClientFrame.FIN | opcode, payload, 0x12345678));
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  /** What reading a message cannot do without. */
  @Benchmark
  public byte[] copy() {
    byte[] copy = new byte[size];
    plain.get(0, copy);
    return copy;
  }

  /** Parses and unmasks a binary message. */
  @Benchmark
  public void receiveBinary() {
    peer.receive(binaryFrame.rewind());
  }

  /** Parses, unmasks and validates a text message of ASCII only. */
  @Benchmark
  public void receiveAscii() {
    peer.receive(asciiFrame.rewind());
  }

  /** Parses, unmasks and validates a text message of many scripts. */
  @Benchmark
  public void receiveUtf8() {
    peer.receive(utf8Frame.rewind());
  }

  /** Validates alone. */
  @Benchmark
  public boolean validateUtf8() {
    validator.reset();
    return validator.accept(utf8, 0, utf8.length);
  }

  /** Frames a binary message and writes it. */
  @Benchmark
  public void send() {
    peer.send(message);
  }
}
