// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/knownfile.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/base/wholefile.h"
#include "model/deadletter/groupface.h"
#include "model/deadletter/sqltext.h"
#include "model/workspace/yamlreader.h"

#include <QFileInfo>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 largestFile = 4LL << 20;
constexpr std::size_t mostEntries = 10'000;

std::optional<QString> told(const QString& text)
{
    return text.isEmpty() ? std::nullopt : std::optional(text);
}

using Fields = std::vector<std::pair<QString, std::optional<QString>>>;

Fields fieldsOf(const KnownErrorEntry& entry)
{
    return {{u"title"_s, told(entry.title)},
            {u"kind"_s, failureKindWord(entry.error.kind)},
            {u"cause"_s, told(entry.error.cause)},
            {u"fix"_s, told(entry.error.fix)},
            {u"link"_s, told(entry.error.link)},
            {u"safe_to_replay"_s, replaySafetyWord(entry.error.safety)},
            {u"reason"_s, told(entry.reason)},
            {u"error_class"_s, entry.errorClass},
            {u"root_cause_class"_s, entry.rootCauseClass},
            {u"message"_s, entry.message},
            {u"group"_s, told(entry.group)}};
}

/// A double-quoted scalar: JSON's strings are YAML's too.
QByteArray scalar(const QString& text)
{
    JsonWriter json;
    json.beginArray().value(text).endArray();
    return json.json().sliced(1).chopped(1);
}

QByteArray yamlOf(const std::vector<KnownErrorEntry>& entries)
{
    QByteArray yaml = "# Known errors, as Spillway exports and imports them: spillwayctl dlq known import FILE\n";
    yaml += entries.empty() ? "known_errors: []\n" : "known_errors:\n";
    for (const KnownErrorEntry& entry : entries) {
        QByteArray mark = "  - ";
        for (const auto& [name, value] : fieldsOf(entry)) {
            if (!value)
                continue;
            yaml += mark + name.toUtf8() + ": " + scalar(*value) + '\n';
            mark = "    ";
        }
    }
    return yaml;
}

QByteArray jsonOf(const std::vector<KnownErrorEntry>& entries)
{
    JsonWriter json;
    json.beginObject().key(u"known_errors").beginArray();
    for (const KnownErrorEntry& entry : entries) {
        json.beginObject();
        for (const auto& [name, value] : fieldsOf(entry)) {
            if (value)
                json.field(name, *value);
        }
        json.endObject();
    }
    json.endArray().endObject();
    return json.json() + '\n';
}

std::optional<KnownErrorEntry> readEntry(const YamlNode& node, std::size_t number, IssueList& issues)
{
    MapReader map(node, u"known error %1"_s.arg(number), issues);
    KnownErrorEntry entry;
    entry.title = map.text(u"title"_s).value_or(QString());
    const auto kind = map.requiredText(u"kind"_s, u"kind: business"_s);
    entry.error.cause = map.text(u"cause"_s).value_or(QString());
    entry.error.fix = map.text(u"fix"_s).value_or(QString());
    entry.error.link = map.text(u"link"_s).value_or(QString());
    const auto safety = map.text(u"safe_to_replay"_s);
    entry.reason = map.text(u"reason"_s).value_or(QString());
    entry.errorClass = map.text(u"error_class"_s);
    entry.rootCauseClass = map.text(u"root_cause_class"_s);
    entry.message = map.text(u"message"_s);
    entry.group = map.text(u"group"_s).value_or(QString());
    map.finish();
    const auto wrong = [&](const QString& key, const QString& what, const QString& remedy) {
        const YamlNode* at = map.child(key);
        issues.error(at ? *at : node, what, remedy);
    };
    if (kind) {
        if (const auto read = failureKindFromWord(*kind))
            entry.error.kind = *read;
        else
            wrong(u"kind"_s, u"%1 is no kind of failure"_s.arg(quoted(*kind)),
                  u"write transient, schema, business or unknown"_s);
    }
    if (safety) {
        if (const auto read = replaySafetyFromWord(*safety))
            entry.error.safety = *read;
        else
            wrong(u"safe_to_replay"_s, u"%1 does not say whether a replay is safe"_s.arg(quoted(*safety)),
                  u"write yes, no or withCare"_s);
    }
    if (!entry.group.isEmpty() && !isGroupId(entry.group))
        wrong(u"group"_s, u"%1 is no group's id"_s.arg(quoted(entry.group)),
              u"write g and 12 hex digits, as dlq groups prints them, or leave it out"_s);
    if (entry.group.isEmpty() && !entry.rootCauseClass && !entry.message)
        issues.error(node, u"known error %1 does not say which failures it is about"_s.arg(number),
                     u"add group, or error_class with root_cause_class or message"_s);
    // Bounds and the link are checked as if a person had typed it.
    const QString reason = entry.reason.isEmpty() ? u"-"_s : entry.reason;
    const auto checked =
        checkedAction(KnownErrorAction{entry.group.isEmpty() ? u"g000000000000"_s : entry.group, entry.error, reason});
    if (kind && !checked && (entry.group.isEmpty() || isGroupId(entry.group)))
        issues.error(node, u"known error %1: %2"_s.arg(number).arg(checked.error().detail), u"correct it"_s);
    return entry;
}

