/** Benchmarks of the driver alone, for JMH. */
package io.github.easywebsocket.benchmarks.jmh;
