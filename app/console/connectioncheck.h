// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "connectors/kafka/check.h"

namespace spillway {

/// Tries every connection of the workspace, as its user, all at the same time. Changes nothing that stays. Blocking.
[[nodiscard]] std::vector<KafkaCheckReport> checkConnections(const Context& context, std::stop_token stop);

} // namespace spillway
