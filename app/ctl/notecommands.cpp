// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/clock.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/deadletter/decisionsheet.h"
#include "model/deadletter/subjectid.h"
#include "model/deadletter/triagedecisions.h"
#include "model/deadletter/viewmask.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Asks the store, and prints the answer in the form that was wanted.
template<typename T, typename Ask, typename Json, typename Text>
int show(Session& session, const Ask& ask, const Json& json, const Text& text)
{
    if (!session.context())
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const Result<T> answer = ask(*reader);
    if (!answer)
        return refuse(answer.error());
    return (session.options().json ? printLine(json(*answer)) : print(text(*answer).toUtf8())) ? Done : OutOfReach;
}

QByteArray undoPlanJson(const UndoPlan& plan)
{
    JsonWriter json;
    json.beginObject().field(u"decision", plan.decision).key(u"reverts").beginArray();
    for (const std::int64_t seq : plan.seqs)
        json.value(seq);
    json.endArray()
        .field(u"summary", plan.summary)
        .field(u"actor", plan.actor)
        .field(u"at", plan.at)
        .field(u"former", plan.former)
        .field(u"refusal", plan.refusal)
        .endObject();
    return json.json();
}

QString undoPlanText(const UndoPlan& plan)
{
    const QString what =
        u"%1, decided by %2 at %3\n"_s.arg(visibleText(plan.summary), visibleText(plan.actor), formatUtc(plan.at));
    if (plan.refusal)
        return what + u"cannot be taken back: %1\n"_s.arg(*plan.refusal);
    const QString again = plan.former ? u"counts again: %1\n"_s.arg(visibleText(*plan.former)) : QString();
    return u"would take back: "_s + what + again;
}

} // namespace

int run(Session& session, const DlqAct& command)
{
    const auto checked = checkedAction(command.action);
    if (!checked)
        return refuse(checked.error());
    return session.decide(command.program, ActionDecision{*checked}, [&session](const QByteArray& json) {
        if (session.options().json)
            return printLine(json);
        const QJsonObject report = QJsonDocument::fromJson(json).object();
        const QString seq = report[u"seq"].isNull() ? QString() : u" (event %1)"_s.arg(report[u"seq"].toInteger());
        return printText(visibleText(report[u"summary"].toString()) + seq);
    });
}

int run(Session& session, const DlqUndoPreview& command)
{
    return show<UndoPlan>(
        session,
        [&](Database& reader) {
            auto plan = planUndo(reader, command.seq);
            if (plan)
                maskUndo(*plan, session.context()->masker, MaskPurpose::View);
            return plan;
        },
        undoPlanJson, undoPlanText);
}

int run(Session& session, const DlqNotes& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    const Checked<KindRules> rules = KindRules::withUsers(context->workspace.kindsFile);
    if (!rules.value)
        return reportIssues(rules.issues);
    return show<DecisionSheet>(
        session,
        [&](Database& reader) {
            auto sheet = decisionSheet(reader, *rules.value, command.id, SystemClock().now());
            if (sheet)
                maskSheet(*sheet, context->masker, MaskPurpose::View);
            return sheet;
        },
        decisionSheetJson, decisionSheetText);
}

int run(Session& session, const DlqHistory& command)
{
    return show<std::vector<DecisionEntry>>(
        session,
        [&](Database& reader) -> Result<std::vector<DecisionEntry>> {
            const auto id = command.id.isEmpty() ? Result<QString>(QString()) : wholeSubject(reader, command.id);
            if (!id)
                return tl::unexpected<Error>(id.error());
            auto entries = reader.query<std::vector<DecisionEntry>>(
                [&](SQLite::Database& db) { return decisionsAbout(db, *id, command.limit); });
            if (entries)
                maskHistory(*entries, session.context()->masker, MaskPurpose::View);
            return entries;
        },
        historyJson, historyText);
}

int run(Session& session, const DlqKnown& command)
{
    return show<std::vector<KnownErrorEntry>>(
        session,
        [&](Database& reader) -> Result<std::vector<KnownErrorEntry>> {
            const auto group = command.group.isEmpty() ? Result<QString>(QString()) : wholeGroup(reader, command.group);
            if (!group)
                return tl::unexpected<Error>(group.error());
            auto entries = reader.query<std::vector<KnownErrorEntry>>([&](SQLite::Database& db) {
                if (group->isEmpty())
                    return knownMarks(db);
                const auto one = knownMark(db, *group);
                return one ? std::vector{*one} : std::vector<KnownErrorEntry>();
            });
            if (entries && entries->empty() && !group->isEmpty())
                return fail(ErrorCode::NotFound, u"the group %1 has no known error"_s.arg(*group));
            if (entries)
                maskKnown(*entries, session.context()->masker, MaskPurpose::View);
            return entries;
        },
        knownErrorsJson, knownErrorsText);
}

} // namespace spillway::ctl
