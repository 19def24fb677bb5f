// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterreread.h"

#include "model/deadletter/letterrows.h"
#include "model/deadletter/letterstore.h"
#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

#include <map>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int lettersPerBatch = 200;

struct StoredLetter
{
    DeadLetter letter;
    std::int64_t generation = 0;
    std::int64_t groupRef = 0;
    std::optional<int> sameErrorReplays;
};

Result<std::vector<StoredLetter>> batchAfter(SQLite::Database& db, std::int64_t channelRef, std::int64_t after,
                                             std::int64_t last)
{
    std::vector<StoredLetter> batch;
    SQLite::Statement select(db, letterColumns(LetterParts::Whole) +
                                     ", l.generation, l.group_ref, l.same_error_replays" + letterTables() +
                                     // + : in the order of ids from where the last batch ended, not
                                     // each batch through the channel's whole index
                                     " WHERE +l.channel_ref = ? AND l.id > ? AND l.id <= ? ORDER BY l.id LIMIT ?");
    select.bind(1, channelRef);
    select.bind(2, after);
    select.bind(3, last);
    select.bind(4, lettersPerBatch);
    const int columns = select.getColumnCount();
    while (select.executeStep()) {
        auto letter = letterFromRow(select, LetterParts::Whole);
        if (!letter)
            return tl::unexpected<Error>(letter.error());
        const SQLite::Column replays = select.getColumn(columns - 1);
        batch.push_back({.letter = std::move(*letter),
                         .generation = select.getColumn(columns - 3).getInt64(),
                         .groupRef = select.getColumn(columns - 2).getInt64(),
                         .sameErrorReplays = replays.isNull() ? std::nullopt : std::optional(replays.getInt())});
    }
    return batch;
}

/// Takes the rows out of the table and out of their groups' counters; the letters' bytes are in hand.
void takeOut(SQLite::Database& db, const std::vector<StoredLetter>& batch)
{
    SQLite::Statement count(db,
                            "UPDATE letter_count SET letters = letters - 1 WHERE (group_ref, kind, state, assignee) ="
                            " (SELECT group_ref, kind, state, ifnull(assignee, '') FROM letter WHERE id = ?)");
    SQLite::Statement body(db, "DELETE FROM letter_body WHERE letter_ref = ?");
    SQLite::Statement letter(db, "DELETE FROM letter WHERE id = ?");
    for (const StoredLetter& stored : batch) {
        for (SQLite::Statement* statement : {&count, &body, &letter}) {
            statement->reset();
            statement->bind(1, stored.letter.place);
            statement->exec();
        }
    }
}

void tidyGroups(SQLite::Database& db, const std::set<std::int64_t>& groups)
{
    SQLite::Statement tidy(db, "DELETE FROM letter_count WHERE group_ref = ? AND letters <= 0");
    SQLite::Statement oldest(db, "UPDATE letter_group SET oldest_open_at_ms ="
                                 " (SELECT l.moment_ms FROM letter l"
                                 "  WHERE l.group_ref = ?1 AND l.state NOT IN ('archived', 'resolved', 'lost')"
                                 "  ORDER BY l.moment_ms LIMIT 1)"
                                 " WHERE id = ?1");
    for (const std::int64_t group : groups) {
        for (SQLite::Statement* statement : {&tidy, &oldest}) {
            statement->reset();
            statement->bind(1, group);
            statement->exec();
        }
    }
}

bool saysOtherThings(const DeadLetter& before, const PreparedLetter& now)
{
    LetterFacts old = before.facts;
    LetterFacts facts = now.facts;
    // Kept by the mapping's reader, not by the store; the owner that comes of them is compared.
    facts.mappedConsumer.reset();
    facts.mappedEventType.reset();
    return old != facts || before.consumer != now.owner.consumer || before.eventType != now.owner.eventType ||
           before.kind != now.kind;
}

