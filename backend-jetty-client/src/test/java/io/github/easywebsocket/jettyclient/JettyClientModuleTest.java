package io.github.easywebsocket.jettyclient;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.reflect.InvocationTargetException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As modules the API, the driver, the backend and Jetty find each other, without a server. */
@Timeout(60)
class JettyClientModuleTest {

  private static final String API = "io.github.easywebsocket";

  @Test
  void aClientOnModulesSpeaksToAServer() throws Exception {
    ModuleLayer layer = layer(API, API + ".backend.jettyclient");
    ClassLoader loader = layer.findLoader(API + ".backend.jettyclient");
    assertTrue(layer.modules().stream().noneMatch(each -> each.getName().contains("server")));
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(loader);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> serving = CompletableFuture.runAsync(() -> refuse(server));
      Class<?> clients = loader.loadClass(API + ".WebSocketClient");
      assertEquals(API, clients.getModule().getName());
      URI uri = URI.create("ws://localhost:" + server.getLocalPort());
      Object builder = clients.getMethod("builder", URI.class).invoke(null, uri);
      InvocationTargetException thrown =
          assertThrows(
              InvocationTargetException.class,
              () -> builder.getClass().getMethod("connect").invoke(builder));
      Throwable refusal = assertInstanceOf(IOException.class, thrown.getCause());
      assertTrue(refusal.toString().contains("answered 403"), refusal::toString);
      serving.get(10, TimeUnit.SECONDS);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private static void refuse(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket.getInputStream().read();
      socket.getOutputStream().write("HTTP/1.1 403 No\r\n\r\n".getBytes(US_ASCII));
      socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
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
