package io.github.easywebsocket.jdkclient;

/**
 * A text that knows how much of it the JDK has yet to encode, which it does as the peer reads: from
 * the first character to the last, with {@link #charAt}.
 */
final class TextUnderWay implements CharSequence {

  private final String text;
  private int encoded; // written by the thread that encodes; others may see it late

  TextUnderWay(String text) {
    this.text = text;
  }

  int remaining() {
    return text.length() - encoded;
  }

  @Override
  public char charAt(int index) {
    encoded = index + 1;
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.subSequence(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}
