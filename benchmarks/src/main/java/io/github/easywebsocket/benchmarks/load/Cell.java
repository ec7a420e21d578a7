package io.github.easywebsocket.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One kind of work, which all servers are given.
 *
 * @param name short, for the command line and tables
 * @param title what it is, in words
 * @param work what the connections do
 * @param variant how the server is set up
 * @param payload what the messages hold
 * @param size the bytes of payload of each message
 * @param connections how many there are; for a fan-out, how many receive; for connecting, at once
 * @param inFlight the messages that are under way: on each connection, or to all
 * @param rate the messages in a second over all connections, at a fixed rate only
 */
public record Cell(
    String name,
    String title,
    Work work,
    Variant variant,
    Payload payload,
    int size,
    int connections,
    int inFlight,
    int rate) {

  /** What the connections do. */
  public enum Work {
    /** Each message that comes back is followed by the next one. */
    ECHO,
    /** Messages are sent when they are due, whatever comes back. */
    FIXED_RATE,
    /** One sends, the server sends it to all. */
    FAN_OUT,
    /** An echo at a fixed rate, while all others get a message now and then. */
    BESIDE,
    /** Connects, shakes hands, closes, and again. */
    CONNECT
  }

  /** How the server is set up. */
  public enum Variant {
    /** As it comes. */
    PLAIN,
    /** With TLS. */
    TLS,
    /** With permessage-deflate. */
    DEFLATE
  }

  private static final List<Cell> ALL = all();
  private static final List<Cell> OF_CLIENTS = ofClients();

  /** Every cell for servers, in the order of the report. */
  public static List<Cell> every() {
    return ALL;
  }

  /** Every cell for clients: those of one connection. */
  public static List<Cell> everyOfClients() {
    return OF_CLIENTS;
  }

  /** The cell of that name. */
  public static Cell named(String name) {
    return Stream.concat(ALL.stream(), OF_CLIENTS.stream())
        .filter(cell -> cell.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no cell \""
                        + name
                        + "\"; there are "
                        + ALL.stream().map(Cell::name).toList()));
  }

  /** Whether the messages are text. */
  public boolean text() {
    return payload != Payload.BINARY;
  }

  private static List<Cell> all() {
    List<Cell> cells = new ArrayList<>();
    for (Payload payload : List.of(Payload.BINARY, Payload.ASCII)) {
      for (int connections : List.of(1, 64)) {
        for (int inFlight : List.of(1, 16)) {
          cells.add(echo(Variant.PLAIN, payload, 64, connections, inFlight));
        }
      }
    }
    cells.add(echo(Variant.PLAIN, Payload.BINARY, 16 << 10, 16, 4));
    cells.add(echo(Variant.PLAIN, Payload.UTF8, 16 << 10, 16, 4));
    cells.add(echo(Variant.PLAIN, Payload.BINARY, 1 << 20, 4, 2));
    cells.add(
        new Cell(
            "fan500",
            "one message of 64 B to 500 connections, 4 under way",
            Work.FAN_OUT,
            Variant.PLAIN,
            Payload.BINARY,
            64,
            500,
            4,
            0));
    cells.add(
        new Cell(
            "beside10k",
            "echo of 64 B at 1,000/s, while 10,000 others get a message twice a second",
            Work.BESIDE,
            Variant.PLAIN,
            Payload.BINARY,
            64,
            10_000,
            1,
            1000));
    cells.add(
        new Cell(
            "rate20k",
            "echo of 64 B binary at 20,000/s, 64 connections",
            Work.FIXED_RATE,
            Variant.PLAIN,
            Payload.BINARY,
            64,
            64,
            1024,
            20_000));
    cells.add(
        new Cell(
            "connect",
            "connect, handshake, close; 32 at once",
            Work.CONNECT,
            Variant.PLAIN,
            Payload.BINARY,
            0,
            32,
            1,
            0));
    cells.add(echo(Variant.TLS, Payload.BINARY, 64, 64, 16));
    cells.add(echo(Variant.TLS, Payload.BINARY, 16 << 10, 16, 4));
    cells.add(echo(Variant.DEFLATE, Payload.JSON, 1 << 10, 16, 4));
    cells.add(
        new Cell(
            "deflate-fan500",
            "one message of 1 KiB of JSON to 500 connections, 4 under way, compressed",
            Work.FAN_OUT,
            Variant.DEFLATE,
            Payload.JSON,
            1 << 10,
            500,
            4,
            0));
    return List.copyOf(cells);
  }

  private static List<Cell> ofClients() {
    List<Cell> cells = new ArrayList<>();
    ALL.stream().filter(cell -> cell.connections == 1).forEach(cells::add);
    cells.add(echo(Variant.PLAIN, Payload.BINARY, 16 << 10, 1, 4));
    cells.add(echo(Variant.PLAIN, Payload.UTF8, 16 << 10, 1, 4));
    cells.add(echo(Variant.PLAIN, Payload.BINARY, 1 << 20, 1, 2));
    return List.copyOf(cells);
  }

  private static Cell echo(
      Variant variant, Payload payload, int size, int connections, int inFlight) {
    String prefix = variant == Variant.PLAIN ? "" : variant.name().toLowerCase() + "-";
    String shortSize = size < 1024 ? "" + size : size < 1 << 20 ? size / 1024 + "k" : "1m";
    return new Cell(
        prefix + payload.letter + shortSize + "-" + connections + "x" + inFlight,
        "echo of "
            + (size < 1024 ? size + " B " : size < 1 << 20 ? size / 1024 + " KiB " : "1 MiB ")
            + payload.title
            + (connections == 1 ? ", 1 connection" : ", " + connections + " connections")
            + ", "
            + inFlight
            + " in flight"
            + (variant == Variant.TLS ? ", TLS" : "")
            + (variant == Variant.DEFLATE ? ", compressed" : ""),
        Work.ECHO,
        variant,
        payload,
        size,
        connections,
        inFlight,
        0);
  }
}
