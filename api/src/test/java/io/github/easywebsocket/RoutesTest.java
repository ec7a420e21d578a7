package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.Routes.Route;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which endpoint a path belongs to. */
class RoutesTest {

  private static final String[] PATHS = {
    "/", "/echo", "/rooms/{room}", "/rooms/lobby", "/rooms/{room}/{seat}", "/{a}/lobby", "/a b"
  };

  private static Routes routes(boolean withOthers, String... paths) {
    List<Route> routes = new ArrayList<>();
    Arrays.stream(paths).map(PathPattern::of).map(RoutesTest::route).forEach(routes::add);
    if (withOthers) {
      routes.add(route(null));
    }
    Collections.reverse(routes);
    return new Routes(routes);
  }

  private static Route route(@Nullable PathPattern path) {
    return new Route(
        path,
        handshake -> new RecordingHandler(),
        false,
        null,
        List.of(),
        Headers.EMPTY,
        Origins.allowing(List.of()),
        Limits.DEFAULT,
        null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /             | /
          /echo         | /echo
          /ECHO         | /echo
          /echo/        |
          /rooms        |
          /rooms/       |
          /rooms/1      | /rooms/{room} room=1
          /Rooms/Kitchen| /rooms/{room} room=Kitchen
          /rooms/lobby  | /rooms/lobby
          /rooms/Lobby  | /rooms/lobby
          /rooms/lobby/ |
          /rooms//1     |
          /rooms/1/2    | /rooms/{room}/{seat} room=1 seat=2
          /rooms/lobby/2| /rooms/{room}/{seat} room=lobby seat=2
          /x/lobby      | /{a}/lobby a=x
          /x/y          |
          /a b          | /a b
          /room\u017f/1     |
          """)
  void aPathBelongsToTheEndpointThatSaysMost(String path, @Nullable String expected) {
    assertEquals(expected, describe(routes(false, PATHS).find(path)));
  }

  private static @Nullable String describe(Routes.@Nullable Match match) {
    if (match == null) {
      return null;
    }
    StringBuilder text = new StringBuilder(String.valueOf(match.route().path()));
    for (Map.Entry<String, String> variable : match.variables().entrySet()) {
      text.append(' ').append(variable.getKey()).append('=').append(variable.getValue());
    }
    return text.toString();
  }

  @Test
  void theEndpointWithoutAPathHasTheOtherPaths() {
    Routes routes = routes(true, "/echo");
    assertEquals("/echo", describe(routes.find("/echo")));
    assertEquals("null", describe(routes.find("/other")));
  }

  @ParameterizedTest
  @CsvSource({"/a,/A", "/a/{x},/A/{y}", "/{x}/b,/{y}/B"})
  void twoEndpointsForTheSamePathsAreRefused(String one, String other) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> routes(false, one, "/c", other));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("endpoint: no request can tell \""), message);
    assertTrue(message.contains(one) && message.contains(other), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/{}", "/{a", "/a}", "/x{a}", "/{a}{b}", "/{a-b}", "/{1}", "/{a}/{a}"})
  void aVariableIsAWholeSegmentWithANameOfItsOwn(String path) {
    assertThrows(IllegalArgumentException.class, () -> Endpoint.at(path));
  }
}
