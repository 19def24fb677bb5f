// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/notify/news.h"
#include "model/schema/schemafolder.h"

#include <QDate>

namespace spillway {

/// Fields at the top of two versions: names only, of JSON Schema's `properties` or an Avro record; the short answer
/// beside the differences that `schema check` finds.
struct TopFields
{
    QStringList added;
    QStringList removed;
    QStringList nowRequired;
    friend bool operator==(const TopFields&, const TopFields&) = default;
};
/// nullopt: one of them does not read, or is Protobuf. Pure.
[[nodiscard]] std::optional<TopFields> topFieldsChanged(SchemaLanguage language, const QByteArray& older,
                                                        const QByteArray& newer);

/// What each consuming team should know of a new version of an event's schema: versions, fields that come and go, what
/// breaks which of its services now and which when it moves to the new version, with a document that shows it, which
/// of its declared fields are gone, from when it may be published by the workspace's notice period. By the folder's own
/// rules, as `schema check` judges. One piece of news a team, in the order of ownership.yaml; an event that nobody
/// consumes has none. Reads the event's files.
/// @param version  nullopt: the newest
/// @param today    the notice period counts from here
/// @return NotFound: no such event or version.
[[nodiscard]] Result<std::vector<News>> schemaNews(const SchemaFolder& folder, const Catalog& catalog,
                                                   const QString& eventType, std::optional<int> version, QDate today);

} // namespace spillway
