package io.github.easywebsocket;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a name that is not known was likely meant to be. */
final class Spelling {

  private Spelling() {}

  /** The known name that differs by the fewest letters, if by a third of them at most. */
  static @Nullable String nearest(String name, Collection<String> known) {
    String best = null;
    int least = name.length() / 3 + 1;
    for (String candidate : known) {
      int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (!candidate.equals(name) && distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return best;
  }

  /** The Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
