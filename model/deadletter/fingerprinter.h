// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/fingerprint.h"
#include "model/deadletter/groupingrules.h"
#include "model/deadletter/messagefold.h"
#include "model/deadletter/textmemo.h"
#include "model/deadletter/textpool.h"

#include <QByteArrayView>

#include <atomic>
#include <mutex>
#include <unordered_map>

namespace spillway {

/// What fingerprints are made with.
struct GroupingKnowledge
{
    GroupingRules rules; ///< of the workspace
    FrameRules frames;   ///< bundled ones

    /// The bundled frames, and no rules but these.
    [[nodiscard]] static Result<GroupingKnowledge> bundled(GroupingRules rules = {});
};
/// The bundled frames and no rules: of a workspace without grouping.yaml.
[[nodiscard]] const GroupingKnowledge& plainGrouping();

/// The grouping in use: rules may be exchanged while letters are read. Thread-safe.
class GroupingInUse
{
public:
    explicit GroupingInUse(GroupingKnowledge knowledge)
        : m_knowledge(std::move(knowledge))
    {
    }
    void exchange(GroupingKnowledge knowledge);
    [[nodiscard]] GroupingKnowledge knowledge() const;
    /// Moves with every exchange; asked for every letter.
    [[nodiscard]] std::uint64_t generation() const { return m_generation.load(std::memory_order_acquire); }

private:
    mutable std::mutex m_mutex; // guards: m_knowledge
    GroupingKnowledge m_knowledge;
    std::atomic<std::uint64_t> m_generation{1};
};

/// Of a letter whose stack is not at hand: class and message as the facts tell them, no frame, no rules.
[[nodiscard]] Fingerprint plainFingerprint(const LetterFacts& facts, const LetterOwner& owner);

/// Where the parts of a fingerprint were taken from, in words for people, and what was folded.
struct FingerprintSources
{
    QString rootCause;
    QString frame;
    QString message;
    std::vector<Folding> foldings;
};

/// Makes fingerprints. Remembers frames by the bytes they stand in and ids by their parts, so that a failure that
/// repeats costs little. One thread.
class Fingerprinter
{
public:
    /// @param knowledge  is copied.
    explicit Fingerprinter(const GroupingKnowledge& knowledge);

    /// @param sources  says how it came about; may be null.
    [[nodiscard]] Fingerprint of(const RawRecord& record, const LetterFacts& facts, const LetterOwner& owner,
                                 FingerprintSources* sources = nullptr);
    [[nodiscard]] const GroupingRules& rules() const { return m_rules; }

private:
    [[nodiscard]] std::optional<QString> frameOf(const std::vector<StackSection>& sections);

    struct PartsHash
    {
        std::size_t operator()(const FingerprintParts& parts) const;
    };
    struct Named
    {
        QString id;
        QString title;
    };
    using Memo = TextMemo<Named, 6>;

    [[nodiscard]] const Named& nameOf(const FingerprintParts& parts);

    GroupingRules m_rules;
    FrameRules m_frames;
    std::unordered_map<std::size_t, std::optional<QString>> m_knownFrames; // by hash of a section's frames
    std::unordered_map<FingerprintParts, Named, PartsHash> m_known;
    TextPool m_messages;
    Memo m_recent;
};

} // namespace spillway
