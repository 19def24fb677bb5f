// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace spillway {

/// Texts that an expression (ECMA-262) may match: the shortest, and ones with more repetitions. Classes, groups,
/// choices, repetitions and anchors are understood; of what is not (look-around, back references) nothing is promised,
/// so whoever uses a text tries it. At most eight, each at most 5 000 characters. Pure; any thread.
[[nodiscard]] QStringList samplesOfPattern(const QString& pattern);

} // namespace spillway
