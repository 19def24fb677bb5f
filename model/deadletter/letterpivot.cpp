// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/letterpivot.h"

#include "model/deadletter/groupalias.h"
#include "model/deadletter/queryrun.h"
#include "model/deadletter/querysql.h"
#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <array>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostRows = 1'000;

struct FieldFacts
{
    PivotField field;
    const char16_t* name;
    const char* column;        ///< over l, c, g, f
    const char* counted;       ///< over the counters n, and g; null: they do not have it
    const char16_t* queryWord; ///< null: the query language has none
};

constexpr std::array facts{
    FieldFacts{PivotField::ErrorClass, u"errorClass", "g.error_class", "g.error_class", u"error"},
    FieldFacts{PivotField::RootCauseClass, u"rootCauseClass", "f.root_cause_class", nullptr, nullptr},
    FieldFacts{PivotField::EventType, u"eventType", "g.event_type", "g.event_type", u"eventType"},
    FieldFacts{PivotField::Consumer, u"consumer", "g.consumer", "g.consumer", u"consumer"},
    FieldFacts{PivotField::Team, u"team", "g.team", "g.team", u"team"},
    FieldFacts{PivotField::Dialect, u"dialect", "f.dialect", nullptr, u"dialect"},
    FieldFacts{PivotField::Channel, u"channel", "c.name", nullptr, u"channel"},
    FieldFacts{PivotField::Connection, u"connection", "c.connection", nullptr, u"connection"},
    FieldFacts{PivotField::Kind, u"kind", "l.kind", "n.kind", u"kind"},
    FieldFacts{PivotField::State, u"state", "l.state", "n.state", u"state"},
    FieldFacts{PivotField::Stage, u"stage", "f.stage", nullptr, nullptr},
    FieldFacts{PivotField::OriginTopic, u"originTopic", "f.origin_topic", nullptr, nullptr},
    FieldFacts{PivotField::ConsumerGroup, u"consumerGroup", "f.consumer_group", nullptr, nullptr},
    FieldFacts{PivotField::Assignee, u"assignee", "l.assignee", "nullif(n.assignee, '')", u"assignee"},
    FieldFacts{PivotField::Attempts, u"attempts", "CAST(l.attempts AS TEXT)", nullptr, u"attempts"},
    FieldFacts{PivotField::SchemaVerdict, u"schemaVerdict", "l.schema_verdict", nullptr, u"schema"},
    FieldFacts{PivotField::SchemaVersion, u"schemaVersion", "CAST(l.schema_version AS TEXT)", nullptr, nullptr},
    FieldFacts{PivotField::Partition, u"partition", "CAST(l.partition AS TEXT)", nullptr, u"partition"},
    FieldFacts{PivotField::OriginPartition, u"originPartition", "CAST(l.origin_partition AS TEXT)", nullptr, nullptr},
    FieldFacts{PivotField::ReportedClass, u"reportedClass", "f.reported_class", nullptr, nullptr},
    FieldFacts{PivotField::Confidence, u"confidence", "printf('%g', f.confidence)", nullptr, nullptr},
    FieldFacts{PivotField::Group, u"group", "g.group_id", "g.group_id", u"group"},
};

const FieldFacts& factsOf(PivotField field)
{
    return *std::find_if(facts.begin(), facts.end(), [&](const FieldFacts& one) { return one.field == field; });
}

std::optional<QString> valueOf(const DeadLetter& letter, PivotField field)
{
    switch (field) {
    case PivotField::ErrorClass:
        return letter.facts.errorClass;
    case PivotField::RootCauseClass:
        return letter.facts.rootCauseClass;
    case PivotField::EventType:
        return letter.eventType;
    case PivotField::Consumer:
        return letter.consumer;
    case PivotField::Team:
        return letter.team;
    case PivotField::Dialect:
        return letter.facts.dialect;
    case PivotField::Channel:
        return letter.record.at.topic;
    case PivotField::Connection:
        return letter.connection;
    case PivotField::Kind:
        return failureKindWord(letter.kind);
    case PivotField::State:
        return triageStateWord(letter.state);
    case PivotField::Stage:
        return letter.facts.stage;
    case PivotField::OriginTopic:
        return letter.facts.originTopic;
    case PivotField::ConsumerGroup:
        return letter.facts.consumerGroup;
    case PivotField::Assignee:
        return letter.assignee;
    case PivotField::Attempts:
        return letter.facts.attempts ? std::optional(QString::number(*letter.facts.attempts)) : std::nullopt;
    case PivotField::SchemaVerdict:
        return letter.schema.verdict ? std::optional(schemaVerdictWord(*letter.schema.verdict)) : std::nullopt;
    case PivotField::SchemaVersion:
        return letter.schema.version ? std::optional(QString::number(*letter.schema.version)) : std::nullopt;
    case PivotField::Partition:
        return QString::number(letter.record.at.partition);
    case PivotField::OriginPartition:
        return letter.facts.originPartition ? std::optional(QString::number(*letter.facts.originPartition))
                                            : std::nullopt;
    case PivotField::ReportedClass:
        return letter.facts.reportedClass;
    case PivotField::Confidence:
        return QString::number(letter.facts.confidence);
    case PivotField::Group:
        return letter.group;
    }
    return std::nullopt;
}

