// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <QByteArrayView>
#include <QString>

#include <cstdint>
#include <optional>

/// Bytes of a header as a dialect declares them. Lengths are checked before anything is decoded; what does not fit is
/// nullopt, never a half-read number. Pure; any thread.
namespace spillway {

enum class HeaderType {
    Text,    ///< UTF-8
    Int32,   ///< big-endian, 4 bytes; also decimal digits, as tools that rewrite headers leave them
    Int64,   ///< big-endian, 8 bytes; likewise
    Integer, ///< minimal two's complement, big-endian, 1 to 8 bytes (Java's BigInteger)
    Decimal, ///< ASCII digits, one leading minus
    Time,    ///< RFC 3339, or decimal milliseconds
};

/// The JSON word of a type in a dialect file: text, int32, int64, integer, decimal, time.
[[nodiscard]] std::optional<HeaderType> headerTypeFromWord(QStringView word);

/// A name, class or topic: well-formed UTF-8 of 1 to 4096 bytes; anything else tells nothing.
[[nodiscard]] std::optional<QString> decodeName(QByteArrayView bytes);
/// A message: any bytes, at most 64 KiB of them, cut between characters; bytes that are no UTF-8 become U+FFFD. Empty
/// is nullopt.
[[nodiscard]] std::optional<QString> decodeMessage(QByteArrayView bytes);
/// A number or, for Time, milliseconds since 1970. Text is nullopt.
[[nodiscard]] std::optional<std::int64_t> decodeInteger(QByteArrayView bytes, HeaderType type);

/// Ranges that a broker's numbers have: what lies outside is not told.
[[nodiscard]] std::optional<int> asPartition(std::optional<std::int64_t> number);
[[nodiscard]] std::optional<Offset> asOffset(std::optional<std::int64_t> number);
[[nodiscard]] std::optional<UtcTime> asTime(std::optional<std::int64_t> ms);     ///< 1970 to 9999
[[nodiscard]] std::optional<int> asAttempts(std::optional<std::int64_t> number); ///< 1 or more

} // namespace spillway
