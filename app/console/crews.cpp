// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/crews.h"

#include "app/console/topicsduty.h"
#include "connectors/kafka/connection.h"
#include "model/deadletter/deadletterintake.h"
#include "model/lag/lagsampler.h"
#include "model/slo/jsonlsource.h"
#include "model/slo/processingintake.h"

#include <QDateTime>
#include <QFileInfo>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr Millis fileInterval{1'000};  // how often a log file is looked at
constexpr Millis rulesInterval{2'000}; // how often grouping.yaml is looked at
constexpr Millis followFor{250};       // a follower's turn: how long a stop may have to wait

class LagDuty final : public Duty
{
public:
    LagDuty(std::shared_ptr<KafkaConnection> connection, StoreWriter& writer, const Catalog& catalog,
            const Clock& clock, const QStringList& connections)
        : m_connection(std::move(connection))
        , m_source(m_connection->lagSource())
        , m_sampler(*m_source, writer, catalog, clock, m_connection->settings(), connections)
    {
    }
    [[nodiscard]] DutyKind kind() const override { return DutyKind::Lag; }
    [[nodiscard]] QString name() const override { return u"lag"_s; }
    [[nodiscard]] Millis interval() const override { return m_connection->settings().sampleInterval; }
    [[nodiscard]] CollectReport step(std::stop_token stop) override { return once(stop); }
    [[nodiscard]] CollectReport once(std::stop_token stop) override
    {
        const std::lock_guard lock(m_turn);
        CollectReport report;
        const auto sample = m_sampler.sampleOnce(stop);
        if (!sample) {
            report.failures.push_back(sample.error());
            return report;
        }
        report.lagSamples = sample->rows;
        report.failures = sample->failures;
        return report;
    }

private:
    std::mutex m_turn; // guards: m_source, m_sampler
    std::shared_ptr<KafkaConnection> m_connection;
    std::unique_ptr<LagSource> m_source;
    LagSampler m_sampler;
};

/// Notices that grouping.yaml changed while letters are followed. A faulty file changes nothing and is said.
class GroupingWatch
{
public:
    GroupingWatch(const Workspace& workspace, GroupingInUse& grouping, const Clock& clock)
        : m_workspace(workspace)
        , m_grouping(grouping)
        , m_clock(clock)
        , m_seen(stamp())
    {
    }
    [[nodiscard]] std::optional<Error> look()
    {
        if (m_clock.now() < m_next)
            return std::nullopt;
        m_next = m_clock.now() + rulesInterval;
        const auto now = stamp();
        if (now == m_seen)
            return std::nullopt;
        m_seen = now;
        auto knowledge = loadGroupingKnowledge(m_workspace);
        if (!knowledge)
            return knowledge.error();
        m_grouping.exchange(std::move(*knowledge));
        return std::nullopt;
    }

private:
    [[nodiscard]] std::pair<QDateTime, qint64> stamp() const
    {
        const QFileInfo file(m_workspace.groupingFile);
        return m_workspace.groupingFile.isEmpty() ? std::pair<QDateTime, qint64>()
                                                  : std::pair(file.lastModified(), file.size());
    }

    const Workspace& m_workspace;
    GroupingInUse& m_grouping;
    const Clock& m_clock;
    std::pair<QDateTime, qint64> m_seen;
    UtcTime m_next{};
};

class DeadLetterDuty final : public Duty
{
public:
    DeadLetterDuty(std::shared_ptr<KafkaConnection> connection, StoreWriter& writer, const Context& context,
                   const LetterKnowledge& knowledge, const Clock& clock)
        : m_connection(std::move(connection))
        , m_source(m_connection->recordSource())
        , m_rules(context.workspace, *knowledge.grouping, clock)
        , m_intake(*m_source, writer, context.catalog, m_connection->settings(), knowledge.dialects, knowledge.kinds,
                   clock, knowledge.judge.get(), knowledge.grouping.get())
    {
    }
    [[nodiscard]] DutyKind kind() const override { return DutyKind::DeadLetters; }
    [[nodiscard]] QString name() const override { return u"dead letters"_s; }
    [[nodiscard]] Millis interval() const override { return Millis{0}; }
    [[nodiscard]] CollectReport step(std::stop_token stop) override
    {
        const std::lock_guard lock(m_turn);
        const auto fault = m_rules.look();
        CollectReport report = reportOf(m_intake.step(followFor, stop));
        if (fault)
            report.failures.push_back(*fault);
        return report;
    }
    [[nodiscard]] CollectReport once(std::stop_token stop) override
    {
        const std::lock_guard lock(m_turn);
        return reportOf(m_intake.catchUp(stop));
    }

private:
    static CollectReport reportOf(const Result<DeadLetterIntakeReport>& taken)
    {
        CollectReport report;
        if (!taken) {
            report.failures.push_back(taken.error());
            return report;
        }
        report.deadLetters = taken->deadLetters;
        for (const TopicFailure& failure : taken->failures)
            report.failures.push_back(failure.error);
        return report;
    }

    std::mutex m_turn; // guards: m_source, m_rules, m_intake
    std::shared_ptr<KafkaConnection> m_connection;
    std::unique_ptr<RecordSource> m_source;
    GroupingWatch m_rules;
    DeadLetterIntake m_intake;
};

class ProcessingDuty final : public Duty
{
public:
    /// @param interval  rest between two looks, for a source that does not wait by itself.
    ProcessingDuty(QString name, std::unique_ptr<RecordSource> source, StoreWriter& writer, const Catalog& catalog,
                   std::vector<TopicSelector> logs, const Clock& clock, Millis interval)
        : m_name(std::move(name))
        , m_interval(interval)
        , m_source(std::move(source))
        , m_intake(*m_source, writer, catalog, std::move(logs), clock)
    {
    }
    [[nodiscard]] DutyKind kind() const override { return DutyKind::ProcessingLog; }
    [[nodiscard]] QString name() const override { return m_name; }
    [[nodiscard]] Millis interval() const override { return m_interval; }
    [[nodiscard]] CollectReport step(std::stop_token stop) override
    {
        const std::lock_guard lock(m_turn);
        return reportOf(m_intake.step(followFor, stop));
    }
    [[nodiscard]] CollectReport once(std::stop_token stop) override
    {
        const std::lock_guard lock(m_turn);
        return reportOf(m_intake.catchUp(stop));
    }

private:
    static CollectReport reportOf(const Result<ProcessingReport>& taken)
    {
        CollectReport report;
        if (!taken) {
            report.failures.push_back(taken.error());
            return report;
        }
        report.processingRecords = taken->records;
        report.unreadable = taken->unreadable;
        for (const TopicFailure& failure : taken->failures)
            report.failures.push_back(failure.error);
        return report;
    }

    QString m_name;
    Millis m_interval;
    std::mutex m_turn; // guards: m_source, m_intake
    std::unique_ptr<RecordSource> m_source;
    ProcessingIntake m_intake;
};

std::vector<TopicSelector> logsOf(const ConnectionSettings& settings, ProcessingLogSettings::Kind kind)
{
    std::vector<TopicSelector> logs;
    for (const ProcessingLogSettings& log : settings.processingLogs) {
        if (log.kind == kind)
            logs.push_back({.topic = kind == ProcessingLogSettings::Kind::File ? log.path : log.topic});
    }
    return logs;
}

} // namespace

