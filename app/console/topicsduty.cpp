// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/topicsduty.h"

#include "app/console/catalogs.h"
#include "app/console/crews.h"
#include "connectors/kafka/connection.h"
#include "model/deadletter/origintimes.h"

#include <QDateTime>
#include <QFileInfo>
#include <QLoggingCategory>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(lcTopics, "spillway.topics", QtInfoMsg)

constexpr Millis topicsInterval{300'000};
constexpr std::int64_t mostOriginsAsked = 500; // a turn; the others in the next one

} // namespace

TopicsDuty::TopicsDuty(std::shared_ptr<KafkaConnection> connection, const Workspace& workspace,
                       const KnowledgeInUse& knowledge, Ledger& ledger, StoreWriter& writer, const Catalog& catalog,
                       const Clock& clock)
    : m_connection(std::move(connection))
    , m_knowledge(knowledge)
    , m_settings(m_connection->settings())
    , m_rescues(workspace.rescuesPointers)
    , m_source(m_connection->topicFactsSource())
    , m_sampler(*m_source, writer, catalog, m_settings, clock)
    , m_origins(m_connection->recordLookup())
    , m_rescuer(ledger, writer, clock, u"spillway"_s)
    , m_events(*m_origins, writer, catalog, clock)
    , m_workspace(workspace)
    , m_catalog(catalog)
    , m_writer(writer)
    , m_clock(clock)
{
}

TopicsDuty::~TopicsDuty() = default;

Millis TopicsDuty::interval() const
{
    return topicsInterval;
}

/// So that a phase can be reached over days, and lost. Once an hour: it reads the files anew.
void TopicsDuty::noteScorecard(std::stop_token stop)
{
    constexpr Millis hour{3'600'000};
    const UtcTime now = m_clock.now();
    if (stop.stop_requested() || (m_scoredAt && now - *m_scoredAt < hour))
        return;
    m_scoredAt = now;
    auto reader = Database::open(m_writer.file(), Database::Access::Reader);
    if (!reader)
        return;
    const Context context{.workspace = m_workspace,
                          .catalog = m_catalog,
                          .stateFolder = QFileInfo(m_writer.file()).path(), // whose ledger has the invoices
                          .masker = Masker()};
    const auto rows = workspaceScorecard(*reader, context, now);
    if (!rows.value)
        return; // the files are at fault: `catalog lint` says so
    const QDate day = QDateTime::fromMSecsSinceEpoch(toMs(now), Qt::UTC).date();
    const Status noted =
        m_writer.write([&](Database& database) { return storeScorecardDay(database, *rows.value, day); }, 0, stop);
    if (!noted)
        qCInfo(lcTopics, "scorecard: %s", qPrintable(noted.error().detail));
}

CollectReport TopicsDuty::once(std::stop_token stop)
{
    const std::lock_guard lock(m_turn);
    CollectReport report;
    m_settings.deadLetters = m_knowledge.now()->deadLettersOf(m_settings.name);
    // First, so that the sample's outlook counts them: a pointer that is rescued below needs it no more.
    const auto asked = askOriginTimes(*m_origins, m_writer, m_settings.name, m_clock, mostOriginsAsked, stop);
    if (!asked && !stop.stop_requested())
        qCInfo(lcTopics, "times of origins: %s", qPrintable(asked.error().detail));
    const auto sample = m_sampler.sampleOnce(stop);
    if (!sample) {
        report.failures.push_back(sample.error());
        return report;
    }
    // What cannot be sampled is said by drift; it keeps nothing else from being collected.
    if (const Status events = m_events.sampleOnce(m_connection->settings().name, *sample, stop); !events)
        qCInfo(lcTopics, "sizes of events: %s", qPrintable(events.error().detail));
    noteScorecard(stop);
    if (!m_rescues)
        return report;
    if (const auto rescued = m_rescuer.rescueWaiting(*m_origins, m_connection->settings().name, {}, stop); !rescued)
        report.failures.push_back(rescued.error());
    return report;
}

} // namespace spillway
