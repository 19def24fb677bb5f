// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/groupdecisions.h"

#include "model/base/jsontexts.h"
#include "model/base/text.h"
#include "model/deadletter/groupalias.h"
#include "model/deadletter/groupevents.h"
#include "model/deadletter/groupprojection.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/subjectid.h"
#include "model/deadletter/triage.h"
#include "model/ledger/catchup.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t itemsPerEvent = 5'000;

Status checkReason(const QString& reason)
{
    if (reason.trimmed().isEmpty())
        return fail(ErrorCode::InvalidConfig, u"a decision needs its reason; write --reason TEXT"_s);
    if (reason.size() > 4000)
        return fail(ErrorCode::InvalidConfig, u"the reason is longer than 4000 characters; link to the rest"_s);
    return {};
}

bool isKnown(SQLite::Database& db, const QString& id)
{
    SQLite::Statement select(db, "SELECT EXISTS (SELECT 1 FROM letter_group WHERE group_id = ?1)"
                                 " OR EXISTS (SELECT 1 FROM group_alias WHERE from_id = ?1 OR into_id = ?1)"
                                 " OR EXISTS (SELECT 1 FROM group_split WHERE group_id = ?1)");
    sql::bind(select, 1, id);
    return select.executeStep() && select.getColumn(0).getInt() != 0;
}

tl::unexpected<Error> unknownGroup(const QString& id)
{
    return fail(ErrorCode::NotFound,
                u"no group %1 is known; `spillwayctl dlq groups` prints them"_s.arg(visibleText(id.left(80))));
}

} // namespace

Result<MergePlan> planMerge(Database& reader, const QStringList& ids, const QString& into, const QString& reason)
{
    if (const Status given = checkReason(reason); !given)
        return tl::unexpected<Error>(given.error());
    const auto named = wholeGroups(reader, QStringList{into} + ids);
    if (!named)
        return tl::unexpected<Error>(named.error());
    Result<MergePlan> plan{MergePlan{.into = {}, .groups = {}, .reason = reason.trimmed()}};
    const Status looked = reader.guarded([&](SQLite::Database& db) {
        for (const QString& id : *named) {
            if (!isKnown(db, id)) {
                plan = unknownGroup(id);
                return;
            }
        }
        plan->into = effectiveGroup(db, named->first());
        for (const QString& id : named->mid(1)) {
            const QString present = effectiveGroup(db, id);
            if (present != plan->into && !plan->groups.contains(present))
                plan->groups += present;
        }
        if (plan->groups.isEmpty())
            plan = fail(ErrorCode::InvalidConfig, u"nothing to merge: it is one group already; name another one"_s);
    });
    if (!looked)
        return tl::unexpected<Error>(looked.error());
    return plan;
}

Result<SplitPlan> planSplit(const std::vector<DeadLetter>& letters, const QString& title, const QString& reason,
                            UtcTime now)
{
    if (const Status given = checkReason(reason); !given)
        return tl::unexpected<Error>(given.error());
    const QString name = title.simplified();
    if (name.isEmpty() || name.size() > 200)
        return fail(ErrorCode::InvalidConfig, u"a group needs a title of 1 to 200 characters; write --title TEXT"_s);
    if (letters.empty())
        return fail(ErrorCode::InvalidConfig,
                    u"no letter to split off; name letters by id, or a query that finds some"_s);
    SplitPlan plan{.group = {}, .title = name, .letterIds = {}, .reason = reason.trimmed()};
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(QByteArray::number(qint64{toMs(now)}) + '\n' + name.toUtf8());
    for (const DeadLetter& letter : letters) {
        plan.letterIds.push_back(letter.id);
        hash.addData('\n' + letter.id.toUtf8());
    }
    plan.group = u'g' + QString::fromLatin1(hash.result().first(6).toHex());
    return plan;
}

