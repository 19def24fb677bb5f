// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"

#include <QStringList>

namespace spillway {

/// As what a letter is copied.
enum class LetterCopyForm {
    Json, ///< the object of `dlq show --json`
    Kcat,
    Show, ///< the spillwayctl line
};

/// A line for a shell, and what it cannot say. The line is empty where it would say something else than the letter.
struct CopiedLine
{
    QString line;
    QStringList missing; ///< plain sentences
    friend bool operator==(const CopiedLine&, const CopiedLine&) = default;
};

/// A kcat command that produces the letter's message to `topic`: the payload comes from `spillwayctl dlq show ID
/// --raw`, so that it is exact whatever its bytes; key and headers stand in the line as far as a command line can hold
/// them. What cannot: a key or header with a zero byte or no UTF-8, a header without value, an empty header name. Pure.
/// All its headers are named: whoever wants it as a replay would send it takes the others off before.
/// @param bootstrap  `host:port,…`; @param topic  where to.
[[nodiscard]] CopiedLine kcatLine(const DeadLetter& letter, const QString& bootstrap, const QString& topic);

/// The spillwayctl line that shows this letter.
[[nodiscard]] QString showLine(const DeadLetter& letter);

} // namespace spillway
