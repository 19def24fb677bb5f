// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterrescue.h"

#include "model/base/counted.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/headerpack.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/letterloss.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/originrecord.h"
#include "model/deadletter/origintimes.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/triage.h"
#include "model/ledger/catchup.h"

#include <SQLiteCpp/Database.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QString rescuedType = u"deadletter.rescued"_s;
constexpr int lettersPerEvent = 1'000;

/// Where the framework read the record that it did not hand over: a replayed copy may outlive its origin.
LetterFacts asDelivered(LetterFacts facts)
{
    if (facts.deliveredTopic && facts.deliveredPartition && facts.deliveredOffset) {
        facts.originTopic = facts.deliveredTopic;
        facts.originPartition = facts.deliveredPartition;
        facts.originOffset = facts.deliveredOffset;
        facts.originTimestamp = facts.deliveredTimestamp;
    }
    return facts;
}

bool hasPlace(const LetterFacts& facts)
{
    return facts.originTopic && facts.originPartition && facts.originOffset && *facts.originPartition >= 0 &&
           facts.originOffset->value >= 0;
}

Status applyRescued(Database& database, const LedgerEvent& event)
{
    const QJsonValue letters = QJsonDocument::fromJson(event.body).object().value("letters"_L1);
    if (!letters.isArray())
        return fail(ErrorCode::Corrupt, u"ledger event %1 is no %2"_s.arg(event.seq).arg(rescuedType));
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement update(db, "UPDATE letter_rescue SET event_seq = ? WHERE letter_id = ?");
        for (const QJsonValue& letter : letters.toArray()) {
            update.reset();
            update.bind(1, event.seq);
            sql::bind(update, 2, letter.toObject().value("id"_L1).toString());
            update.exec();
        }
    });
}

Status applyLost(Database& database, const LedgerEvent& event)
{
    const QJsonValue letters = QJsonDocument::fromJson(event.body).object().value("letters"_L1);
    if (!letters.isArray())
        return fail(ErrorCode::Corrupt, u"ledger event %1 is no %2"_s.arg(event.seq).arg(lostLettersType));
    std::vector<QString> ids;
    for (const QJsonValue& id : letters.toArray())
        ids.push_back(id.toString());
    const Status noted = database.guarded([&](SQLite::Database& db) {
        SQLite::Statement insert(db, "INSERT INTO letter_origin_gone (letter_id, seq) VALUES (?, ?)"
                                     " ON CONFLICT (letter_id) DO NOTHING");
        for (const QString& id : ids) {
            insert.reset();
            sql::bind(insert, 1, id);
            insert.bind(2, event.seq);
            insert.exec();
        }
    });
    return noted ? applyTriageState(database, ids, TriageState::Lost, std::nullopt, event.seq) : noted;
}

struct Waiting
{
    DeadLetter letter;
    std::optional<UtcTime> lossAt;
};

/// Open pointers of a connection without a rescue, soonest to expire first; of unknown time last.
Result<std::vector<DeadLetter>> waitingPointers(Database& reader, const QString& connection, std::int64_t most)
{
    const auto book = topicBook(reader);
    if (!book)
        return tl::unexpected<Error>(book.error());
    std::vector<Waiting> waiting;
    Status outcome;
    const Status read = reader.guarded([&](SQLite::Database& db) {
        SQLite::Statement select(db, letterColumns(LetterParts::Summary) + letterTables() +
                                         " WHERE l.is_pointer = 1 AND c.connection = ? AND l.purge_seq IS NULL"
                                         " AND l.state IN ('new', 'assigned', 'parked')");
        SQLite::Statement done(db, "SELECT EXISTS (SELECT 1 FROM letter_rescue WHERE letter_id = ?1)"
                                   " OR EXISTS (SELECT 1 FROM letter_origin_gone WHERE letter_id = ?1)");
        sql::bind(select, 1, connection);
        while (select.executeStep()) {
            auto letter = letterFromRow(select, LetterParts::Summary);
            if (!letter) {
                outcome = tl::unexpected<Error>(letter.error());
                return;
            }
            done.reset();
            sql::bind(done, 1, letter->id);
            done.executeStep();
            if (done.getColumn(0).getInt() != 0 || !hasPlace(letter->facts))
                continue;
            const std::optional<UtcTime> lossAt = originLoss(*letter, *book).at;
            waiting.push_back({std::move(*letter), lossAt});
        }
    });
    if (!read || !outcome)
        return tl::unexpected<Error>(read ? outcome.error() : read.error());
    std::stable_sort(waiting.begin(), waiting.end(), [](const Waiting& a, const Waiting& b) {
        return a.lossAt.value_or(UtcTime::max()) < b.lossAt.value_or(UtcTime::max());
    });
    std::vector<DeadLetter> letters;
    for (Waiting& each : waiting) {
        if (std::ssize(letters) == most)
            break;
        letters.push_back(std::move(each.letter));
    }
    return letters;
}

} // namespace

