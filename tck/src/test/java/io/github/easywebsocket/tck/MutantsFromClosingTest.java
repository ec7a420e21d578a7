package io.github.easywebsocket.tck;

/** Defects of sections 5 to 12. */
class MutantsFromClosingTest extends Mutants {

  @Override
  boolean takes(int section) {
    return section >= 5;
  }
}
