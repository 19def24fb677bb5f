// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/passedover.h"

/// Records of dead-letter topics that lie at their broker and could not be decoded: a batch whose bytes are damaged, or
/// one that unpacks to more than we take. Reading goes on behind them; another client may still read them.
namespace spillway {

/// For people: what could not be read, and what to do while the broker still has it.
[[nodiscard]] QString unreadableText(const QString& connection, const PassedOver& records);
/// "partition 0, offsets 3 to 7", "partition 0, offset 3".
[[nodiscard]] QString unreadablePlace(const PassedOver& records);
/// What reads them in a shell. @param bootstrap  empty: `BROKER:9092` stands for it
[[nodiscard]] QString unreadableCommand(const QString& bootstrap, const PassedOver& records);

} // namespace spillway
