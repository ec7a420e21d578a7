package io.github.easywebsocket.tck;

/** A case of a rule that has a name of its own; see {@link Table}. */
interface Row {
  /** What tells it from the other cases of the rule. */
  String name();
}
