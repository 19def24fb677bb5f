// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/holder.h"
#include "views/trail/trailsource.h"

namespace spillway {

/// Answers the Trail screen from the store, the brokers and the processing logs.
class ConsoleTrailSource final : public views::TrailSource
{
public:
    /// @param holder  outlives this.
    explicit ConsoleTrailSource(const Holder& holder)
        : m_holder(holder)
    {
    }
    [[nodiscard]] Result<Trail> trail(const TrailRequest& request, TrailProgress* progress,
                                      std::stop_token stop) override;

private:
    const Holder& m_holder;
};

} // namespace spillway