Result<UnmergePlan> planUnmerge(Database& reader, const QStringList& ids, const QString& reason)
{
    if (const Status given = checkReason(reason); !given)
        return tl::unexpected<Error>(given.error());
    const auto named = wholeGroups(reader, ids);
    if (!named)
        return tl::unexpected<Error>(named.error());
    Result<UnmergePlan> plan{UnmergePlan{.groups = {}, .splits = {}, .reason = reason.trimmed()}};
    const Status looked = reader.guarded([&](SQLite::Database& db) {
        SQLite::Statement split(db, "SELECT 1 FROM group_split WHERE group_id = ?");
        // An id whose letters were grouped anew follows them by a merge too; that one nobody made.
        SQLite::Statement merged(db, "SELECT a.into_id FROM group_alias a WHERE a.from_id = ? AND a.kind = 'merge'"
                                     " AND NOT EXISTS (SELECT 1 FROM group_alias m WHERE m.from_id = a.from_id"
                                     " AND m.kind = 'moved' AND m.into_id = a.into_id)");
        const auto has = [](SQLite::Statement& statement, const QString& id) {
            statement.reset();
            sql::bind(statement, 1, id);
            return statement.executeStep();
        };
        const auto takeMerged = [&](const QStringList& names, const std::optional<QString>& into) {
            for (const QString& name : names) {
                if (has(merged, name) && (!into || regroupedNames(db, sql::text(merged.getColumn(0))).contains(*into)))
                    plan->groups += name;
            }
        };
        for (const QString& id : *named) {
            if (!isKnown(db, id)) {
                plan = unknownGroup(id);
                return;
            }
            if (has(split, id)) {
                plan->splits += id;
                continue;
            }
            const qsizetype before = plan->groups.size();
            takeMerged(regroupedNames(db, id), std::nullopt);
            if (plan->groups.size() == before) // not merged itself: all that was merged into it
                takeMerged(groupNames(db, id), effectiveGroup(db, id));
            if (plan->groups.size() == before) {
                plan = fail(ErrorCode::InvalidConfig,
                            u"%1 was neither merged nor split off, and nothing was merged into it"_s.arg(id));
                return;
            }
        }
        if (plan->groups.isEmpty() && plan->splits.isEmpty())
            plan = fail(ErrorCode::InvalidConfig, u"name a group that was merged or split off"_s);
    });
    if (!looked)
        return tl::unexpected<Error>(looked.error());
    return plan;
}

std::vector<Ledger::Draft> mergeDrafts(const MergePlan& plan, const QString& actor)
{
    JsonWriter body;
    body.beginObject().field(u"into", plan.into).field(u"reason", plan.reason);
    writeTexts(body, u"groups", plan.groups);
    body.endObject();
    return {{actor, groupsMergedType, body.json()}};
}

std::vector<Ledger::Draft> splitDrafts(const SplitPlan& plan, const QString& actor)
{
    std::vector<Ledger::Draft> drafts;
    for (std::size_t first = 0; first < plan.letterIds.size(); first += itemsPerEvent) {
        const std::size_t last = std::min(plan.letterIds.size(), first + itemsPerEvent);
        JsonWriter body;
        body.beginObject().field(u"group", plan.group).field(u"title", plan.title).field(u"reason", plan.reason);
        body.key(u"letters").beginArray();
        for (std::size_t i = first; i < last; ++i)
            body.value(plan.letterIds[i]);
        body.endArray().endObject();
        drafts.push_back({actor, groupSplitType, body.json()});
    }
    return drafts;
}

std::vector<Ledger::Draft> unmergeDrafts(const UnmergePlan& plan, const QString& actor)
{
    JsonWriter body;
    body.beginObject().field(u"reason", plan.reason);
    writeTexts(body, u"groups", plan.groups);
    writeTexts(body, u"splits", plan.splits);
    body.endObject();
    return {{actor, groupsUnmergedType, body.json()}};
}

Ledger::Draft regroupDraft(const QString& reason, const QString& rulesDigest, const QString& actor)
{
    JsonWriter body;
    body.beginObject().field(u"reason", reason).field(u"rules", rulesDigest).field(u"actor", actor).endObject();
    return {actor, groupsRegroupType, body.json()};
}

