package io.github.easywebsocket.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.easywebsocket.CloseReason;
import io.github.easywebsocket.Observer;
import io.github.easywebsocket.WebSocketConnection;
import io.github.easywebsocket.WebSocketServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sessions' page in tabs of a headless Chromium; skipped where there is none. */
class SessionsPageTest {

  private static final String AWAY = "drop(1e9)"; // until connect() is called
  private static final String SAID =
      "[...log.querySelectorAll('.came')].map(row => row.textContent)"
          + ".filter(line => line.startsWith('E:')).join('; ')";

  @TempDir static Path profile;
  private static @Nullable Browser browser;

  private final AtomicLong clock = new AtomicLong();
  private final Sessions sessions = new Sessions(10, clock::get);
  private final CountDownLatch lost = new CountDownLatch(1);
  private WebSocketServer server;
  private Browser.Page ann;
  private Browser.Page bob;

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
  void openPages() throws Exception {
    Observer observer =
        new Observer() {
          @Override
          public void closed(WebSocketConnection connection, CloseReason reason, Duration open) {
            lost.countDown();
          }
        };
    server = sessions.start(Echo.builder(0).observer(observer));
    ann = open("Ann");
    bob = open("Bob");
  }

  @AfterEach
  void closePages() {
    ann.close();
    bob.close();
    server.stop();
  }

  private Browser.Page open(String name) throws Exception {
    Browser.Page page =
        Objects.requireNonNull(browser).open("http://localhost:" + server.port() + "/");
    page.await("state.textContent === 'connected'");
    page.evaluate("called.value = '" + name + "'");
    page.evaluate("rename.requestSubmit()");
    page.await("who.textContent === '" + name + "'");
    return page;
  }

  private static void say(Browser.Page page, String line) throws Exception {
    page.evaluate("text.value = '" + line + "'");
    page.evaluate("talk.requestSubmit()");
  }

  private static void awaitLine(Browser.Page page, String line) throws Exception {
    page.await("[...log.children].some(row => row.textContent === '" + line + "')");
  }

  @Test
  void whatWasSaidMeanwhileComesOnceThePageIsBack() throws Exception {
    say(ann, "zero");
    awaitLine(bob, "E:said Ann: zero");
    bob.evaluate(AWAY);
    bob.await("state.textContent === 'away'");
    say(ann, "one");
    say(ann, "<b>two</b>");
    awaitLine(ann, "E:said Ann: <b>two</b>");
    say(bob, "three");
    String early = "socket.onopen = () => transmit('E:say four')"; // before the server's welcome
    bob.evaluate("(connect(), " + early + ", '')");
    awaitLine(bob, "E:said Bob: four");
    assertEquals(
        "E:said Ann: zero; E:said Ann: one; E:said Ann: <b>two</b>; "
            + "E:said Bob: three; E:said Bob: four",
        bob.evaluate(SAID));
    awaitLine(ann, "E:said Bob: four");
    assertEquals(bob.evaluate(SAID), ann.evaluate(SAID));
  }

  @Test
  void aPageWhoseConnectionIsLostComesBackByItself() throws Exception {
    server.connections().forEach(WebSocketConnection::abort);
    awaitLine(bob, "connection lost: 1006");
    bob.await("state.textContent === 'connected'");
    assertEquals("Bob", bob.evaluate("who.textContent"));
  }

  @Test
  void aPageThatIsLoadedAgainIsWhoItWas() throws Exception {
    bob.reload();
    bob.await("who.textContent === 'Bob'");
    awaitLine(bob, "back");
  }

  @Test
  void aQueryTimesOutAndAnAnswerAfterThatIsTooLate() throws Exception {
    bob.evaluate(AWAY);
    assertEquals("no answer to who", bob.evaluate("query('who', 1).catch(error => error.message)"));
    bob.evaluate("connect()");
    awaitLine(bob, "that answer came too late");
    String zone = bob.evaluate("answers.zone()");
    assertEquals("Ann (" + zone + "), Bob (" + zone + ")", bob.evaluate("query('who')"));
  }

  @Test
  void aSecondTabWithTheSessionTakesItOverAndTheFirstMayTakeItBack() throws Exception {
    say(bob, "alone");
    awaitLine(bob, "E:said Bob: alone");
    ann.evaluate("end()");
    ann.evaluate("sessionStorage.session = '" + bob.evaluate("sessionStorage.session") + "'");
    ann.reload();
    ann.await("who.textContent === 'Bob'");
    bob.await("state.textContent === 'and in another tab by now'");
    say(ann, "from the copy");
    awaitLine(ann, "E:said Bob: from the copy");

    bob.evaluate("leave.click()");
    bob.await("state.textContent === 'connected'");
    awaitLine(bob, "E:said Bob: from the copy");
    ann.await("state.textContent === 'and in another tab by now'");
    say(bob, "from the first");
    awaitLine(bob, "E:said Bob: from the first");
    assertEquals(
        "E:said Bob: alone; E:said Bob: from the copy; E:said Bob: from the first",
        bob.evaluate(SAID));
  }

  @Test
  void whoComesBackTooLateBeginsAnew() throws Exception {
    bob.evaluate(AWAY);
    assertTrue(lost.await(30, TimeUnit.SECONDS));
    clock.addAndGet(Session.GRACE.toNanos());
    sessions.sweep();
    bob.evaluate("connect()");
    awaitLine(bob, "connection lost: 4404");
    bob.await("who.textContent === 'somebody'");
  }

  @Test
  void whoLeavesMayJoinAsSomebodyNew() throws Exception {
    bob.evaluate("leave.click()");
    bob.await("state.textContent === 'left'");
    bob.evaluate("leave.click()");
    bob.await("who.textContent === 'somebody'");
  }
}
