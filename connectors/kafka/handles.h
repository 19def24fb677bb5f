// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>

/// librdkafka's objects with owners. Private to this room: no other header of it includes the library.
namespace spillway::kafka {

template<auto destroy>
struct Destroyer
{
    template<typename T>
    void operator()(T* handle) const
    {
        destroy(handle);
    }
};
template<typename T, auto destroy>
using Owned = std::unique_ptr<T, Destroyer<destroy>>;

using Conf = Owned<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using Handle = Owned<rd_kafka_t, rd_kafka_destroy>;
using Topic = Owned<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using TopicConf = Owned<rd_kafka_topic_conf_t, rd_kafka_topic_conf_destroy>;
using Queue = Owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using Event = Owned<rd_kafka_event_t, rd_kafka_event_destroy>;
using MessageHandle = Owned<rd_kafka_message_t, rd_kafka_message_destroy>;
using PartitionList = Owned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using AdminOptions = Owned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using GroupMetadata = Owned<rd_kafka_consumer_group_metadata_t, rd_kafka_consumer_group_metadata_destroy>;
using ErrorHandle = Owned<rd_kafka_error_t, rd_kafka_error_destroy>;
using HeadersHandle = Owned<rd_kafka_headers_t, rd_kafka_headers_destroy>;

struct MetadataDestroyer
{
    void operator()(const rd_kafka_metadata_t* metadata) const { rd_kafka_metadata_destroy(metadata); }
};
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, MetadataDestroyer>;

} // namespace spillway::kafka
