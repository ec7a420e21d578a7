package io.github.easywebsocket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.easywebsocket.HttpHandler.Request;
import io.github.easywebsocket.HttpHandler.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files are served and how, and above all which are not. */
class StaticFilesTest {

  @RegisterExtension final Logged logged = new Logged();

  @TempDir Path parent;
  private Path folder;
  private StaticFiles files;

  @BeforeEach
  void fill() throws Exception {
    Files.writeString(parent.resolve("secret.txt"), "secret");
    folder = Files.createDirectory(parent.resolve("public"));
    Files.writeString(folder.resolve("index.html"), "top");
    Files.writeString(folder.resolve("a b.txt"), "a b");
    Files.writeString(folder.resolve(".env"), "secret");
    Files.writeString(Files.createDirectories(folder.resolve(".git")).resolve("x"), "secret");
    Files.writeString(
        Files.createDirectories(folder.resolve(".well-known")).resolve("x.json"), "{}");
    Files.writeString(Files.createDirectory(folder.resolve("docs é")).resolve("index.html"), "doc");
    Files.createDirectory(folder.resolve("empty"));
    files = StaticFiles.folder(folder);
  }

  private static Request request(String method, String path, Headers headers) {
    InetSocketAddress peer = InetSocketAddress.createUnresolved("peer", 1);
    return new Request(method, path, "", headers, new byte[0], peer);
  }

  private static Response get(HttpHandler files, String path) throws Exception {
    return files.handle(request("GET", path, Headers.EMPTY));
  }

