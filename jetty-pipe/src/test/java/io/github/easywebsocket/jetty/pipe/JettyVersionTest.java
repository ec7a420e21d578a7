package io.github.easywebsocket.jetty.pipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JettyVersionTest {

  @Test
  void theOneOfThisBuildWillDo() {
    assertNull(JettyVersion.tooOld());
  }

  @ParameterizedTest
  @ValueSource(strings = {"12.1.0", "12.1.14", "12.1-SNAPSHOT", "12.10.0", "13.0.0.alpha1"})
  void aLaterOneWillDo(String version) {
    assertNull(JettyVersion.tooOld(version));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "unknown", "${project.version}"})
  void oneThatSaysNothingIsTried(String version) {
    assertNull(JettyVersion.tooOld(version));
  }

  @ParameterizedTest
  @ValueSource(strings = {"12.0.36", "12.0-SNAPSHOT", "11.0.26", "9.4.58.v20250814"})
  void anOlderOneIsNamed(String version) {
    assertEquals(
        "it needs Jetty 12.1 or later, and this is Jetty "
            + version
            + ", chosen perhaps by a parent or BOM such as Spring Boot 3's: mvn dependency:tree"
            + " -Dincludes=org.eclipse.jetty shows where it comes from",
        JettyVersion.tooOld(version));
  }
}
