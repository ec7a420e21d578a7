package io.github.easywebsocket.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.easywebsocket.WebSocketClient;
import io.github.easywebsocket.WebSocketConnection;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A headless Chromium, driven over its DevTools protocol: JSON in text messages, which this
 * library's own client sends and receives.
 */
final class Browser implements AutoCloseable {

  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final long PATIENCE_SECONDS = 30; // for a slow machine; no test waits that long

  static final String MISSING = "no browser on the PATH: looked for " + String.join(", ", NAMES);

  private final Process process;
  private final URI devTools;

  private Browser(Process process, URI devTools) {
    this.process = process;
    this.devTools = devTools;
  }

  /** The browser that is installed, or null. */
  static @Nullable Path executable() {
    String path = System.getenv("PATH");
    return Stream.of((path == null ? "" : path).split(File.pathSeparator))
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(file -> file.toFile().canExecute())
        .findFirst()
        .orElse(null);
  }

  /** Starts the browser that is installed. */
  static Browser start(Path profile) throws IOException {
    Process process =
        new ProcessBuilder(
                String.valueOf(executable()),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-quic",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader log = new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8));
    Pattern listening = Pattern.compile("DevTools listening on (ws://.*)");
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      Matcher matcher = listening.matcher(line);
      if (matcher.matches()) {
        Thread drain = new Thread(() -> log.lines().forEach(ignored -> {})); // keep the pipe empty
        drain.setDaemon(true);
        drain.start();
        return new Browser(process, URI.create(matcher.group(1)));
      }
    }
    throw new IOException("the browser ended before it listened");
  }

  /** Opens a page and waits until it is loaded. */
  Page open(String url) throws Exception {
    HttpRequest newTab =
        HttpRequest.newBuilder(
                URI.create("http://" + devTools.getAuthority() + "/json/new?about:blank"))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    String tab =
        HttpClient.newHttpClient().send(newTab, HttpResponse.BodyHandlers.ofString()).body();
    Page page = new Page(URI.create(field("webSocketDebuggerUrl", tab)));
    page.command("Page.enable", "");
    page.command("Page.navigate", "\"url\":\"" + url + "\"");
    page.loaded.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return page;
  }

  /** Asks the browser to end, which then clears up behind it, and waits. */
  @Override
  public void close() {
    try (WebSocketClient client = WebSocketClient.builder(devTools).connect()) {
      client.send("{\"id\":1,\"method\":\"Browser.close\"}");
      process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      process.destroyForcibly();
      throw new AssertionError("the browser did not end by itself", e);
    }
  }

  /** The value of a field that is a string without escapes. */
  private static String field(String name, String json) {
    Matcher matcher = Pattern.compile("\"" + name + "\":\\s*\"([^\"\\\\]*)\"").matcher(json);
    if (!matcher.find()) {
      throw new AssertionError("no " + name + " in " + json);
    }
    return matcher.group(1);
  }

  /** A page that is open. */
  static final class Page implements AutoCloseable {

    private static final Pattern ANSWER = Pattern.compile("\\{\"id\":(\\d+),.*", Pattern.DOTALL);

    private final AtomicInteger ids = new AtomicInteger();
    private final Map<String, CompletableFuture<String>> answers = new ConcurrentHashMap<>();
    private volatile CompletableFuture<Void> loaded = new CompletableFuture<>();
    private final WebSocketClient client;

    private Page(URI uri) throws IOException {
      client = WebSocketClient.builder(uri).onText(this::receive).connect();
    }

    private void receive(WebSocketConnection connection, String json) {
      Matcher answer = ANSWER.matcher(json);
      if (answer.matches()) {
        Objects.requireNonNull(answers.remove(answer.group(1))).complete(json);
      } else if (json.contains("\"Page.loadEventFired\"")) {
        loaded.complete(null);
      }
    }

    private String command(String method, String parameters) throws Exception {
      String id = String.valueOf(ids.incrementAndGet());
      CompletableFuture<String> answer = new CompletableFuture<>();
      answers.put(id, answer);
      client.send(
          "{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":{" + parameters + "}}");
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Loads the page again, with its session storage, and waits until it is loaded. */
    void reload() throws Exception {
      loaded = new CompletableFuture<>();
      command("Page.reload", "");
      loaded.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Types into what has the focus. */
    void type(String text) throws Exception {
      command("Input.insertText", "\"text\":" + quote(text));
    }

    /** Runs JavaScript, waits if it gives a promise, and returns what it gives as a string. */
    String evaluate(String script) throws Exception {
      String encoded = "(async () => encodeURIComponent(await (" + script + ")))()";
      String answer =
          command(
              "Runtime.evaluate",
              "\"expression\":" + quote(encoded) + ",\"awaitPromise\":true,\"returnByValue\":true");
      return URLDecoder.decode(field("value", answer), UTF_8);
    }

    /** Waits until an expression is true, looking again whenever the page changes. */
    void await(String condition) throws Exception {
      evaluate(
          "new Promise(resolve => {"
              + ("const look = () => (" + condition + ") && resolve(observer.disconnect());")
              + "const observer = new MutationObserver(look);"
              + "observer.observe(document, {subtree: true, childList: true, attributes: true});"
              + "look();})");
    }

    private static String quote(String text) {
      return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    @Override
    public void close() {
      try {
        command("Page.close", "");
      } catch (Exception e) {
        throw new AssertionError("the page did not close", e);
      }
      client.close();
    }
  }
}
