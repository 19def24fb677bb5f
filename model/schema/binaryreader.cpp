// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/binaryreader.h"

#include "model/base/text.h"

#include <QtEndian>

#include <algorithm>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <iterator>
#include <vector>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::int64_t pow10(int digits)
{
    std::int64_t power = 1;
    for (; digits > 0; --digits)
        power *= 10;
    return power;
}

QString padded(std::int64_t number, int width)
{
    return QString::number(number).rightJustified(width, u'0');
}

/// `2026-11-26`; nullopt beyond the years 1 to 9999.
std::optional<QString> dateText(std::int64_t days)
{
    if (days < -719'162 || days > 2'932'896)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
    return padded(static_cast<int>(date.year()), 4) + u'-' + padded(static_cast<unsigned>(date.month()), 2) + u'-' +
           padded(static_cast<unsigned>(date.day()), 2);
}

QString timeText(std::int64_t count, int digits)
{
    const std::int64_t second = pow10(digits);
    const std::int64_t whole = count / second;
    return padded(whole / 3600, 2) + u':' + padded(whole / 60 % 60, 2) + u':' + padded(whole % 60, 2) + u'.' +
           padded(count % second, digits);
}

} // namespace

void BinaryReader::fault(const QString& what, bool isLimit)
{
    if (m_fault)
        return;
    const QString path = visibleText(m_path.join(u'.')).left(200);
    m_fault = path.isEmpty() ? what : u"in %1: %2"_s.arg(path, what);
    m_faultAt = m_at;
    m_isLimit = isLimit;
}

std::uint8_t BinaryReader::byte()
{
    const QByteArrayView one = take(1);
    return one.isEmpty() ? std::uint8_t{0} : static_cast<std::uint8_t>(one[0]);
}

QByteArrayView BinaryReader::take(std::int64_t count)
{
    if (m_fault)
        return {};
    if (count < 0 || count > m_bytes.size() - m_at) {
        fault(count < 0 ? u"a length is negative"_s
                        : u"%1 bytes should follow and only %2 do"_s.arg(count).arg(m_bytes.size() - m_at));
        return {};
    }
    const QByteArrayView taken = m_bytes.sliced(m_at, static_cast<qsizetype>(count));
    m_at += static_cast<qsizetype>(count);
    return taken;
}

std::uint64_t BinaryReader::varint()
{
    std::uint64_t value = 0;
    for (int shift = 0; shift < 70 && !m_fault; shift += 7) {
        const std::uint8_t read = byte();
        if (shift < 64)
            value |= std::uint64_t{read & 0x7FU} << shift;
        if ((read & 0x80U) == 0)
            return m_fault ? 0 : value;
    }
    fault(u"a number is longer than ten bytes"_s);
    return 0;
}

std::int64_t BinaryReader::zigzag()
{
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

std::uint32_t BinaryReader::fixed32()
{
    const QByteArrayView bytes = take(4);
    return bytes.size() == 4 ? qFromLittleEndian<quint32>(bytes.data()) : 0;
}

std::uint64_t BinaryReader::fixed64()
{
    const QByteArrayView bytes = take(8);
    return bytes.size() == 8 ? qFromLittleEndian<quint64>(bytes.data()) : 0;
}

bool BinaryReader::enter()
{
    if (m_depth >= deepest)
        fault(u"it is nested deeper than %1 levels"_s.arg(deepest), true);
    else if (++m_values > mostValues)
        fault(u"it has more than %1 values"_s.arg(mostValues), true);
    else if (m_out.json().size() > longestText)
        fault(u"its text is longer than is shown"_s, true);
    if (m_fault)
        return false;
    ++m_depth;
    return true;
}

void BinaryReader::key(std::string_view name)
{
    const QString text = QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
    m_out.key(text);
    m_path.append(text);
}

void BinaryReader::writeText(QByteArrayView utf8)
{
    if (m_fault)
        return;
    if (isUtf8(utf8))
        m_out.value(QString::fromUtf8(utf8));
    else
        fault(u"a text is not UTF-8"_s);
}

void BinaryReader::writeHex(QByteArrayView bytes)
{
    if (!m_fault)
        m_out.value(u"0x"_s + QString::fromLatin1(bytes.toByteArray().toHex()));
}

void BinaryReader::writeReal(double number)
{
    if (std::isfinite(number))
        m_out.value(number);
    else
        m_out.value(std::isnan(number) ? u"NaN"_s : number > 0 ? u"Infinity"_s : u"-Infinity"_s);
}

void BinaryReader::writeFloat()
{
    const std::uint32_t bits = fixed32();
    if (m_fault)
        return;
    const float number = std::bit_cast<float>(bits);
    if (!std::isfinite(number)) {
        writeReal(static_cast<double>(number));
        return;
    }
    char text[32]; // as short as a float needs, not as the double beside it
    const auto end = std::to_chars(std::begin(text), std::end(text), number).ptr;
    m_out.raw(QByteArrayView(text, end - text));
}

void BinaryReader::writeDouble()
{
    const std::uint64_t bits = fixed64();
    if (!m_fault)
        writeReal(std::bit_cast<double>(bits));
}

void BinaryReader::writeDecimal(QByteArrayView bytes, int scale)
{
    if (m_fault)
        return;
    if (bytes.isEmpty() || bytes.size() > 400) {
        m_out.value(u"0x"_s + QString::fromLatin1(bytes.toByteArray().toHex()));
        return;
    }
    // Long division of the two's complement by ten: exact, however long.
    std::vector<std::uint8_t> number(bytes.begin(), bytes.end());
    const bool isNegative = (number.front() & 0x80U) != 0;
    if (isNegative) {
        for (std::uint8_t& part : number)
            part = static_cast<std::uint8_t>(~part);
        for (std::size_t i = number.size(); i-- > 0;) {
            if (++number[i] != 0)
                break;
        }
    }
    QString digits;
    const auto isZero = [&] {
        return std::all_of(number.begin(), number.end(), [](std::uint8_t part) { return part == 0; });
    };
    // The most negative number of its length has no positive twin of that length, but its bytes read so all the same.
    while (!isZero()) {
        unsigned rest = 0;
        for (std::uint8_t& part : number) {
            const unsigned value = rest * 256 + part;
            part = static_cast<std::uint8_t>(value / 10);
            rest = value % 10;
        }
        digits.prepend(QChar(static_cast<char16_t>(u'0' + rest)));
    }
    digits = digits.rightJustified(scale + 1, u'0');
    if (scale > 0)
        digits.insert(digits.size() - scale, u'.');
    m_out.value(isNegative ? u'-' + digits : digits);
}

void BinaryReader::writeDate(std::int64_t days)
{
    if (const auto date = dateText(days))
        m_out.value(*date);
    else
        m_out.value(days);
}

void BinaryReader::writeTimeOfDay(std::int64_t count, int digits)
{
    if (count >= 0 && count < 86'400 * pow10(digits))
        m_out.value(timeText(count, digits));
    else
        m_out.value(count);
}

void BinaryReader::writeTimestamp(std::int64_t count, int digits, bool isUtc)
{
    const std::int64_t day = 86'400 * pow10(digits);
    const std::int64_t days = count / day - (count % day < 0 ? 1 : 0);
    const auto date = dateText(days);
    if (date)
        m_out.value(*date + u'T' + timeText((count % day + day) % day, digits) + (isUtc ? u"Z"_s : QString()));
    else
        m_out.value(count);
}

BinaryText BinaryReader::finish()
{
    return {.json = m_out.json(), .read = m_at, .fault = m_fault, .faultAt = m_faultAt, .isLimit = m_isLimit};
}

} // namespace spillway
