/** Events of the JDK's Flight Recorder about connections and messages. */
@NullMarked
package io.github.easywebsocket.jfr;

import org.jspecify.annotations.NullMarked;
