package io.github.easywebsocket.tck;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.Limits;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketHandler.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * What one test has: a backend, time that stands still, a handler that records, and raw peers. At
 * its end all is stopped, and all that was recorded is checked.
 */
abstract class Trial {

  private final ManualTime time = new ManualTime();
  private final Duration patience;
  private final Events events;
  private final List<Wire> wires = new CopyOnWriteArrayList<>();
  private final List<Gate> gates = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> peers = new CopyOnWriteArrayList<>();
  private final LogCapture log = new LogCapture();

  /**
   * Begins a trial.
   *
   * @param patience how long it waits for each thing
   */
  Trial(Duration patience) {
    this.patience = patience;
    this.events = new Events(patience);
  }

  /** The time of what is under test. */
  ManualTime time() {
    return time;
  }

  /** Lets time pass, once what either end has sent has been written and read to its end. */
  void pass(Duration duration) throws InterruptedException {
    for (Recording recording : events.all()) {
      WebSocketConnection connection = recording.connection();
      Patience.until(
          () -> !connection.isOpen() || connection.pendingBytes() == 0, "pendingBytes() is 0");
    }
    Patience.letHappen();
    time.advance(duration);
  }

  /** The handler of what is under test. */
  Events events() {
    return events;
  }

  /** A connection between what is under test, made with these options, and a raw peer. */
  abstract Link open(Consumer<Setup> options) throws Exception;

  /** Another connection; at a server, of the same server. */
  abstract Link openAnother() throws Exception;

  /** A connection that compresses; see {@link DeflateLink#open}. */
  abstract DeflateLink openDeflate(Limits limits, Compression compression, String offer)
      throws Exception;

  /** Another one like the one before; at a server, of the same server. */
  abstract DeflateLink openAnotherDeflate(String offer) throws Exception;

  /** A connection with every option at its default. */
  Link open() throws Exception {
    return open(setup -> {});
  }

  /** A connection with limits of the test's. */
  Link open(Limits limits) throws Exception {
    return open(setup -> setup.limits(limits));
  }

  /** A connection whose messages are delivered in another form. */
  Link open(Delivery form) throws Exception {
    events.take(form);
    return open();
  }

  /** Whether the server is what is under test. */
  abstract boolean atServer();

  /** Whether handlers run inline. */
  abstract boolean inline();

  /** A gate that is opened at the end at the latest. */
  Gate gate() {
    Gate gate = new Gate();
    gates.add(gate);
    return gate;
  }

  Wire newWire() {
    Wire wire = new Wire(patience);
    wires.add(wire);
    return wire;
  }

  /** What was logged since the beginning of this trial. */
  String log() {
    return log.text();
  }

  /** Has a peer closed at the end. */
  <P extends AutoCloseable> P keep(P peer) {
    peers.add(peer);
    return peer;
  }

  /** Forgets a connection that has ended, so that a test may have very many of them. */
  void forget(Link link) {
    forget(link.peer());
    List<String> findings = link.app().findings();
    if (!findings.isEmpty()) {
      throw new AssertionError(String.join("; ", findings));
    }
    events.forget(link.app());
  }

  /** Forgets a peer that has no connection. */
  void forget(RawPeer peer) {
    peer.close();
    peers.remove(peer);
    wires.remove(peer.wire());
  }

  /** The declared variances of what is under test. */
  abstract Set<String> variances();

  /** Ends the servers and clients. */
  abstract void stop() throws Exception;

  /** Ends all of the test, and fails if what was recorded is not in order. */
  void finish() throws Exception {
    events.all().forEach(Recording::checkNothingUnexpected);
    cleanUp();
    List<String> findings = new ArrayList<>();
    events.all().forEach(recording -> findings.addAll(recording.findings()));
    if (!findings.isEmpty()) {
      throw new AssertionError(String.join("; ", findings));
    }
  }

  /** Ends all of the test. */
  void cleanUp() throws Exception {
    letGo();
    try {
      stop();
    } finally {
      log.close();
    }
  }

  /** Ends what can be ended without waiting, since the test hangs. */
  void abandon() {
    log.close();
    try {
      letGo();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void letGo() throws Exception {
    gates.forEach(Gate::open);
    for (AutoCloseable peer : peers) {
      peer.close();
    }
  }

  /** All that was seen, for a failure message. */
  String report() {
    StringBuilder report = new StringBuilder();
    int number = 0;
    for (Recording recording : events.all()) {
      report.append(String.format("%n  calls of connection %d: %s", ++number, recording));
    }
    number = 0;
    for (Wire wire : wires) {
      report.append(String.format("%n  wire %d:%n    %s", ++number, wire));
    }
    if (!log.text().isEmpty()) {
      report.append(String.format("%n  log:%n%s", log.text().indent(4)));
    }
    return report.toString();
  }
}
