// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/kafka/site.h"
#include "model/base/result.h"
#include "model/broker/record.h"

#include <librdkafka/rdkafka.h>

#include <memory>
#include <optional>
#include <stop_token>

namespace spillway::kafka {

struct Property;

/// The library could not unpack a batch: it would be larger than it takes, or its bytes are damaged. It asks for the
/// same batch again and again, and says where the batch begins, not where it ends.
[[nodiscard]] bool isUndecodable(rd_kafka_resp_err_t code);

/// Where a batch ends that the library cannot decode: the first offset from which something else comes. Tried with a
/// client of its own, in steps that double and then halve: some twenty reads for a million records. Blocking, stops
/// within 250 ms.
/// @param properties  of the reader that failed: another limit would give another answer
/// @param base        the batch's first offset, as the library told it
/// @return nullopt: it can be read after all, or is no longer there. An Error: nobody answered, or Cancelled.
[[nodiscard]] Result<std::optional<Offset>> endOfUndecodable(const std::shared_ptr<Site>& site,
                                                             const std::vector<Property>& properties,
                                                             const TopicPartition& at, Offset base,
                                                             std::stop_token stop);

} // namespace spillway::kafka
