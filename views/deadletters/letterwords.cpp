// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/letterwords.h"

#include "model/base/text.h"
#include "model/deadletter/query.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString translated(const char* text)
{
    return QCoreApplication::translate("DeadLetters", text);
}

QString known(const std::optional<QString>& text)
{
    return text && !text->isEmpty() ? *text : translated("not told");
}

} // namespace

CellMark triageMark(TriageState state)
{
    switch (state) {
    case TriageState::New:
        return {Tone::Warning, translated("new")};
    case TriageState::Assigned:
        return {Tone::Neutral, translated("assigned")};
    case TriageState::Parked:
        return {Tone::Neutral, translated("parked")};
    case TriageState::Archived:
        return {Tone::Unknown, translated("archived")};
    case TriageState::Planned:
        return {Tone::Neutral, translated("planned")};
    case TriageState::Sent:
        return {Tone::Neutral, translated("sent")};
    case TriageState::Resolved:
        return {Tone::Ok, translated("resolved")};
    case TriageState::FailedAgain:
        return {Tone::Critical, translated("failed again")};
    case TriageState::Unknown:
        return {Tone::Unknown, translated("outcome unknown")};
    case TriageState::Lost:
        return {Tone::Unknown, translated("lost")};
    }
    return {Tone::Unknown, triageStateWord(state)};
}

QString kindText(FailureKind kind)
{
    switch (kind) {
    case FailureKind::Transient:
        return translated("transient");
    case FailureKind::Schema:
        return translated("schema");
    case FailureKind::Business:
        return translated("business");
    case FailureKind::Unknown:
        return translated("kind unknown");
    }
    return {};
}

QString routeText(const std::optional<QString>& eventType, const std::optional<QString>& consumer)
{
    return u"%1 → %2"_s.arg(eventType.value_or(translated("unknown event")),
                            consumer.value_or(translated("unknown consumer")));
}

QString lettersText(std::int64_t count)
{
    return count == 1 ? translated("1 letter") : translated("%1 letters").arg(formatCount(count));
}

QString lettersHeadline(const std::vector<DeadLetterGroup>& groups)
{
    std::int64_t open = 0;
    for (const DeadLetterGroup& group : groups)
        open += group.openCount;
    if (open == 0)
        return translated("No dead letter is open");
    const auto openGroups =
        std::count_if(groups.begin(), groups.end(), [](const DeadLetterGroup& group) { return group.openCount > 0; });
    const QString sentence =
        open == 1 ? translated("1 letter is open") : translated("%1 are open").arg(lettersText(open));
    return openGroups > 1 ? translated("%1, in %2 groups").arg(sentence, formatCount(openGroups)) : sentence;
}

QString lettersDetail(const std::vector<DeadLetterGroup>& groups)
{
    const auto largest = std::max_element(groups.begin(), groups.end(),
                                          [](const auto& a, const auto& b) { return a.openCount < b.openCount; });
    if (largest == groups.end() || largest->openCount == 0)
        return {};
    return translated("The largest: %1, %2, %3")
        .arg(visibleText(largest->title), lettersText(largest->openCount),
             largest->team.value_or(translated("nobody's")));
}

namespace {

/// `facts` tell the topic.
QString originPlace(const LetterFacts& facts)
{
    return facts.originPartition && facts.originOffset ? translated("%1, partition %2, offset %3")
                                                             .arg(visibleText(*facts.originTopic))
                                                             .arg(*facts.originPartition)
                                                             .arg(formatCount(facts.originOffset->value))
                                                       : visibleText(*facts.originTopic);
}

} // namespace

QString ageText(const DeadLetter& letter, UtcTime now)
{
    const QString age = coarseDuration(now - letter.agesFrom());
    return letter.facts.deadLetteredAt ? age : translated("at least %1").arg(age);
}

QString keyText(const std::optional<QByteArray>& key)
{
    if (!key)
        return translated("no key");
    if (!isUtf8(*key))
        return u"0x"_s + QString::fromLatin1(key->left(64).toHex());
    return visibleBytes(QByteArrayView(*key).first(std::min<qsizetype>(key->size(), 400)));
}

QString noPayloadText(const DeadLetter& letter)
{
    if (letter.erased)
        return translated("Payload, key, headers and message were %1").arg(visibleText(letter.erased->toString()));
    if (!letter.facts.isPointer)
        return translated("null: a tombstone; the message was published without a payload");
    if (!letter.facts.originTopic)
        return translated("The payload stayed elsewhere; the letter points there but does not say where. No tombstone");
    return translated("The payload stayed at %1; this letter only points there. No tombstone")
        .arg(originPlace(letter.facts));
}

QString rescuedText(const DeadLetter& letter)
{
    if (!letter.facts.isPointer || !letter.record.value || !letter.facts.originTopic)
        return {};
    return translated("Copied from %1, where this letter points").arg(originPlace(letter.facts));
}