Result<std::optional<Rescue>> Rescues::of(const QString& letterId)
{
    Result<std::optional<Rescue>> rescue = std::optional<Rescue>();
    const Status read = m_reader.guarded([&](SQLite::Database& db) {
        if (!m_select)
            m_select.emplace(db, "SELECT topic, partition, offset, record_at_ms, rescued_at_ms, key, value, headers"
                                 " FROM letter_rescue WHERE letter_id = ?");
        SQLite::Statement& select = *m_select;
        sql::bind(select, 1, letterId);
        if (!select.executeStep())
            return;
        Rescue found;
        found.at = {sql::text(select.getColumn(0)), select.getColumn(1).getInt()};
        found.offset = Offset{select.getColumn(2).getInt64()};
        if (const auto ms = sql::maybeNumber(select.getColumn(3)))
            found.timestamp = utcFromMs(*ms);
        found.rescuedAt = utcFromMs(select.getColumn(4).getInt64());
        found.key = sql::maybeBytes(select.getColumn(5));
        found.value = sql::maybeBytes(select.getColumn(6));
        const SQLite::Column packed = select.getColumn(7);
        auto headers = unpackHeaders(QByteArrayView(static_cast<const char*>(packed.getBlob()), packed.getBytes()));
        if (!headers) {
            rescue = failWithin(letterId, headers.error());
            return;
        }
        found.headers = std::move(*headers);
        rescue = std::optional(std::move(found));
    });
    if (m_select)
        (void)m_select->tryReset(); // a statement that was left half way holds the log
    if (!read)
        return tl::unexpected<Error>(read.error());
    return rescue;
}

Result<std::optional<Rescue>> rescueOf(Database& reader, const QString& letterId)
{
    return Rescues(reader).of(letterId);
}

Result<DeadLetter> letterWithPayload(Database& reader, const QString& letterId)
{
    auto letter = deadLetter(reader, letterId);
    if (!letter || !letter->facts.isPointer)
        return letter;
    auto rescue = rescueOf(reader, letter->id);
    if (!rescue)
        return tl::unexpected<Error>(rescue.error());
    if (*rescue)
        letter->record.value = std::move((*rescue)->value);
    return letter;
}

RawRecord withPayload(RawRecord pointer, const Rescue& rescue)
{
    pointer.key = rescue.key;
    pointer.value = rescue.value;
    return pointer;
}

QString rescueRefusal(const DeadLetter& letter, const LookedUpRecord& found, std::optional<UtcTime> remadeAfter)
{
    switch (found.answer) {
    case LookedUpRecord::Answer::BeforeLog:
        return u"the record is gone: its topic's log begins later"_s;
    case LookedUpRecord::Answer::BeyondEnd:
        return u"the record is gone: its topic ends before it, so it was made anew"_s;
    case LookedUpRecord::Answer::NoRecord:
        return u"the record is gone: it was compacted away or aborted"_s;
    case LookedUpRecord::Answer::NoTopic:
        return u"the record is gone: there is no such topic or partition"_s;
    case LookedUpRecord::Answer::Open:
        return u"the record belongs to a transaction that is not decided yet"_s;
    case LookedUpRecord::Answer::Found:
        break;
    }
    const std::optional<UtcTime> published = asDelivered(letter.facts).originTimestamp;
    if (published && found.record->timestamp != published)
        return u"the record is gone: the one at its place is of %1, it was of %2; the topic was made anew"_s.arg(
            found.record->timestamp ? formatUtc(*found.record->timestamp) : u"unknown time"_s, formatUtc(*published));
    if (!published && isOriginRemade(letter, remadeAfter))
        return u"the record is gone: its topic was made anew since the letter came"_s;
    return {};
}

