/** The client backend on the JDK's HTTP client. */
@NullMarked
package io.github.easywebsocket.jdkclient;

import org.jspecify.annotations.NullMarked;
