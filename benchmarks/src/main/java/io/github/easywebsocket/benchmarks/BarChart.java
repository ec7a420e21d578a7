package io.github.easywebsocket.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A bar for each server, the shortest on top; a bar that does not fit is cut, and says so. */
final class BarChart {

  private static final int WIDTH = 760;
  private static final int LABELS = 170;
  private static final int VALUES = 60;
  private static final int TOP = 44;
  private static final int ROW = 22;
  private static final int BAR = 15;
  private static final String OURS = "#1769aa";
  private static final String OTHERS = "#b0bec5";

  private final String title;
  private final double longest;
  private final List<Bar> bars = new ArrayList<>();

  private record Bar(String name, double value) {}

  /**
   * An empty chart.
   *
   * @param longest the value that takes all of the width
   */
  BarChart(String title, double longest) {
    this.title = title;
    this.longest = longest;
  }

  /** Adds a bar, if there is a value. */
  void add(String name, double value) {
    if (!Double.isNaN(value)) {
      bars.add(new Bar(name, value));
    }
  }

  boolean isEmpty() {
    return bars.isEmpty();
  }

  /** The chart as a document of its own. */
  String svg() {
    bars.sort(Comparator.comparingDouble(Bar::value));
    int height = TOP + ROW * bars.size() + 8;
    StringBuilder svg = new StringBuilder();
    line(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
            + " viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">",
        WIDTH,
        height,
        WIDTH,
        height);
    line(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>");
    line(svg, "<text x=\"8\" y=\"24\" font-size=\"15\" font-weight=\"bold\">%s</text>", title);
    for (int i = 0; i < bars.size(); i++) {
      bar(svg, bars.get(i), TOP + i * ROW);
    }
    return svg.append("</svg>\n").toString();
  }

  private void bar(StringBuilder svg, Bar bar, int y) {
    double room = WIDTH - LABELS - VALUES;
    boolean fits = bar.value <= longest;
    double length = fits ? bar.value / longest * room : room;
    line(
        svg,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
        LABELS - 8,
        y + BAR - 3,
        bar.name);
    line(
        svg,
        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
        LABELS,
        y,
        length,
        BAR,
        Entrant.isOurs(bar.name) ? OURS : OTHERS);
    line(
        svg,
        "<text x=\"%.1f\" y=\"%d\">%s%s</text>",
        LABELS + length + 6,
        y + BAR - 3,
        Figures.ratio(bar.value),
        fits ? "" : " →");
  }

  private static void line(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
