// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/workspace/headerpolicy.h"

#include "model/base/text.h"
#include "model/workspace/issuelist.h"

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

constexpr qsizetype longestPattern = 249; // characters; far beyond the names that frameworks give

struct HeaderSet
{
    QStringView word;
    std::vector<QByteArray> patterns;
};

const std::array<HeaderSet, 2>& headerSets()
{
    static const std::array<HeaderSet, 2> sets{
        // The trace that a message belonged to when it failed: W3C, Zipkin (B3), Jaeger, OpenTracing, Datadog, Elastic,
        // Sentry, New Relic, SkyWalking, Google Cloud.
        {{u"trace",
          {"traceparent", "tracestate", "baggage", "b3", "X-B3-*", "x-b3-*", "uber-trace-id", "uberctx-*",
           "ot-tracer-*", "ot-baggage-*", "x-datadog-*", "elastic-apm-traceparent", "sentry-trace",
           "elasticapmtraceparent", "newrelic", "sw8", "sw8-*", "X-Cloud-Trace-Context", "X-Amzn-Trace-Id"}},
         // Marks by which replicators know what they have copied: MSK Replicator leaves out, or stops at, what bears
         // its own; Confluent Replicator the same. MirrorMaker 2 writes none of its own.
         {u"replicator", {"__mskmr*", "__replicator_id", "X-Amz*", "x-amz*"}}}};
    return sets;
}

QByteArray bytesOf(const QString& pattern)
{
    return pattern.trimmed().toUtf8();
}

void readPatterns(const QStringList& patterns, QStringView option, std::vector<QByteArray>& into, QStringList& faults)
{
    for (const QString& pattern : patterns) {
        const QString fault = faultOfHeaderPattern(pattern);
        if (fault.isEmpty())
            into.push_back(bytesOf(pattern));
        else
            faults += u"%1 '%2' %3"_s.arg(option, visibleText(pattern), fault);
    }
}

} // namespace

bool HeaderChoice::fits(QByteArrayView name) const
{
    return pattern.endsWith('*') ? name.startsWith(QByteArrayView(pattern).chopped(1)) : name == pattern;
}

QStringList headerSetWords()
{
    QStringList words;
    for (const HeaderSet& set : headerSets())
        words += set.word.toString();
    return words;
}

std::vector<QByteArray> headersOfSet(QStringView word)
{
    const auto& sets = headerSets();
    const auto found =
        std::find_if(sets.begin(), sets.end(), [word](const HeaderSet& set) { return set.word == word; });
    return found == sets.end() ? std::vector<QByteArray>() : found->patterns;
}

QString faultOfHeaderPattern(QStringView pattern)
{
    const QStringView name = pattern.trimmed();
    if (name.isEmpty())
        return u"names no header; write its name, or what it begins with and a *"_s;
    if (name.size() > longestPattern)
        return u"is longer than %1 characters; write what the name begins with and a *"_s.arg(longestPattern);
    if (name.chopped(1).contains(u'*'))
        return u"has a * that is not at its end; write what the names begin with, like x-debug-*"_s;
    if (name.startsWith(u"spillway-replay-"))
        return u"is Spillway's own: each replay writes these headers anew; leave it out"_s;
    return {};
}

Result<HeaderPolicy> parseHeaderPolicy(const QStringList& drop, const QStringList& keep, const QStringList& sets)
{
    HeaderPolicy policy;
    QStringList faults;
    readPatterns(drop, u"--drop-header", policy.drop, faults);
    readPatterns(keep, u"--keep-header", policy.keep, faults);
    for (const QString& word : sets) {
        const QString set = word.trimmed();
        if (headerSetWords().contains(set))
            policy.sets += set;
        else
            faults += u"--drop-set '%1' is not a set of headers%2; write %3"_s.arg(
                visibleText(set), didYouMean(set, headerSetWords()), headerSetWords().join(u" or "_s));
    }
    if (!faults.isEmpty())
        return fail(ErrorCode::InvalidConfig, faults.join(u'\n'));
    return policy;
}

std::vector<HeaderChoice> headerChoices(const std::vector<HeaderPolicy>& policies)
{
    std::vector<HeaderChoice> choices;
    for (const HeaderPolicy& policy : policies) {
        for (const QByteArray& pattern : policy.keep)
            choices.push_back({pattern, true});
        for (const QByteArray& pattern : policy.drop)
            choices.push_back({pattern, false});
        for (const QString& set : policy.sets) {
            for (const QByteArray& pattern : headersOfSet(set))
                choices.push_back({pattern, false});
        }
    }
    return choices;
}

} // namespace spillway
