// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/lagsource.h"

#include "connectors/kafka/cluster.h"
#include "connectors/kafka/groupadmin.h"

#include <QRegularExpression>

#include <algorithm>
#include <set>
#include <span>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

using namespace kafka;

namespace {

class NameFilter
{
public:
    explicit NameFilter(const LagRequest& request)
        : m_include(compile(request.include))
        , m_exclude(compile(request.exclude))
    {
    }
    [[nodiscard]] bool takes(const QString& group) const
    {
        if (group.startsWith(u"spillway.replay."_s))
            return false; // our own jobs
        return (m_include.empty() || anyMatches(m_include, group)) && !anyMatches(m_exclude, group);
    }

private:
    static std::vector<QRegularExpression> compile(const QStringList& wildcards)
    {
        std::vector<QRegularExpression> out;
        for (const QString& each : wildcards) {
            QString pattern = QRegularExpression::escape(each); // not Qt's wildcards: their * stops at a slash
            pattern.replace(u"\\*"_s, u".*"_s).replace(u"\\?"_s, u"."_s);
            out.push_back(QRegularExpression(QRegularExpression::anchoredPattern(pattern)));
        }
        return out;
    }
    static bool anyMatches(const std::vector<QRegularExpression>& patterns, const QString& group)
    {
        return std::any_of(patterns.begin(), patterns.end(),
                           [&](const QRegularExpression& each) { return each.match(group).hasMatch(); });
    }
    std::vector<QRegularExpression> m_include;
    std::vector<QRegularExpression> m_exclude;
};

GroupState groupState(rd_kafka_consumer_group_state_t state)
{
    switch (state) {
    case RD_KAFKA_CONSUMER_GROUP_STATE_PREPARING_REBALANCE:
    case RD_KAFKA_CONSUMER_GROUP_STATE_COMPLETING_REBALANCE:
        return GroupState::Rebalancing;
    case RD_KAFKA_CONSUMER_GROUP_STATE_STABLE:
        return GroupState::Stable;
    case RD_KAFKA_CONSUMER_GROUP_STATE_DEAD:
        return GroupState::Dead;
    case RD_KAFKA_CONSUMER_GROUP_STATE_EMPTY:
        return GroupState::Empty;
    case RD_KAFKA_CONSUMER_GROUP_STATE_UNKNOWN:
    case RD_KAFKA_CONSUMER_GROUP_STATE__CNT:
        break;
    }
    return GroupState::Unknown;
}

} // namespace

/// What one group has committed, as the broker told it, and what it is known to read and has not.
class KafkaLagSource::GroupOffsets
{
public:
    GroupOffsets(QString group, QStringList expectedTopics, std::set<TopicPartition> assigned,
                 const ClusterLayout& layout)
        : m_group(std::move(group))
        , m_expected(std::move(expectedTopics))
        , m_assigned(std::move(assigned))
        , m_layout(&layout)
    {
    }

    [[nodiscard]] const QString& name() const { return m_group; }
    [[nodiscard]] const QStringList& expected() const { return m_expected; }

    void take(const rd_kafka_topic_partition_list_t& list, std::vector<Error>& failures, Client& client)
    {
        m_isAnswered = true;
        for (const rd_kafka_topic_partition_t& each : std::span(list.elems, static_cast<size_t>(list.cnt))) {
            const QString topic = QString::fromUtf8(each.topic);
            if (each.err != RD_KAFKA_RESP_ERR_NO_ERROR)
                failures.push_back(client.failedOnTopic(each.err, topic, {u"Describe"_s}));
            else if (each.offset >= 0)
                m_committed[{topic, each.partition}] = Offset{each.offset};
        }
    }

    /// Nothing for a group that could not be asked: unknown is not "never committed".
    void addTo(std::vector<CommittedOffset>& out) const
    {
        if (!m_isAnswered)
            return;
        std::set<QString> topics(m_expected.begin(), m_expected.end());
        std::map<TopicPartition, std::optional<Offset>> rows;
        for (const auto& [at, offset] : m_committed) {
            topics.insert(at.topic);
            rows.emplace(at, offset);
        }
        for (const QString& topic : topics) {
            const auto layout = m_layout->topics.find(topic);
            for (int p = 0; layout != m_layout->topics.end() && p < layout->second.partitionCount(); ++p)
                rows.try_emplace({topic, p});
        }
        for (const TopicPartition& at : m_assigned) {
            if (m_layout->topics.contains(at.topic))
                rows.try_emplace(at);
        }
        for (const auto& [at, offset] : rows)
            out.push_back({m_group, at, offset});
    }

private:
    QString m_group;
    QStringList m_expected;
    std::set<TopicPartition> m_assigned; // to its members, now
    const ClusterLayout* m_layout;
    std::map<TopicPartition, Offset> m_committed;
    bool m_isAnswered = false;
};

