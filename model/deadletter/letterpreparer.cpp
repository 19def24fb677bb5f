// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/deadletterintake.h"

#include <QRegularExpression>

#include <algorithm>

namespace spillway {

namespace {

/// A hostile letter may invent each of its texts.
constexpr qsizetype longestShared = 512;
constexpr qsizetype mostShared = 20'000;

/// @param text  not empty.
std::size_t placeOf(const QString& text)
{
    const auto at = [&text](qsizetype place) { return static_cast<std::size_t>(text[place].unicode()); };
    const qsizetype size = text.size();
    return static_cast<std::size_t>(size) * 7 + at(size / 2) * 31 + at(size - 1) * 131 + at(size / 4) * 17;
}

} // namespace

LetterPreparer::LetterPreparer(const DialectRegistry& dialects, const KindRules& kinds, const Catalog& catalog,
                               const std::vector<DeadLetterTopic>& topics, const PayloadJudge* judge,
                               const GroupingInUse* grouping)
    : m_dialects(dialects)
    , m_kinds(kinds)
    , m_mostReplays(kinds.mostReplaysAsked())
    , m_topics(topics)
    , m_owners(catalog)
    , m_judge(judge)
    , m_grouping(grouping)
    , m_fingerprinter(plainGrouping())
{
}

void TextPool::share(QString& text)
{
    if (text.isEmpty() || text.size() > longestShared)
        return;
    QString& recent = m_recent[placeOf(text) % m_recent.size()];
    if (recent == text) {
        text = recent;
        return;
    }
    if (m_texts.size() > mostShared)
        m_texts.clear();
    text = *m_texts.insert(text);
    recent = text;
}

PreparedLetter LetterPreparer::prepare(RawRecord record)
{
    PreparedLetter letter;
    letter.digest = recordDigest(record);
    letter.facts = m_dialects.read(record, mappingOf(record.at.topic));
    LetterFacts& facts = letter.facts;
    m_texts.share(facts.dialect);
    for (auto* text : {&facts.originTopic, &facts.consumerGroup, &facts.errorClass, &facts.rootCauseClass,
                       &facts.reportedClass, &facts.stage})
        m_texts.share(*text);
    letter.owner = m_owners.ownerOf(record, facts);
    m_texts.share(letter.owner.eventType);
    if (m_judge && !letter.facts.isPointer)
        letter.schema = m_judge->verdict(letter.owner.eventType, record.headers, record.value);
    KindInput input{.facts = letter.facts,
                    .consumer = letter.owner.consumer,
                    .eventType = letter.owner.eventType,
                    .fitsSchema = letter.schema.fits()};
    letter.kind = m_kinds.kindOf(input);
    // What the errors before it were is known where it is stored.
    const int replays = std::min(letter.facts.replayGeneration.value_or(0), m_mostReplays);
    while (input.sameErrorReplays < replays) {
        ++input.sameErrorReplays;
        letter.kindAfterReplays.push_back(m_kinds.kindOf(input));
    }
    if (m_grouping && m_grouping->generation() != m_groupingGeneration) {
        m_groupingGeneration = m_grouping->generation(); // before the rules: at worst they are read once more
        m_fingerprinter = Fingerprinter(m_grouping->knowledge());
    }
    letter.fingerprint = m_fingerprinter.of(record, letter.facts, letter.owner);
    letter.record = std::move(record);
    return letter;
}

const DeadLetterMapping* LetterPreparer::mappingOf(const QString& channel)
{
    if (const auto known = m_mappings.find(channel); known != m_mappings.end())
        return known->second;
    return m_mappings.emplace(channel, mappingOfChannel(m_topics, channel)).first->second;
}

const DeadLetterMapping* mappingOfChannel(const std::vector<DeadLetterTopic>& topics, const QString& channel)
{
    const DeadLetterTopic* fitting = nullptr;
    for (const DeadLetterTopic& topic : topics) {
        if (topic.selector.topic == channel) {
            fitting = &topic;
            break;
        }
        if (!fitting && topic.selector.topic.isEmpty() &&
            QRegularExpression(QRegularExpression::anchoredPattern(topic.selector.pattern)).match(channel).hasMatch())
            fitting = &topic;
    }
    return fitting && fitting->mapping ? &*fitting->mapping : nullptr;
}

} // namespace spillway
