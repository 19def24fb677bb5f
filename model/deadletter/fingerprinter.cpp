// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/fingerprinter.h"

#include "model/deadletter/headervalue.h"

#include <QHash>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostRemembered = 16'384;   // then both memories begin anew
constexpr qsizetype longestMessageBytes = 8'192; // folding reads half as many characters

QByteArrayView stackBytes(const RawRecord& record, const LetterFacts& facts, QByteArray& own)
{
    if (facts.stackHeader && *facts.stackHeader >= 0 &&
        static_cast<std::size_t>(*facts.stackHeader) < record.headers.size()) {
        const auto& value = record.headers[static_cast<std::size_t>(*facts.stackHeader)].value;
        return value ? QByteArrayView(*value) : QByteArrayView();
    }
    if (facts.stack)
        own = facts.stack->toUtf8();
    return own;
}

bool isJava(const StackSection& section)
{
    return section.language == StackLanguage::Java;
}

bool showsFrames(const std::vector<StackSection>& sections)
{
    return std::any_of(sections.begin(), sections.end(),
                       [](const StackSection& section) { return !section.frames.isEmpty(); });
}

std::optional<QString> messageOf(const StackSection& section)
{
    return decodeMessage(section.message.first(std::min(section.message.size(), longestMessageBytes)));
}

/// A message that was printed with its stack, as programs do that pass on the one text an error prints: its sections.
/// (One that quotes frames of Java is left as it stands: those letters tell their stack.)
std::vector<StackSection> stackInMessage(QByteArrayView message)
{
    const auto language = languageOf(message);
    if (!language || *language == StackLanguage::Java)
        return {};
    std::vector<StackSection> sections = stackSections(message);
    return showsFrames(sections) ? sections : std::vector<StackSection>();
}

/// In words, where the frame was taken from, or why there is none.
QString sourceOfFrame(bool isFound, const std::vector<StackSection>& sections, bool isInMessage)
{
    if (sections.empty())
        return u"the letter has no stack"_s;
    if (!showsFrames(sections))
        return u"the letter's stack shows no frame in a form that is known"_s;
    const QString language = languageName(sections.back().language);
    if (!isFound)
        return u"no frame of the %1 stack is the application's"_s.arg(language);
    return isInMessage ? u"first frame of the application in the %1 stack that the message holds"_s.arg(language)
                       : u"first frame of the application in the %1 stack"_s.arg(language);
}

} // namespace

Result<GroupingKnowledge> GroupingKnowledge::bundled(GroupingRules rules)
{
    auto frames = FrameRules::bundled();
    if (!frames)
        return tl::unexpected<Error>(frames.error());
    return GroupingKnowledge{std::move(rules), std::move(*frames)};
}

const GroupingKnowledge& plainGrouping()
{
    static const GroupingKnowledge knowledge = GroupingKnowledge::bundled().value_or(GroupingKnowledge{});
    return knowledge;
}

void GroupingInUse::exchange(GroupingKnowledge knowledge)
{
    const std::lock_guard lock(m_mutex);
    m_knowledge = std::move(knowledge);
    m_generation.fetch_add(1, std::memory_order_release);
}

GroupingKnowledge GroupingInUse::knowledge() const
{
    const std::lock_guard lock(m_mutex);
    return m_knowledge;
}

Fingerprint plainFingerprint(const LetterFacts& facts, const LetterOwner& owner)
{
    Fingerprint made;
    made.parts.rootCause = facts.rootCauseClass ? facts.rootCauseClass : facts.errorClass;
    if (facts.errorMessage)
        made.parts.message = foldMessage(*facts.errorMessage);
    made.parts.eventType = owner.eventType;
    made.parts.consumer = owner.consumer;
    made.id = groupId(made.parts);
    made.title = groupTitle(made.parts);
    return made;
}

Fingerprinter::Fingerprinter(const GroupingKnowledge& knowledge)
    : m_rules(knowledge.rules)
    , m_frames(knowledge.frames)
{
    for (const QString& prefix : m_rules.inApp)
        m_frames.addInApp(prefix);
    for (const QString& prefix : m_rules.notInApp)
        m_frames.addNotInApp(prefix);
}

