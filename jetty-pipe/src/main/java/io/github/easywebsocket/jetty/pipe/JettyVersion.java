package io.github.easywebsocket.jetty.pipe;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.Jetty;
import org.jspecify.annotations.Nullable;

/**
 * Which Jetty is there. A build may have another one than this is made for, and then most works:
 * what is missing would be missed at the first connection, far from its cause.
 */
public final class JettyVersion {

  private static final Pattern MAJOR_AND_MINOR = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})\\b.*");

  private JettyVersion() {}

  /** What to tell who has one that is too old; null if it will do. */
  public static @Nullable String tooOld() {
    return tooOld(Jetty.VERSION);
  }

  /** A version that has another form is none of those that are too old. */
  static @Nullable String tooOld(String version) {
    Matcher found = MAJOR_AND_MINOR.matcher(version);
    if (!found.matches()) {
      return null;
    }
    int major = Integer.parseInt(found.group(1));
    int minor = Integer.parseInt(found.group(2));
    return major > 12 || major == 12 && minor >= 1
        ? null
        : "it needs Jetty 12.1 or later, and this is Jetty "
            + version
            + ", chosen perhaps by a parent or BOM such as Spring Boot 3's: mvn dependency:tree"
            + " -Dincludes=org.eclipse.jetty shows where it comes from";
  }
}