/// Groups that look just like the entry.
QStringList lookingLike(SQLite::Database& db, const KnownErrorEntry& entry, UtcTime now)
{
    QStringList groups;
    if (!entry.rootCauseClass && !entry.message)
        return groups;
    SQLite::Statement select(db, "SELECT DISTINCT group_id FROM letter_group WHERE error_class IS ? ORDER BY group_id");
    sql::bind(select, 1, entry.errorClass);
    while (select.executeStep()) {
        const QString group = sql::text(select.getColumn(0));
        const GroupFace face = groupFace(db, group, now);
        if (face.rootCauseClass == entry.rootCauseClass && face.message == entry.message)
            groups += group;
    }
    return groups;
}

QString nameOf(const KnownErrorEntry& entry)
{
    const QString name = !entry.title.isEmpty() ? entry.title : entry.message.value_or(entry.group);
    return visibleText(name.left(80));
}

} // namespace

Result<KnownFileFormat> knownFileFormatOf(const QString& file)
{
    const QString ending = QFileInfo(file).suffix().toLower();
    if (ending == u"yaml" || ending == u"yml")
        return KnownFileFormat::Yaml;
    if (ending == u"json")
        return KnownFileFormat::Json;
    return fail(ErrorCode::InvalidConfig,
                u"%1 does not say how to write known errors; name it .yaml, .yml or .json"_s.arg(file));
}

QByteArray knownErrorsFile(const std::vector<KnownErrorEntry>& entries, KnownFileFormat format)
{
    return format == KnownFileFormat::Yaml ? yamlOf(entries) : jsonOf(entries);
}

Status writeKnownErrors(const std::vector<KnownErrorEntry>& entries, const QString& file)
{
    const auto format = knownFileFormatOf(file);
    if (!format)
        return tl::unexpected<Error>(format.error());
    return writeWhole(file, knownErrorsFile(entries, *format));
}

Checked<std::vector<KnownErrorEntry>> readKnownErrors(const QString& file)
{
    Checked<std::vector<KnownErrorEntry>> read;
    IssueList list(file);
    std::vector<KnownErrorEntry> entries;
    if (QFileInfo(file).size() > largestFile) {
        list.errorAt(1, 1, u"a file of known errors is larger than 4 MiB"_s, u"make several of it"_s);
    } else {
        Checked<YamlDocument> document = readYamlFile(file); // JSON is YAML
        list.append(std::move(document.issues));
        if (document.value) {
            MapReader map(*document.value->root, u"the file of known errors"_s, list);
            const YamlNode* known =
                map.required(u"known_errors"_s, u"known_errors: [], as dlq known export writes it"_s);
            if (known && known->kind != YamlNode::Kind::Sequence)
                list.error(*known, u"'known_errors' is no list"_s, u"write one entry a line that begins with -"_s);
            else if (known && known->items.size() > mostEntries)
                list.error(*known, u"there are more than %1 known errors"_s.arg(mostEntries), u"make several files"_s);
            else if (known) {
                for (const auto& item : known->items) {
                    if (auto entry = readEntry(*item, entries.size() + 1, list))
                        entries.push_back(std::move(*entry));
                }
            }
            map.finish();
        }
    }
    if (!list.hasErrors())
        read.value = std::move(entries);
    read.issues = list.take();
    return read;
}

Result<KnownImport> planKnownImport(Database& reader, const std::vector<KnownErrorEntry>& entries,
                                    const QString& reason, bool replaces, UtcTime now)
{
    return reader.query<KnownImport>([&](SQLite::Database& db) {
        KnownImport import;
        QStringList taken;
        for (const KnownErrorEntry& entry : entries) {
            QStringList groups;
            if (!entry.group.isEmpty() && isSubjectStored(db, entry.group))
                groups += subjectNames(db, entry.group).first();
            else
                groups = lookingLike(db, entry, now);
            if (groups.isEmpty())
                import.skipped += nameOf(entry) + u": no letter like it is stored"_s;
            for (const QString& group : groups) {
                if (taken.contains(group)) {
                    import.skipped += nameOf(entry) + u": an earlier entry is about the same group"_s;
                    continue;
                }
                taken += group;
                const auto here = knownMark(db, group);
                if (here && here->error == entry.error)
                    ++import.same;
                else if (here && !replaces)
                    import.skipped += nameOf(entry) + u": %1 said something else here"_s.arg(visibleText(here->actor));
                else
                    import.actions.push_back({group, entry.error,
                                              !reason.isEmpty()         ? reason
                                              : !entry.reason.isEmpty() ? entry.reason
                                                                        : u"imported from a file of known errors"_s});
            }
        }
        return import;
    });
}

QByteArray knownImportJson(const KnownImport& import)
{
    JsonWriter json;
    json.beginObject()
        .field(u"imported", static_cast<std::int64_t>(import.actions.size()))
        .field(u"same", import.same)
        .key(u"skipped")
        .beginArray();
    for (const QString& why : import.skipped)
        json.value(why);
    json.endArray().endObject();
    return json.json();
}

QString knownImportText(const KnownImport& import, bool isPreview)
{
    QString text = u"%1 %2, %3 known just so already, %4 left out\n"_s.arg(
        formatCount(std::ssize(import.actions)), isPreview ? u"to be imported"_s : u"imported"_s,
        formatCount(import.same), formatCount(import.skipped.size()));
    for (const QString& why : import.skipped)
        text += u"  "_s + why + u'\n';
    return text;
}

} // namespace spillway
