// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <QString>
#include <QStringList>

namespace spillway {

/// The letters that a person saw behind a query when they chose: a decision is about these, whatever arrives later.
struct FrozenLetters
{
    QStringList ids;       ///< newest first
    std::int64_t open = 0; ///< of them
    QString query;
    UtcTime at;
    std::int64_t lastPlace = 0; ///< letters of higher places were stored since
    friend bool operator==(const FrozenLetters&, const FrozenLetters&) = default;
};

} // namespace spillway
