package io.github.easywebsocket.tck;

/** Defects of sections 1 to 4. */
class MutantsUpToSendingTest extends Mutants {

  @Override
  boolean takes(int section) {
    return section <= 4;
  }
}