QString rescueText(const RescueReport& report)
{
    QStringList parts{u"%1 rescued (%2)"_s.arg(counted(report.rescued, u"payload"_s), formatSizeBytes(report.bytes))};
    if (report.already > 0)
        parts += u"%1 needed none"_s.arg(formatCount(report.already));
    if (report.lost > 0)
        parts += u"%1 lost"_s.arg(formatCount(report.lost));
    if (!report.refused.empty())
        parts += u"%1 refused: %2"_s.arg(formatCount(std::ssize(report.refused)),
                                         visibleText(report.refused.front().second));
    return parts.join(u", "_s);
}

LetterRescuer::LetterRescuer(Ledger& ledger, StoreWriter& store, const Clock& clock, QString actor)
    : m_ledger(ledger)
    , m_store(store)
    , m_clock(clock)
    , m_actor(std::move(actor))
{
}

Result<RescueReport> LetterRescuer::rescue(RecordLookup& lookup, const std::vector<DeadLetter>& letters,
                                           const RescueBudget& budget, std::stop_token stop,
                                           const std::function<void(const RescueReport&)>& tell)
{
    RescueReport report;
    std::optional<Error> broken;
    auto reader = Database::open(m_store.file(), Database::Access::Reader);
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    for (const DeadLetter& letter : letters) {
        if (tell && report.looked() > 0)
            tell(report);
        if (stop.stop_requested() || report.rescued >= budget.letters || report.bytes >= budget.bytes)
            break;
        if (letter.erased) {
            report.refused.emplace_back(letter.id, letter.erased->toString());
            continue;
        }
        const auto known = letter.facts.isPointer ? rescueOf(*reader, letter.id) : std::optional<Rescue>(Rescue{});
        if (!known) {
            broken = known.error();
            break;
        }
        if (*known) {
            ++report.already;
            continue;
        }
        if (!hasPlace(letter.facts)) {
            report.refused.emplace_back(letter.id, u"it does not tell where its record is"_s);
            continue;
        }
        const LetterFacts facts = asDelivered(letter.facts);
        const auto found = lookup.recordAt({*facts.originTopic, *facts.originPartition}, *facts.originOffset, stop);
        if (!found && (found.error().code == ErrorCode::Unauthorised || found.error().code == ErrorCode::Corrupt)) {
            report.refused.emplace_back(letter.id, found.error().detail);
            continue;
        }
        if (!found) {
            broken = found.error();
            break;
        }
        const auto remadeAfter = topicRemadeAfter(*reader, letter.clusterId, *facts.originTopic);
        if (!remadeAfter) {
            broken = remadeAfter.error();
            break;
        }
        if (const QString why = rescueRefusal(letter, *found, *remadeAfter); !why.isEmpty()) {
            const bool isGone = found->answer != LookedUpRecord::Answer::Open;
            (isGone ? report.gone : report.refused).emplace_back(letter.id, why);
            report.lost += isGone ? 1 : 0;
            continue;
        }
        if (const Status kept = keep(letter, *found->record); !kept) {
            broken = kept.error();
            break;
        }
        ++report.rescued;
        report.bytes += found->record->sizeBytes();
    }
    // Whatever ended it: what was done is told.
    if (const Status recorded = record(); !recorded && !broken)
        broken = recorded.error();
    if (const Status marked = loseOnce(report.gone); !marked && !broken)
        broken = marked.error();
    if (tell && report.looked() > 0)
        tell(report);
    if (broken)
        return tl::unexpected<Error>(*broken);
    return report;
}

Result<RescueReport> LetterRescuer::rescueWaiting(RecordLookup& lookup, const QString& connection,
                                                  const RescueBudget& budget, std::stop_token stop)
{
    auto reader = Database::open(m_store.file(), Database::Access::Reader);
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    const auto letters = waitingPointers(*reader, connection, budget.letters);
    if (!letters)
        return tl::unexpected<Error>(letters.error());
    if (letters->empty())
        return RescueReport{};
    return rescue(lookup, *letters, budget, std::move(stop));
}

