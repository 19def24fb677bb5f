// SPDX-License-Identifier: GPL-3.0-or-later
// Open dead letters against the workspace's two thresholds.
#include "model/alert/concernlist.h"
#include "model/alert/concernwords.h"
#include "model/base/shelltext.h"
#include "model/base/text.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString ageText(const LetterFinding& letters, Millis age)
{
    return (letters.isOldestAtLeast ? u"at least "_s : QString()) + formatDuration(age);
}

QString lettersOf(const LetterFinding& letters)
{
    return countText(letters.open, u"open dead letter"_s, u"open dead letters"_s) +
           (letters.eventType ? u" of "_s + visibleText(*letters.eventType) : u" of unknown type"_s);
}

} // namespace

void addLetterConcerns(const std::vector<LetterFinding>& letters, const AlertThresholds& thresholds, UtcTime now,
                       ConcernList& list)
{
    for (const LetterFinding& found : letters) {
        if (found.open <= 0)
            continue;
        const bool hasAge = found.oldestAt.has_value();
        const Millis age = hasAge ? std::max(Millis(0), now - *found.oldestAt) : Millis(0);
        const bool isP1 = hasAge && age > thresholds.deadLetterP1Age;
        const bool areMany = found.open > thresholds.deadLetterWarningCount;
        Concern concern{.team = found.team, .since = found.oldestAt};
        concern.rule = isP1      ? ConcernRule::DeadLetterAge
                       : areMany ? ConcernRule::DeadLetterCount
                                 : ConcernRule::DeadLettersWaiting;
        concern.severity = isP1 ? Severity::Critical : areMany ? Severity::Warning : Severity::Info;

        const QString owner = found.team ? visibleText(*found.team) : u"nobody"_s;
        const bool isOne = found.open == 1;
        concern.summary = found.team ? u"%1 %2 for %3"_s.arg(lettersOf(found), isOne ? u"waits"_s : u"wait"_s, owner)
                                     : u"%1 %2 to nobody"_s.arg(lettersOf(found), isOne ? u"belongs"_s : u"belong"_s);
        if (hasAge)
            concern.summary +=
                isOne ? u", %1 old"_s.arg(ageText(found, age)) : u", the oldest for %1"_s.arg(ageText(found, age));
        QStringList evidence{u"%1 open, warning above %2"_s.arg(formatCount(found.open),
                                                                formatCount(thresholds.deadLetterWarningCount))};
        evidence +=
            hasAge ? u"oldest %1, P1 after %2"_s.arg(ageText(found, age), formatDuration(thresholds.deadLetterP1Age))
                   : u"age unknown"_s;
        concern.evidence = evidence.join(u" · "_s);
        if (hasAge && !isP1)
            concern.until = *found.oldestAt + thresholds.deadLetterP1Age;

        const QString query = queryTerm(u"team"_s, found.team) + u' ' + queryTerm(u"eventType"_s, found.eventType) +
                              u" state:open"_s; // as many as the sentence says
        concern.action = {.screen = ConcernScreen::DeadLetters,
                          .filter = query,
                          .label = u"Review %1"_s.arg(countText(found.open, u"letter"_s, u"letters"_s)),
                          .command = u"spillwayctl dlq list --query %1"_s.arg(shellQuoted(query))};
        const double badness = static_cast<double>(isP1 ? age.count() : found.open);
        list.add(std::move(concern), found.team.value_or(QString()) + u'/' + found.eventType.value_or(QString()),
                 badness);
    }
}

} // namespace spillway
