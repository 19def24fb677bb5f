// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterstore.h"

#include "model/deadletter/fingerprinter.h"
#include "model/deadletter/groupkind.h"
#include "model/deadletter/groupstrain.h"
#include "model/deadletter/headerpack.h"
#include "model/deadletter/letterdecisions.h"
#include "model/deadletter/letterpurge.h"
#include "model/deadletter/lettershelf.h"
#include "model/deadletter/sameerror.h"
#include "model/deadletter/sqltext.h"

#include <array>
#include <limits>
#include <map>
#include <unordered_map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

struct Channel
{
    std::int64_t ref = 0;
    std::int64_t generation = 1;
};

/// The channel's row, made or given the connection's present name.
Channel channelOf(SQLite::Database& db, const QString& clusterId, const QString& connection, const QString& name)
{
    SQLite::Statement upsert(db, "INSERT INTO letter_channel (cluster_id, name, tag, connection, generation, reading)"
                                 " VALUES (?, ?, ?, ?, 1, ?)"
                                 " ON CONFLICT (cluster_id, name) DO UPDATE SET connection = excluded.connection"
                                 " RETURNING id, generation");
    sql::bind(upsert, 1, clusterId);
    sql::bind(upsert, 2, name);
    sql::bind(upsert, 3, channelTag(clusterId, name));
    sql::bind(upsert, 4, connection);
    upsert.bind(5, letterReadingVersion);
    upsert.executeStep();
    const Channel channel{upsert.getColumn(0).getInt64(), upsert.getColumn(1).getInt64()};
    while (upsert.executeStep()) {
    }
    return channel;
}

constexpr std::array allKinds{FailureKind::Transient, FailureKind::Schema, FailureKind::Business, FailureKind::Unknown};
constexpr std::array allStates{
    TriageState::New,  TriageState::Assigned, TriageState::Parked,      TriageState::Archived, TriageState::Planned,
    TriageState::Sent, TriageState::Resolved, TriageState::FailedAgain, TriageState::Unknown,  TriageState::Lost};

/// Letters come from another thread, most likely on another core: while one is stored, the next one is brought near.
void fetchAhead(const PreparedLetter& letter)
{
    const auto* const bytes = reinterpret_cast<const char*>(&letter);
    for (std::size_t at = 0; at < sizeof letter; at += 64)
        __builtin_prefetch(bytes + at);
}

/// Writes one batch: dictionaries are looked up once (`LetterShelf`), counters are added up in memory and written at
/// the end. Texts that are bound uncopied outlive the step that follows.
class BatchWriter
{
public:
    BatchWriter(SQLite::Database& db, LetterShelf& shelf, UtcTime seenAt)
        : m_db(db)
        , m_seenAt(seenAt)
        , m_letter(
              db,
              "INSERT INTO letter (channel_ref, generation, partition, offset, digest, group_ref, facet_ref, moment_ms,"
              " first_seen_at_ms, dead_lettered_at_ms, record_at_ms, timestamp_type, origin_partition, origin_offset,"
              " origin_at_ms, attempts, size_bytes, is_pointer, kind, state, assignee, error_message, replay_id,"
              " replay_generation, replay_of, stack_header, stack_text, schema_verdict, schema_version, replay_outcome)"
              " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
              " ON CONFLICT (channel_ref, partition, offset, digest) DO NOTHING")
        , m_body(db, "INSERT INTO letter_body (letter_ref, key, value, headers) VALUES (?, ?, ?, ?)")
        , m_shelf(shelf)
        , m_strains(db, shelf.strains)
        , m_facets(db, shelf.facets)
        , m_hasDecisions(db.execAndGet("SELECT EXISTS (SELECT 1 FROM letter_decision)").getInt() != 0)
        , m_isWaitedFor(letterWaits(db))
    {
        for (const FailureKind kind : allKinds)
            m_kindWords.at(static_cast<std::size_t>(kind)) = failureKindWord(kind).toStdString();
        for (const TriageState state : allStates)
            m_stateWords.at(static_cast<std::size_t>(state)) = triageStateWord(state).toStdString();
    }

