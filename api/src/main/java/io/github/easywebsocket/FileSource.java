package io.github.easywebsocket;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where static files come from. Safe from any thread. */
interface FileSource {

  /**
   * Opens a file.
   *
   * @param path its names from the root on, none of them empty, {@code .} or {@code ..}
   * @return its content, or null if there is no such file within the root; a folder is none
   */
  @Nullable InputStream open(List<String> path) throws IOException;

  /** The files below a folder; a symbolic link counts as what it leads to. */
  record Folder(Path root) implements FileSource {

    @Override
    public @Nullable InputStream open(List<String> path) throws IOException {
      Path file = find(path);
      return file != null && file.startsWith(root.toRealPath()) && Files.isRegularFile(file)
          ? Files.newInputStream(file)
          : null;
    }

    private @Nullable Path find(List<String> path) {
      try {
        Path file = root;
        for (String name : path) {
          file = file.resolve(name);
        }
        return file.toRealPath();
      } catch (InvalidPathException | IOException e) {
        return null; // there is none, or none that can be reached
      }
    }
  }

  /** The resources of a class, below a root as {@link Class#getResource} takes it. */
  record ClassPath(Class<?> owner, String root) implements FileSource {

    @Override
    public @Nullable InputStream open(List<String> path) throws IOException {
      String name = String.join("/", path);
      URL resource = name.endsWith(".class") ? null : owner.getResource(root + "/" + name);
      if (resource == null) {
        return null;
      }
      if (resource.getProtocol().equals("file")) { // whose stream of a folder is a list of it
        Path file = Path.of(URI.create(resource.toString()));
        return Files.isRegularFile(file) ? Files.newInputStream(file) : null;
      }
      URLConnection connection = resource.openConnection();
      return connection instanceof JarURLConnection jar && jar.getJarEntry().isDirectory()
          ? null
          : connection.getInputStream();
    }
  }
}
