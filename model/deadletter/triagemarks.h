// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/triageaction.h"
#include "model/ledger/ledger.h"
#include "model/store/database.h"

#include <SQLiteCpp/Database.h>

/// Comments, tags, links, known errors, rules for archived letters, and who decided what when: a projection of the
/// ledger's `deadletter.*` events. What is kept by a group's id is found by every id that the group ever had.
/// Functions over SQLite::Database throw what SQLite throws: call them inside `guarded` or `query`.
namespace spillway {

/// A known error as it is kept: what a person said of a group, and what the group looked like then.
struct KnownErrorEntry
{
    QString group; ///< id it had then
    KnownError error;
    QString reason;
    QString actor;
    UtcTime at;
    std::int64_t seq = 0;
    QString title;
    std::optional<QString> errorClass;
    std::optional<QString> rootCauseClass;
    std::optional<QString> message; ///< folded: without numbers, ids and quoted values
    friend bool operator==(const KnownErrorEntry&, const KnownErrorEntry&) = default;
};

/// A rule for archived letters of a group.
struct ArchiveRule
{
    QString group;
    QString decision;
    ArchiveUntil until = ArchiveUntil::Forever;
    std::optional<UtcTime> at;
    bool future = false;
    std::int64_t busiestHour = 0; ///< letters, in the week before it was set
    UtcTime since;
    QStringList fingerprints; ///< of the letters that it is about
    std::int64_t seq = 0;
    friend bool operator==(const ArchiveRule&, const ArchiveRule&) = default;
};

struct LinkMark
{
    QString url;
    QString title;
    friend bool operator==(const LinkMark&, const LinkMark&) = default;
};

struct CommentEntry
{
    std::int64_t seq = 0;
    QString subject;
    UtcTime at;
    QString actor;
    QString text;
    friend bool operator==(const CommentEntry&, const CommentEntry&) = default;
};

/// One ledger event about a subject.
struct DecisionEntry
{
    std::int64_t seq = 0;
    QString decision; ///< events of one decision share it
    UtcTime at;
    QString actor;
    QString type;
    QString summary; ///< in words
    std::optional<QString> reason;
    std::optional<std::int64_t> revertedBy;
    friend bool operator==(const DecisionEntry&, const DecisionEntry&) = default;
};

/// A group archived until it escalates comes back above so many letters in one hour: ten, or twice the busiest hour of
/// the week before, whichever is more. Pure.
[[nodiscard]] std::int64_t archiveThreshold(std::int64_t busiestHour);

/// All ids that a subject goes by, the present one first.
[[nodiscard]] QStringList subjectNames(SQLite::Database& db, const QString& subject);

/// The known error of a group; nullopt: nobody has said.
[[nodiscard]] std::optional<KnownErrorEntry> knownMark(SQLite::Database& db, const QString& groupId);
/// All of them, newest first.
[[nodiscard]] std::vector<KnownErrorEntry> knownMarks(SQLite::Database& db);
/// Rules in force, oldest first.
[[nodiscard]] std::vector<ArchiveRule> archiveRules(SQLite::Database& db);
[[nodiscard]] QStringList tagsOf(SQLite::Database& db, const QString& subject); ///< in order
[[nodiscard]] std::vector<LinkMark> linksOf(SQLite::Database& db, const QString& subject);
[[nodiscard]] std::vector<CommentEntry> commentsOf(SQLite::Database& db, const QString& subject); ///< oldest first
/// Newest first, at most `limit`. Empty subject: of everything.
[[nodiscard]] std::vector<DecisionEntry> decisionsAbout(SQLite::Database& db, const QString& subject, int limit);

/// Applies one `deadletter.*` event of this projection but its letters' states; other events change nothing. Applying
/// again is harmless. In a transaction that also saves the applied seq.
[[nodiscard]] Status applyMarks(Database& database, const LedgerEvent& event);

/// Forgets all of it, so that the ledger can be applied from its first event. In a transaction.
void clearMarks(SQLite::Database& db);

} // namespace spillway
