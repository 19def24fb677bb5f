// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <QByteArrayView>
#include <QString>

#include <optional>

/// How FOCUS wants single values written. Pure; any thread.
namespace spillway {

/// A number as its numeric format allows: digits with one point, a sign only when negative, E notation without `E+`.
/// nullopt for anything else.
[[nodiscard]] std::optional<double> focusNumber(QByteArrayView text);
/// Whether it is a number that somebody dressed up: 1,200.50, $5, +3, 12 %, 1E+3.
[[nodiscard]] bool isDressedNumber(QByteArrayView text);

/// `2026-11-01T00:00:00Z`, an instant that exists.
[[nodiscard]] std::optional<UtcTime> focusInstant(QByteArrayView text);

/// GB, Hours, GB-Hours, GiB-Months, 1000 Requests, Requests/Day: capital words, joined by - or /, behind a whole
/// number.
[[nodiscard]] bool isFocusUnit(QByteArrayView text);

/// A value that stands for null and is none: "N/A", "None", "-".
[[nodiscard]] bool isPlaceholder(QByteArrayView text);

/// What is wrong with a JSON object; empty when nothing is.
/// @param mustBeFlat  values are strings, numbers, true, false or null
[[nodiscard]] QString jsonObjectFault(QByteArrayView text, bool mustBeFlat);
/// The same for AllocatedMethodDetails. @param ratio  gets the sum of its ratios; nullopt when there is a fault.
[[nodiscard]] QString allocationFault(QByteArrayView text, std::optional<double>& ratio);

} // namespace spillway
