// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/groupwhy.h"

#include "model/deadletter/groupalias.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/sqltext.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// What the tables say; the letter's place for the rest.
struct Found
{
    GroupWhy why;
    std::optional<std::int64_t> place;
};

std::optional<std::int64_t> seqOf(SQLite::Database& db, const char* text, const QString& id)
{
    SQLite::Statement select(db, text);
    sql::bind(select, 1, id);
    return select.executeStep() ? std::optional(select.getColumn(0).getInt64()) : std::nullopt;
}

Found look(SQLite::Database& db, const QString& asked)
{
    Found found;
    GroupWhy& why = found.why;
    const QStringList names = groupNames(db, asked);
    why.id = names.front();
    why.otherNames = names.mid(1);
    why.splitBySeq = seqOf(db, "SELECT seq FROM group_split WHERE group_id = ?", why.id);
    std::int64_t most = -1;
    SQLite::Statement strains(db, "SELECT g.fingerprint_id, g.title, g.fingerprint_version, g.id,"
                                  " (SELECT ifnull(sum(letters), 0) FROM letter_count WHERE group_ref = g.id)"
                                  " FROM letter_group g WHERE g.group_id = ?"
                                  " ORDER BY g.fingerprint_id <> ?1, g.id");
    sql::bind(strains, 1, why.id);
    while (strains.executeStep()) {
        const QString fingerprint = sql::text(strains.getColumn(0));
        const std::int64_t letters = strains.getColumn(4).getInt64();
        auto member = std::find_if(why.members.begin(), why.members.end(),
                                   [&](const GroupWhy::Member& one) { return one.id == fingerprint; });
        if (member == why.members.end()) {
            why.members.push_back(
                {.id = fingerprint,
                 .title = sql::text(strains.getColumn(1)),
                 .letters = 0,
                 .mergedBySeq =
                     seqOf(db, "SELECT seq FROM group_alias WHERE from_id = ? AND kind = 'merge'", fingerprint)});
            member = why.members.end() - 1;
        }
        member->letters += letters;
        // The group's own fingerprint comes first; of it, the strain with most letters speaks for it.
        if (letters > most && (most < 0 || fingerprint == why.members.front().id)) {
            most = letters;
            why.title = sql::text(strains.getColumn(1));
            why.version = strains.getColumn(2).getInt();
            SQLite::Statement newest(db, "SELECT id FROM letter WHERE group_ref = ? ORDER BY moment_ms DESC, id DESC"
                                         " LIMIT 1");
            newest.bind(1, strains.getColumn(3).getInt64());
            if (newest.executeStep())
                found.place = newest.getColumn(0).getInt64();
        }
    }
    std::stable_sort(why.members.begin(), why.members.end(),
                     [](const GroupWhy::Member& a, const GroupWhy::Member& b) { return a.letters > b.letters; });
    return found;
}

void explain(GroupWhy& why, const DeadLetter& letter, const GroupingKnowledge& knowledge)
{
    FingerprintSources sources;
    Fingerprinter fingerprinter(knowledge);
    const LetterOwner owner{.consumer = letter.consumer, .eventType = letter.eventType, .team = letter.team};
    const Fingerprint made = fingerprinter.of(letter.record, letter.facts, owner, &sources);
    why.letterId = letter.id;
    why.rule = made.rule;
    why.foldings = std::move(sources.foldings);
    const bool isMember = std::any_of(why.members.begin(), why.members.end(),
                                      [&](const GroupWhy::Member& member) { return member.id == made.id; });
    if (!isMember && !why.splitBySeq)
        why.nowElsewhere = made.id;
    if (made.parts.fixed) {
        why.parts = {{u"fingerprint"_s, made.parts.fixed, u"given by the rule; nothing else enters"_s}};
        return;
    }
    why.parts = {{u"rootCause"_s, made.parts.rootCause, sources.rootCause},
                 {u"frame"_s, made.parts.frame, sources.frame},
                 {u"message"_s, made.parts.message, sources.message},
                 {u"eventType"_s, made.parts.eventType,
                  made.parts.eventType ? u"by mapping, header, payload or the topic's only event"_s : u"not told"_s},
                 {u"consumer"_s, made.parts.consumer,
                  made.parts.consumer ? u"by mapping, ownership or the consumer group"_s : u"not told"_s}};
}

} // namespace

Result<GroupWhy> whyGrouped(Database& reader, const QString& id, const GroupingKnowledge& knowledge)
{
    auto found = reader.query<Found>([&](SQLite::Database& db) { return look(db, id); });
    if (!found)
        return tl::unexpected<Error>(found.error());
    if (found->why.members.empty())
        return fail(ErrorCode::NotFound,
                    u"no group %1 has letters; `spillwayctl dlq groups` prints those that do"_s.arg(id.left(80)));
    if (!found->place)
        return found->why;
    const auto letters = lettersAt(reader, {*found->place}, LetterParts::Whole);
    if (!letters)
        return tl::unexpected<Error>(letters.error());
    if (!letters->empty())
        explain(found->why, letters->front(), knowledge);
    return found->why;
}

} // namespace spillway
