// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace spillway {

/// The characters that one sign of an expression stands for, whatever stands around it.
struct LinearSigns
{
    QString set;              ///< as RE2 writes a class: `[\x{61}-\x{7A}]`
    bool hasLineFeed = false; ///< the line feed is one of them
};

/// Asked of PCRE itself, character by character, so that no table of another engine, of another Unicode version,
/// decides what `\p{L}`, `\s` or `(?i)ß` is. Some milliseconds for the first time, then remembered.
/// @param sign  what fits exactly one character: a letter, an escape, a class; with its own `(?i)` or `(?s)` in front.
/// @return nullopt for what is no expression.
/// Any thread.
[[nodiscard]] std::optional<LinearSigns> linearSigns(const QString& sign);

} // namespace spillway