Status LetterRescuer::keep(const DeadLetter& letter, const RawRecord& record)
{
    return m_store.write(
        [&](Database& database) {
            if (!letter.facts.originTimestamp) {
                if (const Status noted = keepOriginTime(database, letter.clusterId, record.at, record.offset,
                                                        record.timestamp, m_clock.now());
                    !noted)
                    return noted;
            }
            return database.guarded([&](SQLite::Database& db) {
                SQLite::Statement insert(db, "INSERT INTO letter_rescue (letter_id, topic, partition, offset,"
                                             " record_at_ms, digest, rescued_at_ms, event_seq, key, value, headers)"
                                             " VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?)"
                                             " ON CONFLICT (letter_id) DO NOTHING");
                sql::bind(insert, 1, letter.id);
                sql::bind(insert, 2, record.at.topic);
                insert.bind(3, record.at.partition);
                insert.bind(4, record.offset.value);
                sql::bind(insert, 5,
                          record.timestamp ? std::optional(std::int64_t{toMs(*record.timestamp)}) : std::nullopt);
                insert.bind(6, static_cast<std::int64_t>(recordDigest(record)));
                insert.bind(7, std::int64_t{toMs(m_clock.now())});
                sql::bind(insert, 8, record.key);
                sql::bind(insert, 9, record.value);
                sql::bind(insert, 10, packHeaders(record.headers));
                insert.exec();
            });
        },
        record.sizeBytes());
}

/// Every rescue whose event is missing, also one that a killed process left behind.
Status LetterRescuer::record()
{
    if (const Status caughtUp = catchUpRescues(m_ledger, m_store); !caughtUp)
        return caughtUp;
    while (true) {
        auto reader = Database::open(m_store.file(), Database::Access::Reader);
        if (!reader)
            return tl::unexpected<Error>(reader.error());
        JsonWriter body;
        int count = 0;
        const Status read = reader->guarded([&](SQLite::Database& db) {
            SQLite::Statement select(db, "SELECT letter_id, topic, partition, offset, digest,"
                                         " ifnull(length(key), 0) + ifnull(length(value), 0) FROM letter_rescue"
                                         " WHERE event_seq IS NULL ORDER BY letter_id LIMIT ?");
            select.bind(1, lettersPerEvent);
            body.beginObject().key(u"letters").beginArray();
            for (; select.executeStep(); ++count)
                body.beginObject()
                    .field(u"id", sql::text(select.getColumn(0)))
                    .field(u"topic", sql::text(select.getColumn(1)))
                    .field(u"partition", select.getColumn(2).getInt())
                    .field(u"offset", std::int64_t{select.getColumn(3).getInt64()})
                    .field(u"digest", QString::number(static_cast<std::uint64_t>(select.getColumn(4).getInt64()), 16))
                    .field(u"bytes", std::int64_t{select.getColumn(5).getInt64()})
                    .endObject();
            body.endArray().endObject();
        });
        if (!read)
            return read;
        if (count == 0)
            return {};
        if (const auto event = m_ledger.append(m_actor, rescuedType, body.json()); !event)
            return tl::unexpected<Error>(event.error());
        if (const Status applied = catchUpRescues(m_ledger, m_store); !applied)
            return applied;
    }
}

Status LetterRescuer::loseOnce(const std::vector<std::pair<QString, QString>>& gone)
{
    if (gone.empty())
        return {};
    auto reader = Database::open(m_store.file(), Database::Access::Reader);
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    std::vector<QString> losing;
    const Status read = reader->guarded([&](SQLite::Database& db) {
        SQLite::Statement known(db, "SELECT 1 FROM letter_origin_gone WHERE letter_id = ?");
        for (const auto& [id, why] : gone) {
            known.reset();
            sql::bind(known, 1, id);
            const TriageState state = decidedStanding(db, id).state;
            const bool isWaiting =
                state == TriageState::New || state == TriageState::Assigned || state == TriageState::Parked;
            if (isWaiting && !known.executeStep())
                losing.push_back(id);
        }
    });
    if (!read)
        return read;
    for (std::size_t first = 0; first < losing.size(); first += lettersPerEvent) {
        JsonWriter body;
        body.beginObject().field(u"reason", u"the payload was only at the origin, and the origin's record is gone");
        body.key(u"letters").beginArray();
        for (std::size_t i = first; i < std::min(losing.size(), first + lettersPerEvent); ++i)
            body.value(losing[i]);
        body.endArray().endObject();
        if (const auto event = m_ledger.append(m_actor, lostLettersType, body.json()); !event)
            return tl::unexpected<Error>(event.error());
    }
    return catchUpRescues(m_ledger, m_store);
}

Status catchUpRescues(const Ledger& ledger, StoreWriter& store)
{
    if (const Status rescued = catchUpEvents(ledger, store, rescuedType, rescuedType, applyRescued); !rescued)
        return rescued;
    return catchUpEvents(ledger, store, lostLettersType, lostLettersType, applyLost);
}

} // namespace spillway
