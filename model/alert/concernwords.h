// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/concern.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <optional>

/// How the sentences of concerns are built. Pure; any thread.
namespace spillway {

/// "99.95 %" of a ratio in [0, 1] with at most four decimals, as few as are needed.
[[nodiscard]] QString promisedText(double objective);

/// "96.2 %": one decimal, cut and never rounded up, so that what lies below a promise never reads as kept.
[[nodiscard]] QString attainmentText(double attainment);

/// "1 message", "2 410 messages".
[[nodiscard]] QString countText(std::int64_t count, const QString& one, const QString& many);

/// The other way than `severityWord` and `concernRuleWord`; nullopt for what is no such word.
[[nodiscard]] std::optional<Severity> severityFromWord(QStringView word);
[[nodiscard]] std::optional<ConcernRule> concernRuleFromWord(QStringView word);
[[nodiscard]] QStringList concernRuleWords(); ///< all, in the order of ranking

/// `field:value` of the query language, the value in quotes where it needs them; without a value: letters that have
/// none.
[[nodiscard]] QString queryTerm(const QString& field, const std::optional<QString>& value);

} // namespace spillway
