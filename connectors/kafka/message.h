// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/kafka/handles.h"
#include "model/broker/record.h"

#include <array>
#include <vector>

namespace spillway::kafka {

/// Names of headers by their place, as the message before had them, and short values that were there lately: records of
/// one partition mostly have the same, and then share one copy. One thread.
class HeaderNames
{
public:
    [[nodiscard]] QByteArray at(std::size_t place, const char* name);
    /// Not null.
    [[nodiscard]] QByteArray valueAt(std::size_t place, QByteArrayView value);

private:
    static constexpr std::size_t valuesAPlace = 16;
    std::vector<QByteArray> m_names;
    std::vector<std::array<QByteArray, valuesAPlace>> m_values; // by a glance at the value
};

/// A message's bytes as a value: null and empty are different, headers keep order and repetition.
/// @param topic  the message's topic, already decoded (one string shared by all its records)
[[nodiscard]] RawRecord toRecord(const rd_kafka_message_t& message, const QString& topic, HeaderNames& names);
/// nullptr for none.
[[nodiscard]] HeadersHandle toHeaders(const Headers& headers);

} // namespace spillway::kafka
