// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/jsonwriter.h"
#include "model/cost/money.h"

#include <QDate>

#include <optional>

/// How everything about cost stands in JSON.
namespace spillway {

/// Decimals of an amount where it must add up: micro-units, whole.
inline constexpr int exactDecimals = 6;

/// A decimal number in the currency, exact.
void writeAmount(JsonWriter& json, QStringView name, Money amount);
/// nullopt, which is written as null, for what is not known.
[[nodiscard]] std::optional<QString> textOrNull(const QString& text);
/// `2026-11-26`, or nullopt for no day.
[[nodiscard]] std::optional<QString> dayOrNull(const std::optional<QDate>& day);

} // namespace spillway
