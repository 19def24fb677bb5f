// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/unitprice.h"

#include <limits>

namespace spillway {

namespace {

struct UnitScale
{
    Wide numerator = 1;
    Wide denominator = 1;
};

constexpr Wide gib = Wide{1} << 30;
constexpr Wide gb = 1'000'000'000;
constexpr Wide millidays = 1000;

UnitScale scaleOf(PriceUnit unit)
{
    switch (unit) { // a month is 365/12 days
    case PriceUnit::GibHour:
        return {24, gib * millidays};
    case PriceUnit::GibDay:
        return {1, gib * millidays};
    case PriceUnit::GibMonth:
        return {12, gib * millidays * 365};
    case PriceUnit::GbHour:
        return {24, gb * millidays};
    case PriceUnit::GbDay:
        return {1, gb * millidays};
    case PriceUnit::GbMonth:
        return {12, gb * millidays * 365};
    case PriceUnit::Gib:
        return {1, gib};
    case PriceUnit::Gb:
        return {1, gb};
    case PriceUnit::MillionEvents:
    case PriceUnit::MillionRequests:
        return {1, 1'000'000};
    case PriceUnit::SchemaHour:
    case PriceUnit::Hour:
        return {24, nanodays};
    case PriceUnit::EntryDay:
    case PriceUnit::SchemaDay:
    case PriceUnit::Day:
        return {1, nanodays};
    case PriceUnit::EntryMonth:
    case PriceUnit::SchemaMonth:
    case PriceUnit::Month:
        return {12, nanodays * 365};
    }
    return {};
}

} // namespace

UnitPrice unitPrice(const ComponentPrice& price, Wide parts)
{
    const UnitScale scale = scaleOf(price.unit);
    UnitPrice unit{scale.numerator, scale.denominator * parts, Wide{price.rate.mantissa} * scale.numerator,
                   scale.denominator * parts};
    for (int digit = price.rate.scale; digit < 6; ++digit)
        unit.numerator *= 10;
    for (int digit = 6; digit < price.rate.scale; ++digit)
        unit.denominator *= 10;
    return unit;
}

std::optional<std::int64_t> quantityNanos(Wide quantity, const UnitPrice& price)
{
    constexpr Wide nano = 1'000'000'000;
    Wide scaled = 0;
    if (__builtin_mul_overflow(quantity, price.unitNumerator, &scaled))
        return std::nullopt;
    const Wide whole = scaled / price.unitDenominator;
    if (whole >= std::numeric_limits<std::int64_t>::max() / nano)
        return std::nullopt;
    const Wide rest = scaled % price.unitDenominator;
    return static_cast<std::int64_t>(whole * nano + (rest * nano + price.unitDenominator / 2) / price.unitDenominator);
}

} // namespace spillway
