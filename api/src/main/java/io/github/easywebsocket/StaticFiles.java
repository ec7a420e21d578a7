package io.github.easywebsocket;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Serves files over plain HTTP, from a folder or from the class path.
 *
 * <pre>{@code
 * WebSocketServer.builder().http(StaticFiles.folder(Path.of("public")))
 * }</pre>
 *
 * <p>{@code GET} and {@code HEAD} get the file, with its media type and a strong {@code ETag} of
 * its bytes; a client that has these bytes already gets 304, and other methods get 405. A path that
 * ends in a slash gets the folder's index file. Folders are never listed, and {@code Range} is
 * ignored, so the answer is always the whole file (RFC 9110 §14.2).
 *
 * <p>404 is the answer for what is not there, and for what must not be served:
 *
 * <ul>
 *   <li>what lies outside of the root, whatever the spelling or symbolic link that leads there;
 *   <li>names that begin with a dot, except {@code .well-known};
 *   <li>names that some file systems take for other files: those that end in a dot or a space,
 *       contain a colon, or are the short form of a longer name ({@code ENV~1}).
 * </ul>
 *
 * <p>For each request the whole file is read anew, on the request's thread. Immutable and safe from
 * any thread; each {@code with…} returns a changed copy.
 */
public final class StaticFiles implements HttpHandler {

  private static final int MAX_FILE_SIZE = 8 << 20;

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("htm", "text/html; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("txt", "text/plain; charset=utf-8"),
          Map.entry("md", "text/markdown; charset=utf-8"),
          Map.entry("csv", "text/csv; charset=utf-8"),
          Map.entry("json", "application/json"),
          Map.entry("map", "application/json"),
          Map.entry("webmanifest", "application/manifest+json"),
          Map.entry("xml", "application/xml"),
          Map.entry("pdf", "application/pdf"),
          Map.entry("wasm", "application/wasm"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("gif", "image/gif"),
          Map.entry("webp", "image/webp"),
          Map.entry("avif", "image/avif"),
          Map.entry("ico", "image/vnd.microsoft.icon"),
          Map.entry("woff", "font/woff"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("ttf", "font/ttf"),
          Map.entry("otf", "font/otf"),
          Map.entry("mp3", "audio/mpeg"),
          Map.entry("mp4", "video/mp4"),
          Map.entry("webm", "video/webm"));

  private final FileSource source;
  private final String index;
  private final int maxFileSize;
  private final Map<String, String> types;
  private final HttpHandler otherwise;

  private StaticFiles(
      FileSource source,
      String index,
      int maxFileSize,
      Map<String, String> types,
      HttpHandler otherwise) {
    this.source = source;
    this.index = index;
    this.maxFileSize = maxFileSize;
    this.types = types;
    this.otherwise = otherwise;
  }

  private static StaticFiles of(FileSource source) {
    return new StaticFiles(source, "index.html", MAX_FILE_SIZE, TYPES, StaticFiles::notFound);
  }

  private static Response notFound(Request request) {
    return Response.text(404, "text/plain", "There is nothing here.\n");
  }

  /**
   * Serves what is in a folder at the time of each request.
   *
   * @throws IllegalArgumentException if it is not a folder
   */
  public static StaticFiles folder(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "folder: \"" + folder.toAbsolutePath() + "\" is no folder; make it, or name another");
    }
    return of(new FileSource.Folder(folder.toAbsolutePath()));
  }

  /**
   * Serves resources of the class path or of a module, but no classes. In a named module, the root
   * has to be in a package that is open to this library, or in no package, such as {@code
   * "/META-INF/web"}.
   *
   * @param owner the class whose resources they are
   * @param root the folder they are in, as {@link Class#getResource} takes it: {@code "web"} beside
   *     the class, {@code "/web"} from the top
   * @throws IllegalArgumentException if it is empty or the top, which holds more than files to
   *     serve
   */
  public static StaticFiles classPath(Class<?> owner, String root) {
    Objects.requireNonNull(owner, "owner");
    List<String> names = List.of((root.startsWith("/") ? root.substring(1) : root).split("/", -1));
    if (!names.stream().allMatch(StaticFiles::mayBeServed)) {
      throw new IllegalArgumentException(
          "root: \"" + Log.printable(root) + "\" is not a folder of resources such as \"/web\"");
    }
    return of(new FileSource.ClassPath(owner, root));
  }

  /** Sets the file that stands for its folder. Default {@code "index.html"}. */
  public StaticFiles withIndex(String name) {
    if (name.indexOf('/') >= 0 || !mayBeServed(name)) {
      throw new IllegalArgumentException(
          "index must be the name of a file, not \"" + Log.printable(name) + "\"");
    }
    return new StaticFiles(source, name, maxFileSize, types, otherwise);
  }

