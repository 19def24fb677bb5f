// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/money.h"

#include "model/base/text.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int mostDecimals = 12;
constexpr qsizetype mostDigits = 15; // a mantissa below 10^15 leaves room for the quantities it is multiplied with

std::int64_t powerOfTen(int exponent)
{
    std::int64_t power = 1;
    for (int i = 0; i < exponent; ++i)
        power *= 10;
    return power;
}

} // namespace

Result<Rate> parseRate(QStringView text)
{
    const qsizetype point = text.indexOf(u'.');
    const QStringView whole = point < 0 ? text : text.first(point);
    const QStringView fraction = point < 0 ? QStringView() : text.sliced(point + 1);
    const auto isDigits = [](QStringView part) {
        return std::all_of(part.begin(), part.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
    };
    const QString digits = whole.toString() + fraction.toString();
    const bool isSound = !whole.isEmpty() && (point < 0 || !fraction.isEmpty()) && isDigits(digits) &&
                         fraction.size() <= mostDecimals && digits.size() <= mostDigits;
    if (!isSound)
        return fail(ErrorCode::InvalidConfig, u"'%1' is no price; write a decimal number of at least 0 like 0.10"_s.arg(
                                                  visibleText(text.first(std::min<qsizetype>(text.size(), 40)))));
    return Rate{digits.toLongLong(), static_cast<int>(fraction.size())};
}

Result<Money> parseMoney(QStringView text)
{
    constexpr std::int64_t most = 9'000'000'000'000; // in millionths it fits 64 bits
    const auto rate = parseRate(text);
    if (!rate || rate->scale > 6 || rate->mantissa > most)
        return fail(ErrorCode::InvalidConfig,
                    u"%1 is no amount; write a decimal number like 500 or 499.99"_s.arg(text));
    Money amount{rate->mantissa};
    for (int digit = rate->scale; digit < 6; ++digit)
        amount.micros *= 10;
    return amount;
}

QString formatRate(const Rate& rate)
{
    QString digits = QString::number(rate.mantissa).rightJustified(rate.scale + 1, u'0');
    if (rate.scale > 0)
        digits.insert(digits.size() - rate.scale, u'.');
    return digits;
}

QString formatMoney(Money amount, int decimals)
{
    const std::int64_t unit = powerOfTen(6 - std::clamp(decimals, 0, 6));
    const bool isNegative = amount.micros < 0;
    const std::int64_t magnitude = isNegative ? -amount.micros : amount.micros;
    const std::int64_t rounded = magnitude / unit + (magnitude % unit * 2 >= unit && unit > 1 ? 1 : 0);
    const QString text = formatRate(Rate{rounded, std::clamp(decimals, 0, 6)});
    return isNegative && rounded != 0 ? u'-' + text : text;
}

QString groupedMoney(Money amount, int decimals)
{
    QString digits = formatMoney(amount, decimals);
    const qsizetype first = digits.startsWith(u'-') ? 1 : 0;
    const qsizetype point = decimals > 0 ? digits.size() - decimals - 1 : digits.size();
    for (qsizetype at = point - 3; at > first; at -= 3)
        digits.insert(at, QChar(0x2009)); // thin space
    return digits;
}

} // namespace spillway
