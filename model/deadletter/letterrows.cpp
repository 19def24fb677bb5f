// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterrows.h"

#include "model/base/text.h"
#include "model/deadletter/headerpack.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/subjectid.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr const char* columns =
    "SELECT l.id, c.cluster_id, c.name, c.connection, l.partition, l.offset, l.digest, g.group_id, g.error_class, "
    "g.event_type,"
    " g.consumer, g.team, f.dialect, f.confidence, f.origin_topic, f.origin_is_internal, f.consumer_group, "
    "f.reported_class,"
    " f.root_cause_class, f.stage, l.first_seen_at_ms, l.dead_lettered_at_ms, l.record_at_ms, l.timestamp_type,"
    " l.origin_partition, l.origin_offset, l.origin_at_ms, l.attempts, l.size_bytes, l.is_pointer, l.kind, l.state, "
    "l.assignee,"
    " l.error_message, l.replay_id, l.replay_generation, l.replay_of, l.stack_header, b.key, l.schema_verdict, "
    "l.schema_version, c.generation > l.generation,"
    " l.delivered_topic, l.delivered_partition, l.delivered_offset, l.delivered_at_ms,"
    " l.purge_seq, (SELECT at_ms FROM letter_purge WHERE seq = l.purge_seq),"
    " (SELECT actor FROM letter_purge WHERE seq = l.purge_seq),"
    " (SELECT reason FROM letter_purge WHERE seq = l.purge_seq)";

std::optional<UtcTime> maybeTime(const SQLite::Column& column)
{
    return column.isNull() ? std::nullopt : std::optional(utcFromMs(column.getInt64()));
}

std::optional<int> maybeInt(const SQLite::Column& column)
{
    return column.isNull() ? std::nullopt : std::optional(column.getInt());
}

} // namespace

std::string letterColumns(LetterParts parts)
{
    std::string text(columns);
    if (parts == LetterParts::Whole)
        text += ", b.value, b.headers, l.stack_text";
    return text;
}

std::string letterTables()
{
    // SQLite keeps the order of a CROSS JOIN: the letters' index gives the order, the rest is looked up row by row.
    return " FROM letter l"
           " CROSS JOIN letter_channel c ON c.id = l.channel_ref"
           " CROSS JOIN letter_group g ON g.id = l.group_ref"
           " CROSS JOIN letter_facet f ON f.id = l.facet_ref"
           " CROSS JOIN letter_body b ON b.letter_ref = l.id";
}

Result<DeadLetter> letterFromRow(SQLite::Statement& row, LetterParts parts)
{
    int at = 0;
    const auto next = [&] { return row.getColumn(at++); };
    DeadLetter letter;
    letter.place = next().getInt64();
    letter.clusterId = sql::text(next());
    letter.record.at.topic = sql::text(next());
    letter.connection = sql::text(next());
    letter.record.at.partition = next().getInt();
    letter.record.offset = Offset{next().getInt64()};
    letter.digest = static_cast<std::uint64_t>(next().getInt64());
    letter.group = sql::text(next());
    letter.facts.errorClass = sql::maybeText(next());
    letter.eventType = sql::maybeText(next());
    letter.consumer = sql::maybeText(next());
    letter.team = sql::maybeText(next());
    letter.facts.dialect = sql::text(next());
    letter.facts.confidence = next().getDouble();
    letter.facts.originTopic = sql::maybeText(next());
    letter.facts.originIsInternal = next().getInt() != 0;
    letter.facts.consumerGroup = sql::maybeText(next());
    letter.facts.reportedClass = sql::maybeText(next());
    letter.facts.rootCauseClass = sql::maybeText(next());
    letter.facts.stage = sql::maybeText(next());
    letter.firstSeenAt = utcFromMs(next().getInt64());
    letter.facts.deadLetteredAt = maybeTime(next());
    letter.record.timestamp = maybeTime(next());
    letter.record.timestampType = static_cast<TimestampType>(next().getInt());
    letter.facts.originPartition = maybeInt(next());
    if (const auto offset = sql::maybeNumber(next()))
        letter.facts.originOffset = Offset{*offset};
    letter.facts.originTimestamp = maybeTime(next());
    letter.facts.attempts = maybeInt(next());
    letter.sizeBytes = next().getInt64();
    letter.facts.isPointer = next().getInt() != 0;
    letter.kind = failureKindFromWord(sql::text(next())).value_or(FailureKind::Unknown);
    letter.state = triageStateFromWord(sql::text(next())).value_or(TriageState::Unknown);
    letter.assignee = sql::maybeText(next());
    letter.facts.errorMessage = sql::maybeText(next());
    letter.facts.replayId = sql::maybeBytes(next());
    letter.facts.replayGeneration = maybeInt(next());
    letter.facts.replayOf = sql::maybeBytes(next());
    letter.facts.stackHeader = maybeInt(next());
    letter.record.key = sql::maybeBytes(next());
    if (const auto word = sql::maybeText(next()))
        letter.schema.verdict = schemaVerdictFromWord(*word);
    letter.schema.version = maybeInt(next());
    letter.isOfEarlierTopic = next().getInt() != 0;
    letter.facts.deliveredTopic = sql::maybeText(next());
    letter.facts.deliveredPartition = maybeInt(next());
    if (const auto offset = sql::maybeNumber(next()))
        letter.facts.deliveredOffset = Offset{*offset};
    letter.facts.deliveredTimestamp = maybeTime(next());
    const bool isErased = !next().isNull();
    const SQLite::Column erasedAt = next();
    const SQLite::Column erasedBy = next();
    const SQLite::Column erasedFor = next();
    if (isErased)
        letter.erased = LetterErasure{
            .at = utcFromMs(erasedAt.getInt64()), .by = sql::text(erasedBy), .reason = sql::text(erasedFor)};
    letter.id = letterId(letter.clusterId, letter.record.at, letter.record.offset, letter.digest);
    if (parts == LetterParts::Summary)
        return letter;
    letter.record.value = sql::maybeBytes(next());
    const SQLite::Column packed = next();
    auto headers = unpackHeaders(QByteArrayView(static_cast<const char*>(packed.getBlob()), packed.getBytes()));
    if (!headers)
        return failWithin(letter.id, headers.error());
    letter.record.headers = std::move(*headers);
    letter.facts.stack = sql::maybeText(next());
    return letter;
}

