// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/record.h"

#include <QByteArray>

/// Dead letters as the company's frameworks write them.
namespace spillway::demo {

/// Why a service could not handle an event, as its language tells it.
struct Failure
{
    QByteArray listener;    ///< signature of the method that was called
    QByteArray thrownClass; ///< what the service's own code threw
    QByteArray message;
    QByteArray thrownFrames; ///< stack lines of it, each with tab and line feed
    QByteArray rootClass;    ///< what was behind it; empty: nothing
    QByteArray rootMessage;
    QByteArray rootFrames;
};

[[nodiscard]] Failure missingCustomer();
[[nodiscard]] Failure gatewayTimeout(int afterMs);
[[nodiscard]] Failure creditLimitExceeded(double amount);
[[nodiscard]] Failure mailServerDown();
[[nodiscard]] Failure featureStoreDown(); ///< of a service in TypeScript: its frames are JavaScript's

/// `TOPIC.DLT` in the shape of Spring Kafka 3.3 (DeadLetterPublishingRecoverer): the record's own headers, then what is
/// known of the failure; same partition, key and value; timestamp: the time of dead-lettering.
/// @param original  with the offset it has in its topic
[[nodiscard]] RawRecord springLetter(const RawRecord& original, const Failure& failure, const QByteArray& group,
                                     UtcTime deadLetteredAt);

/// `TOPIC.dlq` in the shape of eventferry, an outbox of kafkajs: where it was read from is told by topic alone, and no
/// group.
[[nodiscard]] RawRecord eventferryLetter(const RawRecord& original, const Failure& failure, UtcTime deadLetteredAt);

/// In the shape of a Kafka Connect sink whose converter refuses the value: all text; the timestamp is the source's.
[[nodiscard]] RawRecord connectLetter(const RawRecord& original);

} // namespace spillway::demo
