package io.github.easywebsocket.micrometer;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Observer;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketException;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps meters of a server's or client's connections, for {@code observer(…)} of its builder.
 *
 * <table>
 *   <caption>Meters</caption>
 *   <tr><th>name</th><th>type</th><th>tags</th><th>what</th></tr>
 *   <tr><td>{@code websocket.connections}</td><td>gauge</td><td></td>
 *       <td>open connections</td></tr>
 *   <tr><td>{@code websocket.connection.duration}</td><td>timer</td><td>{@code code}</td>
 *       <td>connections that have ended</td></tr>
 *   <tr><td>{@code websocket.message.size}</td><td>summary, bytes</td>
 *       <td>{@code direction} in or out, {@code type} text or binary</td><td>messages</td></tr>
 *   <tr><td>{@code websocket.messages.dropped}</td><td>summary, bytes</td><td>{@code type}</td>
 *       <td>messages that a full send queue did not take</td></tr>
 *   <tr><td>{@code websocket.send.queue}</td><td>summary, bytes</td><td></td>
 *       <td>how full send queues were</td></tr>
 *   <tr><td>{@code websocket.callback.duration}</td><td>timer</td><td>{@code callback}</td>
 *       <td>calls of handlers</td></tr>
 *   <tr><td>{@code websocket.errors}</td><td>counter</td>
 *       <td>{@code kind}, as of {@link WebSocketException}, or handler</td>
 *       <td>connections that failed</td></tr>
 *   <tr><td>{@code websocket.handshakes.rejected}</td><td>counter</td><td>{@code status}</td>
 *       <td>handshakes that became no connection</td></tr>
 * </table>
 *
 * <p>No tag holds anything that a peer can choose freely: close codes of applications are counted
 * as {@code 3xxx} and {@code 4xxx}. Safe from any thread. One observer may serve several servers,
 * and adds up their numbers; several observers in one registry need tags that tell them apart.
 */
public final class MicrometerObserver implements Observer {

  private final MeterRegistry registry;
  private final Tags tags;
  private final AtomicInteger open = new AtomicInteger();
  private final DistributionSummary textIn;
  private final DistributionSummary binaryIn;
  private final DistributionSummary textOut;
  private final DistributionSummary binaryOut;
  private final DistributionSummary textDropped;
  private final DistributionSummary binaryDropped;
  private final DistributionSummary queue;
  private final Map<Callback, Timer> callbacks = new EnumMap<>(Callback.class);

  /** Makes an observer that keeps its meters in a registry. */
  public MicrometerObserver(MeterRegistry registry) {
    this(registry, List.of());
  }

  /**
   * Makes an observer that keeps its meters in a registry, each with further tags.
   *
   * @param tags such as the name of the server
   */
  public MicrometerObserver(MeterRegistry registry, Iterable<Tag> tags) {
    this.registry = registry;
    this.tags = Tags.of(tags);
    Gauge.builder("websocket.connections", open, AtomicInteger::get)
        .tags(this.tags)
        .strongReference(true)
        .register(registry);
    this.textIn = messages("in", "text");
    this.binaryIn = messages("in", "binary");
    this.textOut = messages("out", "text");
    this.binaryOut = messages("out", "binary");
    this.textDropped = bytes("websocket.messages.dropped", this.tags.and("type", "text"));
    this.binaryDropped = bytes("websocket.messages.dropped", this.tags.and("type", "binary"));
    this.queue = bytes("websocket.send.queue", this.tags);
    for (Callback callback : Callback.values()) {
      callbacks.put(
          callback,
          registry.timer("websocket.callback.duration", this.tags.and("callback", name(callback))));
    }
  }

  private DistributionSummary messages(String direction, String type) {
    return bytes("websocket.message.size", tags.and("direction", direction, "type", type));
  }

  private DistributionSummary bytes(String name, Tags its) {
    return DistributionSummary.builder(name).baseUnit(BaseUnits.BYTES).tags(its).register(registry);
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void opened(WebSocketConnection connection) {
    open.incrementAndGet();
  }

  @Override
  public void closed(WebSocketConnection connection, CloseReason reason, Duration time) {
    open.decrementAndGet();
    registry.timer("websocket.connection.duration", tags.and("code", code(reason))).record(time);
  }

  private static String code(CloseReason reason) {
    int code = reason.code();
    return code < 3000 ? String.valueOf(code) : code / 1000 + "xxx";
  }

  @Override
  public void received(WebSocketConnection connection, boolean text, long bytes) {
    (text ? textIn : binaryIn).record(bytes);
  }

  @Override
  public void sent(WebSocketConnection connection, boolean text, long bytes) {
    (text ? textOut : binaryOut).record(bytes);
  }

  @Override
  public void dropped(WebSocketConnection connection, boolean text, long bytes) {
    (text ? textDropped : binaryDropped).record(bytes);
  }

  @Override
  public void queued(WebSocketConnection connection, long bytes) {
    queue.record(bytes);
  }

  @Override
  public void handled(WebSocketConnection connection, Callback callback, long nanos) {
    Timer timer = callbacks.get(callback);
    if (timer != null) {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void failed(WebSocketConnection connection, Throwable error) {
    String kind = error instanceof WebSocketException e ? name(e.kind()) : "handler";
    registry.counter("websocket.errors", tags.and("kind", kind)).increment();
  }

  @Override
  public void rejected(int status, InetSocketAddress client) {
    registry
        .counter("websocket.handshakes.rejected", tags.and("status", String.valueOf(status)))
        .increment();
  }
}
