package io.github.easywebsocket.examples;

/** A server that sends back what it receives. */
public final class Echo {
  private Echo() {}

  public static void main(String[] args) {
    System.out.println("echo");
  }
}
