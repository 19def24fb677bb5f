// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/scorecard/scorecard.h"

#include "model/compatibility/schemanotices.h"
#include "model/scorecard/scorecardfacts.h"

#include <QDateTime>
#include <QSet>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

struct Item
{
    int phase;
    QStringView id;
    QStringView title;
};
constexpr std::array items{
    Item{1, u"topics-in-catalog", u"Observed topics that an event declares"},
    Item{1, u"events-with-volume", u"Events with volume and payload size"},
    Item{1, u"dead-letters-counted", u"Dead-letter topics that are read and counted"},
    Item{1, u"consumers-measured", u"Consumers whose successes and failures are logged"},
    Item{2, u"events-owned", u"Events with producer, on-call rotation and channel"},
    Item{2, u"consumers-promised", u"Consumers to whom something was promised"},
    Item{2, u"letters-owned", u"Open dead letters that have an owner"},
    Item{2, u"changes-announced", u"Schema changes announced in time"},
    Item{3, u"checks-in-pipeline", u"Pipelines that run spillwayctl"},
    Item{3, u"lint-errors", u"Lint findings of severity error"},
    Item{3, u"expired-waivers", u"Waivers whose day has passed"},
    Item{3, u"boundary-violations", u"Groups that read what they are not listed for"},
    Item{3, u"slo-alerts", u"Alerts on broken promises"},
    Item{4, u"cost-allocated", u"Cost that belongs to a team"},
    Item{4, u"calibration-error", u"Cost model against the invoice, percent off"},
    Item{4, u"unused-consumption", u"Events nobody consumes, and consumers that never read"},
    Item{4, u"retention-over-policy", u"Events kept longer than the policy allows"},
};

constexpr double all = 100;
constexpr int daysToReach = 30;

/// So many of so many, and the first that is not.
struct Share
{
    qsizetype of = 0;
    qsizetype good = 0;
    QString firstBad;
};

class Scorer
{
public:
    explicit Scorer(const ScorecardFacts& facts)
        : m_facts(facts)
    {
        for (const JoinedEvent& event : facts.events)
            m_byType.emplace(event.eventType, &event);
    }

