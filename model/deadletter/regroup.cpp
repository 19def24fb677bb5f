// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/regroup.h"

#include "model/deadletter/groupalias.h"
#include "model/deadletter/groupkind.h"
#include "model/deadletter/groupprojection.h"
#include "model/deadletter/groupstrain.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/sameerror.h"
#include "model/deadletter/sqltext.h"

#include <map>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::int64_t lettersPerBatch = 500;

struct Run
{
    QString rulesDigest;
    std::int64_t next = 0;
    std::int64_t last = 0;
    RegroupProgress progress;
};

std::optional<Run> runOf(SQLite::Database& db)
{
    SQLite::Statement select(db, "SELECT rules_digest, next_letter, last_letter, done, total, moved, reason"
                                 " FROM regroup_run WHERE id = 1");
    if (!select.executeStep())
        return std::nullopt;
    return Run{.rulesDigest = sql::text(select.getColumn(0)),
               .next = select.getColumn(1).getInt64(),
               .last = select.getColumn(2).getInt64(),
               .progress = {.done = select.getColumn(3).getInt64(),
                            .total = select.getColumn(4).getInt64(),
                            .moved = select.getColumn(5).getInt64(),
                            .reason = sql::text(select.getColumn(6))}};
}

LetterOwner ownerOf(const DeadLetter& letter)
{
    return {.consumer = letter.consumer, .eventType = letter.eventType, .team = letter.team};
}

/// Where a letter stands by its fingerprint alone, and moving it there.
class BatchMover
{
public:
    explicit BatchMover(SQLite::Database& db)
        : m_db(db)
        , m_strains(db)
        , m_mover(db)
        , m_home(db, "SELECT home_ref FROM letter_pin WHERE letter_id = ?")
        , m_setHome(db, "UPDATE letter_pin SET home_ref = ? WHERE letter_id = ?")
        , m_ref(db, "SELECT group_ref FROM letter WHERE id = ?")
        , m_fingerprint(db, "SELECT fingerprint_id FROM letter_group WHERE id = ?")
    {
    }

    void regroup(const DeadLetter& letter, const Fingerprint& fingerprint)
    {
        const std::int64_t to =
            m_strains.refOf({fingerprint, letter.facts.errorClass, ownerOf(letter)}, toMs(letter.agesFrom()));
        const auto home = m_strains.hasPins() ? pinnedHome(letter.id) : std::nullopt;
        const std::int64_t from = home.value_or(number(m_ref, letter.place));
        const QString before = fingerprintOf(from);
        ++m_flows[{before, fingerprint.id}];
        if (before != fingerprint.id)
            ++moved;
        if (from == to)
            return;
        m_touched.insert({from, to});
        if (!home) {
            m_mover.move(letter.place, to);
            return;
        }
        m_setHome.reset();
        m_setHome.bind(1, to);
        sql::bind(m_setHome, 2, letter.id);
        m_setHome.exec();
        m_left.insert(from);
    }

    /// Rows that letters went from or to, also where the letters stand elsewhere.
    [[nodiscard]] const std::set<std::int64_t>& touched() const { return m_touched; }

    void finish()
    {
        m_mover.finish();
        for (const std::int64_t ref : m_left)
            recountStrain(m_db, ref);
        SQLite::Statement flow(m_db, "INSERT INTO regroup_flow (from_id, into_id, letters) VALUES (?, ?, ?)"
                                     " ON CONFLICT DO UPDATE SET letters = letters + excluded.letters");
        for (const auto& [way, letters] : m_flows) {
            flow.reset();
            sql::bind(flow, 1, way.first);
            sql::bind(flow, 2, way.second);
            flow.bind(3, letters);
            flow.exec();
        }
    }

    std::int64_t moved = 0;

private:
    std::optional<std::int64_t> pinnedHome(const QString& letterId)
    {
        m_home.reset();
        sql::bind(m_home, 1, letterId);
        return m_home.executeStep() ? sql::maybeNumber(m_home.getColumn(0)) : std::nullopt;
    }
    static std::int64_t number(SQLite::Statement& select, std::int64_t id)
    {
        select.reset();
        select.bind(1, id);
        return select.executeStep() ? select.getColumn(0).getInt64() : 0;
    }
    QString fingerprintOf(std::int64_t ref)
    {
        if (const auto known = m_fingerprints.find(ref); known != m_fingerprints.end())
            return known->second;
        m_fingerprint.reset();
        m_fingerprint.bind(1, ref);
        const QString id = m_fingerprint.executeStep() ? sql::text(m_fingerprint.getColumn(0)) : QString();
        return m_fingerprints.emplace(ref, id).first->second;
    }

