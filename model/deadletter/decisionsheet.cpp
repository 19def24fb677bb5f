// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/decisionsheet.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/groupface.h"
#include "model/deadletter/groupkind.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/sqltext.h"
#include "model/deadletter/subjectid.h"
#include "model/deadletter/triagedecisions.h"

#include <algorithm>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int historyLength = 100;
constexpr int sampleSize = 200; // letters of a group whose rules are looked at

struct FittingRule
{
    const KindRule* rule = nullptr;  ///< null: none fits
    std::optional<FailureKind> kind; ///< that its letters mostly count as now; nullopt: no letter
};

/// The rule that decides most of the group's letters, by those stored last.
FittingRule mostFittingRule(SQLite::Database& db, const KindRules& rules, const QString& group)
{
    // The few are chosen in the index; sorted whole, a large group would be read whole.
    SQLite::Statement select(db, letterColumns(LetterParts::Summary) + ", ifnull(l.same_error_replays, 0)" +
                                     letterTables() +
                                     " WHERE l.id IN (SELECT id FROM letter WHERE group_ref IN"
                                     "  (SELECT id FROM letter_group WHERE group_id = ?1) ORDER BY id DESC LIMIT ?2)"
                                     " ORDER BY l.id DESC");
    sql::bind(select, 1, group);
    select.bind(2, sampleSize);
    std::map<const KindRule*, int> counts;
    std::map<std::pair<const KindRule*, FailureKind>, int> kinds;
    while (select.executeStep()) {
        const auto letter = letterFromRow(select, LetterParts::Summary);
        if (!letter)
            continue;
        const KindRule* rule =
            rules.ruleFor({.facts = letter->facts,
                           .consumer = letter->consumer,
                           .eventType = letter->eventType,
                           .fitsSchema = letter->schema.fits(),
                           .sameErrorReplays = select.getColumn(select.getColumnCount() - 1).getInt()});
        ++counts[rule];
        ++kinds[{rule, letter->kind}];
    }
    const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
    const auto most = std::max_element(counts.begin(), counts.end(), fewer);
    if (most == counts.end())
        return {};
    FittingRule fitting{.rule = most->first, .kind = std::nullopt};
    int letters = 0;
    for (const auto& [of, count] : kinds) {
        if (of.first == fitting.rule && count > letters) {
            letters = count;
            fitting.kind = of.second;
        }
    }
    return fitting;
}

/// The kind that counts for a group, in words: whose word it is, why, what to do next.
void explain(SQLite::Database& db, const KindRules& rules, DecisionSheet& sheet)
{
    const FittingRule fitting = mostFittingRule(db, rules, sheet.group);
    const KindVerdict verdict = KindRules::verdictOf(fitting.rule);
    sheet.rule = verdict.rule;
    sheet.kindReason = verdict.reason;
    sheet.suggestion = verdict.suggestion;
    sheet.kindBy = u"rule"_s;
    const QString above = kindAbove(db, sheet.group);
    sheet.kind = kindThatCounts(above, verdict.kind);
    if (fitting.kind && *fitting.kind != sheet.kind)
        sheet.pendingKind = fitting.kind;
    sheet.known = knownMark(db, sheet.group);
    if (sheet.known) {
        const KnownErrorEntry& known = *sheet.known;
        sheet.kindBy = u"person"_s;
        sheet.kindReason = known.error.cause.isEmpty() ? known.reason : known.error.cause;
        sheet.suggestion = known.error.fix.isEmpty() ? kindSuggestion(sheet.kind) : known.error.fix;
    } else if (sheet.kind != verdict.kind) {
        sheet.kindBy = u"replays"_s;
        sheet.kindReason = above == u"confirmed" ? u"most of its replays were confirmed"_s
                                                 : u"it came back with the same error when it was replayed"_s;
        sheet.suggestion = kindSuggestion(sheet.kind);
    }
}

void writeKnown(JsonWriter& json, const KnownErrorEntry& entry)
{
    const auto orNull = [](const QString& text) { return text.isEmpty() ? std::nullopt : std::optional(text); };
    json.beginObject()
        .field(u"group", entry.group)
        .field(u"title", entry.title)
        .field(u"kind", failureKindWord(entry.error.kind))
        .field(u"cause", orNull(entry.error.cause))
        .field(u"fix", orNull(entry.error.fix))
        .field(u"link", orNull(entry.error.link))
        .field(u"safeToReplay", replaySafetyWord(entry.error.safety))
        .field(u"errorClass", entry.errorClass)
        .field(u"rootCauseClass", entry.rootCauseClass)
        .field(u"message", entry.message)
        .field(u"reason", entry.reason)
        .field(u"actor", entry.actor)
        .field(u"at", entry.at)
        .field(u"seq", entry.seq)
        .endObject();
}

