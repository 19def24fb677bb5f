// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/events.h"

#include <QByteArray>

namespace spillway::demo {

/// What a service says of one attempt at one event.
struct ProcessingOutcome
{
    QByteArray service;
    EventView event;
    QByteArray status; ///< success, failed, dlq
    double latencyMs = 0;
    UtcTime processedAt;
    int attempt = 1;
    QByteArray errorClass; ///< empty: none
    qsizetype payloadBytes = 0;
};

/// The outcome as a record of `event-processing-log`.
[[nodiscard]] RawRecord processingRecord(const ProcessingOutcome& outcome);

} // namespace spillway::demo