namespace {

/// What to ask for where a group cannot be asked for all it has: every partition of these topics, or of all that are
/// not the broker's own when none are named.
PartitionList partitionsOf(const QStringList& topics, const ClusterLayout& layout)
{
    PartitionList list(rd_kafka_topic_partition_list_new(16));
    for (const auto& [topic, topicLayout] : layout.topics) {
        if (topics.isEmpty() ? isInternalTopic(topic) : !topics.contains(topic))
            continue;
        for (int p = 0; p < topicLayout.partitionCount(); ++p)
            rd_kafka_topic_partition_list_add(list.get(), topic.toUtf8().constData(), p);
    }
    return list;
}

} // namespace

KafkaLagSource::KafkaLagSource(std::shared_ptr<Site> site)
    : m_site(std::move(site))
{
}

KafkaLagSource::~KafkaLagSource() = default;

Status KafkaLagSource::open()
{
    for (auto& [client, isolation] :
         {std::pair(&m_client, "read_uncommitted"), std::pair(&m_stable, "read_committed")}) {
        if (*client)
            continue;
        Result<std::unique_ptr<Client>> opened =
            Client::open(m_site, Client::Kind::Consumer, {property("isolation.level", isolation)});
        if (!opened)
            return tl::unexpected<Error>(opened.error());
        *client = std::move(*opened);
    }
    return {};
}

Capabilities KafkaLagSource::capabilities() const
{
    Capabilities capabilities = capabilitiesOf(m_clusterId);
    if (m_listsGroups)
        capabilities.listsGroups = *m_listsGroups;
    return capabilities;
}

Status KafkaLagSource::listGroups(const LagRequest& request, std::stop_token stop, LagObservation& out)
{
    const NameFilter filter(request);
    std::map<QString, GroupState> groups; // several brokers may name the same group
    if (m_listsGroups.value_or(true)) {
        const QString what = u"the list of consumer groups"_s;
        const Queue queue(rd_kafka_queue_new(m_client->handle()));
        const AdminOptions options = adminOptions(m_client->handle(), RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS);
        rd_kafka_ListConsumerGroups(m_client->handle(), options.get(), queue.get());
        const Result<Event> event = m_client->await(queue.get(), what, std::move(stop));
        if (!event)
            return tl::unexpected<Error>(event.error());
        rd_kafka_resp_err_t code = rd_kafka_event_error(event->get());
        size_t count = 0;
        if (const auto* result = rd_kafka_event_ListConsumerGroups_result(event->get())) {
            const rd_kafka_error_t** errors = rd_kafka_ListConsumerGroups_result_errors(result, &count);
            for (size_t i = 0; i < count; ++i) {
                code = rd_kafka_error_code(errors[i]);
                if (code != RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE)
                    out.failures.push_back(m_client->failed(code, what));
            }
            const rd_kafka_ConsumerGroupListing_t** listed = rd_kafka_ListConsumerGroups_result_valid(result, &count);
            for (size_t i = 0; i < count; ++i)
                groups[QString::fromUtf8(rd_kafka_ConsumerGroupListing_group_id(listed[i]))] =
                    groupState(rd_kafka_ConsumerGroupListing_state(listed[i]));
        }
        if (code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE)
            m_listsGroups = false;
        else if (code == RD_KAFKA_RESP_ERR_NO_ERROR)
            m_listsGroups = true;
        else if (groups.empty())
            return tl::unexpected<Error>(m_client->failed(code, what));
    }
    // A group of the ownership file that the broker does not list has never committed: its rows say so.
    const GroupState unlisted = m_listsGroups.value_or(false) ? GroupState::Dead : GroupState::Unknown;
    for (const QString& known : request.knownGroups)
        groups.try_emplace(known, unlisted);
    for (const auto& [group, state] : groups) {
        if (filter.takes(group))
            out.groups.push_back({group, state});
    }
    return {};
}

Status KafkaLagSource::readCommitted(const LagRequest& request, const ClusterLayout& layout, std::stop_token stop,
                                     LagObservation& out)
{
    QStringList active;
    for (const GroupFacts& facts : out.groups) {
        if (m_listsGroups.value_or(false) && (facts.state == GroupState::Stable || facts.state == GroupState::Unknown))
            active += facts.group;
    }
    Result<std::map<QString, std::set<TopicPartition>>> assigned = readAssignments(*m_client, active, stop);
    if (!assigned)
        return tl::unexpected<Error>(assigned.error());
    std::vector<GroupOffsets> groups;
    std::vector<size_t> open;
    for (const GroupFacts& facts : out.groups) {
        const auto expected = request.topicsOfGroup.find(facts.group);
        open.push_back(groups.size());
        groups.emplace_back(facts.group, expected == request.topicsOfGroup.end() ? QStringList() : expected->second,
                            std::move((*assigned)[facts.group]), layout);
    }
    // A coordinator that has just moved or is still loading its groups is asked again, and only for those.
    const auto start = std::chrono::steady_clock::now();
    while (!open.empty()) {
        const bool isLast = std::chrono::steady_clock::now() - start > requestTimeout;
        const Result<std::vector<size_t>> again = askGroups(groups, open, layout, isLast, stop, out.failures);
        if (!again)
            return tl::unexpected<Error>(again.error());
        if (again->size() == open.size())
            m_client->serve(Millis{50});
        open = *again;
    }
    for (const GroupOffsets& offsets : groups)
        offsets.addTo(out.committed);
    return {};
}

