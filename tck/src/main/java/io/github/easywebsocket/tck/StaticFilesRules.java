package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.StaticFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Section 2, opening handshake: files over plain HTTP. */
interface StaticFilesRules {

  /** Serves a folder in which there is {@code page.html}, and beside which there is a secret. */
  private static void serve(ServerTrial trial) throws IOException {
    Path parent = Files.createTempDirectory("easy-websocket-tck");
    Path folder = Files.createDirectory(parent.resolve("public"));
    Path page = Files.writeString(folder.resolve("page.html"), "<p>page");
    Path secret = Files.writeString(parent.resolve("secret"), "secret");
    for (Path path : List.of(parent, folder, page, secret)) {
      path.toFile().deleteOnExit();
    }
    trial.start(builder -> builder.http(StaticFiles.folder(folder)));
  }

  private static Request get(ServerTrial trial, String target) throws IOException {
    return Request.get(target, trial.server().port());
  }

  @Test
  default void rule_2_21_get_and_head_of_a_file_are_answered(ServerTrial trial) throws Exception {
    serve(trial);
    Head head = trial.connect().send(get(trial, "/page.html").method("HEAD")).readHead();
    Answer answer = trial.ask(get(trial, "/page.html"));
    assertEquals("<p>page", answer.text());
    for (Head each : List.of(head, answer.head())) {
      assertEquals(200, each.status());
      assertEquals(List.of("text/html; charset=utf-8"), each.all("Content-Type"));
      assertEquals(List.of("7"), each.all("Content-Length"));
    }
    assertEquals(answer.headers("ETag"), head.all("ETag"), "ETag");
  }

  @Test
  default void rule_2_21_who_has_the_file_gets_304_without_a_body(ServerTrial trial)
      throws Exception {
    serve(trial);
    String tag = String.valueOf(trial.ask(get(trial, "/page.html")).header("ETag"));
    assertTrue(tag.startsWith("\""), tag);
    for (String method : List.of("GET", "HEAD")) {
      Request again = get(trial, "/page.html").method(method).with("If-None-Match", tag);
      Head head = trial.connect().send(again).readHead();
      assertEquals(304, head.status());
      assertEquals(List.of(tag), head.all("ETag"));
    }
  }

  @Test
  default void rule_2_21_another_method_gets_405(ServerTrial trial) throws Exception {
    serve(trial);
    Answer answer = trial.ask(get(trial, "/page.html").method("DELETE"));
    assertEquals(405, answer.status());
    assertEquals("GET, HEAD", answer.header("Allow"));
  }

  @TestFactory
  default Stream<DynamicTest> rule_2_21_no_spelling_leads_out_of_the_root(
      Table<ServerTrial> table) {
    return table.rows(
        List.of(
            "/../secret",
            "/x/../../secret",
            "/%2e%2e/secret",
            "/..%2fsecret",
            "/..%5csecret",
            "/..\\secret",
            "/%252e%252e/secret",
            "//secret",
            "/page.html/../../secret",
            "/page.html%00",
            "/page.html.",
            "/page.html%20",
            "/page.html::$DATA",
            "/.",
            "/"),
        (trial, target) -> {
          serve(trial);
          Answer answer = trial.ask(get(trial, target));
          assertTrue(answer.status() == 400 || answer.status() == 404, "" + answer.status());
          assertNull(answer.header("ETag"));
          assertTrue(!answer.everything().contains("secret"), answer::everything);
        });
  }
}
