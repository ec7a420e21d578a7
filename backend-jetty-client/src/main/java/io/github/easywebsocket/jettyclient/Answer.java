package io.github.easywebsocket.jettyclient;

import io.github.easywebsocket.Headers;

/** The head of an answer of HTTP, that of a server or a proxy. */
record Answer(int status, Headers headers) {

  boolean switchesProtocols() {
    return status == 101;
  }
}