    bool add(const QString& clusterId, const Channel& channel, const PreparedLetter& letter)
    {
        const LetterFacts& facts = letter.facts;
        const std::int64_t momentMs = toMs(facts.deadLetteredAt.value_or(m_seenAt));
        const QString id = m_hasDecisions || m_isWaitedFor || m_strains.hasPins()
                               ? letterId(clusterId, letter.record.at, letter.record.offset, letter.digest)
                               : QString();
        const std::int64_t group = groupRef(id, letter, momentMs);
        LetterStanding standing;
        if (m_hasDecisions)
            standing = decidedStanding(m_db, id);
        const std::optional<int> sameErrors = facts.replayId ? sameErrorReplays(letter, group) : std::nullopt;
        const FailureKind kind = kindOf(letter, sameErrors.value_or(0));

        m_letter.reset();
        int at = 0;
        m_letter.bind(++at, channel.ref);
        m_letter.bind(++at, channel.generation);
        m_letter.bind(++at, letter.record.at.partition);
        m_letter.bind(++at, letter.record.offset.value);
        m_letter.bind(++at, static_cast<std::int64_t>(letter.digest));
        m_letter.bind(++at, group);
        m_letter.bind(++at, facetRef(letter));
        m_letter.bind(++at, momentMs);
        m_letter.bind(++at, toMs(m_seenAt));
        bindTime(++at, facts.deadLetteredAt);
        bindTime(++at, letter.record.timestamp);
        m_letter.bind(++at, static_cast<int>(letter.record.timestampType));
        bindNumber(++at, facts.originPartition);
        bindNumber(++at, facts.originOffset ? std::optional(facts.originOffset->value) : std::nullopt);
        bindTime(++at, facts.originTimestamp);
        bindNumber(++at, facts.attempts);
        m_letter.bind(++at, letter.packed ? letter.packed->sizeBytes : std::int64_t{letter.record.sizeBytes()});
        m_letter.bind(++at, facts.isPointer ? 1 : 0);
        m_letter.bindNoCopy(++at, m_kindWords[static_cast<std::size_t>(kind)]);
        m_letter.bindNoCopy(++at, m_stateWords[static_cast<std::size_t>(standing.state)]);
        sql::bind(m_letter, ++at, standing.assignee);
        bindText(++at, facts.errorMessage, m_message);
        sql::bind(m_letter, ++at, facts.replayId);
        bindNumber(++at, facts.replayGeneration);
        sql::bind(m_letter, ++at, facts.replayOf);
        bindNumber(++at, facts.stackHeader);
        bindText(++at, facts.stack, m_stack);
        sql::bind(m_letter, ++at,
                  letter.schema.verdict ? std::optional(schemaVerdictWord(*letter.schema.verdict)) : std::nullopt);
        bindNumber(++at, letter.schema.version);
        sql::bind(m_letter, ++at, standing.outcome);
        if (m_letter.exec() == 0) {
            if (channel.generation > 1)
                readAgain(channel, letter);
            return false;
        }
        const std::int64_t place = m_db.getLastInsertRowid();
        if (facts.deliveredTopic)
            keepDelivery(place, facts);
        if (m_isWaitedFor)
            m_late += id;
        if (sameErrors)
            m_sameErrors->keep(place, sameErrors);
        else if (facts.replayId)
            m_isWaitedFor = true; // by this one, from now on

        if (!letter.packed)
            packHeaders(letter.record.headers, m_headers);
        const QByteArray& headers = letter.packed ? letter.packed->headers : m_headers;
        m_body.reset();
        m_body.bind(1, place);
        sql::bindKept(m_body, 2, letter.record.key);
        sql::bindKept(m_body, 3, letter.record.value);
        m_body.bindNoCopy(4, headers.constData(), static_cast<int>(headers.size()));
        m_body.exec();

        Gain& gain = m_gains[group];
        gain.count(kind, standing);
        gain.firstMs = std::min(gain.firstMs, momentMs);
        gain.lastMs = std::max(gain.lastMs, momentMs);
        if (isOpen(standing.state))
            gain.oldestOpenMs = std::min(gain.oldestOpenMs, momentMs);
        if (facts.errorMessage)
            gain.message = &*facts.errorMessage;
        return true;
    }

