// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "app/console/decision.h"
#include "app/console/letterselection.h"
#include "model/base/clock.h"
#include "model/deadletter/triage.h"
#include "model/review/review.h"

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
        const Clock& clock;
        QString actor;
        /// Moves letters, as a person's decision does.
        std::function<Result<std::int64_t>(const LetterSelection&, const TriageRequest&, const AnswerSink&,
                                           std::stop_token)>
            triage;
    };
    explicit ReviewOperations(World world)
        : m_world(std::move(world))
    {
    }

    /// Begins a review with the agenda as it stands. Conflict when one is open.
    /// @return its id.
    [[nodiscard]] Result<QString> open(const QStringList& participants, std::stop_token stop);
    /// The meeting's word on a group: an event in the ledger; then `archive` and `assign` move the group's open
    /// letters.
    /// @return how many letters that moved. NotFound names a group that is not there.
    [[nodiscard]] Result<std::int64_t> decide(const QString& group, const ReviewWords& words, const AnswerSink& sink,
                                              std::stop_token stop);
    /// @return the review as it was closed. InvalidConfig when none is open.
    [[nodiscard]] Result<Review> close();

private:
    [[nodiscard]] Result<ReviewBook> book() const { return readReviewsFrom(m_world.context.ledgerFile()); }

    World m_world;
    std::mutex m_mutex; // guards: what is read from the ledger until what follows from it is appended
};

} // namespace spillway
