// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/deadletterintake.h"

#include "model/deadletter/replayorigin.h"
#include "model/deadletter/stacktrace.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <bit>

namespace spillway {

LetterPreparer::LetterPreparer(const DialectRegistry& dialects, const KindRules& kinds, const Catalog& catalog,
                               const std::vector<DeadLetterTopic>& topics, const PayloadJudge* judge,
                               const GroupingInUse* grouping)
    : m_dialects(dialects)
    , m_stream(dialects)
    , m_kinds(kinds)
    , m_mostReplays(kinds.mostReplaysAsked())
    , m_topics(topics)
    , m_owners(catalog)
    , m_judge(judge)
    , m_grouping(grouping)
    , m_fingerprinter(plainGrouping())
{
}

namespace {

/// Whether the whole stack is at hand and names no cause in any of the ways that stacks do: Java, .NET, JavaScript,
/// Python. What it repeats of the message is no word of its own.
bool showsNoCause(QString stack, const std::optional<QString>& message)
{
    constexpr qsizetype longest = 64 * 1024;
    if (stack.isEmpty() || stack.size() > longest)
        return false;
    const auto namesCause = [&stack] {
        constexpr std::array<QStringView, 5> marks{u"Caused by: ", u" ---> ", u"[cause]",
                                                   u"direct cause of the following", u"another exception occurred"};
        return std::any_of(marks.begin(), marks.end(), [&](QStringView mark) { return stack.contains(mark); });
    };
    if (!namesCause())
        return true; // mostly; then the message need not be looked for
    const qsizetype told = message && !message->isEmpty() ? stack.indexOf(*message) : -1;
    if (told < 0)
        return false;
    stack.remove(told, message->size());
    return !namesCause();
}

/// The end of the chain that a stack of another language than Java shows whole.
std::optional<QString> rootOfOtherStack(const QString& stack, const LetterFacts& facts)
{
    KnownMessages known;
    if (facts.errorMessage && facts.errorMessage->contains(u'\n'))
        addKnownMessage(known, facts.errorMessage->toUtf8());
    const CauseChain chain = readCauseChain(stack.toUtf8(), known);
    return chain.language != StackLanguage::Java && chain.reachesEnd ? rootClassOf(chain, facts.errorClass)
                                                                     : std::nullopt;
}

} // namespace

PreparedLetter LetterPreparer::prepare(RawRecord record)
{
    PreparedLetter letter;
    letter.digest = recordDigest(record);
    letter.facts = m_stream.read(record, mappingOf(record.at.topic));
    LetterFacts& facts = letter.facts;
    nameFirstPlace(facts, record.at.topic, m_targets);
    if (facts.deliveredTopic && facts.originTopic != facts.deliveredTopic) {
        const Dialect* dialect = m_dialects.dialect(facts.dialect);
        facts.originIsInternal = dialect && dialect->isInternalTopic(*facts.originTopic);
    }
    // Dialects read the chains of the stacks they know. Of another one without a cause the error is its own root.
    if (facts.errorClass && !facts.rootCauseClass) {
        if (const auto stack = stackText(record, facts); stack && showsNoCause(*stack, facts.errorMessage))
            facts.rootCauseClass = facts.errorClass;
        else if (stack)
            facts.rootCauseClass = rootOfOtherStack(*stack, facts);
    }
    const std::uint64_t generation = m_texts.generation();
    bool isShared = m_texts.share(facts.dialect);
    for (auto* text : {&facts.originTopic, &facts.consumerGroup, &facts.errorClass, &facts.rootCauseClass,
                       &facts.reportedClass, &facts.stage})
        isShared = m_texts.share(*text) && isShared;
    letter.owner = m_owners.ownerOf(record, facts);
    isShared = m_texts.share(letter.owner.eventType) && isShared;
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
    if (isShared)
        number(letter);
    if (generation != m_texts.generation()) // what was shared before the pool began anew is no longer its own
        letter.facetNumber = letter.strainNumber = 0;
    letter.record = std::move(record);
    return letter;
}

void LetterPreparer::number(PreparedLetter& letter)
{
    const LetterFacts& facts = letter.facts;
    LetterOwner& owner = letter.owner;
    Fingerprint& fingerprint = letter.fingerprint;
    bool isShared = true;
    for (auto* text : {&fingerprint.id, &fingerprint.title})
        isShared = m_texts.share(*text) && isShared;
    for (auto* text : {&fingerprint.rule, &owner.consumer, &owner.team})
        isShared = m_texts.share(*text) && isShared;
    if (!isShared)
        return;
    const auto at = [](const auto& text) { return TextNumbers::placeOf(text); };
    letter.facetNumber =
        m_facets.numberOf({at(facts.dialect), std::bit_cast<std::uintptr_t>(facts.confidence), at(facts.originTopic),
                           facts.originIsInternal ? 1U : 0U, at(facts.consumerGroup), at(facts.reportedClass),
                           at(facts.rootCauseClass), at(facts.stage)},
                          m_texts.generation());
    letter.strainNumber =
        m_strains.numberOf({at(fingerprint.id), at(fingerprint.title), at(fingerprint.rule), at(facts.errorClass),
                            at(owner.eventType), at(owner.consumer), at(owner.team), 0},
                           m_texts.generation());
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
