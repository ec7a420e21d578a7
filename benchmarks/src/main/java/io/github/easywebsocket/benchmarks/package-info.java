/** Runs benchmarks and reports on them; docs/benchmarks.md tells how. */
@NullMarked
package io.github.easywebsocket.benchmarks;

import org.jspecify.annotations.NullMarked;
