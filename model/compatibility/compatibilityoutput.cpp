// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/compatibilityoutput.h"

#include "model/base/counted.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/compatibility/changekinds.h"

#include <algorithm>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longestShown = 400; // characters of a document

void writeChange(JsonWriter& json, const SchemaChange& change)
{
    const SchemaDifference& difference = change.difference;
    json.beginObject()
        .field(u"event", change.eventType)
        .field(u"from", change.from)
        .field(u"to", change.to)
        .field(u"path", difference.path)
        .field(u"file", difference.place.file)
        .field(u"line", difference.place.line)
        .field(u"column", difference.place.column)
        .field(u"kind", difference.kind)
        .field(u"verdict", changeVerdictWord(change.verdict));
    json.key(u"levels").beginArray();
    for (const CompatibilityLevel level : change.levels)
        json.value(compatibilityLevelWord(level));
    json.endArray();
    json.key(u"counterexample");
    if (change.counterexample)
        json.raw(*change.counterexample);
    else
        json.null();
    json.key(u"counterexampleOf");
    if (change.counterexampleOf)
        json.value(compatibilityLevelWord(*change.counterexampleOf));
    else
        json.null();
    json.key(u"counterexampleWire");
    if (change.counterexampleWire) {
        const WireExample& wire = *change.counterexampleWire;
        json.beginObject()
            .field(u"type", wire.type)
            .field(u"hex", QString::fromLatin1(wire.bytes.toHex()))
            .field(u"base64", QString::fromLatin1(wire.bytes.toBase64()))
            .field(u"why", wire.why);
        json.key(u"readAs");
        if (wire.readAs.isEmpty())
            json.null();
        else
            json.raw(wire.readAs);
        json.endObject();
    } else {
        json.null();
    }
    json.key(u"consumers").beginArray();
    for (const QString& consumer : change.consumers)
        json.value(consumer);
    json.endArray();
    json.key(u"consumersNotYet").beginArray();
    for (const QString& consumer : change.consumersNotYet)
        json.value(consumer);
    json.endArray();
    json.field(u"message", difference.message)
        .field(u"oldFile", difference.oldPlace.file)
        .field(u"oldLine", difference.oldPlace.line);
    const bool isGone = difference.kind == u"propertyRemoved";
    json.key(u"renamedTo");
    if (isGone && !difference.otherName.isEmpty())
        json.value(difference.otherName);
    else
        json.null();
    json.key(u"renamedFrom");
    if (difference.kind == u"propertyAdded" && !difference.otherName.isEmpty())
        json.value(difference.otherName);
    else
        json.null();
    json.key(u"waiver");
    if (change.waiver.isEmpty())
        json.null();
    else
        json.value(change.waiver);
    json.endObject();
}

QString nameOf(const SchemaDifference& difference)
{
    QString name = difference.path.section(u'/', -1);
    return name.replace(u"~1"_s, u"/"_s).replace(u"~0"_s, u"~"_s);
}

QString levelWords(const std::vector<CompatibilityLevel>& levels)
{
    QStringList words;
    for (const CompatibilityLevel level : levels)
        words += compatibilityLevelWord(level);
    return words.join(u", "_s);
}

QString shownDocument(const QByteArray& json)
{
    const QString text = visibleBytes(json);
    return text.size() <= longestShown ? text : text.left(longestShown) + u" …"_s;
}

void tellChange(const SchemaChange& change, QStringList& lines)
{
    const SchemaDifference& difference = change.difference;
    lines += u"  %1  %2  (%3 at %4, %5:%6)"_s
                 .arg(changeVerdictWord(change.verdict).leftJustified(10), visibleText(difference.message),
                      difference.kind, visibleText(difference.path), visibleText(difference.place.file))
                 .arg(difference.place.line);
    if (!change.waiver.isEmpty())
        lines += u"              %1"_s.arg(visibleText(change.waiver));
    if (change.verdict == ChangeVerdict::Compatible) {
        if (!change.levels.empty())
            lines += u"              would break %1"_s.arg(levelWords(change.levels));
        return;
    }
    lines += u"              breaks %1"_s.arg(levelWords(change.levels));
    if (!change.consumersNotYet.isEmpty())
        lines += u"              not yet for %1: pinned to an older version, and reads what is new"_s.arg(
            visibleText(change.consumersNotYet.join(u", "_s)));
    if (change.counterexample) {
        const bool isForward = change.counterexampleOf == CompatibilityLevel::Forward;
        const bool isMisread = change.counterexampleWire && !change.counterexampleWire->readAs.isEmpty();
        lines += u"              v%1 %2 this, v%3 %4 it: %5"_s.arg(
            QString::number(isForward ? change.to : change.from),
            change.counterexampleWire ? u"writes"_s : u"accepts"_s,
            QString::number(isForward ? change.from : change.to), isMisread ? u"misreads"_s : u"refuses"_s,
            shownDocument(*change.counterexample));
        if (change.counterexampleWire)
            lines += u"              as %1 in hex %2: %3"_s.arg(
                visibleText(change.counterexampleWire->type),
                change.counterexampleWire->bytes.isEmpty()
                    ? u"(no bytes)"_s
                    : QString::fromLatin1(change.counterexampleWire->bytes.toHex()).left(longestShown),
                visibleText(change.counterexampleWire->why));
    } else {
        lines += change.verdict == ChangeVerdict::Undecided
                     ? u"              nobody can tell from the schemas alone; it counts as incompatible"_s
                     : u"              no document was found that shows it; the verdict stands on the rule"_s;
    }
    const auto kind = changeKindFromWord(difference.kind);
    if (kind && !kind->remedy.isEmpty())
        lines += u"              %1"_s.arg(kind->remedy);
}

