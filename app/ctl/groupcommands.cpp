// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/groupcommands.h"

#include "app/console/crews.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/clock.h"
#include "model/base/counted.h"
#include "model/deadletter/groupoutput.h"
#include "model/deadletter/subjectid.h"
#include "model/deadletter/viewmask.h"

#include "model/deadletter/queryhint.h"
#include <QJsonDocument>
#include <QJsonObject>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

int decideOnGroups(Session& session, const QString& program, const Decision& decision,
                   const std::function<QString(const QJsonObject&)>& sentence)
{
    return session.decide(program, decision, [&](const QByteArray& json) {
        return session.options().json ? printLine(json) : printText(sentence(QJsonDocument::fromJson(json).object()));
    });
}

QString countedIn(const QJsonObject& answer, QStringView field, const QString& one)
{
    return counted(answer[field].toInteger(), one);
}

} // namespace

int explainGroup(Session& session, Database& reader, const QString& id)
{
    const auto knowledge = loadGroupingKnowledge(session.context()->workspace);
    if (!knowledge)
        return refuse(knowledge.error());
    const auto group = wholeGroup(reader, id);
    if (!group)
        return refuse(group.error());
    auto why = whyGrouped(reader, *group, *knowledge);
    if (!why)
        return refuse(why.error());
    maskWhy(*why, session.context()->masker, MaskPurpose::View);
    return (session.options().json ? printLine(groupWhyJson(*why)) : print(groupWhyText(*why).toUtf8())) ? Done
                                                                                                         : OutOfReach;
}

void sayRegrouping(Database& reader)
{
    const auto progress = regroupProgress(reader);
    if (progress && *progress)
        say(u"spillwayctl: grouping anew is under way: %1 of %2 letters (%3)"_s.arg(
            formatCount((*progress)->done), formatCount((*progress)->total), (*progress)->reason));
}

int run(Session& session, const DlqPivot& command)
{
    const auto fields = readPivotFields(command.by);
    if (!fields)
        return refuse(fields.error());
    const auto query = parseQuery(command.query);
    if (!query)
        return refuse(query.error());
    if (!session.context())
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    auto rows = pivotLetters(*reader, *query, *fields, SystemClock().now(), session.stop());
    if (!rows)
        return refuse(rows.error());
    maskPivot(*rows, session.context()->masker, MaskPurpose::SearchResult);
    if (rows->empty())
        sayHint(*query);
    if (session.options().json)
        return printLine(pivotJson(*rows)) ? Done : OutOfReach;
    return print((rows->empty() ? nothingFoundText(*query) : pivotText(*rows)).toUtf8()) ? Done : OutOfReach;
}

int run(Session& session, const DlqMerge& command)
{
    return decideOnGroups(
        session, u"spillwayctl dlq merge"_s,
        MergeGroupsDecision{.groups = command.groups, .into = command.into, .reason = command.reason},
        [](const QJsonObject& answer) {
            return u"%1 merged into %2; take it back with: spillwayctl dlq unmerge ID --reason TEXT"_s.arg(
                countedIn(answer, u"merged", u"group"_s), answer[u"group"].toString());
        });
}

int run(Session& session, const DlqSplit& command)
{
    return decideOnGroups(
        session, u"spillwayctl dlq split"_s,
        SplitGroupDecision{
            .ids = command.ids, .query = command.query, .title = command.title, .reason = command.reason},
        [](const QJsonObject& answer) {
            return u"%1 in the new group %2; take it back with: spillwayctl dlq unmerge %2 --reason TEXT"_s.arg(
                countedIn(answer, u"changed", u"letter"_s), answer[u"group"].toString());
        });
}

int run(Session& session, const DlqUnmerge& command)
{
    return decideOnGroups(
        session, u"spillwayctl dlq unmerge"_s,
        UnmergeGroupsDecision{.groups = command.groups, .reason = command.reason},
        [](const QJsonObject& answer) { return countedIn(answer, u"changed", u"group"_s) + u" taken back"_s; });
}

int run(Session& session, const DlqRegroup& command)
{
    if (!command.dryRun)
        return decideOnGroups(session, u"spillwayctl dlq regroup"_s, RegroupDecision{.reason = command.reason},
                              [](const QJsonObject& answer) {
                                  return u"%1 looked at, %2 moved to another group"_s.arg(
                                      countedIn(answer, u"done", u"letter"_s),
                                      formatCount(answer[u"moved"].toInteger()));
                              });
    if (!session.context())
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const auto knowledge = loadGroupingKnowledge(session.context()->workspace);
    if (!knowledge)
        return refuse(knowledge.error());
    auto preview = previewRegroup(*reader, *knowledge, session.stop());
    if (!preview)
        return refuse(preview.error());
    maskPreview(*preview, session.context()->masker, MaskPurpose::View);
    return (session.options().json ? printLine(regroupPreviewJson(*preview))
                                   : print(regroupPreviewText(*preview).toUtf8()))
               ? Done
               : OutOfReach;
}

} // namespace spillway::ctl