void writeEntry(JsonWriter& json, const DecisionEntry& entry)
{
    json.beginObject()
        .field(u"seq", entry.seq)
        .field(u"decision", entry.decision)
        .field(u"at", entry.at)
        .field(u"actor", entry.actor)
        .field(u"type", entry.type)
        .field(u"summary", entry.summary)
        .field(u"reason", entry.reason)
        .field(u"revertedBy", entry.revertedBy)
        .endObject();
}

QString indented(const QString& text)
{
    return visibleText(text, true).replace(u'\n', u"\n      "_s);
}

QString knownText(const KnownErrorEntry& entry)
{
    QString text = u"%1  %2  %3  replay: %4\n"_s.arg(entry.group, failureKindWord(entry.error.kind),
                                                     visibleText(entry.title), safetyText(entry.error.safety));
    if (!entry.error.cause.isEmpty())
        text += u"  cause: %1\n"_s.arg(visibleText(entry.error.cause));
    if (!entry.error.fix.isEmpty())
        text += u"  fix: %1\n"_s.arg(visibleText(entry.error.fix));
    if (!entry.error.link.isEmpty())
        text += u"  link: %1\n"_s.arg(visibleText(entry.error.link));
    return text +
           u"  said by %1, %2: %3\n"_s.arg(visibleText(entry.actor), formatUtc(entry.at), visibleText(entry.reason));
}

} // namespace

QString safetyText(ReplaySafety safety)
{
    return safety == ReplaySafety::WithCare ? u"with care"_s : replaySafetyWord(safety);
}

Result<DecisionSheet> decisionSheet(Database& reader, const KindRules& rules, const QString& typed, UtcTime now)
{
    const auto named = wholeSubject(reader, typed);
    if (!named)
        return tl::unexpected<Error>(named.error());
    const QString& subject = *named;
    DecisionSheet sheet;
    sheet.subject = subject;
    if (isGroupId(subject)) {
        sheet.group = subject;
    } else {
        const auto letter = deadLetter(reader, subject);
        if (!letter)
            return tl::unexpected<Error>(letter.error());
        sheet.group = letter->group;
    }
    const auto substates = groupSubstates(reader, now);
    if (!substates)
        return tl::unexpected<Error>(substates.error());
    const auto isThere = reader.query<bool>([&](SQLite::Database& db) {
        if (!isSubjectStored(db, sheet.group))
            return false;
        const QStringList names = subjectNames(db, sheet.group);
        sheet.group = names.first();
        if (isGroupId(subject))
            sheet.subject = sheet.group;
        sheet.title = groupFace(db, sheet.group, now).title;
        explain(db, rules, sheet);
        if (!sheet.known)
            sheet.resembling = resemblingErrors(db, sheet.group);
        QStringList subjects{sheet.group};
        if (sheet.subject != sheet.group)
            subjects += sheet.subject;
        for (const QString& one : subjects) {
            sheet.tags += tagsOf(db, one);
            for (LinkMark& link : linksOf(db, one))
                sheet.links.push_back(std::move(link));
            for (CommentEntry& comment : commentsOf(db, one))
                sheet.comments.push_back(std::move(comment));
        }
        sheet.tags.sort();
        sheet.tags.removeDuplicates();
        std::sort(sheet.comments.begin(), sheet.comments.end(),
                  [](const CommentEntry& a, const CommentEntry& b) { return a.seq < b.seq; });
        sheet.history = decisionsAbout(db, sheet.subject, historyLength);
        return true;
    });
    if (!isThere)
        return tl::unexpected<Error>(isThere.error());
    if (!*isThere)
        return fail(ErrorCode::NotFound, u"no group %1 is stored; `spillwayctl dlq groups` prints them"_s.arg(subject));
    if (const auto substate = substates->constFind(sheet.group); substate != substates->constEnd())
        sheet.substate = *substate;
    return sheet;
}