/// Puts letters back with the time they were first seen, and the topic's generation they belong to.
Status putBack(Database& database, const QString& connection, const std::vector<StoredLetter>& batch,
               std::vector<PreparedLetter> prepared)
{
    std::map<UtcTime, std::vector<PreparedLetter>> bySight;
    for (std::size_t i = 0; i < batch.size(); ++i)
        bySight[batch[i].letter.firstSeenAt].push_back(std::move(prepared[i]));
    for (const auto& [seenAt, letters] : bySight) {
        const auto stored = storeLetters(database, batch.front().letter.clusterId, connection, letters, seenAt);
        if (!stored)
            return tl::unexpected<Error>(stored.error());
        if (stored->added != std::ssize(letters))
            return fail(ErrorCode::Corrupt,
                        u"%1 letters were read again, %2 could be stored"_s.arg(letters.size()).arg(stored->added));
    }
    return database.guarded([&](SQLite::Database& db) {
        SQLite::Statement generation(db, "UPDATE letter SET generation = ?"
                                         " WHERE channel_ref = (SELECT id FROM letter_channel"
                                         "  WHERE cluster_id = ? AND name = ?)"
                                         " AND partition = ? AND offset = ? AND digest = ?");
        for (const StoredLetter& stored : batch) {
            generation.reset();
            generation.bind(1, stored.generation);
            sql::bind(generation, 2, stored.letter.clusterId);
            sql::bind(generation, 3, stored.letter.record.at.topic);
            generation.bind(4, stored.letter.record.at.partition);
            generation.bind(5, stored.letter.record.offset.value);
            generation.bind(6, static_cast<std::int64_t>(stored.letter.digest));
            generation.exec();
        }
    });
}

} // namespace

Result<RereadReport> rereadChannel(StoreWriter& store, LetterPreparer& preparer, const QString& connection,
                                   const QString& channel, std::stop_token stop,
                                   const std::function<void(const RereadReport&)>& tell)
{
    RereadReport report;
    std::int64_t channelRef = 0;
    std::int64_t last = 0; // younger ones were read with these settings already
    const Status found = store.write([&](Database& database) {
        return database.guarded([&](SQLite::Database& db) {
            SQLite::Statement select(db, "SELECT c.id, (SELECT max(id) FROM letter)"
                                         " FROM letter_channel c WHERE c.connection = ? AND c.name = ?");
            sql::bind(select, 1, connection);
            sql::bind(select, 2, channel);
            if (select.executeStep()) {
                channelRef = select.getColumn(0).getInt64();
                last = select.getColumn(1).getInt64();
            }
            SQLite::Statement count(db, "SELECT count(*) FROM letter WHERE channel_ref = ?");
            count.bind(1, channelRef);
            if (count.executeStep())
                report.total = count.getColumn(0).getInt64();
        });
    });
    if (!found)
        return tl::unexpected<Error>(found.error());
    if (channelRef == 0)
        return fail(ErrorCode::NotFound,
                    u"no letter of channel %1 of connection %2 is stored"_s.arg(channel, connection));

    std::int64_t after = 0;
    for (bool isMore = true; isMore && !stop.stop_requested();) {
        RereadReport step;
        const Status done = store.write([&](Database& database) -> Status {
            Result<std::vector<StoredLetter>> batch = std::vector<StoredLetter>();
            std::vector<PreparedLetter> prepared;
            std::set<std::int64_t> groups;
            const Status taken = database.guarded([&](SQLite::Database& db) {
                batch = batchAfter(db, channelRef, after, last);
                for (std::size_t i = 0; batch && i < batch->size(); ++i) {
                    const StoredLetter& stored = (*batch)[i];
                    prepared.push_back(preparer.prepare(stored.letter.record));
                    prepared.back().sameErrorReplays = stored.sameErrorReplays;
                    step.changed += saysOtherThings(stored.letter, prepared.back()) ? 1 : 0;
                    groups.insert(stored.groupRef);
                }
                if (batch)
                    takeOut(db, *batch);
            });
            if (!taken || !batch)
                return taken ? tl::unexpected<Error>(batch.error()) : taken;
            isMore = std::ssize(*batch) == lettersPerBatch;
            if (batch->empty())
                return {};
            step.letters = std::ssize(*batch);
            after = batch->back().letter.place;
            if (const Status back = putBack(database, connection, *batch, std::move(prepared)); !back)
                return back;
            return database.guarded([&](SQLite::Database& db) { tidyGroups(db, groups); });
        });
        if (!done)
            return tl::unexpected<Error>(done.error());
        report.letters += step.letters;
        report.changed += step.changed;
        if (tell)
            tell(report);
    }
    return report;
}

} // namespace spillway
