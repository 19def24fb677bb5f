// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "app/console/decision.h"
#include "model/base/clock.h"
#include "model/review/review.h"
#include "model/store/storewriter.h"

#include <mutex>

namespace spillway {

/// Opens, decides and closes the weekly review. Thread-safe; blocks on the disk.
class ReviewOperations
{
public:
    struct World
    {
        const Context& context;
        Ledger& ledger;
        StoreWriter& samples;
        const Clock& clock;
        QString actor;
        std::mutex& deciding; ///< guards: what is read before a decision until what follows from it is in the ledger
    };
    explicit ReviewOperations(World world)
        : m_world(std::move(world))
    {
    }

    /// Begins a review with the agenda as it stands. Conflict when one is open.
    /// @return its id.
    [[nodiscard]] Result<QString> open(const QStringList& participants, std::stop_token stop);
    /// The meeting's word on a group, and what it does: `archive` and `assign` move the group's open letters, and what
    /// the word before did is taken back, where nobody decided since. All of it is written at once or not at all.
    /// NotFound names a group that is not there. Conflict: there is another word than the one that `words.seen` knows
    /// of; nothing was changed.
    [[nodiscard]] Result<ReviewOutcome> decide(const QString& group, const ReviewWords& words, const AnswerSink& sink,
                                               std::stop_token stop);
    /// @return the review as it was closed. InvalidConfig when none is open.
    [[nodiscard]] Result<Review> close(std::stop_token stop);

private:
    [[nodiscard]] Result<Database> reader() const
    {
        return Database::open(m_world.context.samplesFile(), Database::Access::Reader);
    }

    World m_world;
};

} // namespace spillway
