// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/letterhistory.h"

#include "app/console/crews.h"
#include "model/base/text.h"
#include "model/deadletter/deadletterintake.h"
#include "model/deadletter/deadletteroutput.h"
#include "model/deadletter/letterloss.h"
#include "model/deadletter/lettermask.h"
#include "model/deadletter/letterrescue.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/topicstore.h"
#include "model/replay/headercensus.h"
#include "model/replay/letterreplays.h"
#include "model/replay/replayheaders.h"
#include "model/replay/replaystore.h"

#include <QFileInfo>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int eventsPerRead = 200; // a decision may name 5 000 letters

Result<std::vector<LedgerEvent>> decisionsOn(const Context& context, const DeadLetter& letter,
                                             const std::stop_token& stop)
{
    std::vector<LedgerEvent> decisions;
    if (!QFileInfo::exists(context.ledgerFile()))
        return decisions;
    for (std::int64_t after = 0;;) {
        if (stop.stop_requested())
            return fail(ErrorCode::Cancelled, u"stopped while reading the ledger"_s);
        auto events = readLedger(context.ledgerFile(), after, eventsPerRead, u"deadletter."_s);
        if (!events)
            return tl::unexpected<Error>(events.error());
        for (LedgerEvent& event : *events) {
            after = event.seq;
            if (isAboutLetter(event, letter))
                decisions.push_back(std::move(event));
        }
        if (events->size() < static_cast<std::size_t>(eventsPerRead))
            return decisions;
    }
}

/// The letter as a replay would send it, and what that leaves out.
Result<CopiedLine> replayLine(const Context& context, DeadLetter letter, const QString& bootstrap)
{
    const auto knowledge = loadLetterKnowledge(context.workspace);
    if (!knowledge)
        return tl::unexpected<Error>(knowledge.error());
    const DeadLetterMapping* mapping =
        mappingOfChannel(knowledge->deadLettersOf(letter.connection), letter.record.at.topic);
    const StripRule rule =
        stripRuleOfLetter(knowledge->dialects, letter, mapping, knowledge->headerChoicesOf(letter.connection));
    PartedHeaders parted = partHeaders(letter.record.headers, rule);
    letter.record.headers = std::move(parted.sent);
    letter.record.key = outgoingKey(letter.record, rule);
    CopiedLine copied = kcatLine(letter, bootstrap, letter.facts.originTopic.value_or(u"TOPIC"_s));
    HeaderCensus left;
    for (const Header& header : parted.left) {
        const bool isNew = std::none_of(left.names.begin(), left.names.end(),
                                        [&](const HeaderUse& use) { return use.name == header.name; });
        if (isNew)
            left.names.push_back({header.name, 1, false});
    }
    if (!left.names.empty())
        copied.missing.prepend(u"left out as in a replay: "_s + headerNamesText(left, false, 1));
    if (!isDialectKnown(knowledge->dialects, letter.facts.dialect, mapping))
        copied.missing << u"dialect %1 is not known any more: the headers it wrote go along"_s.arg(
            visibleText(letter.facts.dialect));
    if (rule.payload)
        copied.missing << u"the letter is an envelope: a replay sends the payload within, this line all of it"_s;
    return copied;
}

} // namespace

Result<std::vector<TimelineEntry>> readTimeline(const Context& context, Database& reader, const DeadLetter& letter,
                                                std::stop_token stop)
{
    const auto knowledge = loadLetterKnowledge(context.workspace);
    if (!knowledge)
        return tl::unexpected<Error>(knowledge.error());
    auto decisions = decisionsOn(context, letter, stop);
    if (!decisions)
        return tl::unexpected<Error>(decisions.error());
    auto replays = replaysOfLetter(reader, letter.id);
    if (!replays)
        return tl::unexpected<Error>(replays.error());
    auto cameFrom = letterBefore(reader, letter);
    if (!cameFrom)
        return tl::unexpected<Error>(cameFrom.error());
    return letterTimeline(letter, {.hops = failureCourse(letter, knowledge->dialects).hops,
                                   .decisions = std::move(*decisions),
                                   .replays = std::move(*replays),
                                   .cameFrom = std::move(*cameFrom)});
}

Result<CopiedLine> copiedLetter(const Context& context, Database& reader, const QString& letterId, LetterCopyForm form,
                                std::stop_token stop)
{
    auto letter = deadLetter(reader, letterId);
    if (!letter)
        return tl::unexpected<Error>(letter.error());
    auto rescue = rescueOf(reader, letter->id);
    if (!rescue)
        return tl::unexpected<Error>(rescue.error());
    switch (form) {
    case LetterCopyForm::Json: {
        const auto timeline = readTimeline(context, reader, *letter, std::move(stop));
        if (!timeline)
            return tl::unexpected<Error>(timeline.error());
        const auto topics = topicBook(reader);
        if (!topics)
            return tl::unexpected<Error>(topics.error());
        const Checked<DialectRegistry> dialects = DialectRegistry::withUsers(context.workspace.dialectsFolder);
        LetterDetails details{.loss = letterLoss(*letter, *topics),
                              .rescue = std::move(*rescue),
                              .timeline = timelineJson(*timeline),
                              .dialects = dialects.value ? &*dialects.value : nullptr};
        if (context.masker.isOn(MaskPurpose::Clipboard)) {
            details.masking = maskLetter(*letter, context.masker, MaskPurpose::Clipboard);
            if (details.rescue)
                maskRescue(*details.rescue, context.masker, MaskPurpose::Clipboard);
        }
        return CopiedLine{.line = QString::fromUtf8(letterDetailJson(*letter, details)), .missing = {}};
    }
    case LetterCopyForm::Kcat: {
        if (letter->erased)
            return fail(ErrorCode::Unsupported, u"%1: %2"_s.arg(letter->id, letter->erased->toString()));
        if (context.masker.isOn(MaskPurpose::Clipboard))
            return fail(ErrorCode::Unsupported,
                        u"this workspace masks what is personal, and a kcat line that sends marks "
                        u"instead would send another message; plan a replay"_s);
        QString bootstrap = u"BROKER:9092"_s;
        for (const ConnectionSettings& settings : context.workspace.connections) {
            if (settings.name == letter->connection)
                bootstrap = settings.bootstrapServers.join(u',');
        }
        if (*rescue) // as a replay would send it
            letter->record = withPayload(std::move(letter->record), **rescue);
        return replayLine(context, std::move(*letter), bootstrap);
    }
    case LetterCopyForm::Show:
        return CopiedLine{.line = showLine(*letter), .missing = {}};
    }
    return fail(ErrorCode::Internal, u"no such form"_s);
}

} // namespace spillway
