// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/ledger/ledger.h"

#include <QJsonObject>

#include <SQLiteCpp/Database.h>

#include <vector>

/// Decisions on groups in the book of decisions, so that they stand in the history and can be taken back. What is
/// decided is kept as marks: `merge` of a group (into which), `split` of a group (its title), `pin` of a letter (to
/// which group). All throw what SQLite throws.
namespace spillway {

/// Notes an event `deadletter.groups.…` and what it decided; one that an undo wrote changes nothing here: the undo
/// itself takes the marks back. In a transaction.
void applyGroupMarks(SQLite::Database& db, const LedgerEvent& event, const QJsonObject& body);

/// The events that make groups what they were before these ones; none where they are not about groups.
/// @param seqs  of one decision that nothing decided after depends on, oldest first.
[[nodiscard]] std::vector<Ledger::Draft> groupUndoDrafts(SQLite::Database& db, const std::vector<std::int64_t>& seqs,
                                                         const QString& actor, const QString& decision);

/// The grouping anew after the decision that renamed what it merged; 0: none did. Then a merge is no longer one of the
/// ids it names.
[[nodiscard]] std::int64_t regroupedSince(SQLite::Database& db, const QString& decision);

} // namespace spillway
