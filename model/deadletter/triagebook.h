// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/ledger/ledger.h"

#include <QStringList>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <optional>

/// How decisions besides states are written down: the book of events, and marks with what they were before. All throw
/// what SQLite throws. In a transaction.
namespace spillway {

/// What the book says of an event.
struct BookEntry
{
    QString decision; ///< events of one decision share it
    QString summary;  ///< in words
    std::optional<QString> reason;
    QStringList subjects; ///< groups by the ids they have now, letters that are named alone
};
/// Noting an event again changes nothing.
void noteEvent(SQLite::Database& db, const LedgerEvent& event, const BookEntry& entry);

/// Sets marks for one event, and keeps what each was before under the event's seq. An event that is not newer than a
/// mark's changes nothing.
class MarkWriter
{
public:
    MarkWriter(SQLite::Database& db, std::int64_t seq);
    /// @param value  nullopt: taken away.
    void set(const QString& subject, const QString& field, const std::optional<QString>& value);

private:
    SQLite::Statement m_past;
    SQLite::Statement m_upsert;
};

/// What this event did to marks is as if it had not been; only where no later event changed the same.
/// @return subjects whose mark `field` is another now.
QStringList revertMarks(SQLite::Database& db, std::int64_t seq, const QString& field);

} // namespace spillway
