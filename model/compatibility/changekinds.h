// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace spillway {

/// A kind of change, for people. The manual lists all of them; a test keeps both the same.
struct ChangeKind
{
    QString word;   ///< `requiredAdded`
    QString remedy; ///< what to do where it breaks, a plain sentence; empty: nothing to say
};

/// nullopt: no kind of JSON Schema's.
[[nodiscard]] std::optional<ChangeKind> changeKindFromWord(QStringView word);
[[nodiscard]] QStringList changeKindWords();

} // namespace spillway
