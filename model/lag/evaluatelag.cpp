// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/evaluatelag.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/lag/lagstate.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>
#include <vector>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype maxInputBytes = 16 << 20;

/// A whole number, or nothing for null and absent.
Result<std::optional<std::int64_t>> wholeNumber(const QJsonValue& value, const QString& name,
                                                bool mayBeNegative = false)
{
    if (value.isNull() || value.isUndefined())
        return std::nullopt;
    // 2^53: beyond it a number written with a fraction or exponent is no longer the one meant.
    if (!value.isDouble() || (value.toInteger(1) != value.toInteger(2)) ||
        (value.toDouble() != std::floor(value.toDouble()) || std::abs(value.toDouble()) > 9.2e18))
        return fail(ErrorCode::InvalidConfig, u"%1: write a whole number"_s.arg(name));
    const std::int64_t number = value.toInteger();
    if (number < 0 && !mayBeNegative)
        return fail(ErrorCode::InvalidConfig, u"%1: %2 is below 0"_s.arg(name).arg(number));
    return number;
}

struct Question
{
    bool isBurrow = false;
    UtcTime now;
    std::optional<MessageCount> currentLag;
    MessageCount allowedLag;
    std::vector<Offset> ends;
    std::vector<CommitPoint> commits;
};

Status readEnds(const QJsonValue& value, Question& question)
{
    if (!value.isArray() && !value.isUndefined() && !value.isNull())
        return fail(ErrorCode::InvalidConfig, u"endOffsets: write an array of offsets, newest last"_s);
    const QJsonArray ends = value.toArray();
    for (qsizetype i = 0; i < ends.size(); ++i) {
        const auto end = wholeNumber(ends.at(i), u"endOffsets[%1]"_s.arg(i));
        if (!end)
            return tl::unexpected<Error>(end.error());
        if (*end)
            question.ends.push_back({**end});
    }
    return {};
}

Status readSamples(const QJsonValue& value, Question& question)
{
    if (!value.isArray())
        return fail(ErrorCode::InvalidConfig, u"samples: write an array, oldest first"_s);
    const QJsonArray samples = value.toArray();
    for (qsizetype i = 0; i < samples.size(); ++i) {
        if (samples.at(i).isNull())
            continue;
        const QString place = u"samples[%1]"_s.arg(i);
        if (!samples.at(i).isObject())
            return fail(ErrorCode::InvalidConfig, place + u": write { offset, atMs, observedAtMs, lag }"_s);
        const QJsonObject sample = samples.at(i).toObject();
        const auto offset = wholeNumber(sample[u"offset"_s], place + u".offset"_s);
        const auto at = wholeNumber(sample[u"atMs"_s], place + u".atMs"_s, true);
        const auto observed = wholeNumber(sample[u"observedAtMs"_s], place + u".observedAtMs"_s, true);
        const auto lag = wholeNumber(sample[u"lag"_s], place + u".lag"_s);
        for (const auto* field : {&offset, &at, &observed, &lag}) {
            if (!*field)
                return tl::unexpected<Error>(field->error());
        }
        if (!*offset)
            return fail(ErrorCode::InvalidConfig, place + u".offset: is missing"_s);
        if (!*at && !*observed)
            return fail(ErrorCode::InvalidConfig, place + u".atMs: is missing, and observedAtMs too"_s);
        CommitPoint point{Offset{**offset}, utcFromMs(*at ? **at : **observed), std::nullopt};
        if (*lag)
            point.lag = MessageCount{**lag};
        question.commits.push_back(point);
    }
    return {};
}

Result<Question> readQuestion(QByteArrayView input)
{
    if (input.size() > maxInputBytes)
        return fail(ErrorCode::InvalidConfig, u"the input is larger than 16 MiB"_s);
    QJsonParseError fault;
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray(input.data(), input.size()), &fault);
    if (fault.error != QJsonParseError::NoError)
        return fail(ErrorCode::InvalidConfig, u"no JSON at byte %1: %2"_s.arg(fault.offset).arg(fault.errorString()));
    if (!document.isObject())
        return fail(ErrorCode::InvalidConfig,
                    u"write one JSON object with policy, nowMs, currentLag, endOffsets and samples"_s);
    const QJsonObject object = document.object();

    Question question;
    const QString policy = object[u"policy"_s].toString();
    if (policy != u"burrow" && policy != u"spillway")
        return fail(ErrorCode::InvalidConfig,
                    u"policy: write \"burrow\" or \"spillway\", not \"%1\""_s.arg(visibleText(policy.left(40))));
    question.isBurrow = policy == u"burrow";
    const auto now = wholeNumber(object[u"nowMs"_s], u"nowMs"_s, true);
    const auto currentLag = wholeNumber(object[u"currentLag"_s], u"currentLag"_s);
    const auto allowedLag = wholeNumber(object[u"allowedLag"_s], u"allowedLag"_s);
    for (const auto* field : {&now, &currentLag, &allowedLag}) {
        if (!*field)
            return tl::unexpected<Error>(field->error());
    }
    if (!*now)
        return fail(ErrorCode::InvalidConfig, u"nowMs: is missing"_s);
    question.now = utcFromMs(**now);
    question.allowedLag = MessageCount{allowedLag->value_or(0)};
    if (const Status ends = readEnds(object[u"endOffsets"_s], question); !ends)
        return tl::unexpected<Error>(ends.error());
    if (const Status samples = readSamples(object[u"samples"_s], question); !samples)
        return tl::unexpected<Error>(samples.error());
    if (*currentLag)
        question.currentLag = MessageCount{**currentLag};
    else if (!question.commits.empty() && !question.ends.empty())
        question.currentLag = lagOf(question.commits.back().offset, question.ends.back());
    return question;
}

/// Ends only grow while a topic lives. They were sampled apart from the commits, so that an end below a commit alone
/// proves nothing.
bool endsWentBack(const Question& question)
{
    return !question.commits.empty() && !question.ends.empty() &&
           !std::is_sorted(question.ends.begin(), question.ends.end()) &&
           question.commits.back().offset > question.ends.back();
}

QByteArray answer(const QString& state, int rule, const QString& evidence)
{
    JsonWriter json;
    json.beginObject().field(u"state", state).field(u"rule", rule).field(u"evidence", evidence).endObject();
    return json.json();
}

} // namespace

Result<QByteArray> evaluateLagJson(QByteArrayView input)
{
    const Result<Question> question = readQuestion(input);
    if (!question)
        return tl::unexpected<Error>(question.error());
    if (question->isBurrow) {
        if (!question->currentLag && !question->commits.empty())
            return fail(ErrorCode::InvalidConfig,
                        u"currentLag: is missing, and there is no endOffsets to take it from"_s);
        const BurrowVerdict verdict = judgeLikeBurrow(question->now, question->currentLag.value_or(MessageCount{}),
                                                      question->allowedLag, question->commits, question->ends);
        return answer(burrowStateWord(verdict.state), verdict.rule, verdict.evidence);
    }
    LagFacts facts;
    facts.now = question->now;
    facts.isTopicRecreated = endsWentBack(*question);
    facts.currentLag = question->currentLag;
    facts.allowedLag = question->allowedLag;
    facts.commits = question->commits;
    facts.recentEnds = question->ends;
    const LagVerdict verdict = judgeLag(facts);
    return answer(lagStateWord(verdict.state), verdict.rule, verdict.evidence);
}

} // namespace spillway
