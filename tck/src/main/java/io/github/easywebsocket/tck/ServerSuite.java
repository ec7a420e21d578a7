package io.github.easywebsocket.tck;

/** All sections that a server must pass. */
interface ServerSuite
    extends Suite,
        HandshakeRules,
        RequestRules,
        Http2Rules,
        EndpointRules,
        OriginRules,
        HostRules,
        ProxyRules,
        VerifierRules,
        AdmissionRules,
        HttpRules,
        SilenceRules,
        StaticFilesRules,
        LeakRules,
        RandomRules,
        ServerRules,
        SecurityRules,
        NegotiationRules,
        TopicRules,
        ObserverRules {}
