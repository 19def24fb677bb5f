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

/// What is wrong with the input, a line each.
class Faults
{
public:
    void add(const QString& fault)
    {
        constexpr qsizetype most = 20; // a wrong field of every sample is told well enough
        if (m_lines.size() < most)
            m_lines += fault;
    }
    /// The value; nullopt where there is none, or where it is at fault.
    template<typename T>
    std::optional<T> take(const Result<std::optional<T>>& value)
    {
        if (value)
            return *value;
        add(value.error().detail);
        return std::nullopt;
    }
    [[nodiscard]] const QStringList& lines() const { return m_lines; }

private:
    QStringList m_lines;
};

void readEnds(const QJsonValue& value, Question& question, Faults& faults)
{
    if (!value.isArray() && !value.isUndefined() && !value.isNull())
        faults.add(u"endOffsets: write an array of offsets, newest last"_s);
    const QJsonArray ends = value.toArray();
    for (qsizetype i = 0; i < ends.size(); ++i) {
        if (const auto end = faults.take(wholeNumber(ends.at(i), u"endOffsets[%1]"_s.arg(i))))
            question.ends.push_back({*end});
    }
}

void readSample(const QJsonObject& sample, const QString& place, Question& question, Faults& faults)
{
    const auto offset = wholeNumber(sample[u"offset"_s], place + u".offset"_s);
    const auto at = wholeNumber(sample[u"atMs"_s], place + u".atMs"_s, true);
    const auto observed = wholeNumber(sample[u"observedAtMs"_s], place + u".observedAtMs"_s, true);
    const auto lag = wholeNumber(sample[u"lag"_s], place + u".lag"_s);
    for (const auto* field : {&offset, &at, &observed, &lag})
        (void)faults.take(*field);
    if (offset && !*offset)
        faults.add(place + u".offset: is missing"_s);
    if (at && observed && !*at && !*observed)
        faults.add(place + u".atMs: is missing, and observedAtMs too"_s);
    if (!offset || !*offset || !at || !observed || (!*at && !*observed) || !lag)
        return;
    CommitPoint point{Offset{**offset}, utcFromMs(*at ? **at : **observed), std::nullopt};
    if (*lag)
        point.lag = MessageCount{**lag};
    question.commits.push_back(point);
}

void readSamples(const QJsonValue& value, Question& question, Faults& faults)
{
    if (!value.isArray())
        faults.add(u"samples: write an array, oldest first"_s);
    const QJsonArray samples = value.toArray();
    for (qsizetype i = 0; i < samples.size(); ++i) {
        const QString place = u"samples[%1]"_s.arg(i);
        if (samples.at(i).isObject())
            readSample(samples.at(i).toObject(), place, question, faults);
        else if (!samples.at(i).isNull())
            faults.add(place + u": write { offset, atMs, observedAtMs, lag }"_s);
    }
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
    Faults faults;
    const QString policy = object[u"policy"_s].toString();
    if (policy != u"burrow" && policy != u"spillway")
        faults.add(u"policy: write \"burrow\" or \"spillway\", not \"%1\""_s.arg(visibleText(policy.left(40))));
    question.isBurrow = policy == u"burrow";
    const auto now = wholeNumber(object[u"nowMs"_s], u"nowMs"_s, true);
    if (now && !*now)
        faults.add(u"nowMs: is missing"_s);
    question.now = utcFromMs(faults.take(now).value_or(0));
    const auto currentLag = faults.take(wholeNumber(object[u"currentLag"_s], u"currentLag"_s));
    question.allowedLag = MessageCount{faults.take(wholeNumber(object[u"allowedLag"_s], u"allowedLag"_s)).value_or(0)};
    readEnds(object[u"endOffsets"_s], question, faults);
    readSamples(object[u"samples"_s], question, faults);
    if (!faults.lines().isEmpty())
        return fail(ErrorCode::InvalidConfig, faults.lines().join(u'\n'));
    if (currentLag)
        question.currentLag = MessageCount{*currentLag};
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
