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
