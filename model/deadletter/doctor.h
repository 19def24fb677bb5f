// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/deadletter/channeloutlook.h"
#include "model/deadletter/doctorfinding.h"
#include "model/deadletter/lettergroups.h"

#include <vector>

/// How dead-lettering itself is set up wrongly: letters that nobody will ever see, that vanish before anybody looks, or
/// that tell too little. `spillwayctl dlq doctor`.
namespace spillway {

/// What the doctor looks at.
struct DoctorFacts
{
    std::vector<ChannelOutlook> channels; ///< with their dialects and origins
    TopicBook topics;
    std::vector<OpenLetterCount> letters;
};

/// How long letters must stay for a weekly review to see them.
inline constexpr Millis reviewPeriod{7LL * 86'400'000};

/// The findings, errors first, then by rule, then by subject. What is unknown accuses nobody. Pure; any thread.
[[nodiscard]] std::vector<DoctorFinding> examine(const DoctorFacts& facts, const Workspace& workspace,
                                                 const Catalog& catalog);

/// What was kept at the last sample, examined. Blocking; on a reader's thread.
[[nodiscard]] Result<DoctorFacts> keptDoctorFacts(Database& reader);

/// What is wrong now, the channels counted anew. Walks all open letters: see channelOutlooks. Blocking; on a reader's
/// thread.
[[nodiscard]] Result<std::vector<DoctorFinding>>
doctorFindings(Database& reader, const Workspace& workspace, const Catalog& catalog, UtcTime now, std::stop_token stop);

} // namespace spillway
