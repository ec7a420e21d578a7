package io.github.easywebsocket.tck;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the suites of servers and of clients have in common: the sections that hold at both ends.
 */
@DisplayNameGeneration(RuleNames.class)
@ExtendWith(TckExtension.class)
interface Suite
    extends LifecycleRules,
        EndingRules,
        CallbackRules,
        ReceivingRules,
        FrameRules,
        Utf8Rules,
        StreamingRules,
        OutgoingMessageRules,
        SendingRules,
        BackPressureRules,
        ClosingRules,
        LimitRules,
        AutobahnRules,
        InflatingRules,
        CompressionRules,
        FuzzRules {}