  /**
   * Sets the size of the largest file that is served, in bytes. A larger one gets 500 and a line in
   * the log. Each request holds its file in memory until it is answered. Default 8 MiB.
   */
  public StaticFiles withMaxFileSize(int bytes) {
    if (bytes <= 0 || bytes == Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "maxFileSize must be positive and less than 2 GiB, not " + bytes);
    }
    return new StaticFiles(source, index, bytes, types, otherwise);
  }

  /**
   * Sets the media type of files with an extension. The common types are known, with UTF-8 for
   * text; others are {@code application/octet-stream}.
   *
   * @param extension without the dot, such as {@code "glb"}
   * @param contentType such as {@code "model/gltf-binary"}
   */
  public StaticFiles withType(String extension, String contentType) {
    if (extension.isEmpty() || extension.indexOf('.') >= 0) {
      throw new IllegalArgumentException(
          "extension must be without dots, such as \"glb\", not \"" + extension + "\"");
    }
    Headers.of("Content-Type", contentType); // throws if it is wrong
    Map<String, String> more = new HashMap<>(types);
    more.put(extension.toLowerCase(Locale.ROOT), contentType);
    return new StaticFiles(source, index, maxFileSize, Map.copyOf(more), otherwise);
  }

  /** Sets what answers if there is no such file. Default: 404. */
  public StaticFiles otherwise(HttpHandler handler) {
    return new StaticFiles(
        source, index, maxFileSize, types, Objects.requireNonNull(handler, "handler"));
  }

  @Override
  public Response handle(Request request) throws Exception {
    List<String> path = path(request.path());
    if (path == null) {
      return otherwise.handle(request);
    }
    byte[] content = read(path);
    boolean folder = content == null && exists(path, index);
    if (content == null && !folder) {
      return otherwise.handle(request);
    }
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      return Response.text(405, "text/plain", "Files are for GET and HEAD.\n")
          .withHeader("Allow", "GET, HEAD");
    }
    String name = path.get(path.size() - 1);
    if (content == null) {
      return Response.of(301).withHeader("Location", toFolder(name));
    }
    if (content.length > maxFileSize) {
      Log.log(
          Level.WARNING,
          Log.printable(request.path())
              + " is not served: it is larger than maxFileSize, "
              + maxFileSize
              + " bytes");
      return Response.text(500, "text/plain", "The file is too large for this server.\n");
    }
    return answer(request, name, content);
  }

  /** The names of a path, the index's if it ends in a slash; null if it must not be served. */
  private @Nullable List<String> path(String path) {
    if (!path.startsWith("/")) {
      return null;
    }
    String whole = path.endsWith("/") ? path + index : path;
    List<String> names = List.of(whole.substring(1).split("/", -1));
    return names.stream().allMatch(StaticFiles::mayBeServed) ? names : null;
  }

  /** Whether a name is that of the same file or folder everywhere, and not a hidden one. */
  private static boolean mayBeServed(String name) {
    return !name.isEmpty()
        && (!name.startsWith(".") || name.equals(".well-known"))
        && !name.endsWith(".")
        && !name.endsWith(" ")
        && name.chars().noneMatch(c -> Character.isISOControl(c) || "/\\:".indexOf(c) >= 0);
  }

  /** The file, or a byte more than the most of it; null if there is none. */
  private byte @Nullable [] read(List<String> path) throws IOException {
    try (InputStream in = source.open(path)) {
      return in == null ? null : in.readNBytes(maxFileSize + 1);
    }
  }

  private boolean exists(List<String> folder, String name) throws IOException {
    String[] path = folder.toArray(new String[folder.size() + 1]);
    path[folder.size()] = name;
    try (InputStream in = source.open(Arrays.asList(path))) {
      return in != null;
    }
  }

  /** Leads to a folder's own path, so that the relative links of its index are right. */
  private static String toFolder(String name) throws URISyntaxException {
    return new URI(null, null, "./" + name + "/", null).toASCIIString();
  }

  private Response answer(Request request, String name, byte[] content) {
    String tag = tag(content);
    Headers headers = Headers.of("ETag", tag).with("Cache-Control", "no-cache");
    if (hasAlready(request.headers(), tag)) {
      return new Response(304, headers, new byte[0]);
    }
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return new Response(
        200,
        headers
            .with("Content-Type", types.getOrDefault(extension, "application/octet-stream"))
            .with("X-Content-Type-Options", "nosniff"),
        content);
  }

  /** RFC 9110 §13.1.2: compared without regard to weakness. */
  private static boolean hasAlready(Headers request, String tag) {
    return request.list("If-None-Match").stream()
        .anyMatch(known -> known.equals("*") || known.equals(tag) || known.equals("W/" + tag));
  }

  private static String tag(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
      return '"' + text.substring(0, 22) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