    std::vector<ScorecardRow> score()
    {
        scoreVisibility();
        scoreOwnership();
        scoreEnforcement();
        scoreCost();
        sumUp();
        std::stable_sort(m_rows.begin(), m_rows.end(), [](const ScorecardRow& a, const ScorecardRow& b) {
            return std::tuple(a.phase, rank(a.item), scopeRank(a.scope), a.scope) <
                   std::tuple(b.phase, rank(b.item), scopeRank(b.scope), b.scope);
        });
        return std::move(m_rows);
    }

private:
    static int rank(const QString& item)
    {
        if (item == u"phase-reached")
            return -2;
        if (item == u"phase-met")
            return -1;
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (item == items[i].id)
                return static_cast<int>(i);
        }
        return static_cast<int>(items.size());
    }
    static int scopeRank(const QString& scope) { return scope == u"all" ? 0 : scope.startsWith(u"domain:") ? 1 : 2; }

    void add(int phase, const QString& item, const QString& scope, std::optional<double> value, double target,
             bool isCount, const QString& evidence, const QString& nextStep)
    {
        const bool isMet = value && (isCount ? *value <= target : *value >= target);
        m_rows.push_back({.phase = phase,
                          .item = item,
                          .scope = scope,
                          .value = value,
                          .target = target,
                          .isCount = isCount,
                          .isMet = isMet,
                          .evidence = evidence,
                          .nextStep = isMet ? QString() : nextStep});
    }

    void addShare(int phase, const QString& item, const QString& scope, const Share& share, double target,
                  const QString& noun, const std::function<QString(const QString&)>& step)
    {
        if (share.of == 0) {
            if (scope == u"all")
                add(phase, item, scope, std::nullopt, target, false, u"nothing to measure yet: 0 of 0 %1"_s.arg(noun),
                    step(QString()));
            return;
        }
        const double value = all * static_cast<double>(share.good) / static_cast<double>(share.of);
        add(phase, item, scope, value, target, false, u"%1 of %2 %3"_s.arg(share.good).arg(share.of).arg(noun),
            step(share.firstBad));
    }

    /// A claim about events, for all and by producing team and domain.
    void shareOfEvents(int phase, const QString& item, double target, const QString& noun,
                       const std::function<bool(const JoinedEvent&)>& holds,
                       const std::function<QString(const QString&)>& step)
    {
        std::map<QString, Share> shares;
        shares[u"all"_s];
        for (const JoinedEvent& event : m_facts.events) {
            const bool isGood = holds(event);
            for (const QString& scope : scopesOf(event, event.producer.team))
                count(shares[scope], isGood, event.eventType);
        }
        for (const auto& [scope, share] : shares)
            addShare(phase, item, scope, share, target, noun, step);
    }

    /// A claim about consumers, by consuming team and the event's domain.
    void shareOfConsumers(int phase, const QString& item, double target, const QString& noun,
                          const std::function<bool(const JoinedEvent&, const JoinedConsumer&)>& holds,
                          const std::function<QString(const QString&)>& step)
    {
        std::map<QString, Share> shares;
        shares[u"all"_s];
        for (const JoinedEvent& event : m_facts.events) {
            for (const JoinedConsumer& consumer : event.consumers) {
                const bool isGood = holds(event, consumer);
                for (const QString& scope : scopesOf(event, consumer.team))
                    count(shares[scope], isGood, consumer.service + u" of "_s + event.eventType);
            }
        }
        for (const auto& [scope, share] : shares)
            addShare(phase, item, scope, share, target, noun, step);
    }

    static QStringList scopesOf(const JoinedEvent& event, const QString& team)
    {
        QStringList scopes{u"all"_s};
        if (!team.isEmpty())
            scopes += u"team:"_s + team;
        if (!event.domain.isEmpty())
            scopes += u"domain:"_s + event.domain;
        return scopes;
    }

    static void count(Share& share, bool isGood, const QString& name)
    {
        ++share.of;
        share.good += isGood ? 1 : 0;
        if (!isGood && share.firstBad.isEmpty())
            share.firstBad = name;
    }

    /// Findings of some rules, for all and by the event's producing team and domain: none is the target.
    void countFindings(int phase, const QString& item, const std::vector<const LintResult*>& results,
                       const std::function<bool(const CatalogFinding&)>& counts, const QString& noun,
                       const QString& command, bool isKnown = true, const QString& unknown = {})
    {
        if (!isKnown) {
            add(phase, item, u"all"_s, std::nullopt, 0, true, unknown, u"run spillwayctl collect --once"_s);
            return;
        }
        std::map<QString, qsizetype> found;
        std::map<QString, QString> first;
        for (const JoinedEvent& event : m_facts.events) {
            for (const QString& scope : scopesOf(event, event.producer.team))
                found[scope];
        }
        found[u"all"_s];
        for (const LintResult* result : results) {
            for (const CatalogFinding& finding : result->findings) {
                if (!counts(finding))
                    continue;
                const auto event = m_byType.find(finding.event);
                for (const QString& scope : event != m_byType.end()
                                                ? scopesOf(*event->second, event->second->producer.team)
                                                : QStringList{u"all"_s}) {
                    ++found[scope];
                    if (first[scope].isEmpty())
                        first[scope] = finding.message;
                }
            }
        }
        for (const auto& [scope, number] : found)
            add(phase, item, scope, static_cast<double>(number), 0, true, u"%1: %2"_s.arg(noun).arg(number),
                first[scope].isEmpty() ? command : first[scope]);
    }

    [[nodiscard]] bool isObserved() const
    {
        return !m_facts.observed.topics.empty() || !m_facts.observed.clusterTopics.empty() ||
               !m_facts.observed.readings.empty();
    }

    void scoreVisibility()
    {
        std::set<QString> declared, observed, undeclared;
        for (const JoinedEvent& event : m_facts.events)
            declared.insert(event.topic);
        for (const KnownTopic& topic : m_facts.observed.topics) {
            if (topic.facts.exists == true && declared.contains(topic.facts.topic))
                observed.insert(topic.facts.topic);
        }
        for (const CatalogFinding& finding : m_facts.drift.findings) {
            if (finding.rule == u"topic-undeclared")
                undeclared.insert(finding.message);
        }
        const qsizetype of = static_cast<qsizetype>(observed.size() + undeclared.size());
        addShare(1, u"topics-in-catalog"_s, u"all"_s,
                 {.of = of,
                  .good = static_cast<qsizetype>(observed.size()),
                  .firstBad = undeclared.empty() ? QString() : *undeclared.begin()},
                 all, u"topics on the brokers are declared"_s,
                 [](const QString& bad) { return bad.isEmpty() ? u"run spillwayctl collect --once"_s : bad; });
        shareOfEvents(
            1, u"events-with-volume"_s, all, u"events have volume and payload size"_s,
            [](const JoinedEvent& event) { return event.avgDailyVolume && event.avgPayloadBytes; },
            [](const QString& bad) {
                return bad.isEmpty()
                           ? u"add the first event to event-catalog.yaml"_s
                           : u"add avg_daily_volume and avg_payload_bytes to %1; `spillwayctl catalog drift --apply` writes what was measured"_s
                                 .arg(bad);
            });
        addShare(1, u"dead-letters-counted"_s, u"all"_s,
                 {.of = m_facts.deadLetterChannels, .good = m_facts.deadLetterChannelsRead, .firstBad = {}}, all,
                 u"dead-letter topics of the workspace were found"_s, [&](const QString&) {
                     return m_facts.deadLetterChannels == 0 ? u"name the dead-letter topics in spillway.yaml"_s
                                                            : u"`spillwayctl dlq channels` says which are missing"_s;
                 });
        QSet<std::pair<QString, QString>> logged;
        for (const LoggedVolume& volume : m_facts.observed.logged)
            logged.insert({volume.consumer, volume.eventType});
        shareOfConsumers(
            1, u"consumers-measured"_s, 90, u"consumers logged their work in the last 7 days"_s,
            [&](const JoinedEvent& event, const JoinedConsumer& consumer) {
                return logged.contains({consumer.service, event.eventType});
            },
            [](const QString& bad) {
                return bad.isEmpty() ? u"list the first consumer in ownership.yaml"_s
                                     : u"have %1 write processing-log records"_s.arg(bad);
            });
    }

    void scoreOwnership()
    {
        shareOfEvents(
            2, u"events-owned"_s, all, u"events have producer, rotation and channel"_s,
            [](const JoinedEvent& event) {
                return event.ownedAt && !event.producer.team.isEmpty() && !event.producer.service.isEmpty() &&
                       !event.producer.oncallRotation.isEmpty() && !event.producer.slackChannel.isEmpty();
            },
            [](const QString& bad) {
                return bad.isEmpty() ? u"add the first event to ownership.yaml"_s
                                     : u"complete the producer of %1 in ownership.yaml"_s.arg(bad);
            });
        shareOfConsumers(
            2, u"consumers-promised"_s, 90, u"consumers have a promise"_s,
            [](const JoinedEvent&, const JoinedConsumer& consumer) { return consumer.sloProcessingTimeMs.has_value(); },
            [](const QString& bad) {
                return bad.isEmpty() ? u"list the first consumer in ownership.yaml"_s
                                     : u"agree on slo_processing_time_ms for %1"_s.arg(bad);
            });
        std::int64_t open = 0, owned = 0;
        QString unowned;
        for (const OpenLetterCount& letters : m_facts.openLetters) {
            open += letters.open;
            owned += letters.team ? letters.open : 0;
            if (!letters.team && unowned.isEmpty())
                unowned = letters.eventType.value_or(u"letters of no known event"_s);
        }
        if (isObserved() && open == 0)
            add(2, u"letters-owned"_s, u"all"_s, all, all, false, u"no dead letter is open"_s, {});
        else
            addShare(2, u"letters-owned"_s, u"all"_s,
                     {.of = static_cast<qsizetype>(open), .good = static_cast<qsizetype>(owned), .firstBad = unowned},
                     all, u"open dead letters have an owner"_s, [](const QString& bad) {
                         return bad.isEmpty() ? u"run spillwayctl collect --once"_s
                                              : u"list the consumer that failed on %1 in ownership.yaml"_s.arg(bad);
                     });
        scoreAnnouncements();
    }

    /// Of the changes of the last 90 days (`last_schema_change` of events with a second version or later): how many
    /// were told to a consuming team so many days before.
    void scoreAnnouncements()
    {
        constexpr int daysBack = 90;
        const int notice = m_facts.rules.schemaChangeNoticeDays.value_or(7);
        const QDate today = QDateTime::fromMSecsSinceEpoch(toMs(m_facts.observed.now), Qt::UTC).date();
        Share share;
        bool isAnyKnown = false;
        for (const JoinedEvent& event : m_facts.events) {
            const QDate changed = QDate::fromString(event.lastSchemaChange, Qt::ISODate);
            const int version = event.currentVersion.value_or(1);
            isAnyKnown = isAnyKnown || changed.isValid();
            if (version < 2 || !changed.isValid() || changed > today || changed < today.addDays(-daysBack))
                continue;
            const auto told = m_facts.announced.constFind(schemaOccasion(event.eventType, version));
            const bool isInTime =
                told != m_facts.announced.constEnd() &&
                QDateTime::fromMSecsSinceEpoch(toMs(*told), Qt::UTC).date().addDays(notice) <= changed;
            count(share, isInTime, event.eventType);
        }
        if (!isAnyKnown)
            add(2, u"changes-announced"_s, u"all"_s, std::nullopt, 90, false,
                u"no event says when its schema changed last"_s, u"write last_schema_change in the catalog"_s);
        else if (share.of == 0)
            add(2, u"changes-announced"_s, u"all"_s, all, 90, false,
                u"no schema has changed in the last %1 days"_s.arg(daysBack), {});
        else
            addShare(
                2, u"changes-announced"_s, u"all"_s, share, 90,
                u"schema changes of the last %1 days were announced %2 days before"_s.arg(daysBack).arg(notice),
                [notice](const QString& bad) {
                    return u"announce the next change of %1 %2 days before: spillwayctl notify send %1"_s.arg(bad).arg(
                        notice);
                });
    }

    void scoreEnforcement()
    {
        const auto pipelines = static_cast<double>(m_facts.pipelines.size());
        add(3, u"checks-in-pipeline"_s, u"all"_s,
            m_facts.hasRepository ? std::optional(pipelines > 0 ? all : 0.0) : std::nullopt, all, false,
            !m_facts.hasRepository        ? u"the workspace lies in no Git repository"_s
            : m_facts.pipelines.isEmpty() ? u"no pipeline of the repository runs spillwayctl"_s
                                          : m_facts.pipelines.join(u", "_s),
            u"run `spillwayctl catalog lint` and `spillwayctl schema check` for each pull request"_s);
        countFindings(
            3, u"lint-errors"_s, {&m_facts.lint},
            [](const CatalogFinding& finding) {
                return finding.severity == LintSeverity::Error && finding.rule != u"expired-waiver";
            },
            u"lint errors"_s, u"spillwayctl catalog lint"_s);
        const auto expired =
            std::count_if(m_facts.lint.findings.begin(), m_facts.lint.findings.end(),
                          [](const CatalogFinding& finding) { return finding.rule == u"expired-waiver"; });
        add(3, u"expired-waivers"_s, u"all"_s, static_cast<double>(expired), 0, true,
            u"expired waivers: %1"_s.arg(expired),
            u"mend what catalog-lint.yaml waives, or write a later day with a reason"_s);
        countFindings(
            3, u"boundary-violations"_s, {&m_facts.drift},
            [](const CatalogFinding& finding) { return finding.rule == u"boundary-violation"; },
            u"groups that read what they are not listed for"_s, u"spillwayctl catalog drift"_s, isObserved(),
            u"nothing was observed yet"_s);
        add(3, u"slo-alerts"_s, u"all"_s, m_facts.rules.sloViolationAlert ? all : 0, all, false,
            m_facts.rules.sloViolationAlert ? u"slo_violation_alert is true"_s : u"slo_violation_alert is not true"_s,
            u"write slo_violation_alert: true under governance_rules"_s);
    }

    /// How far the model is from the newest invoice, in percent of the invoice.
    void scoreCalibration()
    {
        constexpr double mostPercent = 10;
        const QString step = u"import a month's invoice: spillwayctl cost invoice import FILE"_s;
        if (!m_facts.invoiced || m_facts.invoiced->invoiced.micros == 0) {
            add(4, u"calibration-error"_s, u"all"_s, std::nullopt, mostPercent, true, u"no invoice was compared"_s,
                step);
            return;
        }
        const InvoiceComparison& month = *m_facts.invoiced;
        const double error = all * std::abs(static_cast<double>(month.invoiced.micros - month.modelled.micros)) /
                             std::abs(static_cast<double>(month.invoiced.micros));
        add(4, u"calibration-error"_s, u"all"_s, error, mostPercent, true,
            u"%1 to %2: %3 modelled, %4 %5 invoiced, profile %6"_s.arg(
                month.first.toString(Qt::ISODate), month.last.toString(Qt::ISODate), formatMoney(month.modelled, 2),
                formatMoney(month.invoiced, 2), month.currency, month.profile),
            u"see which rates are off: spillwayctl cost --from %1 --to %2 --profile '%3'"_s.arg(
                month.first.toString(Qt::ISODate), month.last.toString(Qt::ISODate), month.profile));
    }

    void scoreCost()
    {
        // Capacity that nobody uses is no team's, and naming teams does not change that: it is told, not counted.
        const Money idle = m_facts.cost ? m_facts.cost->idle.total : Money{};
        const Money used = m_facts.cost ? Money{m_facts.cost->total.total.micros - idle.micros} : Money{};
        if (used.micros > 0) {
            const auto total = static_cast<double>(used.micros);
            const auto loose = static_cast<double>(m_facts.cost->unattributed.total.micros);
            const qsizetype unknown = m_facts.cost->basis.unknownEvents.size();
            add(4, u"cost-allocated"_s, u"all"_s, all * (total - loose) / total, 95, false,
                u"%1 of %2 %3 a day%4; events without a price: %5"_s
                    .arg(formatMoney(Money{used.micros - m_facts.cost->unattributed.total.micros}, 2),
                         formatMoney(used, 2), m_facts.cost->currency,
                         idle.micros > 0 ? u", without %1 of idle capacity"_s.arg(formatMoney(idle, 2)) : QString())
                    .arg(unknown),
                u"name the team of every producer and consumer"_s);
        } else {
            add(4, u"cost-allocated"_s, u"all"_s, std::nullopt, 95, false, u"no event can be priced"_s,
                u"add avg_daily_volume and avg_payload_bytes to the largest event"_s);
        }
        scoreCalibration();
        countFindings(
            4, u"unused-consumption"_s, {&m_facts.lint, &m_facts.drift},
            [](const CatalogFinding& finding) {
                return finding.rule == u"orphan-event" || finding.rule == u"group-absent";
            },
            u"events or consumers without use"_s, u"spillwayctl catalog drift"_s, isObserved(),
            u"nothing was observed yet"_s);
        std::map<QString, Share> over;
        over[u"all"_s];
        for (const JoinedEvent& event : m_facts.events) {
            for (const QString& scope : scopesOf(event, event.producer.team))
                count(over[scope], !event.retentionDays || *event.retentionDays <= m_facts.maxRetentionDays,
                      event.eventType);
        }
        for (const auto& [scope, share] : over)
            add(4, u"retention-over-policy"_s, scope, static_cast<double>(share.of - share.good), 0, true,
                u"kept longer than %3 days: %1 of %2 events"_s.arg(share.of - share.good)
                    .arg(share.of)
                    .arg(m_facts.maxRetentionDays),
                u"shorten retention_days of %1"_s.arg(share.firstBad));
    }

    /// `phase-met`: how it stands now. `phase-reached`: met now and on every recorded day of the last 30, so that a
    /// phase can be lost again.
    void sumUp()
    {
        const QDate today = QDateTime::fromMSecsSinceEpoch(toMs(m_facts.observed.now), Qt::UTC).date();
        std::map<std::pair<int, QString>, Share> known;
        std::map<std::pair<int, QString>, qsizetype> unknown;
        std::map<std::pair<int, QString>, QString> steps;
        for (const ScorecardRow& row : m_rows) {
            const std::pair key(row.phase, row.scope);
            if (row.value)
                count(known[key], row.isMet, row.item);
            else
                ++unknown[key];
            if (!row.isMet && (steps[key].isEmpty() || (row.value && known[key].good + 1 == known[key].of)))
                steps[key] = row.nextStep;
        }
        for (const auto& [key, share] : known) {
            const auto& [phase, scope] = key;
            const qsizetype missing = unknown[key];
            const bool isMet = share.good == share.of && share.of >= missing;
            // of the items that count, so that value against target says the same as isMet
            const qsizetype counted = share.of >= missing ? share.of : share.of + missing;
            const double value = all * static_cast<double>(share.good) / static_cast<double>(counted);
            const QString evidence =
                u"%1 of %2 items met, %3 not known"_s.arg(share.good).arg(share.of + missing).arg(missing);
            ScorecardRow now{.phase = phase,
                             .item = u"phase-met"_s,
                             .scope = scope,
                             .value = value,
                             .target = all,
                             .isCount = false,
                             .isMet = isMet,
                             .evidence = evidence,
                             .nextStep = isMet ? QString() : steps[key]};
            m_rows.push_back(now);
            if (scope != u"all")
                continue;
            // Days in a row up to yesterday, then today.
            int days = isMet ? 1 : 0;
            QDate expected = today.addDays(-1);
            for (const ScorecardDay& day : m_facts.history) {
                if (!isMet || day.phase != phase || day.day >= today)
                    continue;
                if (day.day != expected || !day.isReached)
                    break;
                ++days;
                expected = expected.addDays(-1);
            }
            ScorecardRow reached = now;
            reached.item = u"phase-reached"_s;
            reached.value = days;
            reached.target = daysToReach;
            reached.isMet = days >= daysToReach;
            reached.evidence = isMet ? u"met on %1 in a row"_s.arg(days == 1 ? u"1 day"_s : u"%1 days"_s.arg(days))
                                     : u"not met today: "_s + evidence;
            reached.nextStep =
                reached.isMet ? QString()
                : isMet       ? u"keep it so until %1"_s.arg(today.addDays(daysToReach - days).toString(Qt::ISODate))
                              : steps[key];
            m_rows.push_back(reached);
        }
    }

    const ScorecardFacts& m_facts;
    std::map<QString, const JoinedEvent*> m_byType;
    std::vector<ScorecardRow> m_rows;
};

} // namespace

QString scorecardPhaseWord(int phase)
{
    switch (phase) {
    case 1:
        return u"visibility"_s;
    case 2:
        return u"ownership"_s;
    case 3:
        return u"enforcement"_s;
    default:
        return u"cost"_s;
    }
}

QString scorecardItemTitle(QStringView item)
{
    if (item == u"phase-reached")
        return u"Days in a row on which the phase was met"_s;
    if (item == u"phase-met")
        return u"Items of the phase that are met"_s;
    for (const Item& known : items) {
        if (known.id == item)
            return known.title.toString();
    }
    return item.toString();
}

std::vector<ScorecardRow> scorecard(const ScorecardFacts& facts)
{
    return Scorer(facts).score();
}

} // namespace spillway