struct Sum
{
    std::int64_t count = 0;
    std::int64_t open = 0;
};
using Key = std::pair<std::optional<QString>, std::optional<QString>>; ///< second: nullopt also without a second field
using Sums = std::map<Key, Sum>;

constexpr const char* openCase = " NOT IN ('archived', 'resolved', 'lost') THEN ";

Sums fromRows(SQLite::Statement& select)
{
    Sums sums;
    while (select.executeStep())
        sums[{sql::maybeText(select.getColumn(0)), sql::maybeText(select.getColumn(1))}] = {
            select.getColumn(2).getInt64(), select.getColumn(3).getInt64()};
    return sums;
}

Sums counted(SQLite::Database& db, const char* first, const char* second)
{
    SQLite::Statement select(db, std::string("SELECT ") + first + ", " + second +
                                     ", sum(n.letters), ifnull(sum(CASE WHEN n.state" + openCase +
                                     "n.letters END), 0)"
                                     " FROM letter_count n JOIN letter_group g ON g.id = n.group_ref"
                                     " WHERE n.letters > 0 GROUP BY 1, 2");
    return fromRows(select);
}

Sums selected(SQLite::Database& db, const QuerySql& condition, const char* first, const char* second)
{
    SQLite::Statement select(
        db, std::string("SELECT ") + first + ", " + second + ", count(*), count(CASE WHEN l.state" + openCase +
                "1 END)"
                " FROM letter l"
                " JOIN letter_channel c ON c.id = l.channel_ref"
                " JOIN letter_group g ON g.id = l.group_ref"
                " JOIN letter_facet f ON f.id = l.facet_ref" +
                (condition.condition.empty() ? std::string() : " WHERE " + condition.condition) + " GROUP BY 1, 2");
    condition.bind(select, 1);
    return fromRows(select);
}

QString withFilter(const QString& query, PivotField field, const std::optional<QString>& value)
{
    const char16_t* word = factsOf(field).queryWord;
    // `error` asks the message too: that a class is not told cannot be said by it.
    if (!word || (!value && field == PivotField::ErrorClass))
        return {};
    const QString term = value                           ? queryTermText(word, *value)
                         : field == PivotField::Attempts ? u"-attempts>=0"_s
                                                         : u"-%1~^"_s.arg(QStringView(word));
    if (query.trimmed().isEmpty())
        return term;
    // An OR of the query's own must not swallow the filter.
    return query.contains(u"OR"_s) ? u"(%1) %2"_s.arg(query.trimmed(), term) : query.trimmed() + u' ' + term;
}

void sortRows(std::vector<PivotRow>& rows)
{
    std::sort(rows.begin(), rows.end(), [](const PivotRow& a, const PivotRow& b) {
        return std::tuple(-a.count, !a.value, a.value.value_or(QString())) <
               std::tuple(-b.count, !b.value, b.value.value_or(QString()));
    });
    if (rows.size() > mostRows)
        rows.resize(mostRows);
}

} // namespace

QStringList pivotFieldNames()
{
    QStringList names;
    for (const FieldFacts& one : facts)
        names += QStringView(one.name).toString();
    return names;
}

QString pivotFieldName(PivotField field)
{
    return QStringView(factsOf(field).name).toString();
}