    void finish()
    {
        SQLite::Statement count(m_db, "INSERT INTO letter_count (group_ref, kind, state, assignee, letters)"
                                      " VALUES (?, ?, ?, ?, ?)"
                                      " ON CONFLICT (group_ref, kind, state, assignee)"
                                      " DO UPDATE SET letters = letters + excluded.letters");
        SQLite::Statement group(
            m_db, "UPDATE letter_group SET"
                  " first_at_ms = min(first_at_ms, ?2),"
                  " last_at_ms = max(last_at_ms, ?3),"
                  " oldest_open_at_ms = min(ifnull(oldest_open_at_ms, ?4), ifnull(?4, oldest_open_at_ms)),"
                  " sample_message = ifnull(?5, sample_message)"
                  " WHERE id = ?1");
        for (const auto& [ref, gain] : m_gains) {
            for (const auto& [kind, state, assignee, letters] : gain.counts) {
                count.reset();
                count.bind(1, ref);
                count.bindNoCopy(2, m_kindWords[static_cast<std::size_t>(kind)]);
                count.bindNoCopy(3, m_stateWords[static_cast<std::size_t>(state)]);
                sql::bind(count, 4, assignee);
                count.bind(5, letters);
                count.exec();
            }
            group.reset();
            group.bind(1, ref);
            group.bind(2, gain.firstMs);
            group.bind(3, gain.lastMs);
            sql::bind(group, 4, gain.oldestOpenMs == never ? std::nullopt : std::optional(gain.oldestOpenMs));
            sql::bind(group, 5, gain.message ? std::optional(gain.message->left(300)) : std::nullopt);
            group.exec();
            if (m_strains.hasPins()) // the row may stand for letters that a person put elsewhere: their moments are not
                                     // its own
                recountStrain(m_db, ref);
        }
    }

    /// After `finish`. @return rows of letters that were stored before the ones they came of, and are counted now.
    [[nodiscard]] std::set<std::int64_t> countLate()
    {
        return m_late.isEmpty() ? std::set<std::int64_t>() : countWhatCameBack(m_db, m_late);
    }

    /// Whether letters go where a person put them.
    [[nodiscard]] bool movesLetters() const { return m_strains.hasPins(); }

private:
    /// A topic may only have looked made anew, after a broker lost its end: what lies where it lay is still there.
    void readAgain(const Channel& channel, const PreparedLetter& letter)
    {
        if (!m_again)
            m_again.emplace(m_db, "UPDATE letter SET generation = ?1"
                                  " WHERE channel_ref = ?2 AND partition = ?3 AND offset = ?4 AND digest = ?5"
                                  " AND generation < ?1");
        m_again->reset();
        m_again->bind(1, channel.generation);
        m_again->bind(2, channel.ref);
        m_again->bind(3, letter.record.at.partition);
        m_again->bind(4, letter.record.offset.value);
        m_again->bind(5, static_cast<std::int64_t>(letter.digest));
        m_again->exec();
    }

    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

    struct Count
    {
        FailureKind kind = FailureKind::Unknown;
        TriageState state = TriageState::New;
        QString assignee;
        std::int64_t letters = 0;
    };
    struct Gain
    {
        /// Nearly always one, seldom more than a handful: looked through from the front.
        std::vector<Count> counts;
        std::int64_t firstMs = never;
        std::int64_t lastMs = std::numeric_limits<std::int64_t>::min();
        std::int64_t oldestOpenMs = never;
        const QString* message = nullptr; ///< in the batch

        void count(FailureKind kind, const LetterStanding& standing)
        {
            for (Count& known : counts) {
                if (known.kind == kind && known.state == standing.state &&
                    (standing.assignee ? known.assignee == *standing.assignee : known.assignee.isEmpty())) {
                    ++known.letters;
                    return;
                }
            }
            counts.push_back({kind, standing.state, standing.assignee.value_or(QString()), 1});
        }
    };

    template<typename Number>
    void bindNumber(int at, const std::optional<Number>& number)
    {
        if (number)
            m_letter.bind(at, *number);
        else
            m_letter.bind(at);
    }
    void bindTime(int at, const std::optional<UtcTime>& time)
    {
        bindNumber(at, time ? std::optional(toMs(*time)) : std::nullopt);
    }
    /// @param utf8  keeps the bytes until the statement is bound anew.
    void bindText(int at, const std::optional<QString>& text, std::string& utf8)
    {
        if (!text) {
            m_letter.bind(at);
            return;
        }
        const QByteArray bytes = text->toUtf8();
        utf8.assign(bytes.constData(), static_cast<std::size_t>(bytes.size()));
        m_letter.bindNoCopy(at, utf8);
    }

