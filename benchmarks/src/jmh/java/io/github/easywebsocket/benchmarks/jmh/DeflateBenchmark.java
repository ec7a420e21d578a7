package io.github.easywebsocket.benchmarks.jmh;

import io.github.easywebsocket.Message;
import io.github.easywebsocket.benchmarks.load.ClientFrame;
import io.github.easywebsocket.benchmarks.load.Payload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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

/** The driver's work on one compressed message of JSON; sizes are those before compression. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class DeflateBenchmark {

  @Param({"1024", "16384"})
  int size;

  private ByteBuffer frame;
  private String text;
  private Message message;
  private Peer peer;

  /** Makes a frame and a driver. */
  @Setup
  public void setUp(Blackhole blackhole) {
    byte[] json = Payload.JSON.make(size, new Random(1));
    byte[] bytes =
        ClientFrame.masked(
            ClientFrame.FIN | ClientFrame.COMPRESSED | ClientFrame.TEXT,
            ClientFrame.deflated(json),
            0x12345678);
    frame = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    text = new String(json, StandardCharsets.UTF_8);
    message = Message.text(text);
    peer = new Peer(true, blackhole);
  }

  /** Parses, unmasks, inflates and validates. */
  @Benchmark
  public void receive() {
    peer.receive(frame.rewind());
  }

  /** Encodes, deflates, frames and writes. */
  @Benchmark
  public void send() {
    peer.send(Message.text(text));
  }

  /** Frames and writes what was deflated before, as all but the first get a message to many. */
  @Benchmark
  public void sendAgain() {
    peer.send(message);
  }
}
