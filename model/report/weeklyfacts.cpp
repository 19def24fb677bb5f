// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/report/weekly.h"

#include "model/base/text.h"

#include <QDateTime>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace spillway::report {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int eventsPerRead = 200;
constexpr int mostBars = 31;
constexpr qint64 dayMs = 86'400'000;

/// One bar a day, or as many as fit. A meeting that is held some hours later than a week after the last one has seven.
int partsOf(const ReviewPeriod& period)
{
    const auto days = (period.length().count() + dayMs / 2) / dayMs;
    return static_cast<int>(std::clamp<qint64>(days, 1, mostBars));
}

/// Hands over the ledger's events whose type begins so, oldest first.
Status eachEvent(const QString& ledgerFile, const QString& type, const std::function<void(const LedgerEvent&)>& take)
{
    for (std::int64_t after = 0;;) {
        const auto events = readLedger(ledgerFile, after, eventsPerRead, type);
        if (!events)
            return tl::unexpected<Error>(events.error());
        if (events->empty())
            return {};
        after = events->back().seq;
        std::for_each(events->begin(), events->end(), take);
    }
}

QJsonObject bodyOf(const LedgerEvent& event)
{
    return QJsonDocument::fromJson(event.body).object();
}

/// Letters that people and rules moved in the period, per state and person; what was taken back, whenever that was,
/// does not count.
Result<std::vector<DecisionCount>> decisionsIn(const QString& ledgerFile, const ReviewPeriod& period)
{
    if (!QFile::exists(ledgerFile))
        return std::vector<DecisionCount>{};
    std::set<std::int64_t> takenBack;
    std::map<std::int64_t, std::set<std::int64_t>> undos; // what each took back: taken back itself, it counts again
    const Status undone = eachEvent(ledgerFile, u"deadletter.undone"_s, [&](const LedgerEvent& event) {
        const QJsonArray reverts = bodyOf(event)["reverts"_L1].toArray();
        std::set<std::int64_t>& its = undos[event.seq];
        for (const QJsonValue& one : reverts) {
            const std::int64_t seq = one.toInteger();
            if (const auto undo = undos.find(seq); undo != undos.end()) {
                for (const std::int64_t again : undo->second)
                    takenBack.erase(again);
            } else {
                takenBack.insert(seq);
                its.insert(seq);
            }
        }
    });
    if (!undone)
        return tl::unexpected<Error>(undone.error());
    std::map<std::pair<QString, QString>, std::int64_t> counts;
    const Status counted = eachEvent(ledgerFile, u"deadletter.triaged"_s, [&](const LedgerEvent& event) {
        if (event.at < period.from || event.at >= period.until || takenBack.contains(event.seq))
            return;
        const QJsonObject body = bodyOf(event);
        counts[{body["to"_L1].toString(), event.actor}] += body["letters"_L1].toArray().size();
    });
    if (!counted)
        return tl::unexpected<Error>(counted.error());
    std::vector<DecisionCount> decisions;
    for (const auto& [key, letters] : counts)
        decisions.push_back({.state = key.first, .actor = key.second, .letters = letters});
    std::sort(decisions.begin(), decisions.end(), [](const DecisionCount& a, const DecisionCount& b) {
        return std::tuple(-a.letters, a.state, a.actor) < std::tuple(-b.letters, b.state, b.actor);
    });
    return decisions;
}

BarChart arrivalChart(const std::vector<GroupActivity>& activity, const ReviewPeriod& period, int parts)
{
    const auto utcText = [](UtcTime time, const QString& format) {
        return QDateTime::fromMSecsSinceEpoch(toMs(time), Qt::UTC).toString(format);
    };
    const bool isDays = period.length().count() == parts * dayMs;
    BarChart chart{
        .title = isDays ? u"Dead letters that arrived, per day up to %1 UTC"_s.arg(utcText(period.until, u"HH:mm"_s))
                        : u"Dead letters that arrived, per %1 (UTC)"_s.arg(formatDuration(period.length() / parts)),
        .labels = {},
        .amounts = {}};
    chart.amounts.assign(static_cast<std::size_t>(parts), 0);
    for (const GroupActivity& one : activity) {
        for (std::size_t part = 0; part < one.arrivals.size(); ++part)
            chart.amounts[part] += one.arrivals[part];
    }
    for (int part = 0; part < parts; ++part) {
        const UtcTime end = period.from + period.length() * (part + 1) / parts;
        if (isDays) {
            chart.labels += utcText(end, u"MM-dd"_s);
            continue;
        }
        const UtcTime begin = period.from + period.length() * part / parts;
        const bool isOneDay = utcText(begin, u"MM-dd"_s) == utcText(end, u"MM-dd"_s);
        chart.labels +=
            utcText(begin, u"MM-dd HH:mm"_s) + u"–"_s + utcText(end, isOneDay ? u"HH:mm"_s : u"MM-dd HH:mm"_s);
    }
    return chart;
}

} // namespace

Result<WeeklyFacts> readWeeklyFacts(Database& reader, const QString& ledgerFile, const WeeklyQuestion& question,
                                    std::stop_token stop)
{
    const int parts = partsOf(question.period);
    QStringList named; // in the minutes, whatever became of their letters
    if (question.review)
        named = question.review->carriedOver();
    auto activity = groupActivity(reader, question.period, parts, stop, named);
    if (!activity)
        return tl::unexpected<Error>(activity.error());
    const auto totals = deadLetterTotals(reader);
    if (!totals)
        return tl::unexpected<Error>(totals.error());
    auto decisions = decisionsIn(ledgerFile, question.period);
    if (!decisions)
        return tl::unexpected<Error>(decisions.error());
    auto jobs = replayJobs(reader, StateHolder::Alive);
    if (!jobs)
        return tl::unexpected<Error>(jobs.error());
    std::erase_if(*jobs, [&](const ReplayJobRow& job) {
        return job.createdAt < question.period.from || job.createdAt >= question.period.until;
    });
    WeeklyFacts facts{.workspace = question.workspace,
                      .environment = question.environment,
                      .period = question.period,
                      .madeAt = question.period.until,
                      .totals = *totals,
                      .activity = std::move(*activity),
                      .decisions = std::move(*decisions),
                      .replays = std::move(*jobs),
                      .review = question.review};
    facts.teams = teamActivity(facts.activity);
    facts.agenda = makeAgenda(facts.activity, question.period, question.carriedOver, question.pastAge);
    facts.charts.push_back(arrivalChart(facts.activity, question.period, parts));
    return facts;
}

} // namespace spillway::report
