// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replaywarnings.h"

#include "model/base/counted.h"
#include "model/deadletter/triagemarks.h"

#include <QHash>
#include <QSet>

#include <map>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

Result<QStringList> replayWarnings(Database& reader, const std::vector<DeadLetter>& letters, const ReplayPlan& plan)
{
    QSet<QString> planned;
    planned.reserve(static_cast<qsizetype>(plan.letters.size()));
    for (const PlanLetter& letter : plan.letters)
        planned.insert(letter.letterId);
    std::map<QString, std::int64_t> groups;
    for (const DeadLetter& letter : letters) {
        if (planned.contains(letter.id))
            ++groups[letter.group];
    }
    return reader.query<QStringList>([&groups](SQLite::Database& db) {
        QStringList warnings;
        for (const auto& [group, count] : groups) {
            const std::optional<KnownErrorEntry> known = knownMark(db, group);
            if (!known || known->error.safety != ReplaySafety::No)
                continue;
            QString text = u"%1 of group %2: %3 said that replaying it is not safe"_s.arg(counted(count, u"letter"_s),
                                                                                          group, known->actor);
            if (!known->error.fix.isEmpty())
                text += u"; first: "_s + known->error.fix;
            warnings.push_back(visibleText(text));
        }
        return warnings;
    });
}

} // namespace spillway
