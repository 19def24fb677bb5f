// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/query.h"

#include <SQLiteCpp/Database.h>

#include <QStringList>

/// Tags in queries. People put them on letters and on groups, by whatever id a group had then; the store's rows know
/// nothing of them, so a query looks them up before it runs. Functions throw what SQLite throws: call them inside
/// `guarded` or `query`.
namespace spillway {

/// Fills the term's rows: all that bear a tag that it may ask for.
void lookUpTags(SQLite::Database& db, QueryTerm& term);

/// Every tag that something bears now, in order, at most a thousand.
[[nodiscard]] QStringList tagsInUse(SQLite::Database& db);

} // namespace spillway
