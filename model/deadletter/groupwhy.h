// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/fingerprinter.h"
#include "model/store/database.h"

#include <QStringList>

namespace spillway {

/// Why letters are one group: for people who doubt it.
struct GroupWhy
{
    struct Part
    {
        QString name;                 ///< fingerprint, rootCause, frame, message, eventType, consumer
        std::optional<QString> value; ///< nullopt: it does not enter
        QString source;               ///< where it was taken from, or why it does not enter
        friend bool operator==(const Part&, const Part&) = default;
    };
    /// One fingerprint among those that are shown together.
    struct Member
    {
        QString id;
        QString title;
        std::int64_t letters = 0;
        std::optional<std::int64_t> mergedBySeq; ///< ledger event that merged it; nullopt: none did
        friend bool operator==(const Member&, const Member&) = default;
    };
    QString id; ///< present one
    QString title;
    int version = 0;
    std::vector<Part> parts;                ///< of the letter looked at
    std::vector<Folding> foldings;          ///< in its message, in order
    std::optional<QString> rule;            ///< of grouping.yaml, that applied
    QString letterId;                       ///< the letter looked at: the newest of the group's own fingerprint
    std::optional<QString> nowElsewhere;    ///< by the rules of now that letter would be in this group; see regroup
    std::optional<std::int64_t> splitBySeq; ///< ledger event by which a person made the group
    std::vector<Member> members;            ///< most letters first; one where nobody merged
    QStringList otherNames;                 ///< ids that lead here
};

/// By present or old id. NotFound for one nobody knows. Reads in the calling thread.
[[nodiscard]] Result<GroupWhy> whyGrouped(Database& reader, const QString& id, const GroupingKnowledge& knowledge);

} // namespace spillway