// Each part is of the deepest cause that the letter tells, because wrappers are alike for every failure:
// the class and message of the chain's end, where the letter's stack shows it; else of the error as the dialect reads
// it.
Fingerprint Fingerprinter::of(const RawRecord& record, const LetterFacts& facts, const LetterOwner& owner,
                              FingerprintSources* sources)
{
    QByteArray own;
    const QByteArrayView stack = stackBytes(record, facts, own);
    KnownMessages known;
    QByteArray told; // a message of several lines
    if (facts.errorMessage && facts.errorMessage->contains(u'\n')) {
        told = facts.errorMessage->toUtf8();
        addKnownMessage(known, told);
    }
    std::vector<StackSection> sections = stack.isEmpty() ? std::vector<StackSection>() : stackSections(stack, known);
    std::optional<QString> message = facts.errorMessage;
    bool isStackInMessage = false;
    if (!told.isEmpty()) {
        if (std::vector<StackSection> within = stackInMessage(told); !within.empty()) {
            message = messageOf(within.back()); // frames are no words of an error
            if ((isStackInMessage = !showsFrames(sections)))
                sections = std::move(within);
        }
    }

    Fingerprint made;
    FingerprintParts& parts = made.parts;
    parts.eventType = owner.eventType;
    parts.consumer = owner.consumer;
    parts.rootCause = facts.rootCauseClass ? facts.rootCauseClass : facts.errorClass;
    const StackSection* root = sections.empty() ? nullptr : &sections.back();
    const bool isOther = root && !isJava(*root);
    const bool isOfStack =
        isOther && !facts.rootCauseClass && !root->className.isEmpty() && (sections.size() > 1 || !facts.errorClass);
    if (isOfStack)
        parts.rootCause = decodeName(root->className);
    const bool isRootTold = root && (facts.rootCauseClass || isOfStack) && parts.rootCause &&
                            QAnyStringView::equal(QUtf8StringView(root->className), *parts.rootCause);
    const bool isOfRoot = isRootTold || (isOther && (sections.size() > 1 || !message));
    if (isOfRoot) {
        std::optional<QString> printed = messageOf(*root);
        // The stack's own text may be cut off where the header's is whole.
        const bool isSame = isOther ? sections.size() == 1 : facts.rootCauseClass == facts.errorClass;
        if (printed || !isSame)
            message = std::move(printed);
    }

    const GroupingRule* rule = nullptr;
    if (!m_rules.rules.empty())
        rule = groupingRuleFor(
            m_rules,
            {.facts = facts, .owner = owner, .rootCause = parts.rootCause, .message = message, .sections = sections});
    if (rule)
        made.rule = rule->name;
    if (rule && rule->fingerprint) {
        parts.fixed = rule->fingerprint;
    } else {
        if (!(rule && rule->withoutFrame))
            parts.frame = frameOf(sections);
        if (message && !(rule && rule->withoutMessage)) {
            QString folded = foldMessage(*message, sources ? &sources->foldings : nullptr);
            if (!folded.isEmpty())
                parts.message = std::move(folded);
        }
    }
    if (sources) {
        sources->rootCause = isOfStack && isStackInMessage
                                 ? u"end of the cause chain in the stack that the message holds"_s
                             : facts.rootCauseClass || isOfStack ? u"end of the cause chain in the stack"_s
                             : facts.errorClass ? u"the error's class: the letter's stack shows no end of its chain"_s
                                                : u"not told"_s;
        sources->frame = rule && rule->withoutFrame
                             ? u"left out by the rule"_s
                             : sourceOfFrame(parts.frame.has_value(), sections, isStackInMessage);
        sources->message = rule && rule->withoutMessage ? u"left out by the rule"_s
                           : !message                   ? u"not told"_s
                           : isStackInMessage           ? u"the error's message, without the stack that it holds"_s
                           : isOfRoot                   ? u"of the root cause, in the stack"_s
                                                        : u"the error's message"_s;
    }

    m_messages.share(parts.message); // one copy of the text for all letters of the group
    const Named& named = nameOf(parts);
    made.id = named.id;
    made.title = rule && rule->title ? *rule->title : named.title;
    return made;
}

const Fingerprinter::Named& Fingerprinter::nameOf(const FingerprintParts& parts)
{
    const Memo::Key key{{Memo::maybe(parts.fixed), Memo::maybe(parts.rootCause), Memo::maybe(parts.frame),
                         Memo::maybe(parts.message), Memo::maybe(parts.eventType), Memo::maybe(parts.consumer)}};
    if (const Named* recent = m_recent.find(key))
        return *recent;
    if (m_known.size() > mostRemembered)
        m_known.clear();
    auto known = m_known.find(parts);
    if (known == m_known.end())
        known = m_known.emplace(parts, Named{groupId(parts), groupTitle(parts)}).first;
    return m_recent.keep(key, known->second);
}

std::optional<QString> Fingerprinter::frameOf(const std::vector<StackSection>& sections)
{
    if (m_knownFrames.size() > mostRemembered)
        m_knownFrames.clear();
    for (auto section = sections.rbegin(); section != sections.rend(); ++section) {
        if (section->frames.isEmpty())
            continue;
        const auto key = qHashBits(section->frames.data(), static_cast<std::size_t>(section->frames.size()),
                                   static_cast<std::size_t>(section->language));
        auto known = m_knownFrames.find(key);
        if (known == m_knownFrames.end())
            known = m_knownFrames.emplace(key, firstInAppFrame({*section}, m_frames)).first;
        if (known->second)
            return known->second;
    }
    return std::nullopt;
}

std::size_t Fingerprinter::PartsHash::operator()(const FingerprintParts& parts) const
{
    std::size_t seed = 0;
    for (const auto* part :
         {&parts.fixed, &parts.rootCause, &parts.frame, &parts.message, &parts.eventType, &parts.consumer})
        seed = *part ? qHash(**part, seed) : seed * 31 + 7;
    return seed;
}

} // namespace spillway
