// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/headervalue.h"

#include "model/base/text.h"
#include "model/base/utf8text.h"
#include "model/base/wordtable.h"

#include <QtEndian>

#include <algorithm>
#include <limits>

namespace spillway {

namespace {

constexpr WordTable<HeaderType, 6> typeWords{{{HeaderType::Text, u"text"},
                                              {HeaderType::Int32, u"int32"},
                                              {HeaderType::Int64, u"int64"},
                                              {HeaderType::Integer, u"integer"},
                                              {HeaderType::Decimal, u"decimal"},
                                              {HeaderType::Time, u"time"}}};

constexpr qsizetype longestName = 4096;
constexpr qsizetype longestMessage = 64 * 1024;
constexpr std::int64_t endOfYear9999Ms = 253'402'300'799'999;

std::optional<std::int64_t> decodeDecimal(QByteArrayView bytes)
{
    const bool isNegative = !bytes.isEmpty() && bytes.front() == '-';
    const QByteArrayView digits = bytes.sliced(isNegative ? 1 : 0);
    if (digits.isEmpty() || digits.size() > 19)
        return std::nullopt;
    std::uint64_t value = 0; // 19 digits always fit
    for (const char c : digits) {
        if (c < '0' || c > '9')
            return std::nullopt;
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return std::nullopt;
    const auto number = static_cast<std::int64_t>(value);
    return isNegative ? -number : number;
}

bool isAllDigits(QByteArrayView bytes)
{
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Four or eight digits read as a big-endian number would be a partition above 800 million or an offset above 10^18:
/// digits are digits.
std::optional<std::int64_t> decodeFixed(QByteArrayView bytes, qsizetype width)
{
    if (bytes.size() != width || isAllDigits(bytes))
        return decodeDecimal(bytes);
    return width == 4 ? std::int64_t{qFromBigEndian<qint32>(bytes.data())} : qFromBigEndian<qint64>(bytes.data());
}

std::optional<std::int64_t> decodeMinimal(QByteArrayView bytes)
{
    if (bytes.isEmpty() || bytes.size() > 8)
        return decodeDecimal(bytes);
    std::uint64_t value = (static_cast<unsigned char>(bytes.front()) & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
    for (const char c : bytes)
        value = (value << 8U) | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(value);
}

} // namespace

std::optional<HeaderType> headerTypeFromWord(QStringView word)
{
    return valueOf(typeWords, word);
}

std::optional<QString> decodeName(QByteArrayView bytes)
{
    if (bytes.isEmpty() || bytes.size() > longestName || !isUtf8(bytes))
        return std::nullopt;
    return exactText(bytes);
}

std::optional<QString> decodeMessage(QByteArrayView bytes)
{
    if (bytes.isEmpty())
        return std::nullopt;
    qsizetype length = std::min(bytes.size(), longestMessage);
    if (length < bytes.size()) {
        while (length > longestMessage - 4 && (static_cast<unsigned char>(bytes[length]) & 0xC0U) == 0x80U)
            --length;
    }
    return exactText(bytes.first(length));
}

std::optional<std::int64_t> decodeInteger(QByteArrayView bytes, HeaderType type)
{
    switch (type) {
    case HeaderType::Text:
        return std::nullopt;
    case HeaderType::Int32:
        return decodeFixed(bytes, 4);
    case HeaderType::Int64:
        return decodeFixed(bytes, 8);
    case HeaderType::Integer:
        return decodeMinimal(bytes);
    case HeaderType::Decimal:
        return decodeDecimal(bytes);
    case HeaderType::Time: {
        if (const auto ms = decodeDecimal(bytes))
            return ms;
        if (bytes.size() > 64)
            return std::nullopt;
        const auto time = parseRfc3339(bytes);
        return time ? std::optional(toMs(*time)) : std::nullopt;
    }
    }
    return std::nullopt;
}

std::optional<int> asPartition(std::optional<std::int64_t> number)
{
    if (!number || *number < 0 || *number > std::numeric_limits<int>::max())
        return std::nullopt;
    return static_cast<int>(*number);
}

std::optional<Offset> asOffset(std::optional<std::int64_t> number)
{
    if (!number || *number < 0)
        return std::nullopt;
    return Offset{*number};
}

std::optional<UtcTime> asTime(std::optional<std::int64_t> ms)
{
    if (!ms || *ms < 0 || *ms > endOfYear9999Ms)
        return std::nullopt;
    return utcFromMs(*ms);
}

std::optional<int> asAttempts(std::optional<std::int64_t> number)
{
    if (!number || *number < 1 || *number > std::numeric_limits<int>::max())
        return std::nullopt;
    return static_cast<int>(*number);
}

} // namespace spillway
