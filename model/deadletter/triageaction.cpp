// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/triageaction.h"

#include "model/base/jsontexts.h"
#include "model/base/text.h"
#include "model/base/wordtable.h"
#include "model/deadletter/subjectid.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr WordTable<ReplaySafety, 3> safetyWords{
    {{ReplaySafety::Yes, u"yes"}, {ReplaySafety::No, u"no"}, {ReplaySafety::WithCare, u"withCare"}}};

constexpr qsizetype longestComment = 10'000;
constexpr qsizetype longestText = 4'000;
constexpr qsizetype longestTag = 40;
constexpr qsizetype mostTags = 20;
constexpr qsizetype longestUrl = 2'000;
constexpr qsizetype longestTitle = 200;
constexpr qsizetype mostSubjects = 10'000;

auto wrong(const QString& what)
{
    return fail(ErrorCode::InvalidConfig, what);
}

Status checkSubject(const QString& subject)
{
    if (isSubjectText(subject))
        return {};
    return wrong(u"\"%1\" is no group's or letter's id; `spillwayctl dlq groups` and `dlq list` print them"_s.arg(
        visibleText(subject.left(80))));
}

Status checkReason(const QString& reason)
{
    if (reason.isEmpty())
        return wrong(u"a decision needs its reason; write --reason TEXT"_s);
    if (reason.size() > longestText)
        return wrong(u"the reason is longer than %1 characters; link to the rest"_s.arg(longestText));
    return {};
}

Status checkLink(const QString& url)
{
    const QUrl read(url, QUrl::StrictMode);
    if (url.size() > longestUrl || !read.isValid() || read.host().isEmpty() ||
        (read.scheme() != u"http" && read.scheme() != u"https"))
        return wrong(u"\"%1\" is no web address; write https://…"_s.arg(visibleText(url.left(80))));
    if (!read.userInfo().isEmpty())
        return wrong(u"the address holds a user name or a password; write it without"_s);
    return {};
}

Status checkTag(const QString& tag)
{
    const bool isWord = !tag.isEmpty() && tag.size() <= longestTag && std::all_of(tag.begin(), tag.end(), [](QChar c) {
        return c.isLetterOrNumber() || c == u'-' || c == u'_' || c == u'.';
    });
    if (isWord)
        return {};
    return wrong(u"\"%1\" is no tag; write a word of letters, digits, - _ . up to %2 characters"_s.arg(
        visibleText(tag.left(60)), QString::number(longestTag)));
}

