package io.github.easywebsocket.benchmarks;

import io.github.easywebsocket.benchmarks.Sample.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** All samples of a run, and notes on the run. As text: the notes with a hash, then a CSV table. */
final class Results {

  private static final String HEAD = "round,server,cell,figure,value";

  private final Map<String, String> notes;
  private final List<Sample> samples = new ArrayList<>();

  Results(Map<String, String> notes) {
    this.notes = new LinkedHashMap<>(notes);
  }

  static Results read(Path file) throws IOException {
    Results results = new Results(Map.of());
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("# ")) {
        String[] part = line.substring(2).split(": ", 2);
        results.notes.put(part[0], part[1]);
      } else if (!line.equals(HEAD)) {
        results.add(Sample.parse(line));
      }
    }
    return results;
  }

  void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    notes.forEach((name, value) -> lines.add("# " + name + ": " + value));
    lines.add(HEAD);
    samples.forEach(sample -> lines.add(sample.toLine()));
    Files.write(file, lines);
  }

  void add(Sample sample) {
    samples.add(sample);
  }

  void note(String name, String value) {
    notes.put(name, value);
  }

  Map<String, String> notes() {
    return notes;
  }

  /** The servers, in the order of their first samples. */
  List<String> servers() {
    return samples.stream().map(Sample::server).distinct().toList();
  }

  /** The cells, in the order of their first samples. */
  List<String> cells() {
    return samples.stream().map(Sample::cell).distinct().toList();
  }

  /** All values of a figure, wherever they come from. */
  double[] all(Figure figure) {
    return samples.stream()
        .filter(sample -> sample.figure() == figure)
        .mapToDouble(Sample::value)
        .toArray();
  }

  /** The median over all rounds; NaN if there is none. */
  double median(String server, String cell, Figure figure) {
    return median(values(server, cell, figure).values().stream().mapToDouble(v -> v));
  }

  /** The ratio of two servers' CPU times, of each round by itself; no rounds if either has none. */
  double[] ratios(String server, String other, String cell) {
    Map<Integer, Double> above = values(server, cell, Figure.CPU);
    Map<Integer, Double> below = values(other, cell, Figure.CPU);
    return above.entrySet().stream()
        .mapToDouble(entry -> entry.getValue() / below.getOrDefault(entry.getKey(), Double.NaN))
        .filter(ratio -> !Double.isNaN(ratio))
        .toArray();
  }

  /** The median of the ratios to the reference; NaN if there is none. */
  double ratio(String server, String cell) {
    return median(Arrays.stream(ratios(server, Entrant.REFERENCE, cell)));
  }

  /** The geometric mean over cells; NaN if one of them is missing. */
  static double geometricMean(List<String> cells, ToDoubleFunction<String> figure) {
    return Math.exp(cells.stream().mapToDouble(figure).map(Math::log).average().orElse(Double.NaN));
  }

  private Map<Integer, Double> values(String server, String cell, Figure figure) {
    Map<Integer, Double> values = new LinkedHashMap<>();
    for (Sample sample : samples) {
      if (sample.server().equals(server)
          && sample.cell().equals(cell)
          && sample.figure() == figure) {
        values.put(sample.round(), sample.value());
      }
    }
    return values;
  }

  static double median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
