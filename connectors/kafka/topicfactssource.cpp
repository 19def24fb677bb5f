// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/topicfactssource.h"

#include "connectors/kafka/cluster.h"
#include "connectors/kafka/groupadmin.h"
#include "connectors/kafka/logsizes.h"

#include <QLoggingCategory>
#include <QRegularExpression>

#include <span>

namespace spillway {
using namespace Qt::Literals::StringLiterals;
using namespace kafka;

namespace {

Q_LOGGING_CATEGORY(lcSizes, "spillway.kafka.sizes", QtWarningMsg)

using Resource = Owned<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;
using TopicMap = std::map<QString, TopicFacts>;

/// The selectors' topics, each with what the metadata tells of it.
Result<TopicMap> topicsOf(const std::vector<TopicSelector>& selectors, const ClusterLayout& layout)
{
    TopicMap topics;
    const auto take = [&](const QString& name) {
        TopicFacts& facts = topics[name];
        facts.topic = name;
        if (const auto known = layout.topics.find(name); known != layout.topics.end()) {
            facts.exists = true;
            facts.partitions.resize(known->second.leaders.size());
        }
    };
    for (const TopicSelector& selector : selectors) {
        if (selector.pattern.isEmpty()) {
            take(selector.topic);
            continue;
        }
        const QRegularExpression pattern(QRegularExpression::anchoredPattern(selector.pattern));
        if (!pattern.isValid())
            return fail(ErrorCode::InvalidConfig,
                        u"topic pattern '%1': %2"_s.arg(selector.pattern, pattern.errorString()));
        for (const auto& [name, topicLayout] : layout.topics) {
            if (!isInternalTopic(name) && pattern.match(name).hasMatch())
                take(name);
        }
    }
    return topics;
}

/// A topic that the list does not show is either not there, or not for us to see.
Status tellMissing(Client& client, TopicMap& topics, const std::stop_token& stop)
{
    for (auto& [name, facts] : topics) {
        if (facts.exists)
            continue;
        const Result<TopicLayout> one = readTopic(client, name, {u"Describe"_s}, stop);
        if (one) {
            facts.exists = true; // made since
            facts.partitions.resize(one->leaders.size());
        } else if (one.error().code == ErrorCode::NotFound) {
            facts.exists = false;
        } else if (one.error().code == ErrorCode::Unauthorised) {
            facts.failure = one.error();
        } else {
            return tl::unexpected<Error>(one.error());
        }
    }
    return {};
}

Status readLogs(Client& client, const ClusterLayout& layout, TopicMap& topics, const std::stop_token& stop)
{
    std::vector<TopicPartition> asked;
    for (const auto& [name, facts] : topics) {
        for (int i = 0; i < static_cast<int>(facts.partitions.size()); ++i)
            asked.push_back({name, i});
    }
    const Result<OffsetsFound> starts = readOffsets(client, layout, asked, Which::LogStart, stop);
    if (!starts)
        return tl::unexpected<Error>(starts.error());
    const Result<OffsetsFound> ends = readOffsets(client, layout, asked, Which::End, stop);
    if (!ends)
        return tl::unexpected<Error>(ends.error());
    for (std::size_t i = 0; i < asked.size(); ++i) {
        TopicFacts& facts = topics[asked[i].topic];
        PartitionLog& log = facts.partitions[static_cast<std::size_t>(asked[i].partition)];
        log.logStart = starts->offsets[i];
        log.end = ends->offsets[i];
    }
    for (const auto& [at, error] : ends->failures) {
        if (TopicFacts& facts = topics[at.topic]; !facts.failure)
            facts.failure = error;
    }
    return {};
}

/// Bytes on disk, where the brokers tell. What is missing of them is no failure: they are an extra that most rights do
/// not include.
Status readSizes(const Site& site, const ClusterLayout& layout, TopicMap& topics, const std::stop_token& stop)
{
    std::vector<TopicPartition> asked;
    for (const auto& [name, facts] : topics) {
        for (int i = 0; i < static_cast<int>(facts.partitions.size()); ++i)
            asked.push_back({name, i});
    }
    if (asked.empty())
        return {};
    const auto properties = clientProperties(site.settings(), site.secrets());
    if (!properties)
        return tl::unexpected<Error>(properties.error());
    const LogSizes sizes = readLogSizes(layout, asked, *properties, stop);
    for (const auto& [at, bytes] : sizes.bytes)
        topics[at.topic].partitions[static_cast<std::size_t>(at.partition)].sizeBytes = bytes;
    if (sizes.why)
        qCInfo(lcSizes, "%s: sizes on disk stay unknown: %s", qPrintable(site.settings().name),
               qPrintable(sizes.why->detail));
    return {};
}

/// Kafka's -1 is "no limit".
std::optional<Limit<std::int64_t>> limitOf(const QByteArray& value)
{
    bool isNumber = false;
    const std::int64_t number = value.toLongLong(&isNumber);
    if (!isNumber)
        return std::nullopt;
    return number < 0 ? Limit<std::int64_t>{} : Limit<std::int64_t>{number};
}

TopicSettings settingsOf(const rd_kafka_ConfigResource_t* resource)
{
    TopicSettings settings;
    size_t count = 0;
    const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resource, &count);
    for (const rd_kafka_ConfigEntry_t* entry : std::span(entries, count)) {
        const char* raw = rd_kafka_ConfigEntry_value(entry);
        if (!raw)
            continue;
        const QByteArray name = rd_kafka_ConfigEntry_name(entry);
        const QByteArray value(raw);
        if (name == "retention.ms") {
            if (const auto limit = limitOf(value))
                settings.retentionTime =
                    limit->most ? Limit<Millis>{Millis{*limit->most}} : Limit<Millis>{std::nullopt};
        } else if (name == "retention.bytes") {
            settings.retentionBytes = limitOf(value);
        } else if (name == "cleanup.policy") {
            const QList<QByteArray> policies = value.split(',');
            settings.deletes = false;
            settings.compacts = false;
            for (const QByteArray& policy : policies) {
                settings.deletes = *settings.deletes || policy.trimmed() == "delete";
                settings.compacts = *settings.compacts || policy.trimmed() == "compact";
            }
        } else if (name == "compression.type") {
            settings.compression = QString::fromUtf8(value);
        } else if (name == "min.insync.replicas") {
            bool isNumber = false;
            if (const int number = value.toInt(&isNumber); isNumber)
                settings.minInSync = number;
        }
    }
    return settings;
}

/// A right that only this page needs: the connection is none the worse without it.
Error lackingDescribeConfigs(Client& client, const QString& topic)
{
    return {
        ErrorCode::Unauthorised,
        u"connection '%1': %2 lacks the right DescribeConfigs on topic '%3', so its retention is unknown; grant it: %4"_s
            .arg(client.site().settings().name, client.site().principal(), topic,
                 aclLine(client.site(), {u"DescribeConfigs"_s}, aclResource(u"--topic"_s, topic)))};
}

Status readSettings(Client& client, TopicMap& topics, const std::stop_token& stop)
{
    std::vector<Resource> owned;
    std::vector<rd_kafka_ConfigResource_t*> asked;
    for (const auto& [name, facts] : topics) {
        if (facts.exists != true)
            continue;
        owned.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.toUtf8().constData()));
        asked.push_back(owned.back().get());
    }
    if (asked.empty())
        return {};
    rd_kafka_t* rk = client.handle();
    const Queue queue(rd_kafka_queue_new(rk));
    const AdminOptions options = adminOptions(rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    rd_kafka_DescribeConfigs(rk, asked.data(), asked.size(), options.get(), queue.get());
    const QString what = u"the configuration of topics"_s;
    const Result<Event> event = client.await(queue.get(), what, stop);
    if (!event)
        return tl::unexpected<Error>(event.error());
    if (const rd_kafka_resp_err_t code = rd_kafka_event_error(event->get()); code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return tl::unexpected<Error>(client.failed(code, what));
    client.succeeded();
    size_t count = 0;
    const auto* result = rd_kafka_event_DescribeConfigs_result(event->get());
    const rd_kafka_ConfigResource_t** resources =
        result ? rd_kafka_DescribeConfigs_result_resources(result, &count) : nullptr;
    for (const rd_kafka_ConfigResource_t* resource : std::span(resources, count)) {
        const auto found = topics.find(QString::fromUtf8(rd_kafka_ConfigResource_name(resource)));
        if (found == topics.end())
            continue;
        TopicFacts& facts = found->second;
        const rd_kafka_resp_err_t code = rd_kafka_ConfigResource_error(resource);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
            facts.settings = settingsOf(resource);
        else if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
            facts.failure = lackingDescribeConfigs(client, facts.topic);
        else
            facts.failure =
                Error{ErrorCode::Unreachable,
                      u"configuration of topic '%1': %2"_s.arg(facts.topic, QString::fromUtf8(rd_kafka_err2str(code)))};
    }
    return {};
}

} // namespace

