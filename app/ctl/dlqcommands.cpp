// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/letterhistory.h"
#include "app/console/registries.h"
#include "app/ctl/commands.h"
#include "app/ctl/groupcommands.h"
#include "app/ctl/output.h"
#include "app/ctl/reveals.h"
#include "model/base/clock.h"
#include "model/base/text.h"
#include "model/deadletter/deadletterintake.h"
#include "model/deadletter/deadletteroutput.h"
#include "model/deadletter/letterexport.h"
#include "model/deadletter/lettergroups.h"
#include "model/deadletter/lettermask.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/queryhint.h"
#include "model/deadletter/queryrun.h"
#include "model/schema/payloadjudge.h"

#include <QFileInfo>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

void sayHint(const Query& query)
{
    if (const QString hint = queryHint(query.text); !hint.isEmpty())
        say(u"spillwayctl: "_s + hint);
}

int run(Session& session, const DlqGroups& command)
{
    const auto query = parseQuery(command.query);
    if (!query)
        return refuse(query.error());
    if (!session.context())
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    sayRegrouping(*reader);
    if (!command.why.isEmpty())
        return explainGroup(session, *reader, command.why);
    const UtcTime now = SystemClock().now();
    auto groups = deadLetterGroups(*reader, *query, now, session.stop());
    if (!groups)
        return refuse(groups.error());
    maskGroups(*groups, session.context()->masker, MaskPurpose::SearchResult);
    const auto substates = groupSubstates(*reader, now);
    if (!substates)
        return refuse(substates.error());
    if (groups->empty())
        sayHint(*query);
    session.options().json ? printLine(groupsJson(*groups, now, *substates))
                           : print((groups->empty() ? nothingFoundText(*query) : groupsText(*groups, now)).toUtf8());
    return Done;
}

int run(Session& session, const DlqList& command)
{
    const auto query = parseQuery(command.query);
    if (!query)
        return refuse(query.error());
    if (!session.context())
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    const UtcTime now = SystemClock().now();
    const QueryOptions options{.now = now, .limit = command.limit, .timeLimit = command.timeLimit};
    const Masker& masker = session.context()->masker;
    if (!session.options().json) {
        std::vector<DeadLetter> letters;
        const auto outcome = runQuery(
            *reader, *query, options,
            [&](const DeadLetter& letter) {
                letters.push_back(letter);
                maskLetter(letters.back(), masker, MaskPurpose::SearchResult);
                return true;
            },
            session.stop());
        if (!outcome)
            return refuse(outcome.error());
        const bool isPrinted = print((letters.empty() ? nothingFoundText(*query) : lettersText(letters, now)).toUtf8());
        if (letters.empty())
            sayHint(*query);
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
        [&topics, &masker](const DeadLetter& found) {
            const LetterLoss loss = letterLoss(found, *topics);
            if (!masker.isOn(MaskPurpose::SearchResult))
                return printLine(letterJson(found, loss));
            DeadLetter letter = found;
            maskLetter(letter, masker, MaskPurpose::SearchResult);
            return printLine(letterJson(letter, loss));
        },
        session.stop());
    if (!outcome)
        return refuse(outcome.error());
    if (outcome->found == 0)
        sayHint(*query);
    if (outcome->end == QueryOutcome::End::Stopped || outcome->end == QueryOutcome::End::TimedOut)
        say(earlyEndText(*outcome)); // a limit is what was asked for; these are not
    return Done;
}

