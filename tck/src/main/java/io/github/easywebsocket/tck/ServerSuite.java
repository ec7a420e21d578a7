package io.github.easywebsocket.tck;

/** All sections that a server must pass. */
interface ServerSuite
    extends Suite,
        HandshakeRules,
        OriginRules,
        VerifierRules,
        AdmissionRules,
        HttpRules,
        ServerRules,
        SecurityRules {}
