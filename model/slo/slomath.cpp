// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slo/slomath.h"

#include "model/base/wordtable.h"

namespace spillway {

namespace {

constexpr WordTable<SloState, 5> stateWords{{{SloState::Violated, u"violated"},
                                             {SloState::AtRisk, u"atRisk"},
                                             {SloState::NoData, u"noData"},
                                             {SloState::Met, u"met"},
                                             {SloState::NoPromise, u"noPromise"}}};

} // namespace

QString sloStateWord(SloState state)
{
    return wordOf(stateWords, state);
}

std::optional<SloState> sloStateFromWord(QStringView word)
{
    return valueOf(stateWords, word);
}

std::optional<double> shareOf(std::int64_t part, std::int64_t whole)
{
    if (whole == 0)
        return std::nullopt;
    return static_cast<double>(part) / static_cast<double>(whole);
}

std::optional<double> burnRate(std::int64_t bad, std::int64_t total, double objective)
{
    const auto badShare = shareOf(bad, total);
    return badShare && objective < 1.0 ? std::optional(*badShare / (1.0 - objective)) : std::nullopt;
}

std::optional<double> budgetRemaining(std::int64_t bad, std::int64_t total, double objective)
{
    const auto burned = burnRate(bad, total, objective);
    return burned ? std::optional(1.0 - *burned) : std::nullopt;
}

SloCounts& SloCounts::operator+=(const SloCounts& other)
{
    total += other.total;
    succeeded += other.succeeded;
    withinTarget += other.withinTarget;
    good += other.good;
    return *this;
}

SloState judgeSlo(const SloPromise& promise, const SloCounts& window, const SloCounts& lastHour)
{
    if (!promise.targetMs && !promise.successRate)
        return SloState::NoPromise;
    if (window.total == 0)
        return SloState::NoData;
    // Ratios, not products: 99 of 100 is the same double as a written 0.99, 0.99 · 100 need not be 99.
    if (promise.targetMs && *shareOf(window.good, window.total) < promise.objective)
        return SloState::Violated;
    if (promise.successRate && *shareOf(window.succeeded, window.total) < *promise.successRate)
        return SloState::Violated;
    if (promise.targetMs) {
        const std::int64_t bad = lastHour.total - lastHour.good;
        const auto burn = burnRate(bad, lastHour.total, promise.objective);
        if (burn && *burn > 1.0 && bad >= 2)
            return SloState::AtRisk;
    }
    return SloState::Met;
}

} // namespace spillway
