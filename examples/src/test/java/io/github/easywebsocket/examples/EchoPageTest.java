package io.github.easywebsocket.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.easywebsocket.WebSocketServer;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The echo page as a user sees it, in headless Chromium; skipped where there is none. */
class EchoPageTest {

  @TempDir static Path profile;
  private static @Nullable Browser browser;

  private WebSocketServer server;
  private Browser.Page page;

  @BeforeAll
  static void openBrowser() throws Exception {
    assumeTrue(Browser.executable() != null, Browser.MISSING);
    browser = Browser.start(profile);
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void openPage() throws Exception {
    server = Echo.start(0);
    page = Objects.requireNonNull(browser).open("http://localhost:" + server.port() + "/");
    page.await("state.textContent === 'open'");
  }

  @AfterEach
  void closePage() {
    page.close();
    server.stop();
  }

  @Test
  void whatIsTypedComesBackInTheLog() throws Exception {
    page.type("Grüße, 世界 🌍");
    page.evaluate("send.click()");

    page.await("log.querySelector('.came')");
    assertEquals("Grüße, 世界 🌍", page.evaluate("log.querySelector('.sent span').textContent"));
    assertEquals("Grüße, 世界 🌍", page.evaluate("log.querySelector('.came span').textContent"));
    assertEquals("", page.evaluate("text.value"));
  }

  @Test
  void bytesComeBackAsBytes() throws Exception {
    page.evaluate("bytes.click()");

    page.await("log.querySelector('.came .bytes')");
    assertEquals(
        page.evaluate("log.querySelector('.sent .bytes').textContent"),
        page.evaluate("log.querySelector('.came .bytes').textContent"));
  }

  @Test
  void aConnectionThatWasClosedIsOpenedAgain() throws Exception {
    page.evaluate("toggle.click()");
    page.await("state.textContent === 'closed'");
    assertEquals("closed: 1000", page.evaluate("log.lastChild.querySelector('span').textContent"));
    assertEquals("true", page.evaluate("send.disabled"));

    page.evaluate("toggle.click()");
    page.await("state.textContent === 'open'");
    page.type("again");
    page.evaluate("send.click()");
    page.await("log.querySelector('.came')");
  }

  @Test
  void aServerThatStopsIsTold() throws Exception {
    server.stop();

    page.await("state.textContent === 'closed'");
    assertEquals("closed: 1001", page.evaluate("log.lastChild.querySelector('span').textContent"));
  }
}
