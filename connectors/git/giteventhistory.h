// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/eventhistory.h"

namespace spillway {

/// A Git checkout's commits, read with libgit2: nothing is written, no hook or filter program runs, nothing is fetched.
/// Any thread.
class GitEventHistory final : public EventHistorySource
{
public:
    GitEventHistory();
    ~GitEventHistory() override;
    Q_DISABLE_COPY_MOVE(GitEventHistory)

    [[nodiscard]] Result<EventHistory> historyOf(const EventHistoryQuestion& question,
                                                 std::stop_token stop) const override;
};

} // namespace spillway