/// How a field gets another name without breaking anybody.
void tellRename(const SchemaChange& change, QStringList& lines)
{
    const QString before = visibleText(nameOf(change.difference));
    const QString after = visibleText(change.difference.otherName);
    const QString readers =
        change.consumers.isEmpty() ? u"every consumer"_s : visibleText(change.consumers.join(u", "_s));
    lines += QString();
    lines += u"  %1 looks renamed to %2. Without breaking anybody:"_s.arg(before, after);
    lines +=
        u"    1. Expand: v%1 keeps %2 and adds %3 as an optional field; producers write both, with the same value."_s
            .arg(change.to)
            .arg(before, after);
    lines += u"    2. Migrate: %1 read %2, and %3 where it is missing, until no stored message is without it."_s.arg(
        readers, after, before);
    lines += u"    3. Contract: a later version requires %1 and drops %2, once nobody reads it."_s.arg(after, before);
}

} // namespace

QByteArray compatibilityAsJson(const CompatibilityReport& report)
{
    JsonWriter json;
    json.beginObject().field(u"compatible", report.compatible);
    json.key(u"changes").beginArray();
    for (const SchemaChange& change : report.changes)
        writeChange(json, change);
    json.endArray();
    json.key(u"notes").beginArray();
    for (const QString& note : report.notes)
        json.value(note);
    json.endArray();
    json.field(u"events", static_cast<std::int64_t>(report.events))
        .field(u"versions", static_cast<std::int64_t>(report.versions));
    return json.endObject().json();
}

QString compatibilityAsText(const CompatibilityReport& report)
{
    QStringList lines;
    const auto isOfPair = [](const SchemaChange& a, const SchemaChange& b) {
        return a.eventType == b.eventType && a.from == b.from && a.to == b.to;
    };
    for (auto first = report.changes.begin(); first != report.changes.end();) {
        const auto last = std::find_if_not(first, report.changes.end(),
                                           [&](const SchemaChange& change) { return isOfPair(*first, change); });
        if (!lines.isEmpty())
            lines += QString();
        lines += u"%1  v%2 → v%3"_s.arg(visibleText(first->eventType)).arg(first->from).arg(first->to);
        if (!first->consumers.isEmpty())
            lines += u"  read by %1"_s.arg(visibleText(first->consumers.join(u", "_s)));
        // What breaks comes first; within a verdict the order of the file stays.
        std::vector<const SchemaChange*> changes;
        for (auto change = first; change != last; ++change)
            changes.push_back(&*change);
        std::stable_partition(changes.begin(), changes.end(),
                              [](const SchemaChange* change) { return change->verdict != ChangeVerdict::Compatible; });
        for (const SchemaChange* change : changes)
            tellChange(*change, lines);
        for (const SchemaChange* change : changes) {
            if (change->difference.kind == u"propertyRemoved" && !change->difference.otherName.isEmpty())
                tellRename(*change, lines);
        }
        first = last;
    }
    if (!lines.isEmpty())
        lines += QString();
    for (const QString& note : report.notes)
        lines += visibleText(note);
    const auto breaks = std::count_if(report.changes.begin(), report.changes.end(), [](const SchemaChange& change) {
        return change.verdict == ChangeVerdict::Breaking || change.verdict == ChangeVerdict::Undecided;
    });
    std::set<QString> unread;
    for (const FileIssue& issue : report.issues) {
        if (issue.severity == IssueSeverity::Error)
            unread.insert(issue.place.file);
    }
    if (!unread.empty())
        lines +=
            unread.size() == 1
                ? u"1 file does not read, so its versions were not compared."_s
                : u"%1 files do not read, so their versions were not compared."_s.arg(formatCount(std::ssize(unread)));
    if (!report.compatible && breaks == 0)
        return lines.join(u'\n');
    lines += report.compatible
                 ? u"Compatible: %1 of %2, %3."_s.arg(counted(static_cast<std::int64_t>(report.versions), u"version"_s),
                                                      counted(static_cast<std::int64_t>(report.events), u"event"_s),
                                                      counted(std::ssize(report.changes), u"change"_s))
                 : u"Not compatible: %1 of %2 %3 what must hold."_s.arg(
                       formatCount(breaks), counted(std::ssize(report.changes), u"change"_s),
                       breaks == 1 ? u"breaks"_s : u"break"_s);
    return lines.join(u'\n');
}

} // namespace spillway