std::vector<LabelledText> sourceLines(const DeadLetter& letter, const TimeText& time, UtcTime now)
{
    const LetterFacts& facts = letter.facts;
    std::vector<LabelledText> lines;
    const auto add = [&lines](const QString& label, const QString& text) {
        lines.push_back({label, visibleText(text)});
    };
    add(translated("Origin topic"), known(facts.originTopic));
    add(translated("Origin place"), facts.originPartition && facts.originOffset
                                        ? translated("partition %1, offset %2")
                                              .arg(*facts.originPartition)
                                              .arg(formatCount(facts.originOffset->value))
                                        : translated("not told"));
    add(translated("Published"),
        facts.originTimestamp ? time.both(*facts.originTimestamp, now) : translated("not told"));
    if (facts.deliveredTopic)
        add(translated("Delivered as"), facts.deliveredPartition && facts.deliveredOffset
                                            ? translated("%1, partition %2, offset %3: sent again by Spillway")
                                                  .arg(*facts.deliveredTopic)
                                                  .arg(*facts.deliveredPartition)
                                                  .arg(formatCount(facts.deliveredOffset->value))
                                            : translated("%1: sent again by Spillway").arg(*facts.deliveredTopic));
    add(translated("Dead-lettered"),
        facts.deadLetteredAt
            ? time.both(*facts.deadLetteredAt, now)
            : translated("not told; first seen %1, so it is at least as old").arg(time.both(letter.firstSeenAt, now)));
    add(translated("Dead-letter topic"), letter.record.at.topic);
    add(translated("Place there"), translated("partition %1, offset %2")
                                       .arg(letter.record.at.partition)
                                       .arg(formatCount(letter.record.offset.value)));
    add(translated("Connection"), letter.connection);
    add(translated("Consumer"), known(letter.consumer));
    add(translated("Consumer group"), known(facts.consumerGroup));
    add(translated("Event"), known(letter.eventType));
    add(translated("Team"), letter.team.value_or(translated("nobody: name the consumer in ownership.yaml")));
    add(translated("Deliveries"), facts.attempts ? formatCount(*facts.attempts) : translated("not told"));
    add(translated("Recognised as"), translated("%1, confidence %2").arg(facts.dialect).arg(facts.confidence));
    add(translated("State"),
        triageMark(letter.state).word + (letter.assignee ? translated(", with %1").arg(*letter.assignee) : QString()));
    add(translated("Size"), formatSizeBytes(letter.sizeBytes));
    add(translated("Id"), letter.id);
    return lines;
}

QString lossSentence(const LossForecast& forecast, const TimeText& time, UtcTime now)
{
    switch (forecast.cause) {
    case LossCause::Unknown:
        return translated("not known how long");
    case LossCause::Never:
        return translated("for ever: nothing limits the topic");
    case LossCause::Compaction:
        return translated("until a newer record of the same key replaces it");
    case LossCause::Gone:
        return translated("no longer there");
    case LossCause::RetentionTime:
    case LossCause::RetentionSize:
        break;
    }
    const UtcTime at = forecast.at.value_or(now);
    const QString when = at <= now ? translated("it may go any moment, due since %1").arg(time.both(at, now))
                                   : translated("until %1").arg(time.both(at, now));
    return forecast.cause == LossCause::RetentionSize ? translated("%1, by the topic's size as it grew today").arg(when)
                                                      : when;
}

std::vector<LabelledText> errorLines(const DeadLetter& letter)
{
    const LetterFacts& facts = letter.facts;
    std::vector<LabelledText> lines{{translated("Error"), visibleText(known(facts.errorClass))},
                                    {translated("Message"), visibleText(known(facts.errorMessage), true)}};
    if (facts.rootCauseClass && facts.rootCauseClass != facts.errorClass)
        lines.push_back({translated("Root cause"), visibleText(*facts.rootCauseClass)});
    if (facts.reportedClass && facts.reportedClass != facts.errorClass)
        lines.push_back({translated("Reported as"), visibleText(*facts.reportedClass)});
    if (facts.stage)
        lines.push_back({translated("Stage"), visibleText(*facts.stage)});
    lines.push_back({translated("Kind"), kindText(letter.kind)});
    return lines;
}

QString schemaText(const DecodedPayload& payload)
{
    const SchemaJudgement& judgement = payload.judgement;
    QStringList sentences;
    if (!payload.text && !payload.wire.isEmpty())
        sentences.append(payload.wire + u'.');
    if (!payload.text && !judgement.verdict && !payload.note.isEmpty())
        sentences.append(payload.note);
    const QString file = visibleText(judgement.schemaFile);
    if (judgement.verdict == SchemaVerdict::Valid) {
        sentences.append(translated("Fits %1.").arg(file));
    } else if (judgement.verdict == SchemaVerdict::Unknown) {
        sentences.append(
            translated("%1 cannot tell whether it fits: %2.").arg(file, visibleText(judgement.reasons.join(u"; "_s))));
    } else if (judgement.verdict == SchemaVerdict::Invalid) {
        sentences.append(translated("Does not fit %1.").arg(file));
        constexpr std::size_t mostTold = 3;
        for (std::size_t i = 0; i < judgement.errors.size() && i < mostTold; ++i) {
            const SchemaError& error = judgement.errors[i];
            const QString where = error.path.isEmpty() ? translated("The whole") : visibleText(error.path);
            sentences.append(u"%1: %2."_s.arg(where, visibleText(error.message)));
        }
        if (judgement.errors.size() > mostTold)
            sentences.append(translated("And %1 more.").arg(judgement.errors.size() - mostTold));
    }
    return sentences.join(u' ');
}

QString decodedText(const DecodedPayload& payload)
{
    return (payload.wire.isEmpty() ? QString() : payload.wire + u". "_s) + visibleText(payload.note);
}

QString namedLetters(const QStringList& ids)
{
    constexpr qsizetype mostNamed = 200;
    return ids.size() > mostNamed ? QString() : ids.join(u' ');
}

QString withinGroup(const QString& query, const QString& groupId)
{
    const QString term = queryTermText(u"group", groupId);
    return query.trimmed().isEmpty() ? term : u"(%1) %2"_s.arg(query.trimmed(), term);
}

} // namespace spillway::views
