package io.github.easywebsocket.tck;

/** What the suite found of one test, or of all tests of a rule: then the last that any has. */
enum Outcome {
  /** The rule is kept. */
  PASS,
  /** The backend lacks the capability, and refuses what needs it, as it should. */
  NOT_SUPPORTED,
  /** The rule is not kept, as the backend has declared. */
  VARIANCE,
  /** The rule is not kept, or a declared variance is gone. */
  FAIL
}
