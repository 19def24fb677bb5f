// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/groupdecisions.h"

#include <SQLiteCpp/Database.h>

/// What the ledger's events on groups do to the store. All throw what SQLite throws. In a transaction.
namespace spillway {

class GroupProjection
{
public:
    /// @param seq  of the event that is applied; what a younger one decided stays.
    GroupProjection(SQLite::Database& db, std::int64_t seq)
        : m_db(db)
        , m_seq(seq)
    {
    }

    void merge(const QStringList& groups, const QString& into);
    void unmerge(const QStringList& groups);
    void split(const QString& group, const QString& title, const QStringList& letterIds);
    void dissolve(const QStringList& splits);
    /// Ids that letters were grouped away from. A merge of or into such a group goes on with the group that follows it.
    void rename(const std::vector<GroupMove>& moves);

private:
    void alias(const QString& from, const char* kind, const QString& into);
    void showAgain(const QString& shown);

    SQLite::Database& m_db;
    std::int64_t m_seq;
};

/// Everything that is stored now is to be grouped anew, from its first letter; see regroup.h.
void startRegrouping(SQLite::Database& db, const QString& rulesDigest, const QString& actor, const QString& reason);
void endRegrouping(SQLite::Database& db);

} // namespace spillway