struct Checker
{
    Status operator()(CommentAction& action) const
    {
        action.text = action.text.trimmed();
        if (action.text.isEmpty())
            return wrong(u"a comment needs words; write --text TEXT"_s);
        if (action.text.size() > longestComment)
            return wrong(u"the comment is longer than %1 characters; link to the rest"_s.arg(longestComment));
        return checkSubject(action.subject);
    }
    Status operator()(TagAction& action) const
    {
        if (action.subjects.isEmpty() || (action.add.isEmpty() && action.remove.isEmpty()))
            return wrong(u"nothing to tag; write an id, and --add or --remove with a word"_s);
        if (action.subjects.size() > mostSubjects || action.add.size() + action.remove.size() > mostTags)
            return wrong(u"at most %1 ids and %2 words at once"_s.arg(mostSubjects).arg(mostTags));
        for (const QString& subject : std::as_const(action.subjects)) {
            if (const Status status = checkSubject(subject); !status)
                return status;
        }
        for (const QString& tag : action.add + action.remove) {
            if (const Status status = checkTag(tag); !status)
                return status;
            if (action.add.contains(tag) && action.remove.contains(tag))
                return wrong(u"the tag %1 cannot be put on and taken off at once; leave one of them out"_s.arg(tag));
        }
        return {};
    }
    Status operator()(LinkAction& action) const
    {
        action.url = action.url.trimmed();
        action.title = action.title.trimmed();
        if (action.title.size() > longestTitle)
            return wrong(u"the link's title is longer than %1 characters"_s.arg(longestTitle));
        if (const Status status = checkLink(action.url); !status)
            return status;
        return checkSubject(action.subject);
    }
    Status operator()(ArchiveAction& action) const
    {
        action.reason = action.reason.trimmed();
        if (action.ids.isEmpty() && !action.query)
            return wrong(u"nothing to archive; write ids or --query"_s);
        for (const QString& id : std::as_const(action.ids)) {
            if (const Status status = checkSubject(id); !status)
                return status;
        }
        if ((action.until == ArchiveUntil::Date) != action.at.has_value())
            return wrong(u"a date goes with --until DATE alone"_s);
        if (action.future && action.until != ArchiveUntil::Forever)
            return wrong(u"--future goes with --until forever alone: what may come back is not to be hidden"_s);
        return checkReason(action.reason);
    }
    Status operator()(KnownErrorAction& action) const
    {
        action.reason = action.reason.trimmed();
        if (!isGroupId(action.group) && !isGroupBeginning(action.group))
            return wrong(u"\"%1\" is no group's id; `spillwayctl dlq groups` prints them"_s.arg(
                visibleText(action.group.left(80))));
        if (action.error) {
            KnownError& error = *action.error;
            for (QString* text : {&error.cause, &error.fix, &error.link})
                *text = text->trimmed();
            if (error.cause.size() > longestText || error.fix.size() > longestText)
                return wrong(u"cause and fix are up to %1 characters; link to the rest"_s.arg(longestText));
            if (!error.link.isEmpty()) {
                if (const Status status = checkLink(error.link); !status)
                    return status;
            }
        }
        return checkReason(action.reason);
    }
    Status operator()(UndoAction& action) const
    {
        action.reason = action.reason.trimmed();
        if (action.seq && *action.seq < 1)
            return wrong(u"a decision's number is 1 or more; `spillwayctl dlq history` prints them"_s);
        return action.reason.size() > longestText
                   ? wrong(u"the reason is longer than %1 characters; link to the rest"_s.arg(longestText))
                   : Status();
    }
};

struct Writer
{
    JsonWriter& json;

    void operator()(const CommentAction& a) const
    {
        json.field(u"action", u"comment").field(u"subject", a.subject).field(u"text", a.text);
    }
    void operator()(const TagAction& a) const
    {
        json.field(u"action", u"tag");
        writeTexts(json, u"subjects", a.subjects);
        writeTexts(json, u"add", a.add);
        writeTexts(json, u"remove", a.remove);
    }
    void operator()(const LinkAction& a) const
    {
        json.field(u"action", u"link")
            .field(u"subject", a.subject)
            .field(u"url", a.url)
            .field(u"title", a.title)
            .field(u"removed", a.isRemoved);
    }
    void operator()(const ArchiveAction& a) const
    {
        json.field(u"action", u"archive");
        writeTexts(json, u"ids", a.ids);
        json.field(u"query", a.query)
            .field(u"until", archiveUntilWord(a.until))
            .field(u"at", a.at)
            .field(u"future", a.future)
            .field(u"reason", a.reason);
    }
    void operator()(const KnownErrorAction& a) const
    {
        json.field(u"action", u"known").field(u"group", a.group).field(u"reason", a.reason);
        if (a.error)
            json.key(u"error")
                .beginObject()
                .field(u"kind", failureKindWord(a.error->kind))
                .field(u"cause", a.error->cause)
                .field(u"fix", a.error->fix)
                .field(u"link", a.error->link)
                .field(u"safeToReplay", replaySafetyWord(a.error->safety))
                .endObject();
    }
    void operator()(const UndoAction& a) const
    {
        json.field(u"action", u"undo").field(u"seq", a.seq).field(u"reason", a.reason);
    }
};

} // namespace

QString replaySafetyWord(ReplaySafety safety)
{
    return wordOf(safetyWords, safety);
}