  private static String body(Response response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private Response getWith(String path, String ifNoneMatch) throws Exception {
    return files.handle(request("GET", path, Headers.of("If-None-Match", ifNoneMatch)));
  }

  @ParameterizedTest
  @CsvSource({
    "/,               top, text/html; charset=utf-8",
    "/index.html,     top, text/html; charset=utf-8",
    "/a b.txt,        a b, text/plain; charset=utf-8",
    "/docs é/,        doc, text/html; charset=utf-8",
    "/.well-known/x.json, {}, application/json",
  })
  void aFileIsServedWithItsType(String path, String body, String type) throws Exception {
    Response response = get(files, path);
    assertEquals(200, response.status());
    assertEquals(body, body(response));
    assertEquals(type, response.headers().first("Content-Type"));
    assertEquals("nosniff", response.headers().first("X-Content-Type-Options"));
    assertEquals("no-cache", response.headers().first("Cache-Control"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "index.html",
        "/other",
        "/empty",
        "/empty/",
        "/index.html/",
        "/index.html/x",
        "//",
        "//index.html",
        "/docs é//",
        "/..",
        "/../secret.txt",
        "/./index.html",
        "/empty/../index.html",
        "/..\\secret.txt",
        "/index.html\0",
        "/index.html\0.txt",
        "/C:/secret.txt",
        "/index.html::$DATA",
        "/index.html.",
        "/index.html ",
        "/docs é./",
        "/.env",
        "/.env.",
        "/ENV~1",
        "/GIT~1/x",
        "/.git/x",
        "/.git/",
        "/link.txt",
        "/way/secret.txt",
        "/way/public/index.html/",
        "/loop",
        "/%2e%2e/secret.txt"
      })
  void whatMustNotBeServedIsNotFound(String path) throws Exception {
    Files.createSymbolicLink(folder.resolve("link.txt"), parent.resolve("secret.txt"));
    Files.createSymbolicLink(folder.resolve("way"), parent);
    Files.writeString(folder.resolve("index.html."), "secret"); // the same file, on Windows
    Files.writeString(folder.resolve("index.html "), "secret");
    Files.createSymbolicLink(folder.resolve("ENV~1"), Path.of(".env")); // as Windows has them
    Files.createSymbolicLink(folder.resolve("GIT~1"), Path.of(".git"));
    Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
    Response response = get(files, path);
    assertEquals(404, response.status());
    assertEquals("There is nothing here.\n", body(response));
  }

  @Test
  void aLinkWithinTheFolderIsFollowed() throws Exception {
    Files.createSymbolicLink(folder.resolve("link.html"), Path.of("index.html"));
    assertEquals("top", body(get(files, "/link.html")));
  }

  @Test
  void theFolderItselfMayBeALinkThatChanges() throws Exception {
    Path link = Files.createSymbolicLink(parent.resolve("current"), folder);
    StaticFiles current = StaticFiles.folder(link);
    assertEquals("top", body(get(current, "/")));
    Path next = Files.createDirectory(parent.resolve("next"));
    Files.writeString(next.resolve("index.html"), "next");
    Files.delete(link);
    Files.createSymbolicLink(link, next);
    assertEquals("next", body(get(current, "/")));
  }

  @Test
  void aTildeIsNoHarm() throws Exception {
    Files.writeString(Files.createDirectory(folder.resolve("~me")).resolve("a~1.txt"), "mine");
    assertEquals("mine", body(get(files, "/~me/a~1.txt")));
  }

  @Test
  void aFolderWithoutItsSlashIsLedToIt() throws Exception {
    Response response = get(files, "/docs é");
    assertEquals(301, response.status());
    assertEquals("./docs%20%C3%A9/", response.headers().first("Location"));
  }

  @Test
  void whoHasTheFileGets304() throws Exception {
    String tag = Objects.requireNonNull(get(files, "/").headers().first("ETag"));
    for (String known : new String[] {tag, "W/" + tag, "\"x\", " + tag, "*"}) {
      Response response = getWith("/", known);
      assertEquals(304, response.status(), known);
      assertEquals(0, response.body().length);
      assertEquals(tag, response.headers().first("ETag"));
    }
    assertEquals(200, getWith("/", "\"x\"").status());
    Files.writeString(folder.resolve("index.html"), "new");
    assertEquals("new", body(getWith("/", tag)));
    assertNotEquals(tag, get(files, "/").headers().first("ETag"));
  }

  @Test
  void headIsAnsweredAsGetAndOtherMethodsAreNotAllowed() throws Exception {
    assertEquals("top", body(files.handle(request("HEAD", "/", Headers.EMPTY))));
    Response response = files.handle(request("POST", "/", Headers.EMPTY));
    assertEquals(405, response.status());
    assertEquals("GET, HEAD", response.headers().first("Allow"));
    assertEquals(404, files.handle(request("POST", "/other", Headers.EMPTY)).status());
  }

  @Test
  void aFileLargerThanTheLimitGets500AndALineInTheLog() throws Exception {
    assertEquals(200, get(files.withMaxFileSize(3), "/").status());
    Response response = get(files.withMaxFileSize(2), "/");
    assertEquals(500, response.status());
    assertTrue(!body(response).contains("top"), "nothing of the file");
    logged.saw("/ is not served: it is larger than maxFileSize, 2 bytes");
  }

  @Test
  void whatIsNoFileIsAnsweredByTheOther() throws Exception {
    StaticFiles both = files.otherwise(request -> Response.text(200, "x/y", request.path()));
    assertEquals("/api", body(get(both, "/api")));
    assertEquals("/.env", body(get(both, "/.env")));
    assertEquals("top", body(get(both, "/")));
  }

  @Test
  void theIndexAndTheTypesCanBeSet() throws Exception {
    Files.writeString(folder.resolve("m.GLB"), "m");
    assertEquals("application/octet-stream", get(files, "/m.GLB").headers().first("Content-Type"));
    StaticFiles other = files.withType("glb", "model/gltf-binary").withIndex("a b.txt");
    assertEquals("model/gltf-binary", get(other, "/m.GLB").headers().first("Content-Type"));
    assertEquals("a b", body(get(other, "/")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "/io/github/easywebsocket/web"})
  void resourcesInAFolderOfTheClassPathAreServed(String root) throws Exception {
    StaticFiles resources = StaticFiles.classPath(StaticFilesTest.class, root);
    assertEquals("a page\n", body(get(resources, "/page.txt")));
    assertTrue(body(get(resources, "/folder/")).contains("Index"));
    assertEquals(301, get(resources, "/folder").status());
    assertEquals(404, get(resources, "/other").status());
    assertEquals(404, get(resources, "/../StaticFilesTest.class").status());
  }

  @Test
  void resourcesInAJarAreServedButItsFoldersAndClassesAreNot() throws Exception {
    StaticFiles meta = StaticFiles.classPath(Test.class, "/META-INF");
    Response response = get(meta, "/LICENSE.md");
    assertEquals(200, response.status());
    assertEquals("text/markdown; charset=utf-8", response.headers().first("Content-Type"));
    assertArrayEquals(
        Objects.requireNonNull(Test.class.getResource("/META-INF/LICENSE.md"))
            .openStream()
            .readAllBytes(),
        response.body());
    StaticFiles classes = StaticFiles.classPath(Test.class, "/org/junit");
    assertEquals(404, get(classes, "/jupiter").status());
    assertEquals(404, get(classes, "/jupiter/api/Test.class").status());
    assertEquals(404, get(classes, "/jupiter/api/Test.class.").status());
    StaticFiles ours = StaticFiles.classPath(StaticFilesTest.class, "/io");
    assertEquals(404, get(ours, "/github/easywebsocket/StaticFilesTest.class").status());
  }

  @Test
  void aJarThatHasChangedIsServedAsItIs() throws Exception {
    for (String content : List.of("old", "new")) {
      Path jar = jar(content);
      Files.move(jar, parent.resolve("app.jar"), StandardCopyOption.REPLACE_EXISTING);
      URL[] urls = {parent.resolve("app.jar").toUri().toURL()};
      try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
        Class<?> owner = loader.loadClass(Owner.class.getName());
        StaticFiles resources = StaticFiles.classPath(owner, "/web");
        assertEquals(content, body(get(resources, "/a.txt")));
        assertEquals(404, get(resources, "/folder").status());
      }
    }
  }

  /** A class without others. */
  static final class Owner {}

  private Path jar(String content) throws IOException {
    Path jar = parent.resolve(content + ".jar");
    String owner = Owner.class.getName().replace('.', '/') + ".class";
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar));
        InputStream code = Owner.class.getClassLoader().getResourceAsStream(owner)) {
      out.putNextEntry(new ZipEntry(owner));
      Objects.requireNonNull(code).transferTo(out);
      out.putNextEntry(new ZipEntry("web/folder/"));
      out.putNextEntry(new ZipEntry("web/a.txt"));
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
    return jar;
  }

  @Test
  void aFolderInTheClassPathIsNotListed() throws Exception {
    StaticFiles top = StaticFiles.classPath(StaticFilesTest.class, "/io");
    assertEquals(404, get(top, "/github").status());
    assertNull(get(top, "/github").headers().first("ETag"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", ".", "..", "../x", "/a/../b", "a//b", "web/", "C:"})
  void aRootWithMoreThanFilesToServeIsRefused(String root) {
    assertThrows(
        IllegalArgumentException.class, () -> StaticFiles.classPath(StaticFilesTest.class, root));
  }

  @Test
  void badOptionsNameTheirValue() {
    Path none = parent.resolve("none");
    assertNamed(none.toString(), () -> StaticFiles.folder(none));
    assertNamed("a/b", () -> files.withIndex("a/b"));
    assertNamed("-1", () -> files.withMaxFileSize(-1));
    assertNamed(".glb", () -> files.withType(".glb", "x/y"));
    assertNamed("U+000A", () -> files.withType("glb", "x/y\n"));
  }

  private static void assertNamed(String value, Executable code) {
    String message =
        String.valueOf(assertThrows(IllegalArgumentException.class, code).getMessage());
    assertTrue(message.contains(value), message);
  }
}
