// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/check.h"

#include "connectors/kafka/cluster.h"
#include "connectors/kafka/groupadmin.h"
#include "connectors/kafka/lagsource.h"
#include "connectors/kafka/logsizes.h"
#include "connectors/kafka/outbox.h"
#include "connectors/kafka/recordsource.h"
#include "model/base/counted.h"

#include <algorithm>
#include <set>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

using namespace kafka;

namespace {

using Outcome = KafkaCheckStep::Outcome;

constexpr Millis readPatience{5'000};
constexpr char probeJob[] = "check";

/// The kafka-acls lines within an error's text: from each `kafka-acls` on, one line.
QStringList grantsIn(const Error& error)
{
    const qsizetype at = error.detail.indexOf(u"kafka-acls "_s);
    return at < 0 ? QStringList() : QStringList{error.detail.mid(at)};
}

KafkaCheckStep passed(const QString& name, const QString& text)
{
    return {.name = name, .outcome = Outcome::Ok, .text = text, .code = {}, .grants = {}};
}

KafkaCheckStep failure(const QString& name, const Error& error)
{
    return {
        .name = name, .outcome = Outcome::Failed, .text = error.detail, .code = error.code, .grants = grantsIn(error)};
}

class Check
{
public:
    Check(const std::shared_ptr<Site>& site, std::stop_token stop)
        : m_site(site)
        , m_stop(std::move(stop))
    {
        m_report.connection = site->settings().name;
    }

    KafkaCheckReport run()
    {
        if (connect()) {
            topics();
            for (const QString& topic : namedTopics())
                readable(topic);
            groups();
            sizes();
            if (!m_site->settings().deadLetters.empty())
                replay();
        }
        return std::move(m_report);
    }

private:
    void add(KafkaCheckStep step) { m_report.steps.push_back(std::move(step)); }

    bool connect()
    {
        Result<std::unique_ptr<Client>> client =
            Client::open(m_site, Client::Kind::Consumer, {property("isolation.level", "read_uncommitted")});
        if (!client) {
            add(failure(u"configuration"_s, client.error()));
            skip({u"address"_s, u"tls"_s, u"login"_s, u"topics"_s});
            return false;
        }
        add(passed(u"configuration"_s, u"secrets found, client properties accepted"_s));
        m_client = std::move(*client);
        Result<ClusterLayout> layout = readLayout(*m_client, m_stop);
        const Faults::Kind fault = layout ? Faults::Kind::None : m_client->faults().kind();
        const bool isRefused = fault == Faults::Kind::Login || fault == Faults::Kind::Trust;
        if (!layout && !isRefused) {
            add(failure(u"address"_s, layout.error()));
            skip({u"tls"_s, u"login"_s, u"topics"_s});
            return false;
        }
        add(passed(u"address"_s, u"%1 answers"_s.arg(m_site->settings().bootstrapServers.join(u','))));
        if (fault == Faults::Kind::Trust) {
            add(failure(u"tls"_s, layout.error()));
            skip({u"login"_s, u"topics"_s});
            return false;
        }
        add(passed(u"tls"_s, tlsText()));
        if (fault == Faults::Kind::Login) {
            add(failure(u"login"_s, layout.error()));
            skip({u"topics"_s});
            return false;
        }
        add(passed(u"login"_s, loginText()));
        m_layout = std::move(*layout);
        m_report.clusterId = m_layout.clusterId;
        return true;
    }

    void skip(const QStringList& names)
    {
        for (const QString& name : names)
            add({.name = name,
                 .outcome = Outcome::Skipped,
                 .text = u"not tried, because an earlier step failed"_s,
                 .code = {},
                 .grants = {}});
    }

    [[nodiscard]] QString tlsText() const
    {
        const SecurityProtocol protocol = m_site->settings().security.protocol;
        const bool usesTls = protocol == SecurityProtocol::Ssl || protocol == SecurityProtocol::SaslSsl;
        return usesTls ? u"encrypted; the broker's certificate is trusted"_s
                       : u"not used: what goes over the network can be read there"_s;
    }

    [[nodiscard]] QString loginText() const
    {
        const SecuritySettings& security = m_site->settings().security;
        const bool usesSasl =
            security.protocol == SecurityProtocol::SaslPlaintext || security.protocol == SecurityProtocol::SaslSsl;
        return usesSasl ? u"logged in as %1 with %2"_s.arg(m_site->principal(), security.mechanism)
                        : u"no login; the broker knows us as %1"_s.arg(m_site->principal());
    }

    void topics()
    {
        const auto count = std::count_if(m_layout.topics.begin(), m_layout.topics.end(),
                                         [](const auto& topic) { return !isInternalTopic(topic.first); });
        if (count > 0) {
            add(passed(u"topics"_s,
                       u"%1 visible on %2"_s.arg(counted(count, u"topic"_s), counted(m_layout.brokers, u"broker"_s))));
            return;
        }
        // The broker answers a user without rights with an empty list, not with an error.
        const QString grant = aclLine(*m_site, {u"Describe"_s}, aclResource(u"--topic"_s, u"*"_s));
        add({.name = u"topics"_s,
             .outcome = Outcome::Failed,
             .text =
                 u"no topics visible to user %1: it lacks the right Describe on them, or the cluster is empty; grant it: %2"_s
                     .arg(m_site->principal(), grant),
             .code = ErrorCode::Unauthorised,
             .grants = {grant}});
    }

    [[nodiscard]] std::set<QString> namedTopics() const
    {
        std::set<QString> names;
        for (const DeadLetterTopic& each : m_site->settings().deadLetters) {
            if (!each.selector.topic.isEmpty())
                names.insert(each.selector.topic);
        }
        for (const ProcessingLogSettings& each : m_site->settings().processingLogs) {
            if (each.kind == ProcessingLogSettings::Kind::KafkaTopic)
                names.insert(each.topic);
        }
        return names;
    }

    void readable(const QString& topic)
    {
        const QString name = u"topic "_s + topic;
        KafkaRecordSource source(m_site);
        const Result<BoundsReport> bounds = source.bounds({{.topic = topic, .pattern = {}}}, m_stop);
        if (!bounds || !bounds->failures.empty()) {
            add(failure(name, bounds ? bounds->failures.front().error : bounds.error()));
            return;
        }
        // At the last stable offset the broker answers at once, with "the end" or with a refusal: no record has to be
        // read.
        std::vector<Position> ends;
        for (const PartitionBounds& each : bounds->partitions)
            ends.push_back({each.at, each.lastStable});
        if (const Status status = source.assign(ends); !status) {
            add(failure(name, status.error()));
            return;
        }
        const Result<RecordBatch> batch = source.poll(1, readPatience, m_stop);
        if (!batch)
            add(failure(name, batch.error()));
        else if (!batch->failures.empty())
            add(failure(name, batch->failures.front().error));
        else if (batch->positions.empty())
            add(failure(name, {ErrorCode::TimedOut, u"topic '%1' gave no answer in time; try again"_s.arg(topic)}));
        else
            add(passed(name, u"can be read; partitions: %1"_s.arg(bounds->partitions.size())));
    }

    void groups()
    {
        KafkaLagSource source(m_site);
        const Result<LagObservation> observation = source.sample({}, m_stop);
        if (!observation) {
            add(failure(u"groups"_s, observation.error()));
        } else if (!source.capabilities().listsGroups) {
            add(passed(u"groups"_s, u"this broker cannot list groups: they are taken from ownership.yaml"_s));
        } else if (!observation->groups.empty()) {
            add(passed(u"groups"_s, u"%1 visible"_s.arg(counted(std::ssize(observation->groups), u"group"_s))));
        } else {
            noGroups();
        }
    }

    void noGroups()
    {
        const auto probe = readStableOffsets(*m_client, u"spillway-check"_s, m_stop);
        if (probe || probe.error().code != ErrorCode::Unauthorised) {
            add(passed(u"groups"_s, u"no group has committed an offset yet"_s));
            return;
        }
        const QString grant = aclLine(*m_site, {u"Describe"_s}, aclResource(u"--group"_s, u"*"_s));
        add({.name = u"groups"_s,
             .outcome = Outcome::Failed,
             .text = u"no groups visible to user %1: it lacks the right Describe on them; grant it: %2"_s.arg(
                 m_site->principal(), grant),
             .code = ErrorCode::Unauthorised,
             .grants = {grant}});
    }

    /// How large logs are: an extra that cost is measured by. Without it the connection works all the same.
    void sizes()
    {
        const QString name = u"sizes of logs"_s;
        const QString otherwise = u"what is kept is estimated from offsets and sizes of records"_s;
        std::vector<TopicPartition> asked;
        for (const auto& [topic, layout] : m_layout.topics) {
            for (int partition = 0; partition < layout.partitionCount() && !isInternalTopic(topic); ++partition)
                asked.push_back({topic, partition});
        }
        if (isEmbedded(m_layout.clusterId) || asked.empty()) {
            add(passed(name,
                       asked.empty() ? u"no topic to ask about"_s : u"this broker does not tell them: "_s + otherwise));
            return;
        }
        const auto properties = clientProperties(m_site->settings(), m_site->secrets());
        if (!properties) {
            add(failure(name, properties.error()));
            return;
        }
        const LogSizes found = readLogSizes(m_layout, asked, *properties, m_stop);
        if (!found.bytes.empty()) {
            add(passed(name, u"told for %1 of %2"_s.arg(found.bytes.size())
                                 .arg(counted(static_cast<std::int64_t>(asked.size()), u"partition"_s))));
            return;
        }
        if (found.why) {
            add(passed(name, u"not told (%1): %2"_s.arg(found.why->detail, otherwise)));
            return;
        }
        // A user without the right gets an empty answer, not an error.
        const QString grant = aclLine(*m_site, {u"Describe"_s}, u"--cluster"_s);
        KafkaCheckStep step = passed(
            name,
            u"not told to user %1, which lacks the right Describe on the cluster: %2; to have cost measured, grant it"_s
                .arg(m_site->principal(), otherwise));
        step.grants = {grant};
        add(std::move(step));
    }

    void replay()
    {
        const QString name = u"replay"_s;
        if (!capabilitiesOf(m_layout.clusterId).transactionalReplay) {
            add(passed(name, u"this broker has no transactions: a replay is sent at least once"_s));
            return;
        }
        Result<std::unique_ptr<Outbox>> outbox =
            Outbox::open(m_site, QString::fromLatin1(probeJob), Outbox::Mode::Transactional, m_stop);
        if (!outbox) {
            add(failure(name, outbox.error()));
            return;
        }
        const std::set<QString> names = namedTopics();
        const auto source = std::find_if(names.begin(), names.end(),
                                         [&](const QString& each) { return m_layout.topics.contains(each); });
        if (source != names.end()) {
            if (const Status status = (*outbox)->probe({{*source, 0}, Offset{0}}); !status) {
                add(failure(name, status.error()));
                return;
            }
        }
        outbox->reset();
        if (const Status status = deleteGroup(*m_client, replayName(QString::fromLatin1(probeJob)), m_stop); !status) {
            add(failure(name, status.error()));
            return;
        }
        add(passed(name, u"transactions and progress are allowed; the right to write shows with each target"_s));
    }

    std::shared_ptr<Site> m_site; // shared with the connection and its ports
    std::stop_token m_stop;
    std::unique_ptr<Client> m_client;
    ClusterLayout m_layout;
    KafkaCheckReport m_report;
};

} // namespace

bool KafkaCheckReport::isOk() const
{
    return std::all_of(steps.begin(), steps.end(),
                       [](const KafkaCheckStep& each) { return each.outcome == KafkaCheckStep::Outcome::Ok; });
}

const KafkaCheckStep* KafkaCheckReport::step(QStringView name) const
{
    const auto found =
        std::find_if(steps.begin(), steps.end(), [&](const KafkaCheckStep& each) { return each.name == name; });
    return found == steps.end() ? nullptr : &*found;
}

KafkaCheckReport checkKafka(const std::shared_ptr<Site>& site, std::stop_token stop)
{
    return Check(site, std::move(stop)).run();
}

} // namespace spillway
