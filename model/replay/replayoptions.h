// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/base/units.h"

#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

/// How a plan is run. Kept with the job, so that a resume goes on as the run was asked to.
namespace spillway {

/// `--stop-if 'failed>10%'`: stop when failedAgain ÷ sent in the step just settled is over the threshold.
struct StopRule
{
    bool includesThreshold = false;   ///< `>=`
    std::int64_t thresholdMicros = 0; ///< share in millionths: 10 % is 100 000

    /// False when nothing was sent: a share of nothing is unknown.
    [[nodiscard]] bool isBroken(std::int64_t failedAgain, std::int64_t sent) const;
    [[nodiscard]] QString toString() const; ///< as one writes it
    friend bool operator==(const StopRule&, const StopRule&) = default;
};

struct ReplayOptions
{
    std::optional<std::int64_t> ratePerSecond; ///< messages; nullopt: as fast as it goes
    std::vector<std::int64_t> canary;          ///< sizes of the first steps; the rest is the last step
    Millis settle{0};                          ///< how long to wait for outcomes after each step
    std::optional<StopRule> stopIf;
    friend bool operator==(const ReplayOptions&, const ReplayOptions&) = default;
};

/// Reads `failed>10%`, `failed >= 2.5%`. InvalidConfig shows what was read and how to write it.
[[nodiscard]] Result<StopRule> parseStopRule(QStringView text);
/// Reads `1,10,all`; `all` may only stand last and is implied. InvalidConfig as above.
[[nodiscard]] Result<std::vector<std::int64_t>> parseCanary(QStringView text);

/// The options as the user wrote them; an empty text is an option that was not given.
/// Without `--settle` it is 30 s with a canary, else 0.
[[nodiscard]] Result<ReplayOptions> parseReplayOptions(const QString& rate, const QString& canary,
                                                       const QString& settle, const QString& stopIf);

/// Ends of the steps as indices into a plan of `messages` letters: `1,10` over 100 gives 1, 11, 100. Never empty parts;
/// empty for an empty plan.
[[nodiscard]] std::vector<std::size_t> stepEnds(const std::vector<std::int64_t>& canary, std::size_t messages);

} // namespace spillway
