package io.github.easywebsocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As modules the API, the driver, the backend and Jetty find each other, too. */
@Timeout(60)
class JettyModuleTest {

  private static final String API = "io.github.easywebsocket";

  @Test
  void aServerStartsAndStopsOnModules() throws Exception {
    ClassLoader loader = layer(API, API + ".backend.jetty").findLoader(API + ".backend.jetty");
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(loader);
    try {
      Class<?> servers = loader.loadClass(API + ".WebSocketServer");
      assertEquals(API, servers.getModule().getName());
      Object builder = servers.getMethod("builder").invoke(null);
      builder.getClass().getMethod("port", int.class).invoke(builder, 0);
      try (AutoCloseable server =
          (AutoCloseable) builder.getClass().getMethod("start").invoke(builder)) {
        assertEquals("jetty", servers.getMethod("backend").invoke(server));
      }
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private static ModuleLayer layer(String... roots) {
    Path[] path =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .toArray(Path[]::new);
    ModuleLayer boot = ModuleLayer.boot();
    Configuration modules =
        Configuration.resolve(
            ModuleFinder.of(), List.of(boot.configuration()), ModuleFinder.of(path), Set.of(roots));
    return ModuleLayer.defineModulesWithOneLoader(
            modules, List.of(boot), ClassLoader.getPlatformClassLoader())
        .layer();
  }
}
