package io.github.easywebsocket.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.easywebsocket.WebSocketServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chat's page in two tabs of a headless Chromium; skipped where there is none. */
class ChatPageTest {

  @TempDir static Path profile;

  @Test
  void twoWhoAreInOneRoomReadWhatEachSays() throws Exception {
    assumeTrue(Browser.executable() != null, Browser.MISSING);
    WebSocketServer server = Chat.start(Echo.builder(0));
    try (Browser browser = Browser.start(profile);
        Browser.Page ann = join(browser, server, "Ann");
        Browser.Page bob = join(browser, server, "Bob")) {
      ann.evaluate("text.value = '<b>hi</b>'");
      ann.evaluate("talk.requestSubmit()");
      for (Browser.Page page : new Browser.Page[] {ann, bob}) {
        page.await("log.children.length === 2");
        assertEquals("Ann: <b>hi</b>", page.evaluate("log.lastChild.textContent"));
      }

      server.stop();
      bob.await("log.children.length === 3");
      assertEquals("Not in lobby: 1001", bob.evaluate("log.lastChild.textContent"));
    } finally {
      server.stop();
    }
  }

  private static Browser.Page join(Browser browser, WebSocketServer server, String name)
      throws Exception {
    Browser.Page page = browser.open("http://localhost:" + server.port() + "/");
    page.evaluate("who.value = '" + name + "'");
    page.evaluate("join.requestSubmit()");
    page.await("log.children.length === 1");
    assertEquals("You are in lobby", page.evaluate("log.lastChild.textContent"));
    return page;
  }
}