int run(Session& session, const DlqShow& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    auto letter = deadLetter(*reader, command.id);
    if (!letter)
        return refuse(letter.error());
    const bool isMasking = context->masker.isOn(MaskPurpose::View);
    if (command.raw && letter->erased) // an empty file would look like a letter without payload
        return refuse({ErrorCode::InvalidConfig, u"%1: %2"_s.arg(letter->id, letter->erased->toString())});
    auto rescue = rescueOf(*reader, letter->id);
    if (!rescue)
        return refuse(rescue.error());
    if ((command.reveal || command.raw) && isMasking) {
        const int recorded = putOnRecord(
            session,
            {.command = u"dlq show"_s, .letterId = letter->id, .reason = command.reason, .isRaw = !command.reveal});
        if (recorded != Done)
            return recorded;
    }
    if (command.raw)
        return print((*rescue ? (*rescue)->value : letter->record.value).value_or(QByteArray())) ? Done : OutOfReach;
    const auto topics = topicBook(*reader);
    if (!topics)
        return refuse(topics.error());
    LetterDetails details{.loss = letterLoss(*letter, *topics)};
    const Checked<DialectRegistry> dialects = DialectRegistry::withUsers(context->workspace.dialectsFolder);
    const ConnectionSettings* connection = context->workspace.connection(letter->connection);
    if (dialects.value && !letter->facts.isPointer &&
        !letter->erased) // a faulty file is told by whoever reads letters by it
        details.toSend = payloadToSend(
            letter->record, letter->facts.dialect,
            dialects.value->payloadPlace(letter->facts.dialect,
                                         connection ? mappingOfChannel(connection->deadLetters, letter->record.at.topic)
                                                    : nullptr));
    if (isMasking)
        details.masking = command.reveal ? LetterMasking() : maskLetter(*letter, context->masker, MaskPurpose::View);
    if (isMasking && !command.reveal && *rescue)
        maskRescue(**rescue, context->masker, MaskPurpose::View);
    details.rescue = *rescue;
    // Judged anew: the schema files may say something else now than when the letter was read. A masked payload is
    // judged no more, and its verdict is the one that was stored: what a schema says of it quotes it.
    if ((*rescue || !letter->facts.isPointer) && !letter->erased && (!isMasking || command.reveal))
        details.payload = letterJudge(context->workspace, letter->connection, session.stop())
                              .explain(letter->eventType, *rescue ? (*rescue)->headers : letter->record.headers,
                                       *rescue ? (*rescue)->value : letter->record.value);
    const auto timeline = readTimeline(*context, *reader, *letter, session.stop());
    if (timeline)
        details.timeline = timelineJson(*timeline);
    else
        say(u"the timeline could not be read: %1"_s.arg(timeline.error().detail));
    if (dialects.value)
        details.dialects = &*dialects.value;
    if (session.options().json)
        return print(letterDetailJson(*letter, details) + '\n') ? Done : OutOfReach;
    if (details.masking && !details.masking->why.isEmpty())
        say(u"spillwayctl: the payload is masked whole: %1"_s.arg(details.masking->why));
    if (dialects.value)
        details.dialect = dialects.value->dialect(letter->facts.dialect);
    QString text = letterDetailText(*letter, SystemClock().now(), details);
    if (timeline)
        text += u"\nTimeline\n"_s + timelineText(*timeline);
    return print(text.toUtf8()) ? Done : OutOfReach;
}

int run(Session& session, const DlqExport& command)
{
    auto query = parseQuery(command.query);
    if (!query)
        return refuse(query.error());
    if (const auto format = exportFormatOf(command.out); !format)
        return refuse(format.error());
    if (command.reveal && command.reason.trimmed().isEmpty())
        return refuse({ErrorCode::InvalidConfig, u"an export without masks needs its reason; write --reason TEXT"_s});
    const Context* context = session.context();
    if (!context)
        return Usage;
    auto reader = session.reader();
    if (!reader)
        return refuse(reader.error());
    std::optional<int> notRecorded; // what was wrong has been said
    const Checked<DialectRegistry> dialects = DialectRegistry::withUsers(context->workspace.dialectsFolder);
    const auto report = exportLetters(
        *reader,
        {.file = QFileInfo(command.out).absoluteFilePath(),
         .queryText = command.query,
         .query = std::move(*query),
         .now = SystemClock().now(),
         .masker = context->masker,
         .revealReason = command.reveal ? command.reason.trimmed() : QString(),
         .explain = letterExplainer(context->workspace, session.stop()),
         .dialects = dialects.value ? &*dialects.value : nullptr},
        [&](const ExportRecord& record) -> Status {
            const int code = session.decide(u"spillwayctl dlq export"_s, ExportDecision{record},
                                            [](const QByteArray&) { return true; });
            if (code == Done)
                return {};
            notRecorded = code;
            return fail(ErrorCode::Internal, u"not put on record"_s);
        },
        [&session](std::int64_t letters) {
            if (session.options().verbose || letters % 100'000 == 0)
                say(u"%1 letters so far"_s.arg(formatCount(letters)));
        },
        session.stop());
    if (!report)
        return notRecorded ? *notRecorded : refuse(report.error());
    return (session.options().json ? printLine(exportReportJson(*report)) : printText(exportReportText(*report)))
               ? Done
               : OutOfReach;
}

} // namespace spillway::ctl
