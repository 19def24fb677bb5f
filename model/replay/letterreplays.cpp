// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/letterreplays.h"

#include "model/deadletter/sqltext.h"
#include "model/replay/replayitems.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int mostReplays = 1'000;

LetterReplay::Status statusOf(ItemStatus status)
{
    switch (status) {
    case ItemStatus::Pending:
        return LetterReplay::Status::Pending;
    case ItemStatus::Intended:
        return LetterReplay::Status::InDoubt;
    case ItemStatus::Sent:
        return LetterReplay::Status::Sent;
    case ItemStatus::Skipped:
        return LetterReplay::Status::Skipped;
    }
    return LetterReplay::Status::Pending;
}

} // namespace

Result<std::vector<LetterReplay>> replaysOfLetter(Database& reader, const QString& letterId)
{
    return reader.query<std::vector<LetterReplay>>([&](SQLite::Database& db) {
        std::vector<LetterReplay> replays;
        SQLite::Statement select(db, "SELECT i.job_id, i.generation, i.target, i.status, i.outcome, i.skip_reason,"
                                     " j.started_at_ms, i.replay_of"
                                     " FROM replay_item i"
                                     " JOIN replay_job j ON j.job_id = i.job_id"
                                     " WHERE i.letter_id = ?"
                                     " ORDER BY j.created_seq, i.item"
                                     " LIMIT ?");
        // What bears both headers came out of this very item.
        SQLite::Statement returned(db,
                                   "SELECT c.cluster_id, c.name, l.partition, l.offset, l.digest, l.first_seen_at_ms"
                                   " FROM letter l"
                                   " JOIN letter_channel c ON c.id = l.channel_ref"
                                   " WHERE l.replay_id = ? AND l.replay_of = ? AND l.replay_generation = ?"
                                   " ORDER BY l.id"
                                   " LIMIT ?");
        sql::bind(select, 1, letterId);
        select.bind(2, mostReplays);
        while (select.executeStep()) {
            LetterReplay replay;
            replay.jobId = sql::text(select.getColumn(0));
            replay.generation = select.getColumn(1).getInt();
            replay.target = sql::text(select.getColumn(2));
            replay.status = statusOf(itemStatusFromWord(sql::text(select.getColumn(3))));
            replay.outcome = sql::maybeText(select.getColumn(4));
            replay.skippedBecause = sql::maybeText(select.getColumn(5));
            if (!select.getColumn(6).isNull())
                replay.startedAt = utcFromMs(select.getColumn(6).getInt64());
            returned.reset();
            sql::bind(returned, 1, replay.jobId.toUtf8());
            sql::bind(returned, 2, sql::maybeBytes(select.getColumn(7)).value_or(QByteArray()));
            returned.bind(3, replay.generation);
            returned.bind(4, mostReplays);
            while (returned.executeStep()) {
                replay.cameBackAs.push_back(
                    spillway::letterId(sql::text(returned.getColumn(0)),
                                       {sql::text(returned.getColumn(1)), returned.getColumn(2).getInt()},
                                       Offset{returned.getColumn(3).getInt64()},
                                       static_cast<std::uint64_t>(returned.getColumn(4).getInt64())));
                replay.cameBackAt.push_back(utcFromMs(returned.getColumn(5).getInt64()));
            }
            replays.push_back(std::move(replay));
        }
        return replays;
    });
}

Result<std::optional<QString>> letterBefore(Database& reader, const DeadLetter& letter)
{
    if (!letter.facts.replayId || !letter.facts.replayOf)
        return std::optional<QString>();
    return reader.query<std::optional<QString>>([&](SQLite::Database& db) -> std::optional<QString> {
        SQLite::Statement select(db, "SELECT letter_id"
                                     " FROM replay_item"
                                     " WHERE job_id = ? AND replay_of = ?"
                                     " ORDER BY item"
                                     " LIMIT 1");
        sql::bind(select, 1, QString::fromUtf8(*letter.facts.replayId));
        sql::bind(select, 2, *letter.facts.replayOf);
        return select.executeStep() ? std::optional(sql::text(select.getColumn(0))) : std::nullopt;
    });
}

} // namespace spillway
