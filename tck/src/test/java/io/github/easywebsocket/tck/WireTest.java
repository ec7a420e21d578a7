package io.github.easywebsocket.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class WireTest {

  private final Wire wire = new Wire(Patience.TIME);

  @Test
  void equal_lines_are_shown_once() {
    wire.note("a");
    for (int i = 0; i < 3; i++) {
      wire.note("b");
    }
    wire.note("c");
    wire.note("c");
    String expected = "a%n    b%n    (2 more of the same)%n    c%n    (1 more of the same)";
    assertEquals(expected.formatted(), wire.toString());
    assertEquals(expected.formatted(), wire.toString());
  }

  @Test
  void the_first_of_many_lines_are_left_out() {
    for (int i = 0; i < 100; i++) {
      wire.note("line " + i);
    }
    String shown = wire.toString();
    assertEquals("(40 lines before)  line 40", shown.lines().findFirst().orElseThrow());
  }
}
