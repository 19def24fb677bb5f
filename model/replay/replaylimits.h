// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

/// How much at once. A transaction costs 30 to 130 ms whatever its size, and readers of the target wait for open ones.
namespace spillway {

inline constexpr std::int64_t maxBatchMessages = 5'000;
inline constexpr std::int64_t maxBatchBytes = 8LL << 20;
/// A batch is full with either.
struct BatchSize
{
    std::int64_t messages = maxBatchMessages;
    std::int64_t bytes = maxBatchBytes;
};
inline constexpr std::size_t maxPlanLetters = 1'000'000;
inline constexpr std::size_t ledgerChunkLetters = 5'000; ///< letters per ledger event
inline constexpr int maxReplayGeneration = 1'000'000;

} // namespace spillway
