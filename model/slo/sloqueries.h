// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/slo/slomath.h"
#include "model/store/database.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <vector>

/// What the processing log says about promises. Every query runs on a reader's connection, in the thread that owns it.
namespace spillway {

/// One (consumer, event) over a window; contract.md, command `slo`.
struct SloRow
{
    QString consumer;
    QString eventType;
    std::optional<QString> team;
    std::int64_t total = 0;
    std::optional<std::int64_t> good; ///< nullopt here and below: no target was promised
    std::optional<std::int64_t> withinTarget;
    std::optional<double> attainment; ///< good / total; nullopt also without records
    std::optional<double> objective;
    std::optional<double> targetMs;
    std::optional<double> p50Ms; ///< over all records, within 1.1 %; nullopt without records
    std::optional<double> p99Ms;
    std::optional<double> successRate; ///< succeeded / total; nullopt without records
    std::optional<double> promisedSuccessRate;
    std::optional<double> budgetRemaining; ///< 1 − bad ÷ (total · (1 − objective)); negative when overspent
    std::optional<double> burnRate1h;      ///< over the hour before `now`; nullopt without records in it
    SloState state = SloState::NoPromise;
    friend bool operator==(const SloRow&, const SloRow&) = default;
};

/// A row for every (consumer, event) of ownership.yaml, promised or not, and for every other one that the log names in
/// the window. Records count from `now` − `window` on (inclusive); records dated after `now`, by a consumer whose clock
/// runs ahead, count too. Counts are exact for any window and for the targets as the catalog has them now. Worst first:
/// state, then budget left, then attainment, then names.
[[nodiscard]] Result<std::vector<SloRow>> sloRows(Database& reader, const Catalog& catalog, Millis window, UtcTime now);

/// One JSON array, fields as contract.md names them.
[[nodiscard]] QByteArray sloJson(const std::vector<SloRow>& rows);
/// A table for people; names made visible. Empty rows give one sentence.
[[nodiscard]] QString sloText(const std::vector<SloRow>& rows);

/// One UTC day of a pair.
struct SloDay
{
    UtcTime day; ///< its first moment
    std::int64_t total = 0;
    std::int64_t succeeded = 0;
    std::optional<std::int64_t> good; ///< nullopt: no target was promised
    std::optional<double> attainment; ///< nullopt without records or target: a gap, not a zero
    friend bool operator==(const SloDay&, const SloDay&) = default;
};

/// The days that [from, to) touches, oldest first, each whole; a day without records has total 0.
[[nodiscard]] Result<std::vector<SloDay>> sloDays(Database& reader, const Catalog& catalog, const QString& consumer,
                                                  const QString& eventType, UtcTime from, UtcTime to);

/// How well the log could be read, over all connections, since the store exists.
struct ProcessingHealth
{
    std::int64_t records = 0;
    std::int64_t unreadable = 0;
    friend bool operator==(const ProcessingHealth&, const ProcessingHealth&) = default;
};
[[nodiscard]] Result<ProcessingHealth> processingHealth(Database& reader);

} // namespace spillway