    /// Of letters that failed again; the others' row is not made longer for them.
    void keepDelivery(std::int64_t place, const LetterFacts& facts)
    {
        if (!m_delivery)
            m_delivery.emplace(m_db, "UPDATE letter SET delivered_topic = ?, delivered_partition = ?,"
                                     " delivered_offset = ?, delivered_at_ms = ? WHERE id = ?");
        m_delivery->reset();
        sql::bind(*m_delivery, 1, facts.deliveredTopic);
        sql::bind(*m_delivery, 2,
                  facts.deliveredPartition ? std::optional<std::int64_t>(*facts.deliveredPartition) : std::nullopt);
        sql::bind(*m_delivery, 3, facts.deliveredOffset ? std::optional(facts.deliveredOffset->value) : std::nullopt);
        sql::bind(*m_delivery, 4,
                  facts.deliveredTimestamp ? std::optional(toMs(*facts.deliveredTimestamp)) : std::nullopt);
        m_delivery->bind(5, place);
        m_delivery->exec();
    }

    /// Few letters come out of a replay: what finds the letters before them is made when the first one comes.
    std::optional<int> sameErrorReplays(const PreparedLetter& letter, std::int64_t group)
    {
        if (!m_sameErrors)
            m_sameErrors.emplace(m_db);
        const auto told = m_sameErrors->replaysOf(letter.facts, group);
        return told ? told : letter.sameErrorReplays;
    }
    static FailureKind kindOf(const PreparedLetter& letter, int sameErrors)
    {
        const auto known = std::min(static_cast<std::size_t>(sameErrors), letter.kindAfterReplays.size());
        return known == 0 ? letter.kind : letter.kindAfterReplays[known - 1];
    }

    std::int64_t facetRef(const PreparedLetter& letter)
    {
        if (letter.facetNumber == 0)
            return m_facets.refOf(letter.facts);
        if (const auto known = m_shelf.numberedFacets.find(letter.facetNumber); known != m_shelf.numberedFacets.end())
            return known->second;
        const std::int64_t ref = m_facets.refOf(letter.facts);
        m_shelf.numberedFacets.emplace(letter.facetNumber, ref);
        return ref;
    }

    /// The row by fingerprint. Several numbers may have one row, which then shows the title of the letter stored last.
    std::int64_t homeRef(const PreparedLetter& letter, const StrainView& strain, std::int64_t momentMs)
    {
        if (letter.strainNumber == 0)
            return m_strains.rowOf(strain, momentMs).ref;
        StrainRow*& known = m_shelf.numberedStrains[letter.strainNumber];
        if (!known || known->number != letter.strainNumber) {
            known = &m_strains.rowOf(strain, momentMs);
            known->number = letter.strainNumber;
        }
        return known->ref;
    }

    std::int64_t groupRef(const QString& letterId, const PreparedLetter& letter, std::int64_t momentMs)
    {
        Fingerprint plain;
        if (letter.fingerprint.id.isEmpty())
            plain = plainFingerprint(letter.facts, letter.owner);
        const Fingerprint& fingerprint = letter.fingerprint.id.isEmpty() ? plain : letter.fingerprint;
        const StrainView strain{fingerprint, letter.facts.errorClass, letter.owner};
        const std::int64_t home = homeRef(letter, strain, momentMs);
        if (!m_strains.hasPins())
            return home;
        const auto pinned = m_strains.pinnedGroup(letterId);
        return pinned ? m_strains.pinnedRef(letterId, *pinned, {fingerprint, letter.facts.errorClass, letter.owner},
                                            home, momentMs)
                      : home;
    }

