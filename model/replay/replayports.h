// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/broker/record.h"
#include "model/deadletter/deadletter.h"

#include <map>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

/// What a running replay needs besides the broker it sends to. Called from the job's thread.
namespace spillway {

/// A letter as it is when its turn comes.
struct ReplayLetter
{
    std::optional<RawRecord> record; ///< nullopt: the payload is no longer stored
    TriageState state = TriageState::New;
};

class ReplayLetterSource
{
public:
    virtual ~ReplayLetterSource() = default;
    /// The letters of these ids, one for each and in their order. At most one batch (5 000) is asked for at once.
    /// A letter that is not stored any more comes without a record, as `lost`. Called from the job's thread, or from
    /// the one that reads ahead for it; never from both at once.
    [[nodiscard]] virtual Result<std::vector<ReplayLetter>> load(const std::vector<QString>& letterIds,
                                                                 std::stop_token stop) = 0;
};

/// What became of a job's messages, as far as anybody can tell now.
struct OutcomeObservation
{
    /// Next offset that a group will read, per partition; no entry where it never committed.
    std::map<std::pair<QString, TopicPartition>, Offset> committed;
    /// `spillway-replay-of` -> number of dead letters that bear it together with the job's `spillway-replay-id`.
    std::map<QByteArray, std::int64_t> deadLetters;
};

class OutcomeProbe
{
public:
    virtual ~OutcomeProbe() = default;
    /// Looks now: first reads the committed offsets of `groups` in `topics`, *then* the dead-letter channels up to
    /// their ends. A consumer sets a message aside before it commits past it, so in this order no failure is taken for
    /// a success. Unreachable and TimedOut: nothing is known this time; the next call tries again.
    [[nodiscard]] virtual Result<OutcomeObservation> observe(const QString& jobId, const std::vector<QString>& groups,
                                                             const std::vector<QString>& topics,
                                                             std::stop_token stop) = 0;
};

} // namespace spillway
