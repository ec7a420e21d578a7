package io.github.easywebsocket.tck;

/** All sections that a client must pass. */
interface ClientSuite
    extends Suite, ClientRules, ClientDeflateRules, ClientTlsRules, ReconnectRules {}