Result<std::vector<size_t>> KafkaLagSource::askGroups(std::vector<GroupOffsets>& groups,
                                                      const std::vector<size_t>& indexes, const ClusterLayout& layout,
                                                      bool isLast, std::stop_token stop, std::vector<Error>& failures)
{
    rd_kafka_t* rk = m_client->handle();
    const Queue queue(rd_kafka_queue_new(rk));
    size_t asked = 0;
    for (const size_t index : indexes) {
        const PartitionList partitions =
            m_listsGroups.value_or(false) ? nullptr : partitionsOf(groups[index].expected(), layout);
        if (partitions && partitions->cnt == 0)
            continue; // none of its topics is there; an empty list would be refused
        rd_kafka_ListConsumerGroupOffsets_t* ask =
            rd_kafka_ListConsumerGroupOffsets_new(groups[index].name().toUtf8().constData(), partitions.get());
        const AdminOptions options = adminOptions(rk, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS);
        rd_kafka_AdminOptions_set_opaque(options.get(), reinterpret_cast<void*>(index));
        rd_kafka_ListConsumerGroupOffsets(rk, &ask, 1, options.get(), queue.get()); // exactly one per request
        rd_kafka_ListConsumerGroupOffsets_destroy(ask);
        ++asked;
    }
    std::vector<size_t> again;
    for (size_t i = 0; i < asked; ++i) {
        const Result<Event> event = m_client->await(queue.get(), u"committed offsets"_s, stop);
        if (!event)
            return tl::unexpected<Error>(event.error());
        const auto index = reinterpret_cast<std::uintptr_t>(rd_kafka_event_opaque(event->get()));
        rd_kafka_resp_err_t code = rd_kafka_event_error(event->get());
        size_t count = 0;
        const auto* result = rd_kafka_event_ListConsumerGroupOffsets_result(event->get());
        const rd_kafka_group_result_t** each =
            result ? rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count) : nullptr;
        const rd_kafka_error_t* error = count == 1 ? rd_kafka_group_result_error(each[0]) : nullptr;
        if (error)
            code = rd_kafka_error_code(error);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR && count == 1)
            groups[index].take(*rd_kafka_group_result_partitions(each[0]), failures, *m_client);
        else if (isSilence(code) && !isLast)
            again.push_back(index);
        else
            failures.push_back(m_client->failedOnGroup(code, groups[index].name(), {u"Describe"_s}));
    }
    return again;
}

Status KafkaLagSource::readEnds(const ClusterLayout& layout, std::stop_token stop, LagObservation& out)
{
    std::set<TopicPartition> wanted;
    std::set<QString> gone;
    for (const CommittedOffset& each : out.committed) {
        wanted.insert(each.at);
        if (!layout.topics.contains(each.at.topic))
            gone.insert(each.at.topic);
    }
    out.goneTopics = QStringList(gone.begin(), gone.end());
    std::vector<TopicPartition> partitions;
    for (const TopicPartition& at : wanted) {
        out.ends.push_back({.at = at, .logStart = {}, .end = {}, .lastStable = {}});
        if (!gone.contains(at.topic))
            partitions.push_back(at);
    }
    using Field = std::optional<Offset> PartitionEnds::*;
    struct Round
    {
        Client* client;
        Which which;
        Field field;
    };
    const Round rounds[] = {{m_client.get(), Which::LogStart, &PartitionEnds::logStart},
                            {m_stable.get(), Which::End, &PartitionEnds::lastStable},
                            {m_client.get(), Which::End, &PartitionEnds::end}};
    for (const Round& round : rounds) {
        Result<OffsetsFound> found = readOffsets(*round.client, layout, partitions, round.which, stop);
        if (!found)
            return tl::unexpected<Error>(found.error());
        size_t next = 0;
        for (PartitionEnds& ends : out.ends) {
            if (next < partitions.size() && ends.at == partitions[next])
                ends.*round.field = found->offsets[next++];
        }
        for (auto& [at, error] : found->failures) {
            if (std::find(out.failures.begin(), out.failures.end(), error) == out.failures.end())
                out.failures.push_back(std::move(error));
        }
    }
    out.takenAt = m_site->now();
    return {};
}

Result<LagObservation> KafkaLagSource::sample(const LagRequest& request, std::stop_token stop)
{
    if (const Status status = open(); !status)
        return tl::unexpected<Error>(status.error());
    LagObservation out;
    const Result<ClusterLayout> layout = readLayout(*m_client, stop);
    if (!layout)
        return tl::unexpected<Error>(layout.error());
    m_clusterId = out.clusterId = layout->clusterId;
    if (const Status status = listGroups(request, stop, out); !status)
        return tl::unexpected<Error>(status.error());
    if (const Status status = readCommitted(request, *layout, stop, out); !status)
        return tl::unexpected<Error>(status.error());
    if (const Status status = readEnds(*layout, stop, out); !status)
        return tl::unexpected<Error>(status.error());
    return out;
}

} // namespace spillway
