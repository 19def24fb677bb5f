// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/deadletter/deadletter.h"
#include "model/deadletter/textmemo.h"
#include "model/workspace/workspace.h"

#include <QHash>
#include <QRegularExpression>

#include <vector>

namespace spillway {

/// What a letter is sorted by.
struct KindInput
{
    const LetterFacts& facts;
    std::optional<QString> consumer;
    std::optional<QString> eventType;
    std::optional<bool> fitsSchema; ///< verdict of the catalog's schema; nullopt: there is none, or it could not tell
    int sameErrorReplays = 0;       ///< replays in a row, the last first, that ended with this very error
};

/// One rule of resources/kinds.json or of a workspace's kinds.yaml. All that is given must fit.
struct KindRule
{
    QString name; ///< unique; a workspace may switch it off by this name
    FailureKind kind = FailureKind::Unknown;
    QString reason;                              ///< in words, for people
    QString suggestion;                          ///< what to do next; empty: that of its kind
    std::optional<QRegularExpression> className; ///< fits errorClass or rootCauseClass, unanchored
    std::optional<QRegularExpression> message;   ///< fits errorMessage, unanchored
    std::optional<QRegularExpression> stage;
    QStringList dialects; ///< empty: any; so the next two
    QStringList consumers;
    QStringList eventTypes;
    std::optional<bool> fitsSchema;
    std::optional<int> replays; ///< at least so many in a row ended with this very error
    /// Speaks only after a rule decided so, and then instead of it.
    std::optional<FailureKind> insteadOf;
    bool isUsers = false; ///< from the workspace's file
    int line = 0;         ///< of its file, where it begins
};

/// A verdict with its reason, so that a person can disagree with it.
struct KindVerdict
{
    FailureKind kind = FailureKind::Unknown;
    QString reason;     ///< never empty
    QString suggestion; ///< what to do next; never empty
    QString rule;       ///< its name; empty when none fits
    friend bool operator==(const KindVerdict&, const KindVerdict&) = default;
};

/// What to do next about failures of a kind, where no rule says better.
[[nodiscard]] QString kindSuggestion(FailureKind kind);

/// Rules in their order.
using KindCandidates = std::vector<const KindRule*>;

/// The first rule that fits; then the first that speaks instead of it. nullptr: none fits.
/// @param fits  whether a rule of the candidates does; asked of each at most twice.
template<typename Fits>
[[nodiscard]] const KindRule* firstKindRule(const KindCandidates& candidates, const Fits& fits)
{
    const KindRule* decides = nullptr;
    for (const KindRule* rule : candidates) {
        if (!rule->insteadOf && fits(*rule)) {
            decides = rule;
            break;
        }
    }
    for (const KindRule* rule : candidates) {
        if (decides && rule->insteadOf == decides->kind && fits(*rule))
            return rule;
    }
    return decides;
}

/// Sorts failures into transient, schema, business; what no rule is sure of is unknown. The first rule that fits
/// decides: the workspace's rules come before the bundled ones. Immutable after reading; any thread.
class KindRules
{
public:
    [[nodiscard]] static Result<KindRules> bundled();
    /// Rules of a text in YAML or JSON: `rules:`, a list, and `disable:`, names of rules before them that no longer
    /// count. Every fault at once, each with its place.
    /// @param file  names the text in issues.
    [[nodiscard]] static Checked<KindRules> read(const QByteArray& text, const QString& file);
    /// The workspace's file over the bundled rules. An empty `file` is the bundled ones alone. Blocking.
    [[nodiscard]] static Checked<KindRules> withUsers(const QString& file);
    /// The same for a text that is that file's, or may become it. @param file  names the text in issues.
    [[nodiscard]] static Checked<KindRules> withUsersText(const QByteArray& text, const QString& file);

    [[nodiscard]] KindVerdict verdict(const KindInput& input) const;
    [[nodiscard]] KindVerdict verdict(const LetterFacts& facts) const { return verdict(KindInput{.facts = facts}); }
    [[nodiscard]] const std::vector<KindRule>& rules() const { return m_rules; }
    /// The most replays in a row that a rule asks for; more tell no rule anything. 0: none asks.
    [[nodiscard]] int mostReplaysAsked() const;
    /// SHA-256 over the texts they were read from: other rules, another digest.
    [[nodiscard]] QByteArray digest() const { return m_digest; }

    /// The rule that decides; nullptr: none fits.
    [[nodiscard]] const KindRule* ruleFor(const KindInput& input) const;
    /// Those that fit whatever the message says.
    [[nodiscard]] KindCandidates candidatesFor(const KindInput& input) const;
    /// Whether a rule fits a message; one that asks for none fits all.
    [[nodiscard]] static bool fitsMessage(const KindRule& rule, const std::optional<QString>& message);
    /// In the words of the rule; nullptr: none fits.
    [[nodiscard]] static KindVerdict verdictOf(const KindRule* rule);

private:
    std::vector<KindRule> m_rules;
    QByteArray m_digest;
};

/// The same verdicts for a stream of letters: failures repeat, so which rules may fit is remembered by all that is not
/// the message. One thread; the rules outlive it.
class KindSorter
{
public:
    explicit KindSorter(const KindRules& rules)
        : m_rules(rules)
    {
    }
    /// nullptr: no rule fits.
    [[nodiscard]] const KindRule* ruleFor(const KindInput& input);
    [[nodiscard]] FailureKind kindOf(const KindInput& input);

private:
    using Memo = TextMemo<KindCandidates, 6>;

    [[nodiscard]] const KindCandidates& candidatesFor(const KindInput& input);

    const KindRules& m_rules;
    Memo m_recent;
    QString m_key;
    QHash<QString, KindCandidates> m_candidates; // whatever the message says, no other rule fits
};

} // namespace spillway
