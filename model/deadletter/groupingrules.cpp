// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/groupingrules.h"

#include <algorithm>

namespace spillway {

namespace {

constexpr qsizetype longestMatched = 4096;

/// No pattern fits everything; a pattern never fits what is not told.
bool fits(const std::optional<QString>& pattern, const std::optional<QString>& text)
{
    if (!pattern)
        return true;
    if (!text)
        return false;
    return pattern->endsWith(u'*') ? text->startsWith(QStringView(*pattern).chopped(1)) : *text == *pattern;
}

bool fits(const QRegularExpression& expression, const std::optional<QString>& text)
{
    return text && expression.match(QStringView(*text).first(std::min(text->size(), longestMatched))).hasMatch();
}

bool hasFrame(const std::vector<StackSection>& sections, const QString& prefix)
{
    bool isFound = false;
    for (const StackSection& section : sections) {
        eachFrame(section, [&](QByteArrayView line) {
            isFound = frameName(line, section.language).startsWith(prefix);
            return !isFound;
        });
        if (isFound)
            break;
    }
    return isFound;
}

} // namespace

const GroupingRule* groupingRuleFor(const GroupingRules& rules, const GroupingSubject& subject)
{
    for (const GroupingRule& rule : rules.rules) {
        if (!fits(rule.errorClass, subject.facts.errorClass) || !fits(rule.rootCause, subject.rootCause) ||
            !fits(rule.eventType, subject.owner.eventType) || !fits(rule.consumer, subject.owner.consumer) ||
            !fits(rule.dialect, subject.facts.dialect))
            continue;
        if (rule.message && !fits(*rule.message, subject.facts.errorMessage) && !fits(*rule.message, subject.message))
            continue;
        if (rule.frame && !hasFrame(subject.sections, *rule.frame))
            continue;
        return &rule;
    }
    return nullptr;
}

} // namespace spillway
