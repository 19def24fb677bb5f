// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/kafka/client.h"
#include "model/broker/record.h"

#include <QStringList>

#include <map>
#include <set>

namespace spillway::kafka {

[[nodiscard]] AdminOptions adminOptions(rd_kafka_t* rk, rd_kafka_admin_op_t operation);

/// All offsets a group has committed; empty for a group that is unknown or has none. Waits until offsets of a
/// transaction that is just ending are settled. Unauthorised with a kafka-acls line for Describe.
[[nodiscard]] Result<std::map<TopicPartition, Offset>> readStableOffsets(Client& client, const QString& group,
                                                                         std::stop_token stop);

/// What the members of these groups are reading now, group by group; a group that cannot be described (no right, no
/// members, or members of the newer protocol, which this client library cannot see) is left out.
[[nodiscard]] Result<std::map<QString, std::set<TopicPartition>>>
readAssignments(Client& client, const QStringList& groups, std::stop_token stop);

/// Deletes a group; one that does not exist is deleted. Unauthorised with a kafka-acls line for Delete.
[[nodiscard]] Status deleteGroup(Client& client, const QString& group, std::stop_token stop);

} // namespace spillway::kafka
