// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/query.h"
#include "model/store/database.h"

#include <QStringList>

#include <stop_token>
#include <vector>

namespace spillway {

/// What letters can be counted by.
enum class PivotField {
    ErrorClass,
    RootCauseClass,
    EventType,
    Consumer,
    Team,
    Dialect,
    Channel,
    Connection,
    Kind,
    State,
    Stage,
    OriginTopic,
    ConsumerGroup,
    Assignee,
    Attempts,
    SchemaVerdict,
    SchemaVersion,
    Partition,
    OriginPartition,
    ReportedClass, ///< as the framework wrote it, its wrappers included
    Confidence,    ///< of the dialect
    Group,
};

/// The fields' names, as JSON and the command line have them, in the order in which they are offered.
[[nodiscard]] QStringList pivotFieldNames();
[[nodiscard]] QString pivotFieldName(PivotField field);
/// `consumer` or `consumer,kind`: one or two different fields. InvalidConfig says which there are.
[[nodiscard]] Result<std::vector<PivotField>> readPivotFields(QStringView names);

/// Letters with one value of a field.
struct PivotRow
{
    PivotField field = PivotField::ErrorClass;
    std::optional<QString> value; ///< nullopt: not told
    QString label;                ///< of a group its title; else as `value`
    std::int64_t count = 0;
    std::int64_t openCount = 0;
    QString query;               ///< that finds these letters; empty: the query language has no word for it
    std::vector<PivotRow> parts; ///< by the second field
};

/// Counts the letters that fit, most first, then by value, unknown last. Without query from counters where they have
/// the fields, else one pass in SQL where the query allows it. At most 1 000 rows a level: the largest. Errors as
/// `runQuery`.
[[nodiscard]] Result<std::vector<PivotRow>> pivotLetters(Database& reader, const Query& query,
                                                         const std::vector<PivotField>& fields, UtcTime now,
                                                         std::stop_token stop = {});

} // namespace spillway
