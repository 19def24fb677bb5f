// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/kafka/client.h"
#include "model/broker/record.h"

#include <map>

namespace spillway::kafka {

[[nodiscard]] AdminOptions adminOptions(rd_kafka_t* rk, rd_kafka_admin_op_t operation);

/// All offsets a group has committed; empty for a group that is unknown or has none. Waits until offsets of a
/// transaction that is just ending are settled. Unauthorised with a kafka-acls line for Describe.
[[nodiscard]] Result<std::map<TopicPartition, Offset>> readStableOffsets(Client& client, const QString& group,
                                                                         std::stop_token stop);

/// Deletes a group; one that does not exist is deleted. Unauthorised with a kafka-acls line for Delete.
[[nodiscard]] Status deleteGroup(Client& client, const QString& group, std::stop_token stop);

} // namespace spillway::kafka
