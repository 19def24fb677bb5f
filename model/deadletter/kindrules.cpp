// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/kindrules.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Messages are matched by their beginning: a rule needs no more, and a hostile one gets no more.
constexpr qsizetype longestMatched = 4096;
/// So many different failures are remembered; a flood of invented classes starts anew.
constexpr qsizetype mostRemembered = 4096;

bool fits(const QRegularExpression& expression, const std::optional<QString>& text)
{
    return text && expression.match(QStringView(*text).first(std::min(text->size(), longestMatched))).hasMatch();
}

bool isAmong(const QStringList& wanted, const std::optional<QString>& text)
{
    return wanted.isEmpty() || (text && wanted.contains(*text));
}

/// What a failure is remembered by; U+0000 ends a part, U+0001 alone is "not told".
/// @param key  whose room is used again: this is asked for every letter.
void makeKey(const KindInput& input, QString& key)
{
    key.resize(0);
    const auto add = [&key](const QString* text) {
        key.append(text ? QStringView(*text) : QStringView(u"\u0001")).append(QChar(0));
    };
    const auto addMaybe = [&add](const std::optional<QString>& text) { add(text ? &*text : nullptr); };
    addMaybe(input.facts.errorClass);
    addMaybe(input.facts.rootCauseClass);
    addMaybe(input.facts.stage);
    add(&input.facts.dialect);
    addMaybe(input.consumer);
    addMaybe(input.eventType);
    key.append(QChar(static_cast<char16_t>(input.sameErrorReplays & 0xFFFF)))
        .append(QChar(static_cast<char16_t>(static_cast<unsigned>(input.sameErrorReplays) >> 16U)))
        .append(input.fitsSchema ? (*input.fitsSchema ? u'v' : u'i') : u'?');
}

/// Whether the rule fits, its message aside.
bool fitsAllButMessage(const KindRule& rule, const KindInput& input)
{
    if (rule.fitsSchema && rule.fitsSchema != input.fitsSchema)
        return false;
    if (rule.replays && input.sameErrorReplays < *rule.replays)
        return false;
    if (!isAmong(rule.dialects, input.facts.dialect) || !isAmong(rule.consumers, input.consumer) ||
        !isAmong(rule.eventTypes, input.eventType))
        return false;
    if (rule.className && !fits(*rule.className, input.facts.errorClass) &&
        !fits(*rule.className, input.facts.rootCauseClass))
        return false;
    return !rule.stage || fits(*rule.stage, input.facts.stage);
}

} // namespace

QString kindSuggestion(FailureKind kind)
{
    switch (kind) {
    case FailureKind::Transient:
        return u"when the dependency is back, replay slowly: a canary first, then watch what fails again"_s;
    case FailureKind::Schema:
        return u"fix the producer or the schema first; then edit and replay, or have the record published anew"_s;
    case FailureKind::Business:
        return u"decide with the business owner: correct it at its source, or archive it with the reason"_s;
    case FailureKind::Unknown:
        return u"read the error and one payload, then decide the kind for the group: it is known the next time"_s;
    }
    return {};
}

KindVerdict KindRules::verdictOf(const KindRule* rule)
{
    if (!rule)
        return {.kind = FailureKind::Unknown,
                .reason = u"no rule is sure"_s,
                .suggestion = kindSuggestion(FailureKind::Unknown),
                .rule = {}};
    return {.kind = rule->kind,
            .reason = rule->reason,
            .suggestion = rule->suggestion.isEmpty() ? kindSuggestion(rule->kind) : rule->suggestion,
            .rule = rule->name};
}

int KindRules::mostReplaysAsked() const
{
    int most = 0;
    for (const KindRule& rule : m_rules)
        most = std::max(most, rule.replays.value_or(0));
    return most;
}

KindCandidates KindRules::candidatesFor(const KindInput& input) const
{
    KindCandidates candidates;
    for (const KindRule& rule : m_rules) {
        if (fitsAllButMessage(rule, input))
            candidates.push_back(&rule);
    }
    return candidates;
}

bool KindRules::fitsMessage(const KindRule& rule, const std::optional<QString>& message)
{
    return !rule.message || fits(*rule.message, message);
}

const KindRule* KindRules::ruleFor(const KindInput& input) const
{
    return firstKindRule(candidatesFor(input),
                         [&](const KindRule& rule) { return fitsMessage(rule, input.facts.errorMessage); });
}

KindVerdict KindRules::verdict(const KindInput& input) const
{
    return verdictOf(ruleFor(input));
}

const KindCandidates& KindSorter::candidatesFor(const KindInput& input)
{
    const Memo::Key key{{Memo::maybe(input.facts.errorClass), Memo::maybe(input.facts.rootCauseClass),
                         Memo::maybe(input.facts.stage), &input.facts.dialect, Memo::maybe(input.consumer),
                         Memo::maybe(input.eventType)},
                        static_cast<std::uint64_t>(input.sameErrorReplays) * 4 +
                            (input.fitsSchema ? (*input.fitsSchema ? 1U : 2U) : 0U)};
    if (const KindCandidates* recent = m_recent.find(key))
        return *recent;
    makeKey(input, m_key);
    auto known = m_candidates.constFind(m_key);
    if (known == m_candidates.constEnd()) {
        if (m_candidates.size() >= mostRemembered)
            m_candidates.clear();
        const QString copy(m_key.constData(), m_key.size());
        known = m_candidates.insert(copy, m_rules.candidatesFor(input));
    }
    return m_recent.keep(key, *known);
}

const KindRule* KindSorter::ruleFor(const KindInput& input)
{
    return firstKindRule(candidatesFor(input),
                         [&](const KindRule& rule) { return KindRules::fitsMessage(rule, input.facts.errorMessage); });
}

FailureKind KindSorter::kindOf(const KindInput& input)
{
    const KindRule* rule = ruleFor(input);
    return rule ? rule->kind : FailureKind::Unknown;
}

} // namespace spillway
