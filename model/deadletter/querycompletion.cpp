// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/querycompletion.h"

#include "model/deadletter/deadletter.h"
#include "model/deadletter/headerpack.h"
#include "model/deadletter/query.h"
#include "model/deadletter/querytags.h"
#include "model/deadletter/querytext.h"
#include "model/deadletter/sqltext.h"

#include <SQLiteCpp/Database.h>

#include <simdjson.h>

#include <algorithm>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int deepestPath = 8;
constexpr qsizetype mostOffered = 50;
constexpr std::size_t mostSampled = 1'000;
constexpr qsizetype largestSample = 256 * 1024;

using simdjson::dom::element;

/// Adds the paths below `at`; false when there are enough.
bool addPaths(element at, const QString& path, int depth, qsizetype most, QStringList& paths)
{
    if (paths.size() >= most)
        return false;
    simdjson::dom::object object;
    simdjson::dom::array array;
    if (!at.get_object().get(object)) {
        if (depth >= deepestPath)
            return true;
        for (const auto field : object) {
            const QString key = QString::fromUtf8(field.key.data(), static_cast<qsizetype>(field.key.size()));
            const QString step = queryPathStep(key);
            if (!key.isEmpty() && key.size() <= 100 &&
                !addPaths(field.value, path.isEmpty() ? step : path + u'.' + step, depth + 1, most, paths))
                return false;
        }
        return true;
    }
    if (!at.get_array().get(array)) {
        element first;
        if (depth >= deepestPath || array.at(0).get(first))
            return true;
        return addPaths(first, path + u"[0]"_s, depth + 1, most, paths);
    }
    if (!path.isEmpty() && !paths.contains(path))
        paths += path;
    return true;
}

QStringList listOf(SQLite::Database& db, const char* select)
{
    QStringList list;
    SQLite::Statement rows(db, select);
    while (rows.executeStep())
        list += sql::text(rows.getColumn(0));
    return list;
}

QString quotedName(const QString& name)
{
    const bool isPlain = std::all_of(name.begin(), name.end(), [](QChar c) {
        return c.isLetterOrNumber() || c == u'_' || c == u'-' || c == u'.' || c == u'$';
    });
    if (isPlain && !name.isEmpty())
        return name;
    return quotedInQuery(name);
}

QStringList kindWords()
{
    QStringList words;
    for (const auto kind : {FailureKind::Transient, FailureKind::Schema, FailureKind::Business, FailureKind::Unknown})
        words += failureKindWord(kind);
    return words;
}

QStringList stateWords()
{
    QStringList words{u"open"_s};
    for (const auto state :
         {TriageState::New, TriageState::Assigned, TriageState::Parked, TriageState::Archived, TriageState::Planned,
          TriageState::Sent, TriageState::Resolved, TriageState::FailedAgain, TriageState::Unknown, TriageState::Lost})
        words += triageStateWord(state);
    return words;
}

QStringList valuesOf(const QueryWords& words, QStringView field)
{
    if (field == u"team")
        return words.teams;
    if (field == u"consumer")
        return words.consumers;
    if (field == u"group")
        return words.groups;
    if (field == u"eventType")
        return words.eventTypes;
    if (field == u"error")
        return words.errorClasses;
    if (field == u"dialect")
        return words.dialects;
    if (field == u"channel")
        return words.channels;
    if (field == u"connection")
        return words.connections;
    if (field == u"tag")
        return words.tags;
    if (field == u"assignee")
        return words.assignees;
    if (field == u"kind")
        return kindWords();
    if (field == u"state")
        return stateWords();
    if (field == u"age")
        return {u"15m"_s, u"1h"_s, u"24h"_s, u"7d"_s};
    if (field == u"size")
        return {u"1KiB"_s, u"10KiB"_s, u"1MiB"_s};
    return {};
}

/// Those that begin so come first, then those that hold it; cases are alike.
void offer(QStringList& offered, const QStringList& candidates, QStringView typed)
{
    for (const bool isStart : {true, false}) {
        for (const QString& candidate : candidates) {
            const bool begins = QStringView(candidate).startsWith(typed, Qt::CaseInsensitive);
            const bool fits = isStart ? begins : !begins && QStringView(candidate).contains(typed, Qt::CaseInsensitive);
            if (fits && offered.size() < mostOffered && !offered.contains(candidate))
                offered += candidate;
        }
    }
}

QStringList prefixed(const QString& prefix, const QStringList& names)
{
    QStringList all;
    for (const QString& name : names)
        all += prefix + name + u'=';
    return all;
}

} // namespace

QString queryPathStep(const QString& key)
{
    const bool isPlain =
        std::all_of(key.begin(), key.end(), [](QChar c) { return c.isLetterOrNumber() || c == u'_' || c == u'-'; });
    if (isPlain)
        return key;
    return quotedInQuery(key);
}

QStringList payloadPathsOf(QByteArrayView json, qsizetype most)
{
    QStringList paths;
    if (json.size() < 2 || json.size() > largestSample)
        return paths;
    simdjson::dom::parser parser;
    element root;
    const simdjson::padded_string padded(json.data(), static_cast<std::size_t>(json.size()));
    if (!parser.parse(padded).get(root))
        (void)addPaths(root, {}, 0, most, paths);
    return paths;
}

