// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/kafka/handles.h"
#include "model/broker/record.h"

namespace spillway::kafka {

/// A message's bytes as a value: null and empty are different, headers keep order and repetition.
/// @param topic  the message's topic, already decoded (one string shared by all its records)
[[nodiscard]] RawRecord toRecord(const rd_kafka_message_t& message, const QString& topic);
[[nodiscard]] Headers headersOf(const rd_kafka_message_t& message);
/// nullptr for none.
[[nodiscard]] HeadersHandle toHeaders(const Headers& headers);

} // namespace spillway::kafka
