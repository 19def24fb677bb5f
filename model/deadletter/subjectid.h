// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/store/database.h"

#include <SQLiteCpp/Database.h>

#include <QStringList>

/// Ids of groups and letters as people type them. A letter's may lack its last part, the record's digest, where one
/// letter alone lies at that position; a group's may be its beginning (`g` and four digits at least) where one group
/// alone begins so. Every command that takes such an id takes it by these.
namespace spillway {

/// `g` and 4 to 11 hex digits.
[[nodiscard]] bool isGroupBeginning(QStringView typed);
/// A whole id, or one of the short forms; whether there is such a thing is another question.
[[nodiscard]] bool isSubjectText(QStringView typed);

/// The whole id. A whole one comes back as it is, whether it is stored or not. NotFound: nothing is stored that begins
/// so; InvalidConfig: it is no id, or several are meant, which are named. Throws what SQLite throws.
[[nodiscard]] Result<QString> wholeSubject(SQLite::Database& db, const QString& typed);
/// The same of a group alone.
[[nodiscard]] Result<QString> wholeGroup(SQLite::Database& db, const QString& typed);

/// For whoever holds no transaction. The first fault of several.
[[nodiscard]] Result<QString> wholeSubject(Database& reader, const QString& typed);
[[nodiscard]] Result<QString> wholeGroup(Database& reader, const QString& typed);
[[nodiscard]] Result<QStringList> wholeSubjects(Database& reader, const QStringList& typed);
[[nodiscard]] Result<QStringList> wholeGroups(Database& reader, const QStringList& typed);

} // namespace spillway
