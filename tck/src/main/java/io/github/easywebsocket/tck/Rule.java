package io.github.easywebsocket.tck;

/**
 * A rule of CONTRACT.md.
 *
 * @param id its number, such as {@code 1.3}
 * @param strength MUST, SHOULD or MAY
 * @param sentence what holds
 * @param intent why it is there
 */
record Rule(String id, String strength, String sentence, String intent) {

  boolean isMust() {
    return strength.equals("MUST");
  }
}
