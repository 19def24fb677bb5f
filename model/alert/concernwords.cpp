// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/alert/concernwords.h"

#include "model/alert/concern.h"
#include "model/base/text.h"
#include "model/deadletter/query.h"

#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int mostDecimals = 4;

/// Percent with `decimals` places, cut, trailing zeros taken off.
QString cutPercent(double ratio, int decimals)
{
    const double scale = std::pow(10.0, decimals);
    QString text = QString::number(std::floor(ratio * 100 * scale + 1e-6) / scale, 'f', decimals);
    while (text.endsWith(u'0') && text.contains(u'.'))
        text.chop(1);
    if (text.endsWith(u'.'))
        text.chop(1);
    return text;
}

} // namespace

QString promisedText(double objective)
{
    return cutPercent(objective, mostDecimals) + u" %"_s;
}

QString attainmentText(double attainment)
{
    return cutPercent(attainment, 1) + u" %"_s;
}

QString countText(std::int64_t count, const QString& one, const QString& many)
{
    return formatCount(count) + u' ' + (count == 1 ? one : many);
}

QString queryTerm(const QString& field, const std::optional<QString>& value)
{
    // a field that is missing matches nothing, so its negation matches
    return value ? queryTermText(field, *value) : u"-%1~\".\""_s.arg(field);
}

QString severityWord(Severity severity)
{
    switch (severity) {
    case Severity::Critical:
        return u"critical"_s;
    case Severity::Warning:
        return u"warning"_s;
    case Severity::Info:
        return u"info"_s;
    }
    return {};
}

QString concernRuleWord(ConcernRule rule)
{
    switch (rule) {
    case ConcernRule::LostToRetention:
        return u"lostToRetention"_s;
    case ConcernRule::WillExpire:
        return u"willExpire"_s;
    case ConcernRule::PayloadExpires:
        return u"payloadExpires"_s;
    case ConcernRule::ConnectionDown:
        return u"connectionDown"_s;
    case ConcernRule::PromiseBroken:
        return u"promiseBroken"_s;
    case ConcernRule::DeadLetterAge:
        return u"deadLetterAge"_s;
    case ConcernRule::GroupStopped:
        return u"groupStopped"_s;
    case ConcernRule::DeadLetterCount:
        return u"deadLetterCount"_s;
    case ConcernRule::PromiseAtRisk:
        return u"promiseAtRisk"_s;
    case ConcernRule::TopicChanged:
        return u"topicChanged"_s;
    case ConcernRule::ReplayUnfinished:
        return u"replayUnfinished"_s;
    case ConcernRule::Misconfigured:
        return u"misconfigured"_s;
    case ConcernRule::StoreFull:
        return u"storeFull"_s;
    case ConcernRule::SamplesStale:
        return u"samplesStale"_s;
    case ConcernRule::GroupBehind:
        return u"groupBehind"_s;
    case ConcernRule::PromiseUnknown:
        return u"promiseUnknown"_s;
    case ConcernRule::DeadLettersWaiting:
        return u"deadLettersWaiting"_s;
    case ConcernRule::LettersLeave:
        return u"lettersLeave"_s;
    }
    return {};
}

namespace {

/// Calls with each rule in its order, until it returns true.
template<typename Call>
void anyRule(const Call& call)
{
    for (int rule = 0; rule <= static_cast<int>(ConcernRule::LettersLeave); ++rule) {
        if (call(static_cast<ConcernRule>(rule)))
            return;
    }
}

} // namespace

std::optional<Severity> severityFromWord(QStringView word)
{
    for (const Severity severity : {Severity::Critical, Severity::Warning, Severity::Info}) {
        if (severityWord(severity) == word)
            return severity;
    }
    return std::nullopt;
}

std::optional<ConcernRule> concernRuleFromWord(QStringView word)
{
    std::optional<ConcernRule> found;
    anyRule([&](ConcernRule rule) {
        if (concernRuleWord(rule) == word)
            found = rule;
        return found.has_value();
    });
    return found;
}

QStringList concernRuleWords()
{
    QStringList words;
    anyRule([&](ConcernRule rule) {
        words += concernRuleWord(rule);
        return false;
    });
    return words;
}

} // namespace spillway
