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
import java.util.Locale;
import java.util.stream.StreamSupport;
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

  /**
   * Opens a file of the disk if it is one, and has the names by which it was asked for: Windows
   * knows {@code .env} as {@code ENV~1} as well.
   *
   * @param real its real path
   */
  private static @Nullable InputStream open(Path real, List<String> path) throws IOException {
    return Files.isRegularFile(real) && path.stream().allMatch(name -> isNoAlias(name, real))
        ? Files.newInputStream(real)
        : null;
  }

  private static boolean isNoAlias(String name, Path real) {
    return name.indexOf('~') < 0
        || StreamSupport.stream(real.spliterator(), false)
            .anyMatch(each -> each.toString().equalsIgnoreCase(name));
  }

  /** The files below a folder; a symbolic link counts as what it leads to. */
  record Folder(Path root) implements FileSource {

    @Override
    public @Nullable InputStream open(List<String> path) throws IOException {
      Path file = find(path);
      return file != null && file.startsWith(root.toRealPath())
          ? FileSource.open(file, path)
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
      URL resource = isClass(name) ? null : owner.getResource(root + "/" + name);
      if (resource == null) {
        return null;
      }
      if (resource.getProtocol().equals("file")) { // whose stream of a folder is a list of it
        return FileSource.open(Path.of(URI.create(resource.toString())).toRealPath(), path);
      }
      URLConnection connection = resource.openConnection();
      connection.setUseCaches(false); // or a jar would stay open, and be known by its old content
      if (connection instanceof JarURLConnection jar && jar.getJarEntry().isDirectory()) {
        jar.getJarFile().close();
        return null;
      }
      return connection.getInputStream();
    }

    /** In any case, since a file system may not tell. */
    private static boolean isClass(String name) {
      return name.toLowerCase(Locale.ROOT).endsWith(".class");
    }
  }
}
