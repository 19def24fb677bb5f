// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemaview.h"

#include <string>

/// What the comparison of two JSON Schemas finds, before it is told to anybody.
namespace spillway {

/// What a policy takes for granted about documents on their way.
struct DocumentHabits
{
    bool undeclaredAreSent = true; ///< writers send what no schema names, where it is allowed, and readers mind it
    bool defaultsFillIn = true;    ///< a required field with a default may be missing
};

/// A pair of places that were held against each other; `older` and `newer` are conjunctions of their programs.
struct SchemaPair
{
    Conjunction older;
    Conjunction newer;
    std::uint8_t types = typebits::all; ///< only values of these types are looked at
    friend auto operator<=>(const SchemaPair&, const SchemaPair&) = default;
};

/// One step from a document into it.
struct DocumentStep
{
    /// Name: a text becomes the name of a field; Within: the same value, seen by a branch of its schema.
    enum class Kind { Member, Item, Name, Within };
    Kind kind = Kind::Within;
    std::string name;      ///< Member
    std::size_t place = 0; ///< Item
    SchemaPair outer;      ///< what holds of the value that we step into
};

/// One difference, with where it stands and how documents get there.
struct SchemaFinding
{
    QString path; ///< from the compared pair on: `/properties/a/type`
    QString kind;
    QString message;
    SchemaSpot older; ///< in the older program
    SchemaSpot newer;
    DirectionVerdict backward = DirectionVerdict::Holds;
    DirectionVerdict forward = DirectionVerdict::Holds;
    std::vector<DocumentStep> steps; ///< outermost first
    SchemaPair pair;                 ///< that differs, behind the last step
    QString otherName;
};

/// Breaks outweighs Undecided outweighs Holds.
[[nodiscard]] inline DirectionVerdict worse(DirectionVerdict a, DirectionVerdict b)
{
    if (a == DirectionVerdict::Breaks || b == DirectionVerdict::Breaks)
        return DirectionVerdict::Breaks;
    return a == DirectionVerdict::Undecided || b == DirectionVerdict::Undecided ? DirectionVerdict::Undecided
                                                                                : DirectionVerdict::Holds;
}

/// All that differs at one pair of places and below.
struct PairResult
{
    DirectionVerdict backward = DirectionVerdict::Holds;
    DirectionVerdict forward = DirectionVerdict::Holds;
    std::vector<SchemaFinding> findings; ///< each difference once, however many ways lead to it
};

} // namespace spillway
