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
#include <deque>
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

/// So many letters are written by one statement, which opens the table and its indexes once for all of them.
constexpr std::size_t rowsAtOnce = 16;

/// With ids of our own: which of several letters were new is told by them. OR FAIL, because whatever fails takes the
/// whole transaction back: without it SQLite keeps every page that a statement of several rows changes, to take back
/// that one alone.
std::string insertOf(std::size_t rows)
{
    std::string sql =
        "INSERT OR FAIL INTO letter (id, channel_ref, generation, partition, offset, digest, group_ref, facet_ref,"
        " moment_ms, first_seen_at_ms, dead_lettered_at_ms, record_at_ms, timestamp_type, origin_partition,"
        " origin_offset, origin_at_ms, attempts, size_bytes, is_pointer, kind, state, assignee, error_message,"
        " replay_id, replay_generation, replay_of, stack_header, stack_text, schema_verdict, schema_version,"
        " replay_outcome) VALUES";
    for (std::size_t row = 0; row < rows; ++row)
        sql.append(row == 0 ? " " : ", ")
            .append("(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    return sql.append(" ON CONFLICT (channel_ref, partition, offset, digest) DO NOTHING");
}

std::string insertOfBodies(std::size_t rows)
{
    std::string sql = "INSERT OR FAIL INTO letter_body (letter_ref, key, value, headers) VALUES";
    for (std::size_t row = 0; row < rows; ++row)
        sql.append(row == 0 ? " (?, ?, ?, ?)" : ", (?, ?, ?, ?)");
    return sql;
}

/// Writes one batch: dictionaries are looked up once (`LetterShelf`), counters are added up in memory and written at
/// the end. Bodies too: between the rows, each of which looks up places in hundreds of index ranges, their bytes would
/// drive those places out of the processor's cache. Texts that are bound uncopied outlive the step that follows.
class BatchWriter
{
public:
    /// @param lastPlace  the greatest id of a letter that is stored
    BatchWriter(SQLite::Database& db, LetterShelf& shelf, const QString& clusterId, UtcTime seenAt,
                std::int64_t lastPlace)
        : m_db(db)
        , m_clusterId(clusterId)
        , m_seenAt(seenAt)
        , m_nextPlace(lastPlace + 1)
        , m_letter(db, insertOf(1))
        , m_letters(db, insertOf(rowsAtOnce))
        , m_isStored(db, "SELECT 1 FROM letter WHERE id = ?")
        , m_body(db, insertOfBodies(1))
        , m_bodyRows(db, insertOfBodies(rowsAtOnce))
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

    /// @param letter  outlives the writer; so the bytes of its record.
    void add(const Channel& channel, const PreparedLetter& letter)
    {
        // What is known of earlier replays is asked of the store: the letters before it have to be there.
        const bool isOfReplay = letter.facts.replayId.has_value();
        if (isOfReplay) {
            write();
            writeBodies();
        }
        Row& row = m_rows.at(m_used++);
        row.letter = &letter;
        row.channel = channel;
        row.place = m_nextPlace++;
        row.momentMs = toMs(letter.facts.deadLetteredAt.value_or(m_seenAt));
        row.id = m_hasDecisions || m_isWaitedFor || m_strains.hasPins()
                     ? letterId(m_clusterId, letter.record.at, letter.record.offset, letter.digest)
                     : QString();
        row.group = groupRef(row.id, letter, row.momentMs);
        row.facet = facetRef(letter);
        row.standing = m_hasDecisions ? decidedStanding(m_db, row.id) : LetterStanding();
        row.sameErrors = isOfReplay ? sameErrorReplays(letter, row.group) : std::nullopt;
        row.kind = kindOf(letter, row.sameErrors.value_or(0));
        if (isOfReplay || m_used == m_rows.size())
            write();
    }

    /// How many letters were new. After `finish`.
    [[nodiscard]] std::int64_t added() const { return m_added; }

    void finish()
    {
        write();
        writeBodies();
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
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

    /// A letter that is about to be written.
    struct Row
    {
        const PreparedLetter* letter = nullptr;
        Channel channel;
        std::int64_t place = 0;
        std::int64_t momentMs = 0;
        std::int64_t group = 0;
        std::int64_t facet = 0;
        QString id; ///< empty: nobody asks for it
        LetterStanding standing;
        std::optional<int> sameErrors;
        FailureKind kind = FailureKind::Unknown;
        std::string message; ///< bound uncopied; so the next one
        std::string stack;
    };

    /// What a letter that is written still lacks.
    struct Body
    {
        std::int64_t place = 0;
        const PreparedLetter* letter = nullptr;
    };

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

    /// Writes the rows that wait.
    void write()
    {
        if (m_used == m_rows.size()) {
            insert(m_letters, m_rows);
        } else {
            for (std::size_t i = 0; i < m_used; ++i)
                insert(m_letter, std::span(&m_rows[i], 1));
        }
        m_used = 0;
    }

    void insert(SQLite::Statement& statement, std::span<Row> rows)
    {
        statement.reset();
        int at = 0;
        for (Row& row : rows)
            bind(statement, at, row);
        const auto added = static_cast<std::size_t>(statement.exec());
        m_added += static_cast<std::int64_t>(added);
        for (const Row& row : rows) {
            if (added == rows.size() || (added > 0 && isStored(row.place)))
                complete(row);
            else if (row.channel.generation > 1)
                readAgain(row);
        }
    }

    bool isStored(std::int64_t place)
    {
        m_isStored.reset();
        m_isStored.bind(1, place);
        const bool is = m_isStored.executeStep();
        m_isStored.reset();
        return is;
    }

    /// A topic may only have looked made anew, after a broker lost its end: what lies where it lay is still there.
    void readAgain(const Row& row)
    {
        if (!m_again)
            m_again.emplace(m_db, "UPDATE letter SET generation = ?1"
                                  " WHERE channel_ref = ?2 AND partition = ?3 AND offset = ?4 AND digest = ?5"
                                  " AND generation < ?1");
        m_again->reset();
        m_again->bind(1, row.channel.generation);
        m_again->bind(2, row.channel.ref);
        m_again->bind(3, row.letter->record.at.partition);
        m_again->bind(4, row.letter->record.offset.value);
        m_again->bind(5, static_cast<std::int64_t>(row.letter->digest));
        m_again->exec();
    }

    /// @param at  the place before the row's first; then its last.
    void bind(SQLite::Statement& to, int& at, Row& row)
    {
        const PreparedLetter& letter = *row.letter;
        const LetterFacts& facts = letter.facts;
        to.bind(++at, row.place);
        to.bind(++at, row.channel.ref);
        to.bind(++at, row.channel.generation);
        to.bind(++at, letter.record.at.partition);
        to.bind(++at, letter.record.offset.value);
        to.bind(++at, static_cast<std::int64_t>(letter.digest));
        to.bind(++at, row.group);
        to.bind(++at, row.facet);
        to.bind(++at, row.momentMs);
        to.bind(++at, toMs(m_seenAt));
        bindTime(to, ++at, facts.deadLetteredAt);
        bindTime(to, ++at, letter.record.timestamp);
        to.bind(++at, static_cast<int>(letter.record.timestampType));
        bindNumber(to, ++at, facts.originPartition);
        bindNumber(to, ++at, facts.originOffset ? std::optional(facts.originOffset->value) : std::nullopt);
        bindTime(to, ++at, facts.originTimestamp);
        bindNumber(to, ++at, facts.attempts);
        to.bind(++at, letter.packed ? letter.packed->sizeBytes : std::int64_t{letter.record.sizeBytes()});
        to.bind(++at, facts.isPointer ? 1 : 0);
        to.bindNoCopy(++at, m_kindWords[static_cast<std::size_t>(row.kind)]);
        to.bindNoCopy(++at, m_stateWords[static_cast<std::size_t>(row.standing.state)]);
        sql::bind(to, ++at, row.standing.assignee);
        bindText(to, ++at, facts.errorMessage, row.message);
        sql::bind(to, ++at, facts.replayId);
        bindNumber(to, ++at, facts.replayGeneration);
        sql::bind(to, ++at, facts.replayOf);
        bindNumber(to, ++at, facts.stackHeader);
        bindText(to, ++at, facts.stack, row.stack);
        sql::bind(to, ++at,
                  letter.schema.verdict ? std::optional(schemaVerdictWord(*letter.schema.verdict)) : std::nullopt);
        bindNumber(to, ++at, letter.schema.version);
        sql::bind(to, ++at, row.standing.outcome);
    }
    template<typename Number>
    static void bindNumber(SQLite::Statement& to, int at, const std::optional<Number>& number)
    {
        if (number)
            to.bind(at, *number);
        else
            to.bind(at);
    }
    static void bindTime(SQLite::Statement& to, int at, const std::optional<UtcTime>& time)
    {
        bindNumber(to, at, time ? std::optional(toMs(*time)) : std::nullopt);
    }
    /// @param utf8  keeps the bytes until the statement is bound anew.
    static void bindText(SQLite::Statement& to, int at, const std::optional<QString>& text, std::string& utf8)
    {
        if (!text) {
            to.bind(at);
            return;
        }
        const QByteArray bytes = text->toUtf8();
        utf8.assign(bytes.constData(), static_cast<std::size_t>(bytes.size()));
        to.bindNoCopy(at, utf8);
    }

    /// What belongs to a letter that was new.
    void complete(const Row& row)
    {
        const PreparedLetter& letter = *row.letter;
        if (letter.facts.deliveredTopic)
            keepDelivery(row.place, letter.facts);
        if (m_isWaitedFor)
            m_late += row.id;
        if (row.sameErrors)
            m_sameErrors->keep(row.place, row.sameErrors);
        else if (letter.facts.replayId)
            m_isWaitedFor = true; // by this one, from now on

        m_bodies.push_back({row.place, &letter});

        Gain& gain = m_gains[row.group];
        gain.count(row.kind, row.standing);
        gain.firstMs = std::min(gain.firstMs, row.momentMs);
        gain.lastMs = std::max(gain.lastMs, row.momentMs);
        if (isOpen(row.standing.state))
            gain.oldestOpenMs = std::min(gain.oldestOpenMs, row.momentMs);
        if (letter.facts.errorMessage)
            gain.message = &*letter.facts.errorMessage;
    }

    /// Writes the bodies that wait.
    void writeBodies()
    {
        std::span<const Body> rest(m_bodies);
        while (!rest.empty()) {
            const bool isFull = rest.size() >= rowsAtOnce;
            const auto now = rest.first(isFull ? rowsAtOnce : 1);
            rest = rest.subspan(now.size());
            SQLite::Statement& to = isFull ? m_bodyRows : m_body;
            to.reset();
            int at = 0;
            for (std::size_t i = 0; i < now.size(); ++i) {
                const PreparedLetter& letter = *now[i].letter;
                if (!letter.packed)
                    packHeaders(letter.record.headers, m_headers.at(i));
                const QByteArray& headers = letter.packed ? letter.packed->headers : m_headers.at(i);
                to.bind(++at, now[i].place);
                sql::bindKept(to, ++at, letter.record.key);
                sql::bindKept(to, ++at, letter.record.value);
                to.bindNoCopy(++at, headers.constData(), static_cast<int>(headers.size()));
            }
            to.exec();
        }
        m_bodies.clear();
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
    const QString& m_clusterId;
    UtcTime m_seenAt;
    std::int64_t m_nextPlace;
    SQLite::Statement m_letter;
    SQLite::Statement m_letters; // rowsAtOnce of them
    SQLite::Statement m_isStored;
    SQLite::Statement m_body;
    SQLite::Statement m_bodyRows; // rowsAtOnce of them
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
    std::array<Row, rowsAtOnce> m_rows;
    std::size_t m_used = 0; // of these
    std::int64_t m_added = 0;
    std::array<QByteArray, rowsAtOnce> m_headers; // of letters that came without packed ones
    std::vector<Body> m_bodies;                   // of letters that are written
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
        std::deque<PreparedLetter> bareLetters; // those that were erased, as they are kept
        BatchWriter writer(db, kept, clusterId, seenAt, lastBefore);
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
            if (auto bare = purged.bare(clusterId, letter))
                writer.add(channel->second, bareLetters.emplace_back(std::move(*bare)));
            else
                writer.add(channel->second, letter);
        }
        writer.finish();
        stored.added = writer.added();
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