Result<std::vector<PivotField>> readPivotFields(QStringView names)
{
    std::vector<PivotField> fields;
    for (const QStringView name : names.split(u',')) {
        const QString word = name.trimmed().toString();
        const auto found = std::find_if(facts.begin(), facts.end(),
                                        [&](const FieldFacts& one) { return word == QStringView(one.name); });
        if (found == facts.end())
            return fail(ErrorCode::InvalidConfig,
                        u"letters cannot be counted by \"%1\"; write --by with one or two of %2"_s.arg(
                            word.left(60), pivotFieldNames().join(u", "_s)));
        if (std::find(fields.begin(), fields.end(), found->field) != fields.end())
            return fail(ErrorCode::InvalidConfig,
                        u"%1 stands there twice; write --by with two different fields"_s.arg(word));
        fields.push_back(found->field);
    }
    if (fields.size() > 2)
        return fail(ErrorCode::InvalidConfig, u"letters are counted by one or two fields; write --by consumer,kind"_s);
    return fields;
}

Result<std::vector<PivotRow>> pivotLetters(Database& reader, const Query& query, const std::vector<PivotField>& fields,
                                           UtcTime now, std::stop_token stop)
{
    Q_ASSERT(!fields.empty() && fields.size() <= 2);
    const bool hasSecond = fields.size() == 2;
    const FieldFacts& first = factsOf(fields.front());
    const FieldFacts& second = factsOf(fields.back());
    const auto present = reader.query<Query>([&](SQLite::Database& db) { return withPresentGroups(db, query); });
    if (!present)
        return tl::unexpected<Error>(present.error());
    const QuerySql sql = compileQuery(*present, now);
    Sums sums;
    if (sql.isExact) {
        auto read = reader.query<Sums>([&](SQLite::Database& db) {
            return sql.condition.empty() && first.counted && second.counted
                       ? counted(db, first.counted, hasSecond ? second.counted : "NULL")
                       : selected(db, sql, first.column, hasSecond ? second.column : "NULL");
        });
        if (!read)
            return tl::unexpected<Error>(read.error());
        sums = std::move(*read);
    } else {
        const auto outcome = runQuery(
            reader, *present, {.now = now, .limit = std::nullopt, .parts = LetterParts::Summary},
            [&](const DeadLetter& letter) {
                Sum& sum =
                    sums[{valueOf(letter, first.field), hasSecond ? valueOf(letter, second.field) : std::nullopt}];
                ++sum.count;
                sum.open += isOpen(letter.state) ? 1 : 0;
                return true;
            },
            stop);
        if (!outcome)
            return tl::unexpected<Error>(outcome.error());
        if (outcome->end == QueryOutcome::End::Stopped)
            return fail(ErrorCode::Cancelled, u"the search was stopped"_s);
    }

    std::map<QString, QString> titles;
    if (first.field == PivotField::Group || second.field == PivotField::Group) {
        auto read = reader.query<std::map<QString, QString>>([](SQLite::Database& db) {
            std::map<QString, QString> all;
            SQLite::Statement select(db, "SELECT group_id, title FROM letter_group ORDER BY group_id = fingerprint_id");
            while (select.executeStep())
                all[sql::text(select.getColumn(0))] = sql::text(select.getColumn(1));
            return all;
        });
        if (!read)
            return tl::unexpected<Error>(read.error());
        titles = std::move(*read);
    }
    const auto rowOf = [&](PivotField field, const std::optional<QString>& value, const QString& within) {
        PivotRow row{.field = field,
                     .value = value,
                     .label = value.value_or(QString()),
                     .query = withFilter(within, field, value),
                     .parts = {}};
        if (field == PivotField::Group && value && titles.contains(*value))
            row.label = titles[*value];
        return row;
    };
    std::vector<PivotRow> rows;
    for (const auto& [key, sum] : sums) { // by the first value, so a row's parts follow each other
        if (rows.empty() || rows.back().value != key.first)
            rows.push_back(rowOf(first.field, key.first, query.text));
        PivotRow& row = rows.back();
        row.count += sum.count;
        row.openCount += sum.open;
        if (!hasSecond)
            continue;
        const bool canFilter = !row.query.isEmpty();
        PivotRow part = rowOf(second.field, key.second, canFilter ? row.query : QString());
        if (!canFilter)
            part.query.clear();
        part.count = sum.count;
        part.openCount = sum.open;
        row.parts.push_back(std::move(part));
    }
    for (PivotRow& row : rows)
        sortRows(row.parts);
    sortRows(rows);
    return rows;
}

} // namespace spillway