KafkaTopicFactsSource::KafkaTopicFactsSource(std::shared_ptr<Site> site)
    : m_site(std::move(site))
{
}

KafkaTopicFactsSource::~KafkaTopicFactsSource() = default;

Status KafkaTopicFactsSource::open()
{
    if (m_client)
        return {};
    // With read_committed an end would be the last stable offset.
    auto opened = Client::open(m_site, Client::Kind::Consumer, {property("isolation.level", "read_uncommitted")});
    if (!opened)
        return tl::unexpected<Error>(opened.error());
    m_client = std::move(*opened);
    return {};
}

Result<TopicFactsReport> KafkaTopicFactsSource::describe(const std::vector<TopicSelector>& selectors,
                                                         std::stop_token stop)
{
    if (const Status opened = open(); !opened)
        return tl::unexpected<Error>(opened.error());
    const Result<ClusterLayout> layout = readLayout(*m_client, stop);
    if (!layout)
        return tl::unexpected<Error>(layout.error());
    TopicFactsReport report{.clusterId = layout->clusterId, .capabilities = capabilitiesOf(layout->clusterId)};
    for (const auto& [name, topicLayout] : layout->topics) {
        if (!isInternalTopic(name))
            report.names += name;
    }
    Result<TopicMap> topics = topicsOf(selectors, *layout);
    if (!topics)
        return tl::unexpected<Error>(topics.error());
    // The embedded broker makes a topic by being asked for it, and does not know the request for configurations.
    if (report.capabilities.describesTopics) {
        if (const Status told = tellMissing(*m_client, *topics, stop); !told)
            return tl::unexpected<Error>(told.error());
        if (const Status read = readSettings(*m_client, *topics, stop); !read)
            return tl::unexpected<Error>(read.error());
        if (const Status read = readSizes(*m_site, *layout, *topics, stop); !read)
            return tl::unexpected<Error>(read.error());
    }
    if (const Status read = readLogs(*m_client, *layout, *topics, stop); !read)
        return tl::unexpected<Error>(read.error());
    for (auto& [name, facts] : *topics)
        report.topics.push_back(std::move(facts));
    return report;
}

} // namespace spillway