    SQLite::Database& m_db;
    StrainWriter m_strains;
    StrainMover m_mover;
    SQLite::Statement m_home;
    SQLite::Statement m_setHome;
    SQLite::Statement m_ref;
    SQLite::Statement m_fingerprint;
    std::map<std::int64_t, QString> m_fingerprints;
    std::map<std::pair<QString, QString>, std::int64_t> m_flows;
    std::set<std::int64_t> m_left;
    std::set<std::int64_t> m_touched;
};

enum class Replayed { InBatch, All };

/// Other fingerprints may tell errors apart that were one, or make them one. Letters that a replay brought back are
/// counted after those that were replayed, whichever was stored first; what the letter before is no longer here to tell
/// stays as it was.
/// @param after, upTo  rows of table letter; not asked for `All`.
/// @return letters whose count is another one now, by their rows.
std::set<std::int64_t> keepSameErrors(SQLite::Database& db, Replayed which, std::int64_t after = 0,
                                      std::int64_t upTo = 0)
{
    struct CameBack
    {
        std::int64_t letter = 0;
        std::int64_t group = 0;
        LetterFacts facts;
        std::optional<std::int64_t> kept;
    };
    std::vector<CameBack> letters;
    {
        // A batch is a walk over its rows, whatever the index holds; all of them are a walk over the index.
        const std::string where = which == Replayed::InBatch
                                      ? " WHERE +replay_id IS NOT NULL AND id > ?1 AND id <= ?2"
                                      : " INDEXED BY letter_of_replay WHERE replay_id IS NOT NULL";
        SQLite::Statement select(db, "SELECT id, group_ref, replay_id, replay_of, replay_generation,"
                                     " same_error_replays FROM letter" +
                                         where + " ORDER BY replay_generation, id");
        if (which == Replayed::InBatch) {
            select.bind(1, after);
            select.bind(2, upTo);
        }
        while (select.executeStep()) {
            CameBack letter{.letter = select.getColumn(0).getInt64(),
                            .group = select.getColumn(1).getInt64(),
                            .facts = {},
                            .kept = sql::maybeNumber(select.getColumn(5))};
            letter.facts.replayId = sql::maybeBytes(select.getColumn(2));
            letter.facts.replayOf = sql::maybeBytes(select.getColumn(3));
            if (!select.getColumn(4).isNull())
                letter.facts.replayGeneration = select.getColumn(4).getInt();
            letters.push_back(std::move(letter));
        }
    }
    std::set<std::int64_t> changed;
    SameErrors sameErrors(db);
    for (const CameBack& letter : letters) {
        const std::optional<int> replays = sameErrors.replaysOf(letter.facts, letter.group);
        if (!replays || letter.kept == *replays)
            continue;
        sameErrors.keep(letter.letter, replays);
        if (*replays != letter.kept.value_or(0))
            changed.insert(letter.letter);
    }
    return changed;
}

/// Every letter was looked at. Groups that none was put into anew are of this version too: those that a person split
/// off, those whose letters are gone, and those whose letters' headers do not read.
void markVersion(SQLite::Database& db)
{
    SQLite::Statement mark(db, "UPDATE letter_group SET fingerprint_version = ?1 WHERE fingerprint_version < ?1");
    mark.bind(1, fingerprintVersion);
    mark.exec();
}

/// @return whether letters are left.
bool regroupSome(SQLite::Database& db, Fingerprinter& fingerprinter)
{
    const auto begun = runOf(db);
    if (!begun)
        return false;
    Run run = *begun;
    if (run.rulesDigest != fingerprinter.rules().digest) {
        // Half by the old rules and half by the new would be neither.
        SQLite::Statement again(db, "UPDATE regroup_run SET rules_digest = ?, next_letter = 0, done = 0, moved = 0,"
                                    " last_letter = (SELECT ifnull(max(id), 0) FROM letter),"
                                    " total = (SELECT count(*) FROM letter)");
        sql::bind(again, 1, fingerprinter.rules().digest);
        again.exec();
        if (const auto anew = runOf(db))
            run = *anew;
    }
    std::vector<DeadLetter> letters;
    std::int64_t seen = 0;
    std::int64_t next = run.next;
    {
        SQLite::Statement select(db, letterColumns(LetterParts::Whole) + letterTables() +
                                         " WHERE l.id > ? AND l.id <= ? ORDER BY l.id LIMIT ?");
        select.bind(1, run.next);
        select.bind(2, run.last);
        select.bind(3, lettersPerBatch);
        while (select.executeStep()) {
            ++seen;
            next = select.getColumn(0).getInt64();
            // One whose headers do not read stays where it is, and so does one that says nothing any more.
            if (auto letter = letterFromRow(select, LetterParts::Whole); letter && !letter->erased)
                letters.push_back(std::move(*letter));
        }
    }
    BatchMover mover(db);
    for (const DeadLetter& letter : letters)
        mover.regroup(letter, fingerprinter.of(letter.record, letter.facts, ownerOf(letter)));
    // Before anything is settled: what stands above the rules depends on them.
    auto recounted = keepSameErrors(db, Replayed::InBatch, run.next, next);
    mover.finish();
    const bool isLast = seen < lettersPerBatch;
    if (isLast) {
        recounted.merge(keepSameErrors(db, Replayed::All));
        markVersion(db);
    }
    settleRecounted(db, recounted, mover.touched());
    SQLite::Statement save(db, "UPDATE regroup_run SET next_letter = ?, done = done + ?, moved = moved + ?");
    save.bind(1, next);
    save.bind(2, seen);
    save.bind(3, mover.moved);
    save.exec();
    return !isLast;
}