std::optional<ReplaySafety> replaySafetyFromWord(QStringView word)
{
    return valueOf(safetyWords, word);
}

QString archiveUntilWord(ArchiveUntil until)
{
    switch (until) {
    case ArchiveUntil::Forever:
        return u"forever"_s;
    case ArchiveUntil::Escalates:
        return u"escalates"_s;
    case ArchiveUntil::Date:
        return u"date"_s;
    }
    return {};
}

bool isGroupId(QStringView id)
{
    return id.size() == 13 && id.front() == u'g' && std::all_of(id.begin() + 1, id.end(), [](QChar c) {
               return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f');
           });
}

Result<TriageAction> checkedAction(TriageAction action)
{
    if (const Status status = std::visit(Checker{}, action); !status)
        return tl::unexpected<Error>(status.error());
    return action;
}

QByteArray actionToJson(const TriageAction& action)
{
    JsonWriter json;
    json.beginObject();
    std::visit(Writer{json}, action);
    json.endObject();
    return json.json();
}

Result<TriageAction> actionFromJson(const QByteArray& json)
{
    const QJsonObject from = QJsonDocument::fromJson(json).object();
    const QString word = from["action"_L1].toString();
    if (word == u"comment")
        return CommentAction{from["subject"_L1].toString(), from["text"_L1].toString()};
    if (word == u"tag")
        return TagAction{textsFrom(from["subjects"_L1]), textsFrom(from["add"_L1]), textsFrom(from["remove"_L1])};
    if (word == u"link")
        return LinkAction{from["subject"_L1].toString(), from["url"_L1].toString(), from["title"_L1].toString(),
                          from["removed"_L1].toBool()};
    if (word == u"archive") {
        ArchiveAction action{.ids = textsFrom(from["ids"_L1]),
                             .query = std::nullopt,
                             .until = ArchiveUntil::Forever,
                             .at = parseRfc3339(from["at"_L1].toString().toUtf8()),
                             .future = from["future"_L1].toBool(),
                             .reason = from["reason"_L1].toString()};
        if (from["query"_L1].isString())
            action.query = from["query"_L1].toString();
        const QString until = from["until"_L1].toString();
        if (until == u"escalates")
            action.until = ArchiveUntil::Escalates;
        else if (until == u"date")
            action.until = ArchiveUntil::Date;
        else if (until != u"forever")
            return wrong(u"there is no --until %1"_s.arg(visibleText(until.left(60))));
        return action;
    }
    if (word == u"known") {
        KnownErrorAction action{from["group"_L1].toString(), std::nullopt, from["reason"_L1].toString()};
        if (const QJsonValue error = from["error"_L1]; error.isObject()) {
            const auto kind = failureKindFromWord(error["kind"_L1].toString());
            const auto safety = replaySafetyFromWord(error["safeToReplay"_L1].toString());
            if (!kind || !safety)
                return wrong(u"a known error has a kind, and says whether a replay is safe"_s);
            action.error = KnownError{.kind = *kind,
                                      .cause = error["cause"_L1].toString(),
                                      .fix = error["fix"_L1].toString(),
                                      .link = error["link"_L1].toString(),
                                      .safety = *safety};
        }
        return action;
    }
    if (word == u"undo") {
        UndoAction action{std::nullopt, from["reason"_L1].toString()};
        if (from["seq"_L1].isDouble())
            action.seq = from["seq"_L1].toInteger();
        return action;
    }
    return wrong(u"this version does not know the action '%1'; both programs must be of one version"_s.arg(
        visibleText(word.left(60))));
}

Result<UtcTime> readArchiveDate(const QString& text)
{
    if (const auto time = parseRfc3339(text.toUtf8()))
        return *time;
    if (const auto day = parseRfc3339((text + u"T00:00:00Z"_s).toUtf8()))
        return *day;
    return wrong(u"\"%1\" is no date; write --until forever, escalates, or a day like 2026-12-24"_s.arg(
        visibleText(text.left(60))));
}

} // namespace spillway
