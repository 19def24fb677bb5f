// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/groupadmin.h"

#include <span>

using namespace Qt::Literals::StringLiterals;

namespace spillway::kafka {

namespace {

struct GroupAnswer
{
    Event event; // owns `group`
    const rd_kafka_group_result_t* group = nullptr;
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
};

GroupAnswer only(Event event, const rd_kafka_group_result_t** groups, size_t count)
{
    GroupAnswer answer;
    if (count == 1) {
        answer.group = groups[0];
        if (const rd_kafka_error_t* error = rd_kafka_group_result_error(groups[0]))
            answer.code = rd_kafka_error_code(error);
    } else {
        answer.code = rd_kafka_event_error(event.get());
        if (answer.code == RD_KAFKA_RESP_ERR_NO_ERROR)
            answer.code = RD_KAFKA_RESP_ERR__FAIL;
    }
    answer.event = std::move(event);
    return answer;
}

Result<GroupAnswer> askOffsets(Client& client, const QString& group, std::stop_token stop)
{
    rd_kafka_t* rk = client.handle();
    const Queue queue(rd_kafka_queue_new(rk));
    const AdminOptions options = adminOptions(rk, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS);
    const ErrorHandle refused(rd_kafka_AdminOptions_set_require_stable_offsets(options.get(), 1));
    rd_kafka_ListConsumerGroupOffsets_t* ask =
        rd_kafka_ListConsumerGroupOffsets_new(group.toUtf8().constData(), nullptr);
    rd_kafka_ListConsumerGroupOffsets(rk, &ask, 1, options.get(), queue.get());
    rd_kafka_ListConsumerGroupOffsets_destroy(ask);
    Result<Event> event = client.await(queue.get(), u"offsets of group '%1'"_s.arg(group), std::move(stop));
    if (!event)
        return tl::unexpected<Error>(event.error());
    size_t count = 0;
    const auto* result = rd_kafka_event_ListConsumerGroupOffsets_result(event->get());
    const rd_kafka_group_result_t** groups =
        result ? rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count) : nullptr;
    return only(std::move(*event), groups, count);
}

} // namespace

AdminOptions adminOptions(rd_kafka_t* rk, rd_kafka_admin_op_t operation)
{
    AdminOptions options(rd_kafka_AdminOptions_new(rk, operation));
    char why[256];
    rd_kafka_AdminOptions_set_request_timeout(options.get(), static_cast<int>(requestTimeout.count()), why, sizeof why);
    return options;
}

Result<std::map<TopicPartition, Offset>> readStableOffsets(Client& client, const QString& group, std::stop_token stop)
{
    const auto start = std::chrono::steady_clock::now();
    while (true) {
        const Result<GroupAnswer> answer = askOffsets(client, group, stop);
        if (!answer)
            return tl::unexpected<Error>(answer.error());
        rd_kafka_resp_err_t code = answer->code;
        std::map<TopicPartition, Offset> offsets;
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
            const rd_kafka_topic_partition_list_t* list = rd_kafka_group_result_partitions(answer->group);
            for (const rd_kafka_topic_partition_t& each : std::span(list->elems, static_cast<size_t>(list->cnt))) {
                if (each.err != RD_KAFKA_RESP_ERR_NO_ERROR)
                    code = each.err;
                else if (each.offset >= 0)
                    offsets[{QString::fromUtf8(each.topic), each.partition}] = Offset{each.offset};
            }
        }
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
            client.succeeded();
            return offsets;
        }
        const bool isPassing = code == RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT || isSilence(code);
        if (!isPassing || std::chrono::steady_clock::now() - start > 3 * requestTimeout)
            return tl::unexpected<Error>(client.failedOnGroup(code, group, {u"Describe"_s}));
        client.serve(Millis{20});
    }
}

Result<std::map<QString, std::set<TopicPartition>>> readAssignments(Client& client, const QStringList& groups,
                                                                    std::stop_token stop)
{
    std::map<QString, std::set<TopicPartition>> assigned;
    if (groups.isEmpty())
        return assigned;
    std::vector<QByteArray> names;
    for (const QString& group : groups)
        names.push_back(group.toUtf8());
    std::vector<const char*> asked;
    for (const QByteArray& name : names)
        asked.push_back(name.constData());
    rd_kafka_t* rk = client.handle();
    const Queue queue(rd_kafka_queue_new(rk));
    const AdminOptions options = adminOptions(rk, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS);
    rd_kafka_DescribeConsumerGroups(rk, asked.data(), asked.size(), options.get(), queue.get());
    const Result<Event> event = client.await(queue.get(), u"members of consumer groups"_s, std::move(stop));
    if (!event)
        return tl::unexpected<Error>(event.error());
    const auto* result = rd_kafka_event_DescribeConsumerGroups_result(event->get());
    size_t count = 0;
    const rd_kafka_ConsumerGroupDescription_t** described =
        result ? rd_kafka_DescribeConsumerGroups_result_groups(result, &count) : nullptr;
    for (const rd_kafka_ConsumerGroupDescription_t* group : std::span(described, count)) {
        std::set<TopicPartition>& partitions =
            assigned[QString::fromUtf8(rd_kafka_ConsumerGroupDescription_group_id(group))];
        for (size_t m = 0; m < rd_kafka_ConsumerGroupDescription_member_count(group); ++m) {
            const auto* assignment =
                rd_kafka_MemberDescription_assignment(rd_kafka_ConsumerGroupDescription_member(group, m));
            const rd_kafka_topic_partition_list_t* list =
                assignment ? rd_kafka_MemberAssignment_partitions(assignment) : nullptr;
            for (int i = 0; list && i < list->cnt; ++i)
                partitions.insert({QString::fromUtf8(list->elems[i].topic), list->elems[i].partition});
        }
    }
    return assigned;
}

Status deleteGroup(Client& client, const QString& group, std::stop_token stop)
{
    rd_kafka_t* rk = client.handle();
    const Queue queue(rd_kafka_queue_new(rk));
    const AdminOptions options = adminOptions(rk, RD_KAFKA_ADMIN_OP_DELETEGROUPS);
    rd_kafka_DeleteGroup_t* ask = rd_kafka_DeleteGroup_new(group.toUtf8().constData());
    rd_kafka_DeleteGroups(rk, &ask, 1, options.get(), queue.get());
    rd_kafka_DeleteGroup_destroy(ask);
    Result<Event> event = client.await(queue.get(), u"deleting group '%1'"_s.arg(group), std::move(stop));
    if (!event)
        return tl::unexpected<Error>(event.error());
    size_t count = 0;
    const auto* result = rd_kafka_event_DeleteGroups_result(event->get());
    const rd_kafka_group_result_t** groups = result ? rd_kafka_DeleteGroups_result_groups(result, &count) : nullptr;
    const GroupAnswer answer = only(std::move(*event), groups, count);
    if (answer.code != RD_KAFKA_RESP_ERR_NO_ERROR && answer.code != RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND)
        return tl::unexpected<Error>(client.failedOnGroup(answer.code, group, {u"Delete"_s}));
    client.succeeded();
    return {};
}

} // namespace spillway::kafka
