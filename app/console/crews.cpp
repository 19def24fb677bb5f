// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/crews.h"

#include "app/console/filestamps.h"
#include "app/console/mappingoperations.h"
#include "app/console/topicsduty.h"
#include "connectors/kafka/connection.h"
#include "model/deadletter/deadletterintake.h"
#include "model/deadletter/kindedit.h"
#include "model/deadletter/lostrecords.h"
#include "model/deadletter/unreadablerecords.h"
#include "model/job/waiter.h"
#include "model/lag/lagsampler.h"
#include "model/slo/jsonlsource.h"
#include "model/slo/processingintake.h"

#include <QLoggingCategory>

#include <optional>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(logConsole, "spillway.console")

constexpr Millis fileInterval{1'000};  // how often a log file is looked at
constexpr Millis rulesInterval{2'000}; // how often grouping.yaml and spillway.yaml are looked at
constexpr Millis filesInterval{5'000}; // and dialects, kinds and schemas: thousands of files, perhaps
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

/// Notices that files changed which letters are read with, while letters are followed.
class FileWatch
{
public:
    FileWatch(QStringList paths, Millis interval, const Clock& clock)
        : m_paths(std::move(paths))
        , m_interval(interval)
        , m_clock(clock)
        , m_seen(stampOf(m_paths))
        , m_next(clock.now() + interval)
    {
    }
    /// True once for each change.
    [[nodiscard]] bool hasChanged()
    {
        if (m_clock.now() < m_next)
            return false;
        m_next = m_clock.now() + m_interval;
        QByteArray now = stampOf(m_paths);
        if (now == m_seen)
            return false;
        m_seen = std::move(now);
        return true;
    }

private:
    QStringList m_paths;
    Millis m_interval;
    const Clock& m_clock;
    QByteArray m_seen;
    UtcTime m_next;
};

/// Reads letters with the workspace's topics, mappings, dialects, kinds, schemas and grouping rules as they are now:
/// changed files count for the letters that come next. A faulty file changes nothing and is said once. A connection has
/// this duty without any dead-letter topic too: spillway.yaml may name the first one while it runs.
class DeadLetterDuty final : public Duty
{
public:
    DeadLetterDuty(std::shared_ptr<KafkaConnection> connection, StoreWriter& writer, const Context& context,
                   KnowledgeInUse& knowledge, const Clock& clock)
        : m_connection(std::move(connection))
        , m_writer(writer)
        , m_context(context)
        , m_knowledge(knowledge)
        , m_clock(clock)
        , m_settings(m_connection->settings())
        , m_source(m_connection->recordSourcePastBadBatches())
        , m_workspaceFile({context.workspace.file}, rulesInterval, clock)
        , m_groupingFile({context.workspace.groupingFile}, rulesInterval, clock)
        , m_otherFiles(
              {context.workspace.dialectsFolder, kindsFileOf(context.workspace), context.workspace.schemasFolder},
              filesInterval, clock)
    {
        begin(m_knowledge.now());
    }
    [[nodiscard]] DutyKind kind() const override { return DutyKind::DeadLetters; }
    [[nodiscard]] QString name() const override { return u"dead letters"_s; }
    [[nodiscard]] Millis interval() const override { return Millis{0}; }
    [[nodiscard]] CollectReport step(std::stop_token stop) override
    {
        const std::lock_guard lock(m_turn);
        const KnowledgeInUse::Turn turn(m_knowledge);
        CollectReport report = takeOverChanges();
        if (m_settings.deadLetters.empty())
            (void)SystemWaiter().waitFor(followFor, stop); // nothing to read until spillway.yaml names a topic
        else
            report.add(told(m_intake->step(followFor, stop)));
        for (const QString& warning : report.warnings)
            qCWarning(logConsole).noquote() << warning; // nobody waits for a follower's report
        return report;
    }
    [[nodiscard]] CollectReport once(std::stop_token stop) override
    {
        const std::lock_guard lock(m_turn);
        const KnowledgeInUse::Turn turn(m_knowledge);
        CollectReport report = takeOverChanges();
        report.add(told(m_intake->catchUp(stop)));
        return report;
    }

private:
    CollectReport told(const Result<DeadLetterIntakeReport>& taken) const
    {
        if (taken && taken->recounted > 0)
            m_knowledge.tellRecounted();
        return reportOf(taken);
    }
    CollectReport reportOf(const Result<DeadLetterIntakeReport>& taken) const
    {
        CollectReport report;
        if (!taken) {
            report.failures.push_back(taken.error());
            return report;
        }
        report.deadLetters = taken->deadLetters;
        for (const PassedOver& lost : taken->lost) {
            report.lostBeforeRead += lost.atMost();
            report.warnings.push_back(lostText(m_settings.name, lost));
        }
        for (const PassedOver& records : taken->unreadable) {
            report.unreadable += records.atMost();
            report.warnings.push_back(unreadableText(m_settings.name, records));
        }
        for (const TopicFailure& failure : taken->failures)
            report.failures.push_back(failure.error);
        return report;
    }

    void begin(std::shared_ptr<const LetterKnowledge> knowledge)
    {
        m_intake.reset(); // before what it reads with
        m_reading = std::move(knowledge);
        m_settings.deadLetters = m_reading->deadLettersOf(m_settings.name);
        m_intake.emplace(*m_source, m_writer, m_context.catalog, m_settings, m_reading->dialects, m_reading->kinds,
                         m_clock, m_reading->judge.get(), &m_knowledge.grouping());
    }

    /// A follower's failures are shown as the connection's health, where a file's fault does not belong: it is logged
    /// too.
    static void sayFault(const Error& error, CollectReport& report)
    {
        qCWarning(logConsole).noquote() << error.detail << u"(what was read before still counts)"_s;
        report.failures.push_back(error);
    }

    CollectReport takeOverChanges()
    {
        CollectReport report;
        if (m_groupingFile.hasChanged()) {
            if (auto grouping = loadGroupingKnowledge(m_context.workspace))
                m_knowledge.grouping().exchange(std::move(*grouping));
            else
                sayFault(grouping.error(), report);
        }
        const bool isOtherWorkspace = m_workspaceFile.hasChanged(); // both are asked, so that one change is one reading
        if (m_otherFiles.hasChanged() || isOtherWorkspace) {
            if (const auto read = m_knowledge.reload(m_context.workspace); !read)
                sayFault(read.error(), report);
        }
        // Read here or by another. Others know it by now, so that nobody meets a letter of an unknown dialect.
        if (auto knowledge = m_knowledge.now(); knowledge != m_reading) {
            report.add(told(m_intake->settle()));
            begin(std::move(knowledge));
            m_knowledge.tellKinds(m_reading->kinds);
        }
        return report;
    }

    std::mutex m_turn; // guards: all below
    std::shared_ptr<KafkaConnection> m_connection;
    StoreWriter& m_writer;
    const Context& m_context;
    KnowledgeInUse& m_knowledge;
    const Clock& m_clock;
    ConnectionSettings m_settings; // the connection's, with the topics as they are now
    std::unique_ptr<RecordSource> m_source;
    FileWatch m_workspaceFile;
    FileWatch m_groupingFile;
    FileWatch m_otherFiles;
    std::shared_ptr<const LetterKnowledge> m_reading; // what m_intake reads with; second owner: m_knowledge
    std::optional<DeadLetterIntake> m_intake;
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

std::vector<HeaderChoice> LetterKnowledge::headerChoicesOf(const QString& connection, const HeaderPolicy& asked) const
{
    std::vector<HeaderPolicy> policies{asked};
    if (const auto known = replayHeaders.find(connection); known != replayHeaders.end())
        policies.insert(policies.end(), known->second.begin(), known->second.end());
    return headerChoices(policies);
}

const std::vector<DeadLetterTopic>& LetterKnowledge::deadLettersOf(const QString& connection) const
{
    static const std::vector<DeadLetterTopic> none;
    const auto known = deadLetters.find(connection);
    return known == deadLetters.end() ? none : known->second;
}

KnowledgeInUse::Turn::Turn(KnowledgeInUse& knowledge)
    : m_knowledge(knowledge)
{
    const std::lock_guard lock(m_knowledge.m_turning);
    m_number = ++m_knowledge.m_lastTurn;
    m_knowledge.m_turns.insert(m_number);
}

KnowledgeInUse::Turn::~Turn()
{
    {
        const std::lock_guard lock(m_knowledge.m_turning);
        m_knowledge.m_turns.erase(m_number);
    }
    m_knowledge.m_turnEnded.notify_all();
}

Status KnowledgeInUse::waitForTurns(std::stop_token stop)
{
    std::unique_lock lock(m_turning);
    const std::uint64_t last = m_lastTurn;
    const bool haveEnded =
        m_turnEnded.wait(lock, std::move(stop), [this, last] { return m_turns.empty() || *m_turns.begin() > last; });
    return haveEnded ? Status()
                     : fail(ErrorCode::Cancelled, u"stopped while letters were still read by what counted before"_s);
}

std::shared_ptr<const LetterKnowledge> KnowledgeInUse::now() const
{
    const std::lock_guard lock(m_mutex);
    return m_now;
}

Result<std::shared_ptr<const LetterKnowledge>> KnowledgeInUse::reload(const Workspace& workspace)
{
    const std::lock_guard loading(m_loading);
    const auto fresh = freshWorkspace(workspace);
    if (!fresh)
        return tl::unexpected(fresh.error());
    Workspace used = workspace;
    if (used.kindsFile.isEmpty())
        used.kindsFile = fresh->kindsFile; // it may have come since
    auto loaded = loadLetterKnowledge(used);
    if (!loaded)
        return tl::unexpected(loaded.error());
    for (auto& [name, topics] : loaded->deadLetters) {
        const ConnectionSettings* settings = fresh->connection(name);
        if (!settings)
            continue;
        topics = settings->deadLetters;
        loaded->replayHeaders[name] = {settings->replayHeaders, fresh->replayHeaders};
    }
    auto knowledge = std::make_shared<const LetterKnowledge>(std::move(*loaded));
    const std::lock_guard lock(m_mutex);
    m_now = knowledge;
    return knowledge;
}

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
    LetterKnowledge knowledge{.dialects = std::move(*dialects.value),
                              .kinds = std::move(*kinds.value),
                              .judge = std::make_shared<const PayloadJudge>(SchemaFolder(workspace.schemasFolder)),
                              .grouping = std::make_unique<GroupingInUse>(std::move(*grouping)),
                              .deadLetters = {}};
    for (const ConnectionSettings& connection : workspace.connections) {
        knowledge.deadLetters[connection.name] = connection.deadLetters;
        knowledge.replayHeaders[connection.name] = {connection.replayHeaders, workspace.replayHeaders};
    }
    return knowledge;
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
                                       KnowledgeInUse& knowledge, Ledger& ledger, StoreWriter& writer,
                                       const Clock& clock)
{
    QStringList names;
    for (const auto& [name, connection] : connections)
        names += name;
    std::vector<Collector::Crew> crews;
    for (const auto& [name, connection] : connections) {
        Collector::Crew crew{.connection = name, .health = [connection] { return connection->health(); }};
        crew.duties.push_back(std::make_unique<LagDuty>(connection, writer, context.catalog, clock, names));
        crew.duties.push_back(std::make_unique<DeadLetterDuty>(connection, writer, context, knowledge, clock));
        crew.duties.push_back(std::make_unique<TopicsDuty>(connection, context.workspace, knowledge, ledger, writer,
                                                           context.catalog, clock));
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
