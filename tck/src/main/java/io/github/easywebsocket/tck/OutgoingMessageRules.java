package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.OutgoingMessage;
import io.github.easywebsocket.WebSocketException;
import io.github.easywebsocket.WebSocketException.Kind;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Section 4, messages that are sent in parts. */
interface OutgoingMessageRules {

  @Test
  default void rule_4_13_each_part_is_a_frame(Trial trial) throws Exception {
    Link link = trial.open();
    OutgoingMessage text = link.connection().startText();
    text.send("one");
    link.peer().expect(Frame.text("one").notLast());
    text.send("two");
    link.peer().expect(Frame.continuation("two").notLast());
    Patience.get(text.finish(), "the end of the text");
    link.peer().expect(Frame.continuation(""));
    OutgoingMessage binary = link.connection().startBinary();
    binary.send(ByteBuffer.wrap(new byte[] {1, 2}));
    Patience.get(binary.finish(), "the end of the bytes");
    link.peer().expect(Frame.binary((byte) 1, (byte) 2).notLast());
    link.peer().expect(Frame.continuation(""));
    link.expectAlive().endWell();
  }

  @Test
  default void rule_4_13_other_messages_wait_for_the_last_part_and_pings_do_not(Trial trial)
      throws Exception {
    Link link = trial.open();
    OutgoingMessage message = link.connection().startText();
    message.send("one");
    CompletionStage<Void> other = link.connection().send("other");
    link.connection().ping();
    link.peer().expect(Frame.text("one").notLast());
    assertEquals(Frame.PING, link.peer().expectFrame("a ping").opcode());
    assertFalse(Patience.happens(other), "a message is sent inside of another");
    message.finish();
    link.peer().expect(Frame.continuation("")).expectText("other");
    Patience.get(other, "the message that waited");
    link.endWell();
  }

  @Test
  default void rule_4_13_a_close_does_not_wait_for_the_last_part(Trial trial) throws Exception {
    Link link = trial.open();
    OutgoingMessage message = link.connection().startText();
    message.send("one");
    CompletionStage<Void> other = link.connection().send("other");
    link.connection().close(1000, "");
    link.peer().expect(Frame.text("one").notLast()).expectClose(1000);
    Throwable failure = Patience.failure(other, "the message that waited");
    assertEquals(Kind.CLOSED, ((WebSocketException) failure).kind());
    link.peer().send(Frame.close(1000, ""));
    link.app().expectClose(1000);
  }

  @Test
  default void rule_4_13_a_stream_of_bytes_is_sent_at_the_pace_of_the_peer(Trial trial)
      throws Exception {
    int megabytes = 32;
    Link link = trial.open(setup -> setup.smallWindow());
    byte[] chunk = ReceivingRules.bytes(1 << 20);
    OutputStream out = link.connection().startBinary().outputStream();
    Work writing =
        Work.of(
            megabytes,
            i -> {
              out.write(chunk);
              if (i == megabytes - 1) {
                out.close();
              }
            });
    writing.expectHeldUp("32 MiB are written to a peer that does not read");
    long total = 0;
    boolean same = true;
    for (Frame frame; ; ) {
      frame = link.peer().expectFrame("a part");
      for (byte b : frame.payload()) {
        same &= b == chunk[(int) (total++ & (chunk.length - 1))];
      }
      if (frame.isLast()) {
        break;
      }
    }
    assertEquals((long) megabytes << 20, total);
    assertTrue(same, "the bytes are those written");
    writing.expectDone("the writer");
    link.endWell();
  }
}
