// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/groupmarks.h"

#include "model/base/counted.h"
#include "model/base/jsontexts.h"
#include "model/base/text.h"
#include "model/deadletter/groupevents.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/triagebook.h"

#include <algorithm>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QString mergeField = u"merge"_s;
const QString splitField = u"split"_s;
const QString pinField = u"pin"_s;
constexpr qsizetype lettersPerEvent = 5'000;

/// Letters that are pinned to the group.
QStringList pinnedTo(SQLite::Database& db, const QString& group)
{
    QStringList letters;
    SQLite::Statement select(db, "SELECT subject FROM triage_mark WHERE field = 'pin' AND value = ? ORDER BY subject");
    sql::bind(select, 1, group);
    while (select.executeStep())
        letters += sql::text(select.getColumn(0));
    return letters;
}

/// What marks were before a decision.
struct Before
{
    QStringList unmerged;                  ///< groups that were not merged
    std::map<QString, QStringList> merged; ///< into which group -> which were
    QStringList noSplits;                  ///< groups that were not there
    std::map<QString, QString> splits;     ///< group -> its title
    std::map<QString, QStringList> pins;   ///< group -> letters that were in it
};

Before before(SQLite::Database& db, const std::vector<std::int64_t>& seqs)
{
    Before was;
    // The first event of a decision that changed a mark knows what it was; the ones after it only what that one made.
    std::map<std::pair<QString, QString>, std::optional<QString>> marks;
    SQLite::Statement select(db, "SELECT field, subject, value FROM triage_mark_past"
                                 " WHERE seq = ? AND field IN ('merge', 'split', 'pin') ORDER BY field, subject");
    for (const std::int64_t seq : seqs) {
        select.reset();
        select.bind(1, seq);
        while (select.executeStep())
            marks.try_emplace({sql::text(select.getColumn(0)), sql::text(select.getColumn(1))},
                              sql::maybeText(select.getColumn(2)));
    }
    for (const auto& [mark, value] : marks) {
        const auto& [field, subject] = mark;
        if (field == mergeField && value)
            was.merged[*value] += subject;
        else if (field == mergeField)
            was.unmerged += subject;
        else if (field == splitField && value)
            was.splits[subject] = *value;
        else if (field == splitField)
            was.noSplits += subject;
        else if (value)
            was.pins[*value] += subject;
    }
    return was;
}

QString titleOf(SQLite::Database& db, const Before& was, const QString& group)
{
    if (const auto known = was.splits.find(group); known != was.splits.end())
        return known->second;
    SQLite::Statement select(db, "SELECT value FROM triage_mark WHERE subject = ? AND field = 'split'");
    sql::bind(select, 1, group);
    return select.executeStep() ? sql::maybeText(select.getColumn(0)).value_or(group) : group;
}

} // namespace

void applyGroupMarks(SQLite::Database& db, const LedgerEvent& event, const QJsonObject& body)
{
    if (body.contains("undoes"_L1))
        return;
    const QString itself = u"e%1"_s.arg(event.seq);
    const std::optional<QString> reason =
        body["reason"_L1].isString() ? std::optional(body["reason"_L1].toString()) : std::nullopt;
    MarkWriter marks(db, event.seq);
    if (event.type == groupsMergedType) {
        const QString into = body["into"_L1].toString();
        const QStringList groups = textsFrom(body["groups"_L1]);
        noteEvent(db, event,
                  {.decision = itself,
                   .summary = u"%1 merged into %2"_s.arg(
                       groups.size() == 1 ? groups.first() : counted(groups.size(), u"group"_s), into),
                   .reason = reason,
                   .subjects = groups + QStringList{into}});
        for (const QString& group : groups)
            marks.set(group, mergeField, into);
    } else if (event.type == groupSplitType) {
        const QString group = body["group"_L1].toString();
        const QStringList letters = textsFrom(body["letters"_L1]);
        // A large split is several events, and the group's id is no other split's.
        noteEvent(db, event,
                  {.decision = u"split-"_s + group,
                   .summary = u"%1 split off as %2, %3"_s.arg(counted(letters.size(), u"letter"_s), group,
                                                              body["title"_L1].toString()),
                   .reason = reason,
                   .subjects = {group}});
        marks.set(group, splitField, body["title"_L1].toString());
        for (const QString& letter : letters)
            marks.set(letter, pinField, group);
    } else if (event.type == groupsUnmergedType) {
        const QStringList groups = textsFrom(body["groups"_L1]);
        const QStringList splits = textsFrom(body["splits"_L1]);
        noteEvent(db, event,
                  {.decision = itself,
                   .summary = u"merges and splits taken back: "_s + (groups + splits).join(u", "_s),
                   .reason = reason,
                   .subjects = groups + splits});
        for (const QString& group : groups)
            marks.set(group, mergeField, std::nullopt);
        for (const QString& group : splits) {
            for (const QString& letter : pinnedTo(db, group))
                marks.set(letter, pinField, std::nullopt);
            marks.set(group, splitField, std::nullopt);
        }
    } else if (event.type == groupsRegroupType) {
        noteEvent(db, event, {.decision = itself, .summary = u"everything grouped anew"_s, .reason = reason});
    }
}

std::vector<Ledger::Draft> groupUndoDrafts(SQLite::Database& db, const std::vector<std::int64_t>& seqs,
                                           const QString& actor, const QString& decision)
{
    const Before was = before(db, seqs);
    std::vector<Ledger::Draft> drafts;
    const auto begun = [&] {
        JsonWriter body;
        body.beginObject()
            .field(u"decision", decision)
            .field(u"undoes", seqs.front())
            .field(u"reason", u"undo of %1"_s.arg(seqs.front()));
        return body;
    };
    const auto add = [&](QLatin1StringView type, JsonWriter& body) {
        body.endObject();
        drafts.push_back({actor, type, body.json()});
    };
    if (!was.unmerged.isEmpty() || !was.noSplits.isEmpty()) {
        JsonWriter body = begun();
        writeTexts(body, u"groups", was.unmerged);
        writeTexts(body, u"splits", was.noSplits);
        add(groupsUnmergedType, body);
    }
    for (const auto& [into, groups] : was.merged) {
        JsonWriter body = begun();
        body.field(u"into", into);
        writeTexts(body, u"groups", groups);
        add(groupsMergedType, body);
    }
    std::map<QString, QStringList> splits = was.pins;
    for (const auto& [group, title] : was.splits)
        splits.try_emplace(group); // a group may be there without letters
    for (const auto& [group, letters] : splits) {
        qsizetype first = 0;
        do {
            JsonWriter body = begun();
            body.field(u"group", group).field(u"title", titleOf(db, was, group));
            writeTexts(body, u"letters", letters.mid(first, lettersPerEvent));
            add(groupSplitType, body);
            first += lettersPerEvent;
        } while (first < letters.size());
    }
    return drafts;
}

std::int64_t regroupedSince(SQLite::Database& db, const QString& decision)
{
    SQLite::Statement select(db, "SELECT ifnull(min(r.seq), 0) FROM triage_event r"
                                 " WHERE r.type = 'deadletter.groups.regroup'"
                                 "   AND r.seq > (SELECT min(p.seq) FROM triage_mark_past p"
                                 "                JOIN triage_event e ON e.seq = p.seq"
                                 "                WHERE e.decision = ? AND p.field = 'merge')");
    sql::bind(select, 1, decision);
    select.executeStep();
    return select.getColumn(0).getInt64();
}

} // namespace spillway
