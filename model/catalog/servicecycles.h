// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogmodel.h"

namespace spillway {

/// Services of which each reaches every other by publishing and consuming.
struct ServiceCycle
{
    QStringList services;  ///< ordered by name
    std::size_t event = 0; ///< index of the first event that flows within
};

/// Strongly connected services, by their first event. A service that consumes its own event is one of its own. Linear;
/// pure.
[[nodiscard]] std::vector<ServiceCycle> serviceCycles(const std::vector<JoinedEvent>& events);

} // namespace spillway
