// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/letterhistory.h"
#include "app/ctl/commands.h"
#include "app/ctl/groupcommands.h"
#include "app/ctl/output.h"
#include "model/base/clock.h"
#include "model/deadletter/deadletteroutput.h"
#include "model/deadletter/lettergroups.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/queryrun.h"
#include "model/schema/payloadjudge.h"

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

int run(Session& session, const DlqGroups& command)
{
    if (const auto typed = parseQuery(command.query); !typed)
        return refuse(typed.error());
    if (!session.context())
        return Usage;
    const auto query = queryOf(*session.context(), command.query, command.view);
    if (!query)
        return refuse(query.error());
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    sayRegrouping(*reader);
    if (!command.why.isEmpty())
        return explainGroup(session, *reader, command.why);
    const UtcTime now = SystemClock().now();
    const auto groups = deadLetterGroups(*reader, *query, now, session.stop());
    if (!groups)
        return refuse(groups.error());
    session.options().json ? printLine(groupsJson(*groups, now)) : print(groupsText(*groups, now).toUtf8());
    return Done;
}

int run(Session& session, const DlqList& command)
{
    if (const auto typed = parseQuery(command.query); !typed)
        return refuse(typed.error());
    if (!session.context())
        return Usage;
    const auto query = queryOf(*session.context(), command.query, command.view);
    if (!query)
        return refuse(query.error());
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const UtcTime now = SystemClock().now();
    const QueryOptions options{.now = now, .limit = command.limit, .timeLimit = command.timeLimit};
    if (!session.options().json) {
        std::vector<DeadLetter> letters;
        const auto outcome = runQuery(
            *reader, *query, options,
            [&letters](const DeadLetter& letter) {
                letters.push_back(letter);
                return true;
            },
            session.stop());
        if (!outcome)
            return refuse(outcome.error());
        const bool isPrinted = print(lettersText(letters, now).toUtf8());
        if (const QString early = earlyEndText(*outcome); !early.isEmpty())
            say(early);
        return isPrinted ? Done : OutOfReach;
    }
    const auto topics = topicBook(*reader);
    if (!topics)
        return refuse(topics.error());
    // JSON lines go out as they are found: the first is there at once, however many follow.
    const auto outcome = runQuery(
        *reader, *query, options,
        [&topics](const DeadLetter& letter) { return printLine(letterJson(letter, letterLoss(letter, *topics))); },
        session.stop());
    if (!outcome)
        return refuse(outcome.error());
    if (outcome->end == QueryOutcome::End::Stopped || outcome->end == QueryOutcome::End::TimedOut)
        say(earlyEndText(*outcome)); // a limit is what was asked for; these are not
    return Done;
}

int run(Session& session, const DlqShow& command)
{
    if (!session.context())
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const auto letter = deadLetter(*reader, command.id);
    if (!letter)
        return refuse(letter.error());
    const auto rescue = rescueOf(*reader, letter->id);
    if (!rescue)
        return refuse(rescue.error());
    if (command.raw)
        return print((*rescue ? (*rescue)->value : letter->record.value).value_or(QByteArray())) ? Done : OutOfReach;
    const auto topics = topicBook(*reader);
    if (!topics)
        return refuse(topics.error());
    LetterDetails details{.loss = letterLoss(*letter, *topics), .rescue = *rescue};
    // Judged anew: the schema files may say something else now than when the letter was read.
    if (!letter->facts.isPointer)
        details.payload = PayloadJudge(SchemaFolder(session.context()->workspace.schemasFolder))
                              .explain(letter->eventType, letter->record.headers, letter->record.value);
    const auto timeline = readTimeline(*session.context(), *reader, *letter, session.stop());
    if (timeline)
        details.timeline = timelineJson(*timeline);
    else
        say(u"the timeline could not be read: %1"_s.arg(timeline.error().detail));
    if (session.options().json)
        return print(letterDetailJson(*letter, details) + '\n') ? Done : OutOfReach;
    QString text = letterDetailText(*letter, SystemClock().now(), details);
    if (timeline)
        text += u"\nTimeline\n"_s + timelineText(*timeline);
    return print(text.toUtf8()) ? Done : OutOfReach;
}

} // namespace spillway::ctl
