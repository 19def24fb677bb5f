// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalogmodel.h"

#include <QByteArray>

#include <vector>

/// Events that were found, as they are printed. `which`: indexes into the events, in the order to print.
namespace spillway {

/// The contract's array of these events.
[[nodiscard]] QByteArray catalogEventsJson(const std::vector<JoinedEvent>& events,
                                           const std::vector<std::size_t>& which);
/// A line or two per event; one sentence when there is none.
[[nodiscard]] QString catalogEventsText(const std::vector<JoinedEvent>& events, const std::vector<std::size_t>& which);

} // namespace spillway
