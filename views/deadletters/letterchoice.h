// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/frozenletters.h"

#include <QStringList>

#include <cstdint>
#include <optional>

namespace spillway::views {

/// What an action is about: the whole group, or the chosen messages once the reader went into their list.
struct LetterChoice
{
    QStringList ids; ///< empty: whatever `query` finds
    QString query;
    QString what; ///< in words: "the group X, 150 letters"
    std::int64_t count = 0;
    std::optional<FrozenLetters> frozen{}; ///< the group as it was when the reader chose; `ids` are its letters then
};

} // namespace spillway::views