Result<GroupingKnowledge> loadGroupingKnowledge(const Workspace& workspace)
{
    Checked<GroupingRules> rules = readGroupingRules(workspace.groupingFile);
    if (!rules.value)
        return fail(ErrorCode::InvalidConfig,
                    rules.issues.empty() ? workspace.groupingFile : rules.issues.front().toString());
    return GroupingKnowledge::bundled(std::move(*rules.value));
}

Result<LetterKnowledge> loadLetterKnowledge(const Workspace& workspace)
{
    Checked<DialectRegistry> dialects = DialectRegistry::withUsers(workspace.dialectsFolder);
    if (!dialects.value)
        return fail(ErrorCode::InvalidConfig, dialects.issues.front().toString());
    Checked<KindRules> kinds = KindRules::withUsers(workspace.kindsFile);
    if (!kinds.value)
        return fail(ErrorCode::InvalidConfig,
                    kinds.issues.empty() ? workspace.kindsFile : kinds.issues.front().toString());
    auto grouping = loadGroupingKnowledge(workspace);
    if (!grouping)
        return tl::unexpected(grouping.error());
    return LetterKnowledge{std::move(*dialects.value), std::move(*kinds.value),
                           std::make_shared<const PayloadJudge>(SchemaFolder(workspace.schemasFolder)),
                           std::make_unique<GroupingInUse>(std::move(*grouping))};
}

ConnectionMap makeConnections(const Workspace& workspace, SecretStore& secrets, const Clock& clock)
{
    ConnectionMap connections;
    for (const ConnectionSettings& settings : workspace.connections) {
        if (settings.kind == BrokerKind::Kafka)
            connections.emplace(settings.name, std::make_shared<KafkaConnection>(settings, &secrets, &clock));
    }
    return connections;
}

std::vector<Collector::Crew> makeCrews(const Context& context, const ConnectionMap& connections,
                                       const LetterKnowledge& knowledge, Ledger& ledger, StoreWriter& writer,
                                       const Clock& clock)
{
    QStringList names;
    for (const auto& [name, connection] : connections)
        names += name;
    std::vector<Collector::Crew> crews;
    for (const auto& [name, connection] : connections) {
        Collector::Crew crew{.connection = name, .health = [connection] { return connection->health(); }};
        crew.duties.push_back(std::make_unique<LagDuty>(connection, writer, context.catalog, clock, names));
        if (!connection->settings().deadLetters.empty())
            crew.duties.push_back(std::make_unique<DeadLetterDuty>(connection, writer, context, knowledge, clock));
        crew.duties.push_back(
            std::make_unique<TopicsDuty>(connection, context.workspace, ledger, writer, context.catalog, clock));
        if (auto topics = logsOf(connection->settings(), ProcessingLogSettings::Kind::KafkaTopic); !topics.empty()) {
            crew.duties.push_back(std::make_unique<ProcessingDuty>(u"processing log"_s, connection->recordSource(),
                                                                   writer, context.catalog, std::move(topics), clock,
                                                                   Millis{0}));
        }
        if (auto files = logsOf(connection->settings(), ProcessingLogSettings::Kind::File); !files.empty()) {
            crew.duties.push_back(
                std::make_unique<ProcessingDuty>(u"processing log files"_s, std::make_unique<JsonlSource>(), writer,
                                                 context.catalog, std::move(files), clock, fileInterval));
        }
        crews.push_back(std::move(crew));
    }
    return crews;
}

} // namespace spillway