std::vector<Ledger::Draft> regroupedDrafts(const RegroupOutcome& outcome, const QString& actor)
{
    std::vector<Ledger::Draft> drafts;
    std::size_t first = 0;
    do {
        const std::size_t last = std::min(outcome.moves.size(), first + itemsPerEvent);
        JsonWriter body;
        body.beginObject()
            .field(u"reason", outcome.reason)
            .field(u"rules", outcome.rulesDigest)
            .field(u"letters", outcome.letters)
            .field(u"changed", outcome.moved)
            .field(u"isLast", last == outcome.moves.size());
        body.key(u"moved").beginArray();
        for (std::size_t i = first; i < last; ++i)
            body.beginObject().field(u"from", outcome.moves[i].from).field(u"into", outcome.moves[i].into).endObject();
        body.endArray().endObject();
        drafts.push_back({actor, groupsRegroupedType, body.json()});
        first = last;
    } while (first < outcome.moves.size());
    return drafts;
}

QString groupProjectionName()
{
    return u"deadletter.groups"_s;
}

QString groupEventPrefix()
{
    return u"deadletter.groups."_s;
}

Status applyGroupEvent(Database& database, const LedgerEvent& event)
{
    const QJsonObject body = QJsonDocument::fromJson(event.body).object();
    const auto corrupt = [&] {
        return fail(ErrorCode::Corrupt, u"ledger event %1 is no %2"_s.arg(event.seq).arg(event.type));
    };
    return database
        .query<Status>([&](SQLite::Database& db) -> Status {
            GroupProjection projection(db, event.seq);
            if (event.type == groupsMergedType) {
                if (!body.value("into"_L1).isString() || !body.value("groups"_L1).isArray())
                    return corrupt();
                projection.merge(textsFrom(body.value("groups"_L1)), body.value("into"_L1).toString());
            } else if (event.type == groupSplitType) {
                if (!body.value("group"_L1).isString() || !body.value("letters"_L1).isArray())
                    return corrupt();
                projection.split(body.value("group"_L1).toString(), body.value("title"_L1).toString(),
                                 textsFrom(body.value("letters"_L1)));
            } else if (event.type == groupsUnmergedType) {
                if (!body.value("groups"_L1).isArray() || !body.value("splits"_L1).isArray())
                    return corrupt();
                projection.unmerge(textsFrom(body.value("groups"_L1)));
                projection.dissolve(textsFrom(body.value("splits"_L1)));
            } else if (event.type == groupsRegroupType) {
                startRegrouping(db, body.value("rules"_L1).toString(), event.actor, body.value("reason"_L1).toString());
            } else if (event.type == groupsRegroupedType) {
                if (!body.value("moved"_L1).isArray())
                    return corrupt();
                std::vector<GroupMove> moves;
                for (const QJsonValue& move : body.value("moved"_L1).toArray())
                    moves.push_back(
                        {move.toObject().value("from"_L1).toString(), move.toObject().value("into"_L1).toString()});
                projection.rename(moves);
                if (body.value("isLast"_L1).toBool())
                    endRegrouping(db);
            }
            return {};
        })
        .and_then([](const Status& applied) { return applied; });
}

Status catchUpGroups(const Ledger& ledger, StoreWriter& store)
{
    return catchUpEvents(ledger, store, groupProjectionName(), groupEventPrefix(), applyGroupEvent);
}

Status decideGroups(Ledger& ledger, StoreWriter& store, std::vector<Ledger::Draft> drafts)
{
    if (drafts.empty())
        return {};
    const auto events = ledger.append(std::move(drafts));
    if (!events)
        return tl::unexpected<Error>(events.error());
    Status status = catchUpGroups(ledger, store);
    if (status)
        status = catchUpTriage(ledger, store); // the history
    if (!status)
        return failWithin(u"the decision is in the ledger and will be applied at the next start"_s, status.error());
    return {};
}

Status clearGroupDecisions(Database& database)
{
    return database.guarded([](SQLite::Database& db) {
        GroupProjection projection(db, std::numeric_limits<std::int64_t>::max());
        QStringList splits;
        SQLite::Statement select(db, "SELECT group_id FROM group_split ORDER BY group_id");
        while (select.executeStep())
            splits += sql::text(select.getColumn(0));
        projection.dissolve(splits);
        db.exec("DELETE FROM letter_pin");
        db.exec("DELETE FROM group_alias");
        db.exec("UPDATE letter_group SET group_id = fingerprint_id WHERE group_id <> fingerprint_id");
    });
}

} // namespace spillway
