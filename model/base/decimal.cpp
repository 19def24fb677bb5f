// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/decimal.h"

#include <algorithm>
#include <cstdlib>

namespace spillway {

namespace {

constexpr qsizetype longestNumber = 10'000;
constexpr std::int64_t largestExponent = 1'000'000'000'000; // beyond: as if it were this; nobody writes so many digits

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

} // namespace

std::optional<Decimal> Decimal::parse(QByteArrayView text)
{
    if (text.isEmpty() || text.size() > longestNumber)
        return std::nullopt;
    Decimal number;
    qsizetype at = 0;
    const auto peek = [&] { return at < text.size() ? text[at] : '\0'; };
    if (peek() == '-') {
        number.m_isNegative = true;
        ++at;
    }
    const qsizetype wholeAt = at;
    while (isDigit(peek()))
        ++at;
    const qsizetype whole = at - wholeAt;
    if (whole == 0 || (whole > 1 && text[wholeAt] == '0'))
        return std::nullopt;
    number.m_digits = text.sliced(wholeAt, whole).toByteArray();
    number.m_exponent = whole;
    if (peek() == '.') {
        const qsizetype fractionAt = ++at;
        while (isDigit(peek()))
            ++at;
        if (at == fractionAt)
            return std::nullopt;
        number.m_digits += text.sliced(fractionAt, at - fractionAt);
    }
    if (peek() == 'e' || peek() == 'E') {
        ++at;
        const bool isDown = peek() == '-';
        if (peek() == '-' || peek() == '+')
            ++at;
        if (!isDigit(peek()))
            return std::nullopt;
        std::int64_t exponent = 0;
        for (; isDigit(peek()); ++at)
            exponent = std::min(largestExponent, exponent * 10 + (peek() - '0'));
        number.m_exponent += isDown ? -exponent : exponent;
    }
    if (at != text.size())
        return std::nullopt;
    qsizetype leading = 0;
    while (leading < number.m_digits.size() && number.m_digits[leading] == '0')
        ++leading;
    number.m_digits.remove(0, leading);
    number.m_exponent -= leading;
    while (number.m_digits.endsWith('0'))
        number.m_digits.chop(1);
    if (number.m_digits.isEmpty()) {
        number.m_isNegative = false;
        number.m_exponent = 0;
    }
    return number;
}

Decimal Decimal::fromInteger(std::int64_t number)
{
    return *parse(QByteArray::number(qlonglong{number}));
}

double Decimal::toDouble() const
{
    const QByteArray text = (m_isNegative ? "-0." : "0.") + (m_digits.isEmpty() ? QByteArray("0") : m_digits.left(40)) +
                            'e' +
                            QByteArray::number(qlonglong{std::clamp<std::int64_t>(m_exponent, -100'000, 100'000)});
    return std::strtod(text.constData(), nullptr);
}

std::optional<bool> Decimal::isMultipleOf(const Decimal& divisor) const
{
    constexpr qsizetype mostDigits = 18; // remainder * 10 + 9 stays below 2^64
    if (divisor.m_digits.isEmpty() || divisor.m_digits.size() > mostDigits)
        return std::nullopt;
    if (m_digits.isEmpty())
        return true;
    // Both as whole numbers times a power of ten: digits * 10^(exponent - number of digits).
    const std::int64_t power = (m_exponent - m_digits.size()) - (divisor.m_exponent - divisor.m_digits.size());
    if (power < 0)
        return false; // the divisor would have to end with a zero that our digits do not end with
    const std::uint64_t modulus = divisor.m_digits.toULongLong();
    std::uint64_t rest = 0;
    for (const char digit : m_digits)
        rest = (rest * 10 + static_cast<std::uint64_t>(digit - '0')) % modulus;
    // Times ten until nothing is left. Sixty times take every 2 and 5 out of the modulus; more change nothing.
    for (std::int64_t i = 0; i < std::min<std::int64_t>(power, 64) && rest != 0; ++i)
        rest = rest * 10 % modulus;
    return rest == 0;
}

std::uint64_t Decimal::hash() const
{
    std::uint64_t hash = m_isNegative ? 0x9E3779B97F4A7C15ULL : 0;
    for (const char digit : m_digits)
        hash = hash * 1099511628211ULL + static_cast<std::uint64_t>(digit);
    return hash * 31 + static_cast<std::uint64_t>(m_exponent);
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b)
{
    const auto signOf = [](const Decimal& d) { return d.m_digits.isEmpty() ? 0 : d.m_isNegative ? -1 : 1; };
    if (const auto order = signOf(a) <=> signOf(b); order != std::strong_ordering::equal)
        return order;
    const Decimal& smaller = a.m_isNegative ? b : a; // of two negative ones the larger size is the smaller number
    const Decimal& larger = a.m_isNegative ? a : b;
    if (const auto order = smaller.m_exponent <=> larger.m_exponent; order != std::strong_ordering::equal)
        return order;
    const int order = smaller.m_digits.compare(larger.m_digits);
    return order <=> 0;
}

} // namespace spillway