QByteArray decisionSheetJson(const DecisionSheet& sheet)
{
    JsonWriter json;
    json.beginObject()
        .field(u"subject", sheet.subject)
        .field(u"group", sheet.group)
        .field(u"title", sheet.title)
        .field(u"kind", failureKindWord(sheet.kind))
        .field(u"kindBy", sheet.kindBy)
        .field(u"pending", sheet.pendingKind.has_value())
        .field(u"reason", sheet.kindReason)
        .field(u"suggestion", sheet.suggestion)
        .field(u"rule", sheet.rule.isEmpty() ? std::nullopt : std::optional(sheet.rule))
        .field(u"substate", sheet.substate ? std::optional(groupSubstateWord(*sheet.substate)) : std::nullopt);
    json.key(u"known");
    if (sheet.known)
        writeKnown(json, *sheet.known);
    else
        json.null();
    json.key(u"resembling").beginArray();
    for (const KnownErrorEntry& entry : sheet.resembling)
        writeKnown(json, entry);
    json.endArray().key(u"tags").beginArray();
    for (const QString& tag : sheet.tags)
        json.value(tag);
    json.endArray().key(u"links").beginArray();
    for (const LinkMark& link : sheet.links)
        json.beginObject().field(u"url", link.url).field(u"title", link.title).endObject();
    json.endArray().key(u"comments").beginArray();
    for (const CommentEntry& comment : sheet.comments)
        json.beginObject()
            .field(u"seq", comment.seq)
            .field(u"subject", comment.subject)
            .field(u"at", comment.at)
            .field(u"actor", comment.actor)
            .field(u"text", comment.text)
            .endObject();
    json.endArray().key(u"history").beginArray();
    for (const DecisionEntry& entry : sheet.history)
        writeEntry(json, entry);
    json.endArray().endObject();
    return json.json();
}

QString decisionSheetText(const DecisionSheet& sheet)
{
    QString text = u"%1  %2\n"_s.arg(sheet.subject, visibleText(sheet.title));
    if (sheet.substate)
        text += u"  goes: %1\n"_s.arg(groupSubstateWord(*sheet.substate));
    text += u"  kind: %1, by %2: %3\n  next: %4\n"_s.arg(failureKindWord(sheet.kind),
                                                         sheet.kindBy == u"rule" && !sheet.rule.isEmpty()
                                                             ? u"the rule \"%1\""_s.arg(sheet.rule)
                                                         : sheet.kindBy == u"person"  ? u"a person"_s
                                                         : sheet.kindBy == u"replays" ? u"its replays"_s
                                                                                      : u"no rule"_s,
                                                         visibleText(sheet.kindReason), visibleText(sheet.suggestion));
    if (sheet.pendingKind)
        text += u"  its letters count as %1: the rules are asked again by the next collect\n"_s.arg(
            failureKindWord(*sheet.pendingKind));
    if (sheet.known)
        text += u"  replay: %1\n"_s.arg(safetyText(sheet.known->error.safety));
    for (const KnownErrorEntry& entry : sheet.resembling)
        text += u"  resembles the known error of %1 (%2): %3\n"_s.arg(entry.group, failureKindWord(entry.error.kind),
                                                                      visibleText(entry.error.cause));
    if (!sheet.tags.isEmpty())
        text += u"  tags: %1\n"_s.arg(sheet.tags.join(u' '));
    for (const LinkMark& link : sheet.links)
        text += u"  link: %1 %2\n"_s.arg(visibleText(link.url), visibleText(link.title));
    for (const CommentEntry& comment : sheet.comments)
        text +=
            u"  %1, %2:\n      %3\n"_s.arg(formatUtc(comment.at), visibleText(comment.actor), indented(comment.text));
    return text + historyText(sheet.history);
}

QByteArray knownErrorsJson(const std::vector<KnownErrorEntry>& entries)
{
    JsonWriter json;
    json.beginArray();
    for (const KnownErrorEntry& entry : entries)
        writeKnown(json, entry);
    json.endArray();
    return json.json();
}

QString knownErrorsText(const std::vector<KnownErrorEntry>& entries)
{
    QString text;
    for (const KnownErrorEntry& entry : entries)
        text += knownText(entry);
    return text;
}

QByteArray historyJson(const std::vector<DecisionEntry>& entries)
{
    JsonWriter json;
    json.beginArray();
    for (const DecisionEntry& entry : entries)
        writeEntry(json, entry);
    json.endArray();
    return json.json();
}

QString historyText(const std::vector<DecisionEntry>& entries)
{
    QString text;
    for (const DecisionEntry& entry : entries) {
        text += u"%1  %2  %3  %4"_s.arg(QString::number(entry.seq).rightJustified(6), formatUtc(entry.at),
                                        visibleText(entry.actor), visibleText(entry.summary));
        if (entry.reason)
            text += u": "_s + visibleText(*entry.reason);
        if (entry.revertedBy)
            text += u"  (taken back by %1)"_s.arg(*entry.revertedBy);
        text += u'\n';
    }
    return text;
}

} // namespace spillway