namespace {

/// Finds letters by their ids, one after the other.
class LetterFinder
{
public:
    LetterFinder(SQLite::Database& db, LetterParts parts)
        : m_db(db)
        , m_parts(parts)
        , m_select(db, letterColumns(parts) + letterTables() +
                           " WHERE l.id IN (SELECT o.id"
                           "  FROM letter_channel t JOIN letter o ON o.channel_ref = t.id"
                           "  WHERE t.tag = ? AND o.partition = ? AND o.offset = ?)"
                           " ORDER BY l.id")
    {
    }

    /// `typed` may lack its last part; see subjectid.h.
    Result<DeadLetter> find(const QString& typed)
    {
        const auto id = typed.startsWith(u'g') ? Result<QString>(typed) : wholeSubject(m_db, typed);
        if (!id)
            return tl::unexpected<Error>(id.error());
        const auto address = parseLetterId(*id);
        if (!address)
            return fail(
                ErrorCode::InvalidConfig,
                u"%1 is no dead letter's id; `spillwayctl dlq list` prints them"_s.arg(visibleText(typed.left(80))));
        m_select.reset();
        sql::bind(m_select, 1, address->channelTag);
        m_select.bind(2, address->partition);
        m_select.bind(3, address->offset.value);
        while (m_select.executeStep()) {
            auto found = letterFromRow(m_select, m_parts);
            if (!found || found->id == *id)
                return found;
        }
        return fail(ErrorCode::NotFound, u"no dead letter %1 is stored"_s.arg(*id));
    }

private:
    SQLite::Database& m_db;
    LetterParts m_parts;
    SQLite::Statement m_select;
};

} // namespace

Result<DeadLetter> deadLetter(Database& reader, const QString& id)
{
    Result<DeadLetter> letter = fail(ErrorCode::Internal, u"not read"_s);
    const Status status =
        reader.guarded([&](SQLite::Database& db) { letter = LetterFinder(db, LetterParts::Whole).find(id); });
    if (!status)
        return tl::unexpected<Error>(status.error());
    return letter;
}

Result<std::vector<DeadLetter>> deadLettersById(Database& reader, const QStringList& ids, LetterParts parts,
                                                std::stop_token stop)
{
    Result<std::vector<DeadLetter>> letters{std::vector<DeadLetter>{}};
    const Status status = reader.guarded([&](SQLite::Database& db) {
        LetterFinder finder(db, parts);
        letters->reserve(static_cast<std::size_t>(ids.size()));
        for (const QString& id : ids) {
            auto letter = stop.stop_requested()
                              ? Result<DeadLetter>(fail(ErrorCode::Cancelled, u"stopped while letters were read"_s))
                              : finder.find(id);
            if (!letter) {
                letters = tl::unexpected<Error>(letter.error());
                return;
            }
            letters->push_back(std::move(*letter));
        }
    });
    if (!status)
        return tl::unexpected<Error>(status.error());
    return letters;
}

Result<std::vector<ReplayedLetter>> lettersOfReplay(Database& reader, const QString& jobId)
{
    return reader.query<std::vector<ReplayedLetter>>([&](SQLite::Database& db) {
        std::vector<ReplayedLetter> letters;
        SQLite::Statement select(
            db, "SELECT c.cluster_id, c.name, l.partition, l.offset, l.digest, l.replay_of, l.replay_generation"
                " FROM letter l JOIN letter_channel c ON c.id = l.channel_ref"
                " WHERE l.replay_id = ?"
                " ORDER BY l.id");
        sql::bind(select, 1, jobId.toUtf8());
        while (select.executeStep()) {
            const TopicPartition at{sql::text(select.getColumn(1)), select.getColumn(2).getInt()};
            letters.push_back(
                {.letterId = letterId(sql::text(select.getColumn(0)), at, Offset{select.getColumn(3).getInt64()},
                                      static_cast<std::uint64_t>(select.getColumn(4).getInt64())),
                 .replayOf = sql::maybeBytes(select.getColumn(5)),
                 .generation = maybeInt(select.getColumn(6))});
        }
        return letters;
    });
}

} // namespace spillway
