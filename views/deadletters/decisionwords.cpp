// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/decisionwords.h"

#include "model/base/text.h"
#include "views/deadletters/letterwords.h"

#include <QCoreApplication>

#include <limits>

namespace spillway::views {
using namespace Qt::Literals::StringLiterals;

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("DecisionWords", text);
}

} // namespace

CellMark substateMark(GroupSubstate substate)
{
    switch (substate) {
    case GroupSubstate::New:
        return {Tone::Warning, tr("new")};
    case GroupSubstate::Ongoing:
        return {Tone::Warning, tr("ongoing")};
    case GroupSubstate::Escalating:
        return {Tone::Critical, tr("escalating")};
    case GroupSubstate::Regressed:
        return {Tone::Critical, tr("regressed")};
    case GroupSubstate::ArchivedForever:
        return {Tone::Neutral, tr("archived for ever")};
    case GroupSubstate::ArchivedUntilEscalating:
        return {Tone::Neutral, tr("archived until it escalates")};
    case GroupSubstate::ArchivedUntilDate:
        return {Tone::Neutral, tr("archived until a date")};
    case GroupSubstate::Resolved:
        return {Tone::Ok, tr("resolved")};
    }
    return {Tone::Unknown, {}};
}

QString kindSentence(const DecisionSheet& sheet)
{
    QString by = tr("no rule");
    if (sheet.kindBy == u"person" && sheet.known)
        by = sheet.known->actor;
    else if (sheet.kindBy == u"replays")
        by = tr("how its replays ended");
    else if (!sheet.rule.isEmpty())
        by = tr("the rule \"%1\"").arg(sheet.rule);
    if (sheet.kind != FailureKind::Unknown)
        return tr("Kind: %1, by %2: %3").arg(kindText(sheet.kind), by, sheet.kindReason);
    return sheet.kindBy == u"rule" && sheet.rule.isEmpty() ? tr("Kind unknown: %1").arg(sheet.kindReason)
                                                           : tr("Kind unknown, by %1: %2").arg(by, sheet.kindReason);
}

QString nextSentence(const DecisionSheet& sheet)
{
    QString text = tr("Next: %1").arg(sheet.suggestion);
    if (sheet.known)
        text += tr(" · safe to replay: %1").arg(safetyText(sheet.known->error.safety));
    if (!sheet.resembling.empty()) {
        const KnownErrorEntry& entry = sheet.resembling.front();
        text += tr(" · resembles the known error of %1, %2: %3")
                    .arg(entry.group, kindText(entry.error.kind), entry.error.cause);
    }
    return text;
}

QString threadText(const DecisionSheet& sheet, const TimeText& time)
{
    QString text;
    auto comment = sheet.comments.begin();
    const auto addComments = [&](std::int64_t before) {
        for (; comment != sheet.comments.end() && comment->seq < before; ++comment)
            text += u"%1  %2\n    %3\n"_s.arg(time.absolute(comment->at), comment->actor,
                                              QString(comment->text).replace(u'\n', u"\n    "_s));
    };
    for (auto entry = sheet.history.rbegin(); entry != sheet.history.rend(); ++entry) {
        if (entry->type == u"deadletter.commented")
            continue;
        addComments(entry->seq);
        text += u"%1  %2: %3"_s.arg(time.absolute(entry->at), entry->actor, entry->summary);
        if (entry->reason)
            text += u" · "_s + *entry->reason;
        if (entry->revertedBy)
            text += tr(" (taken back)");
        text += u'\n';
    }
    addComments(std::numeric_limits<std::int64_t>::max());
    return text.isEmpty() ? tr("Nobody has said or decided anything yet.") : visibleText(text.chopped(1), true);
}

TagWords readTagWords(const QString& text)
{
    TagWords words;
    for (const QString& word : text.split(u' ', Qt::SkipEmptyParts)) {
        if (word.startsWith(u'-'))
            words.remove += word.sliced(1);
        else
            words.add += word.startsWith(u'+') ? word.sliced(1) : word;
    }
    return words;
}

LinkMark readLinkWords(const QString& text)
{
    const QString words = text.simplified();
    return {words.section(u' ', 0, 0), words.section(u' ', 1)};
}

} // namespace spillway::views
