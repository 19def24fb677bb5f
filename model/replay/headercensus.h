// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <vector>

namespace spillway {

/// What somebody asks of a plan's headers, as it was written.
struct HeaderRequest
{
    QStringList drop; ///< patterns, as in headerpolicy.h
    QStringList keep;
    QStringList sets;
    bool allowsUnknownDialects = false;
    friend bool operator==(const HeaderRequest&, const HeaderRequest&) = default;
};

/// A header's name in the letters of a plan.
struct HeaderUse
{
    QByteArray name;
    std::int64_t messages = 0; ///< that bear it, and do so with it
    bool isSent = false;       ///< it goes along; false: it stays behind
    friend bool operator==(const HeaderUse&, const HeaderUse&) = default;
};

struct HeaderCensus
{
    std::vector<HeaderUse> names; ///< what stays behind first, by name
    /// Letters that are not counted: their headers' names are too many different ones to be kept.
    std::int64_t uncounted = 0;
    friend bool operator==(const HeaderCensus&, const HeaderCensus&) = default;
};

/// Names of one kind for people, like `a, b (2), c and 7 more`; `none` where there are none.
/// @param of  messages of the plan: a name that not all of them bear says how many do.
[[nodiscard]] QString headerNamesText(const HeaderCensus& census, bool isSent, std::int64_t of);

} // namespace spillway