    SQLite::Database& m_db;
    UtcTime m_seenAt;
    SQLite::Statement m_letter;
    SQLite::Statement m_body;
    std::optional<SQLite::Statement> m_again;
    LetterShelf& m_shelf;
    StrainWriter m_strains;
    LetterFacetWriter m_facets;
    bool m_hasDecisions;
    bool m_isWaitedFor; // letters came back from replays before the ones that were replayed
    QStringList m_late; // stored while that is so
    std::optional<SameErrors> m_sameErrors;
    std::optional<SQLite::Statement> m_delivery;
    std::array<std::string, allKinds.size()> m_kindWords; // by enumerator
    std::array<std::string, allStates.size()> m_stateWords;
    std::string m_message;
    std::string m_stack;
    QByteArray m_headers;
    std::unordered_map<std::int64_t, Gain> m_gains;
};

} // namespace

Result<StoredLetters> storeLetters(Database& database, const QString& clusterId, const QString& connection,
                                   std::span<const PreparedLetter> letters, UtcTime seenAt, LetterShelf* shelf)
{
    return database.query<StoredLetters>([&](SQLite::Database& db) {
        StoredLetters stored;
        LetterShelf own;
        LetterShelf& kept = shelf ? *shelf : own;
        std::map<QString, Channel> channels;
        const std::int64_t lastBefore = db.execAndGet("SELECT ifnull(max(id), 0) FROM letter").getInt64();
        BatchWriter writer(db, kept, seenAt);
        PurgedLetters purged(db);
        for (std::size_t i = 0; i < letters.size(); ++i) {
            const PreparedLetter& letter = letters[i];
            if (i + 1 < letters.size())
                fetchAhead(letters[i + 1]);
            auto channel = channels.find(letter.record.at.topic);
            if (channel == channels.end())
                channel =
                    channels
                        .emplace(letter.record.at.topic, channelOf(db, clusterId, connection, letter.record.at.topic))
                        .first;
            const auto bare = purged.bare(clusterId, letter);
            if (writer.add(clusterId, channel->second, bare ? *bare : letter))
                ++stored.added;
        }
        writer.finish();
        purged.finish();
        settleNewLetters(db, lastBefore);
        if (const auto recounted = writer.countLate(); !recounted.empty()) {
            settleRecounted(db, recounted, {});
            stored.recounted = static_cast<std::int64_t>(recounted.size());
        }
        if (writer.movesLetters())
            kept.spoil();
        return stored;
    });
}

Status startGeneration(Database& database, const QString& clusterId, const QString& connection, const QString& channel)
{
    return database.guarded([&](SQLite::Database& db) {
        const Channel known = channelOf(db, clusterId, connection, channel);
        SQLite::Statement update(db, "UPDATE letter_channel SET generation = generation + 1 WHERE id = ?");
        update.bind(1, known.ref);
        update.exec();
    });
}

Result<std::optional<std::uint64_t>> storedDigest(Database& database, const QString& clusterId,
                                                  const TopicPartition& at, Offset offset)
{
    return database.query<std::optional<std::uint64_t>>([&](SQLite::Database& db) -> std::optional<std::uint64_t> {
        SQLite::Statement select(db, "SELECT l.digest"
                                     " FROM letter l JOIN letter_channel c ON c.id = l.channel_ref"
                                     " WHERE c.cluster_id = ? AND c.name = ? AND l.partition = ? AND l.offset = ?"
                                     " AND l.generation = c.generation"
                                     " ORDER BY l.id DESC LIMIT 1");
        sql::bind(select, 1, clusterId);
        sql::bind(select, 2, at.topic);
        select.bind(3, at.partition);
        select.bind(4, offset.value);
        if (!select.executeStep())
            return std::nullopt;
        return static_cast<std::uint64_t>(select.getColumn(0).getInt64());
    });
}

Status refreshTeams(Database& database, const Catalog& catalog)
{
    return database.guarded([&](SQLite::Database& db) {
        OwnerResolver owners(catalog);
        SQLite::Statement select(db, "SELECT id, event_type, consumer, team FROM letter_group ORDER BY id");
        SQLite::Statement update(db, "UPDATE letter_group SET team = ? WHERE id = ?");
        while (select.executeStep()) {
            const auto team = owners.teamOf(sql::maybeText(select.getColumn(2)), sql::maybeText(select.getColumn(1)));
            if (team == sql::maybeText(select.getColumn(3)))
                continue;
            update.reset();
            sql::bind(update, 1, team);
            update.bind(2, select.getColumn(0).getInt64());
            update.exec();
        }
    });
}

} // namespace spillway