using Flows = std::map<std::pair<QString, QString>, std::int64_t>; ///< from, into: letters

/// What `outcomeOf` will say once these were done.
std::vector<GroupMove> movesOf(const Flows& flows)
{
    std::set<QString> borne;
    for (const auto& [way, letters] : flows)
        borne.insert(way.second);
    std::vector<GroupMove> moves;
    std::int64_t most = 0;
    for (const auto& [way, letters] : flows) {
        const auto& [from, into] = way;
        if (borne.contains(from))
            continue;
        if (moves.empty() || moves.back().from != from) {
            moves.push_back({from, into});
            most = letters;
        } else if (letters > most) {
            moves.back().into = into;
            most = letters;
        }
    }
    return moves;
}

/// Ids that no letter bears any more, each with where most of its letters went; of equal shares the smaller id.
RegroupOutcome outcomeOf(SQLite::Database& db, const Run& run)
{
    RegroupOutcome outcome{.reason = run.progress.reason,
                           .rulesDigest = run.rulesDigest,
                           .moves = {},
                           .letters = run.progress.done,
                           .moved = run.progress.moved};
    SQLite::Statement select(db, "SELECT f.from_id, f.into_id"
                                 " FROM regroup_flow f"
                                 " WHERE f.from_id <> f.into_id AND f.from_id <> ''"
                                 " AND NOT EXISTS (SELECT 1 FROM letter_group g WHERE g.fingerprint_id = f.from_id)"
                                 " ORDER BY f.from_id, f.letters DESC, f.into_id");
    while (select.executeStep()) {
        const QString from = sql::text(select.getColumn(0));
        if (outcome.moves.empty() || outcome.moves.back().from != from)
            outcome.moves.push_back({from, sql::text(select.getColumn(1))});
    }
    return outcome;
}

} // namespace

Result<std::optional<RegroupProgress>> regroupProgress(Database& reader)
{
    return reader.query<std::optional<RegroupProgress>>([](SQLite::Database& db) {
        const auto run = runOf(db);
        return run ? std::optional(run->progress) : std::nullopt;
    });
}

Status regroupOldVersions(StoreWriter& store, const QString& rulesDigest, const QString& actor)
{
    return store.write([&](Database& database) {
        return database.guarded([&](SQLite::Database& db) {
            SQLite::Statement old(db, "SELECT EXISTS (SELECT 1 FROM letter_group WHERE fingerprint_version < ?)");
            old.bind(1, fingerprintVersion);
            old.executeStep();
            if (old.getColumn(0).getInt() == 0)
                return;
            const QString reason = u"fingerprints of version %1"_s.arg(fingerprintVersion);
            const auto run = runOf(db);
            // Another one that is under way began by fingerprints of an older version.
            if (!run || run->progress.reason != reason)
                startRegrouping(db, rulesDigest, actor, reason);
        });
    });
}

Result<bool> regroupBatch(StoreWriter& store, Fingerprinter& fingerprinter)
{
    bool isMore = false;
    const Status status = store.write([&](Database& database) {
        return database.guarded([&](SQLite::Database& db) { isMore = regroupSome(db, fingerprinter); });
    });
    if (!status)
        return tl::unexpected<Error>(status.error());
    return isMore;
}

