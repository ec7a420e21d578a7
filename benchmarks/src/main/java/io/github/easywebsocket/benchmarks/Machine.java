package io.github.easywebsocket.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What figures depend on, for the notes of a run. */
final class Machine {

  private static final List<String> ENGINES =
      List.of(
          "undertow-core",
          "jetty-server",
          "netty-codec-http",
          "vertx-core",
          "Java-WebSocket",
          "tomcat-embed-core",
          "tyrus-server",
          "helidon-webserver");

  private Machine() {}

  static Map<String, String> notes(Site site) throws IOException {
    Map<String, String> notes = new LinkedHashMap<>();
    notes.put("date", Instant.now().truncatedTo(ChronoUnit.MINUTES).toString());
    notes.put("commit", commit(site.root()));
    notes.put(
        "machine",
        "%d × %s, %s %s"
            .formatted(
                Runtime.getRuntime().availableProcessors(),
                processor(),
                System.getProperty("os.name"),
                System.getProperty("os.version")));
    notes.put("pinned", Site.pinned());
    notes.put("JVM", System.getProperty("java.vm.name") + " " + Runtime.version());
    notes.put("versions", versions(site));
    return notes;
  }

  private static String commit(Path root) {
    try {
      String commit = Site.run(root, "git", "rev-parse", "--short", "HEAD");
      boolean clean = Site.run(root, "git", "status", "--porcelain").isEmpty();
      return clean ? commit : commit + ", changed";
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static String processor() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (Files.exists(info)) {
      for (String line : Files.readAllLines(info)) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    }
    return System.getProperty("os.arch");
  }

  private static String versions(Site site) throws IOException {
    StringJoiner versions = new StringJoiner(", ");
    for (String artifact : ENGINES) {
      Pattern file = Pattern.compile(Pattern.quote(artifact) + "-(\\d.*)\\.jar");
      for (Path entry : site.classPath()) {
        Matcher matcher = file.matcher(entry.getFileName().toString());
        if (matcher.matches()) {
          versions.add(artifact + " " + matcher.group(1));
        }
      }
    }
    if (Site.has("node")) {
      Path script = site.root().resolve("benchmarks/src/main/node/package.json");
      Matcher ws = Pattern.compile("\"ws\": \"(.*?)\"").matcher(Files.readString(script));
      versions.add("ws " + (ws.find() ? ws.group(1) : "") + " on Node " + nodeVersion(site));
    }
    return versions.toString();
  }

  private static String nodeVersion(Site site) throws IOException {
    return Site.run(site.root(), "node", "--version").replace("v", "");
  }
}
