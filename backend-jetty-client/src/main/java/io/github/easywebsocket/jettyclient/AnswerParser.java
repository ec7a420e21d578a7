package io.github.easywebsocket.jettyclient;

import io.github.easywebsocket.Headers;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Reads the head of an answer, and takes nothing of what is behind it. */
final class AnswerParser implements HttpParser.ResponseHandler {

  private static final int LONGEST_HEAD = 16 << 10;

  /** How many answers such as 103 (Early Hints) there may be before the one that counts. */
  private static final int MOST_INTERIM = 8;

  private HttpParser parser = new HttpParser(this, LONGEST_HEAD);
  private final List<String> lines = new ArrayList<>(); // name, value, …
  private int status;
  private boolean complete;
  private int interim;
  private @Nullable Throwable bad;

  /**
   * Parses on.
   *
   * @param bytes what has come; what is left of it is behind the head
   * @return the answer, or null if it is not whole yet
   * @throws ProtocolException if it is not one of HTTP/1.1, or its head is longer than 16 KiB
   */
  @Nullable Answer parse(ByteBuffer bytes) throws ProtocolException {
    while (bytes.hasRemaining()) {
      int before = bytes.remaining();
      try {
        parser.parseNext(bytes);
      } catch (RuntimeException
          | AssertionError e) { // with -ea it wants failures to have status 400
        bad = e;
      }
      if (bad != null || (!complete && bytes.remaining() == before)) {
        throw notHttp(bad);
      }
      if (complete && (status >= 200 || status == 101)) {
        return answer();
      }
      if (complete) {
        beginNext();
      }
    }
    return null;
  }

  private Answer answer() throws ProtocolException {
    try {
      return new Answer(status, Headers.ofLines(lines));
    } catch (IllegalArgumentException e) {
      throw notHttp(e);
    }
  }

  private void beginNext() throws ProtocolException {
    if (++interim > MOST_INTERIM) {
      throw notHttp(null);
    }
    parser = new HttpParser(this, LONGEST_HEAD);
    lines.clear();
    complete = false;
  }

  private static ProtocolException notHttp(@Nullable Throwable cause) {
    ProtocolException failure = new ProtocolException("not an answer of HTTP/1.1");
    failure.initCause(cause);
    return failure;
  }

  // ---- called by Jetty's parser

  @Override
  public void startResponse(HttpVersion version, int status, String reason) {
    this.status = status;
    if (version != HttpVersion.HTTP_1_1 && status < 200) {
      bad = new ProtocolException("HTTP/1.0 has no status " + status);
    }
  }

  @Override
  public void parsedHeader(HttpField field) {
    lines.add(field.getName());
    lines.add(field.getValue() == null ? "" : field.getValue());
  }

  @Override
  public boolean headerComplete() {
    complete = true;
    return true;
  }

  @Override
  public boolean content(ByteBuffer item) {
    return true;
  }

  @Override
  public boolean contentComplete() {
    return true;
  }

  @Override
  public boolean messageComplete() {
    return true;
  }

  @Override
  public void badMessage(HttpException failure) {
    bad = (Throwable) failure;
  }

  @Override
  public void earlyEOF() {}
}