Result<QueryWords> queryWords(Database& reader)
{
    return reader.query<QueryWords>([](SQLite::Database& db) {
        QueryWords words;
        words.teams = listOf(db, "SELECT DISTINCT team FROM letter_group WHERE team IS NOT NULL ORDER BY 1 LIMIT 1000");
        words.consumers =
            listOf(db, "SELECT DISTINCT consumer FROM letter_group WHERE consumer IS NOT NULL ORDER BY 1 LIMIT 1000");
        words.eventTypes = listOf(
            db, "SELECT DISTINCT event_type FROM letter_group WHERE event_type IS NOT NULL ORDER BY 1 LIMIT 1000");
        words.errorClasses = listOf(
            db, "SELECT DISTINCT error_class FROM letter_group WHERE error_class IS NOT NULL ORDER BY 1 LIMIT 1000");
        words.groups = listOf(db, "SELECT group_id FROM letter_group ORDER BY 1 LIMIT 1000");
        words.dialects = listOf(db, "SELECT DISTINCT dialect FROM letter_facet ORDER BY 1 LIMIT 1000");
        words.channels = listOf(db, "SELECT DISTINCT name FROM letter_channel ORDER BY 1 LIMIT 1000");
        words.connections = listOf(db, "SELECT DISTINCT connection FROM letter_channel ORDER BY 1 LIMIT 1000");
        words.tags = tagsInUse(db);
        words.assignees = listOf(db, "SELECT DISTINCT assignee FROM letter_count WHERE assignee <> '' AND letters > 0"
                                     " ORDER BY 1 LIMIT 1000");
        std::set<QString> headers;
        std::set<QString> paths;
        SQLite::Statement sample(db, "SELECT b.headers, CASE WHEN length(b.value) <= 262144 THEN b.value END"
                                     " FROM letter l CROSS JOIN letter_body b ON b.letter_ref = l.id"
                                     " ORDER BY l.moment_ms DESC, l.id DESC LIMIT 200");
        while (sample.executeStep()) {
            const SQLite::Column packed = sample.getColumn(0);
            PackedHeaders at(QByteArrayView(static_cast<const char*>(packed.getBlob()), packed.getBytes()));
            while (at.next() && headers.size() < mostSampled)
                headers.insert(QString::fromUtf8(at.name()));
            const SQLite::Column value = sample.getColumn(1);
            if (value.isNull() || paths.size() >= mostSampled)
                continue;
            for (const QString& path :
                 payloadPathsOf(QByteArrayView(static_cast<const char*>(value.getBlob()), value.getBytes())))
                paths.insert(path);
        }
        words.headerNames = QStringList(headers.begin(), headers.end());
        words.payloadPaths = QStringList(paths.begin(), paths.end());
        return words;
    });
}

qsizetype termStart(QStringView query, qsizetype cursor)
{
    qsizetype start = 0;
    bool inQuotes = false;
    for (qsizetype i = 0; i < std::min(cursor, query.size()); ++i) {
        const QChar c = query[i];
        if (inQuotes && c == u'\\') {
            ++i;
            continue;
        }
        if (c == u'"')
            inQuotes = !inQuotes;
        else if (!inQuotes && (c.isSpace() || (c == u'(' && start == i) || (c == u'-' && start == i)))
            start = i + 1;
    }
    return start;
}

QStringList queryCompletions(const QueryWords& words, QStringView term)
{
    QStringList offered;
    const auto operatorAt = std::find_if(term.begin(), term.end(), [](QChar c) {
        return c == u':' || c == u'=' || c == u'~' || c == u'<' || c == u'>';
    });
    if (operatorAt == term.end()) {
        if (term.startsWith(u"header.")) {
            QStringList names;
            for (const QString& name : words.headerNames)
                names += quotedName(name);
            offer(offered, prefixed(u"header."_s, names), term);
        } else if (term.startsWith(u"payload.")) {
            offer(offered, prefixed(u"payload."_s, words.payloadPaths), term);
        } else if (!term.isEmpty() && !term.contains(u'"')) {
            QStringList names;
            for (const QString& name : queryFieldNames())
                names += name.endsWith(u'.') ? name : name == u"age" || name == u"size" ? name + u'>' : name + u':';
            for (const QString& name : names) {
                if (QStringView(name).startsWith(term, Qt::CaseInsensitive))
                    offered += name;
            }
        }
        return offered;
    }
    const QStringView name = term.first(operatorAt - term.begin());
    qsizetype at = operatorAt - term.begin() + 1;
    if (at < term.size() && term[at] == u'=' && (*operatorAt == u'<' || *operatorAt == u'>'))
        ++at;
    const bool isOrder = *operatorAt == u'<' || *operatorAt == u'>';
    if (*operatorAt == u'~' || (isOrder && name != u"age" && name != u"size"))
        return offered;
    QStringView typed = term.sliced(at);
    if (typed.startsWith(u'"'))
        typed = typed.sliced(1);
    QStringList values;
    offer(values, valuesOf(words, name), typed);
    for (const QString& value : values)
        offered += term.first(at).toString() + quotedName(value);
    if (offered.size() == 1 && offered.first() == term)
        offered.clear();
    return offered;
}

} // namespace spillway
