package io.github.easywebsocket.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Compression;
import io.github.easywebsocket.WebSocketException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is offered and what is answered, RFC 7692 §7. */
class DeflateTest {

  private static final Compression WANTED =
      Compression.DEFAULT.withServerContextTakeover(true).withClientContextTakeover(true);

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      quoteCharacter = '`',
      value = {
        "permessage-deflate                                  > permessage-deflate",
        "permessage-deflate; client_max_window_bits          > permessage-deflate",
        "permessage-deflate; client_max_window_bits=15       > permessage-deflate",
        "permessage-deflate; client_max_window_bits=8        > permessage-deflate",
        "permessage-deflate; client_max_window_bits=\"10\"   > permessage-deflate",
        "permessage-deflate ;client_max_window_bits = 10     > permessage-deflate",
        "permessage-deflate; server_no_context_takeover"
            + " > permessage-deflate; server_no_context_takeover",
        "permessage-deflate; client_no_context_takeover"
            + " > permessage-deflate; client_no_context_takeover",
        "permessage-deflate; server_max_window_bits=15"
            + " > permessage-deflate; server_max_window_bits=15",
        "foo, permessage-deflate                             > permessage-deflate",
        "x-webkit-deflate-frame, , permessage-deflate        > permessage-deflate",
        "foo; a=\"b\"; c, permessage-deflate                 > permessage-deflate",
        "permessage-deflate; server_max_window_bits=10, permessage-deflate > permessage-deflate",
        "permessage-deflate; unknown, permessage-deflate; client_no_context_takeover"
            + " > permessage-deflate; client_no_context_takeover",
      })
  void anOfferThatCanBeKeptIsAnswered(String offer, String answer) {
    assertEquals(answer, answer(WANTED, offer));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "foo",
        "permessage-deflates",
        "permessage-deflate; server_max_window_bits=8",
        "permessage-deflate; server_max_window_bits=14",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=015",
        "permessage-deflate; server_max_window_bits=15; server_max_window_bits=15",
        "permessage-deflate; client_max_window_bits=99",
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=08",
        "permessage-deflate; client_max_window_bits=x",
        "permessage-deflate; client_max_window_bits; client_max_window_bits",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover=true",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; level=9",
      })
  void anOfferThatCannotBeKeptExactlyIsNotAnswered(String offer) {
    assertNull(answer(WANTED, offer));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate;",
        "permessage-deflate; ;",
        "permessage-deflate; =",
        "permessage-deflate; client_max_window_bits=",
        "permessage-deflate; client_max_window_bits=\"10",
        "permessage-deflate; client_max_window_bits=\"\"",
        "permessage-deflate client_max_window_bits",
        "permessage-deflate, \"",
      })
  void whatDoesNotFollowTheGrammarIsRefused(String line) {
    List<String> lines = List.of("permessage-deflate", line);
    assertThrows(IllegalArgumentException.class, () -> Extension.parse(lines));
  }

  @Test
  void theLinesOfTheHeaderAreTakenInOrder() {
    assertEquals(
        "permessage-deflate; server_no_context_takeover",
        answer(
            WANTED,
            "permessage-deflate; unknown",
            "permessage-deflate; server_no_context_takeover",
            "permessage-deflate"));
    assertNull(Deflate.accept(List.of(), WANTED));
  }

  @Test
  void whatTheServerDoesNotWantIsAnsweredUnasked() {
    Compression neither = WANTED.withServerContextTakeover(false).withClientContextTakeover(false);
    assertEquals(
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        answer(neither, "permessage-deflate"));
  }

  @Test
  void aClientOffersWhatItWants() {
    assertEquals("permessage-deflate", Deflate.offer(WANTED));
    assertEquals(
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        Deflate.offer(WANTED.withServerContextTakeover(false).withClientContextTakeover(false)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate",
        "permessage-deflate; server_max_window_bits=9",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
      })
  void aClientTakesAnAnswerToItsOffer(String answer) throws WebSocketException {
    assertNotNull(confirm(WANTED, answer));
  }

  @Test
  void noAnswerMeansNoCompression() throws WebSocketException {
    assertNull(confirm(WANTED));
    assertNull(confirm(WANTED, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo",
        "permessage-deflate, permessage-deflate",
        "permessage-deflate, foo",
        "permessage-deflate; client_max_window_bits=15",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; unknown",
      })
  void aClientRefusesAnAnswerThatIsNoneToItsOffer(String answer) {
    WebSocketException refusal =
        assertThrows(WebSocketException.class, () -> confirm(WANTED, answer));
    assertEquals(WebSocketException.Kind.HANDSHAKE, refusal.kind());
  }

  @Test
  void aClientInsistsOnTheServerNotTakingOver() {
    assertThrows(
        WebSocketException.class,
        () -> confirm(WANTED.withServerContextTakeover(false), "permessage-deflate"));
  }

  @Test
  void badOptionsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> WANTED.withLevel(10));
    assertThrows(IllegalArgumentException.class, () -> WANTED.withLevel(-2));
    assertThrows(IllegalArgumentException.class, () -> WANTED.withMinSize(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", ",", ";", "\"", "=", "a;", "a;b=\"c\",", "a,", ";;a"})
  void parsingTakesTimeInProportionToTheLength(String repeated) {
    // 4 MB in one pass take milliseconds; anything quadratic takes hours
    List<Extension> extensions = parsed(repeated.repeat(1 << 20));
    assertTrue(extensions == null || extensions.size() <= 1 << 20);
  }

  private static @Nullable List<Extension> parsed(String line) {
    try {
      return Extension.parse(List.of(line));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable String answer(Compression wanted, String... offers) {
    Deflate agreed = Deflate.accept(Extension.parse(List.of(offers)), wanted);
    assertEquals(agreed == null ? "null" : agreed.answer(), String.valueOf(agreed), "as shown");
    return agreed == null ? null : agreed.answer();
  }

  private static @Nullable Deflate confirm(Compression wanted, String... answers)
      throws WebSocketException {
    return Deflate.confirm(Extension.parse(List.of(answers)), wanted);
  }
}