Result<std::optional<RegroupProgress>> regroupRest(Ledger& ledger, StoreWriter& store,
                                                   const GroupingKnowledge& knowledge, const QString& actor,
                                                   std::stop_token stop,
                                                   const std::function<void(const RegroupProgress&)>& tell)
{
    Fingerprinter fingerprinter(knowledge);
    std::optional<Run> run;
    RegroupOutcome outcome;
    const auto look = [&](bool isEnd) {
        return store.write([&](Database& database) {
            return database.guarded([&](SQLite::Database& db) {
                run = runOf(db);
                if (run && isEnd)
                    outcome = outcomeOf(db, *run);
            });
        });
    };
    if (const Status looked = look(false); !looked)
        return tl::unexpected<Error>(looked.error());
    if (!run)
        return std::nullopt;
    for (bool isMore = true; isMore;) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, u"stopped; the rest is grouped when Spillway runs again"_s);
        const auto more = regroupBatch(store, fingerprinter);
        if (!more)
            return tl::unexpected<Error>(more.error());
        isMore = *more;
        if (const Status looked = look(!isMore); !looked)
            return tl::unexpected<Error>(looked.error());
        if (!run)
            return std::nullopt; // somebody else ended it
        if (tell)
            tell(run->progress);
    }
    const RegroupProgress progress = run->progress;
    if (const Status decided = decideGroups(ledger, store, regroupedDrafts(outcome, actor)); !decided)
        return tl::unexpected<Error>(decided.error());
    return progress;
}

Result<RegroupPreview> previewRegroup(Database& reader, const GroupingKnowledge& knowledge, std::stop_token stop,
                                      const std::function<void(std::int64_t done, std::int64_t total)>& tell)
{
    Fingerprinter fingerprinter(knowledge);
    Result<RegroupPreview> preview{RegroupPreview{}};
    const Status status = reader.guarded([&](SQLite::Database& db) {
        Flows fingerprints; // stored and new ones
        Flows waiting;      // groups and the new fingerprints of their letters
        Flows flows;        // groups
        std::map<QString, QString> titles;
        SQLite::Statement title(db, "SELECT group_id, title FROM letter_group ORDER BY group_id = fingerprint_id");
        while (title.executeStep())
            titles[sql::text(title.getColumn(0))] = sql::text(title.getColumn(1));
        SQLite::Statement stored(db, "SELECT g.fingerprint_id, p.letter_id IS NOT NULL FROM letter l"
                                     " LEFT JOIN letter_pin p ON p.letter_id = ?2"
                                     " JOIN letter_group g ON g.id = ifnull(p.home_ref, l.group_ref) WHERE l.id = ?1");
        const std::int64_t total = tell ? db.execAndGet("SELECT count(*) FROM letter").getInt64() : 0;
        SQLite::Statement select(db, letterColumns(LetterParts::Whole) + letterTables() + " ORDER BY l.id");
        while (select.executeStep()) {
            if (stop.stop_requested()) {
                preview = fail(ErrorCode::Cancelled, u"stopped; nothing was changed"_s);
                return;
            }
            const auto letter = letterFromRow(select, LetterParts::Whole);
            if (!letter)
                continue;
            stored.reset();
            stored.bind(1, letter->place);
            sql::bind(stored, 2, letter->id);
            if (!stored.executeStep())
                continue;
            if (letter->erased) { // it says nothing any more, and stays where it is
                ++flows[{letter->group, letter->group}];
                ++preview->letters;
                continue;
            }
            const Fingerprint made = fingerprinter.of(letter->record, letter->facts, ownerOf(*letter));
            ++fingerprints[{sql::text(stored.getColumn(0)), made.id}];
            if (stored.getColumn(1).getInt() != 0) // a person split it off: it stays where it was put
                ++flows[{letter->group, letter->group}];
            else
                ++waiting[{letter->group, made.id}];
            titles.try_emplace(made.id, made.title);
            if (++preview->letters % lettersPerBatch == 0 && tell)
                tell(preview->letters, total);
        }
        GroupMerges merges = groupMerges(db);
        followMoves(merges, movesOf(fingerprints));
        for (const auto& [way, letters] : waiting) {
            const QString into = shownGroup(merges, way.second);
            flows[{way.first, into}] += letters;
            titles.try_emplace(into, titles[way.second]);
            if (into != way.first)
                preview->moved += letters;
        }
        std::map<QString, int> ways;
        std::map<QString, int> sources;
        for (const auto& [way, letters] : flows) {
            ++ways[way.first];
            ++sources[way.second];
        }
        preview->groupsBefore = static_cast<std::int64_t>(ways.size());
        preview->groupsAfter = static_cast<std::int64_t>(sources.size());
        for (const auto& [way, letters] : flows) {
            const auto& [from, into] = way;
            if (from != into)
                preview->moves.push_back({.from = from,
                                          .fromTitle = titles[from],
                                          .into = into,
                                          .intoTitle = titles[into],
                                          .letters = letters,
                                          .joins = sources[into] > 1,
                                          .splits = ways[from] > 1});
        }
        std::stable_sort(preview->moves.begin(), preview->moves.end(),
                         [](const auto& a, const auto& b) { return a.letters > b.letters; });
    });
    if (!status)
        return tl::unexpected<Error>(status.error());
    return preview;
}

} // namespace spillway
