// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterreread.h"

#include "model/deadletter/letterrows.h"
#include "model/deadletter/letterstore.h"
#include "model/deadletter/replayorigin.h"
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
                                     " WHERE +l.channel_ref = ? AND l.id > ? AND l.id <= ? AND l.purge_seq IS NULL"
                                     " ORDER BY l.id LIMIT ?");
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

struct Course
{
    QString connection;
    QString channel;
    bool isForNewVersion = false; ///< leaves what tells the same, and remembers how far it came
    std::int64_t channelRef = 0;
    std::int64_t after = 0;
    std::int64_t last = 0; ///< younger ones were read with these settings already
};

Status begin(StoreWriter& store, Course& course, RereadReport& report)
{
    const Status found = store.write([&](Database& database) {
        return database.guarded([&](SQLite::Database& db) {
            SQLite::Statement select(db, "SELECT c.id, (SELECT max(id) FROM letter), c.reread_to"
                                         " FROM letter_channel c WHERE c.connection = ? AND c.name = ?");
            sql::bind(select, 1, course.connection);
            sql::bind(select, 2, course.channel);
            if (select.executeStep()) {
                course.channelRef = select.getColumn(0).getInt64();
                course.last = select.getColumn(1).getInt64();
                course.after = course.isForNewVersion ? select.getColumn(2).getInt64() : 0;
            }
            SQLite::Statement count(db, "SELECT count(*) FROM letter WHERE channel_ref = ? AND purge_seq IS NULL");
            count.bind(1, course.channelRef);
            if (count.executeStep())
                report.total = count.getColumn(0).getInt64();
        });
    });
    if (found && course.channelRef == 0)
        return fail(ErrorCode::NotFound,
                    u"no letter of channel %1 of connection %2 is stored"_s.arg(course.channel, course.connection));
    return found;
}

void remember(SQLite::Database& db, const Course& course, bool isDone)
{
    SQLite::Statement save(db, "UPDATE letter_channel SET reread_to = ?, reading = CASE WHEN ? THEN ? ELSE reading END"
                               " WHERE id = ?");
    save.bind(1, isDone ? std::int64_t{0} : course.after);
    save.bind(2, isDone ? 1 : 0);
    save.bind(3, letterReadingVersion);
    save.bind(4, course.channelRef);
    save.exec();
}

/// One batch, whole or not at all. @return whether letters are left.
Result<bool> rereadSome(Database& database, LetterPreparer& preparer, Course& course, RereadReport& step)
{
    Result<std::vector<StoredLetter>> batch = std::vector<StoredLetter>();
    std::vector<StoredLetter> moved;
    std::vector<PreparedLetter> prepared;
    std::set<std::int64_t> groups;
    bool isMore = false;
    const Status taken = database.guarded([&](SQLite::Database& db) {
        batch = batchAfter(db, course.channelRef, course.after, course.last);
        if (!batch)
            return;
        isMore = std::ssize(*batch) == lettersPerBatch;
        step.letters = std::ssize(*batch);
        if (!batch->empty())
            course.after = batch->back().letter.place;
        for (StoredLetter& stored : *batch) {
            PreparedLetter letter = preparer.prepare(stored.letter.record);
            letter.sameErrorReplays = stored.sameErrorReplays;
            const bool isChanged = saysOtherThings(stored.letter, letter);
            step.changed += isChanged ? 1 : 0;
            if (!isChanged && course.isForNewVersion)
                continue;
            groups.insert(stored.groupRef);
            prepared.push_back(std::move(letter));
            moved.push_back(std::move(stored));
        }
        takeOut(db, moved);
        if (course.isForNewVersion)
            remember(db, course, !isMore);
    });
    if (!taken || !batch)
        return tl::unexpected<Error>(taken ? batch.error() : taken.error());
    if (moved.empty())
        return isMore;
    if (const Status back = putBack(database, course.connection, moved, std::move(prepared)); !back)
        return tl::unexpected<Error>(back.error());
    const Status tidied = database.guarded([&](SQLite::Database& db) { tidyGroups(db, groups); });
    return tidied ? Result<bool>(isMore) : tl::unexpected<Error>(tidied.error());
}

Result<RereadReport> reread(StoreWriter& store, LetterPreparer& preparer, Course course, std::stop_token stop,
                            const std::function<void(const RereadReport&)>& tell)
{
    RereadReport report;
    if (const Status begun = begin(store, course, report); !begun)
        return tl::unexpected<Error>(begun.error());
    ReplayTargets targets(store.file());
    preparer.ask(&targets);
    Status done;
    for (bool isMore = true; isMore && done && !stop.stop_requested();) {
        RereadReport step;
        Course next;
        done = store.write([&](Database& database) -> Status {
            step = {};
            next = course;
            const auto left = rereadSome(database, preparer, next, step);
            if (!left)
                return tl::unexpected<Error>(left.error());
            isMore = *left;
            return {};
        });
        if (!done)
            break;
        course = next;
        report.letters += step.letters;
        report.changed += step.changed;
        if (tell)
            tell(report);
    }
    preparer.ask(nullptr);
    return done ? Result<RereadReport>(report) : tl::unexpected<Error>(done.error());
}

} // namespace

Result<RereadReport> rereadChannel(StoreWriter& store, LetterPreparer& preparer, const QString& connection,
                                   const QString& channel, std::stop_token stop,
                                   const std::function<void(const RereadReport&)>& tell)
{
    return reread(store, preparer, {.connection = connection, .channel = channel}, std::move(stop), tell);
}

Result<std::vector<OldChannel>> channelsReadByOlder(Database& reader)
{
    return reader.query<std::vector<OldChannel>>([](SQLite::Database& db) {
        std::vector<OldChannel> channels;
        SQLite::Statement select(db, "SELECT connection, name FROM letter_channel WHERE reading < ?"
                                     " ORDER BY connection, name");
        select.bind(1, letterReadingVersion);
        while (select.executeStep())
            channels.push_back({sql::text(select.getColumn(0)), sql::text(select.getColumn(1))});
        return channels;
    });
}

Result<RereadReport> rereadOldChannel(StoreWriter& store, LetterPreparer& preparer, const OldChannel& old,
                                      std::stop_token stop)
{
    return reread(store, preparer, {.connection = old.connection, .channel = old.channel, .isForNewVersion = true},
                  std::move(stop), {});
}

} // namespace spillway
