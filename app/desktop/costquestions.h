// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/costs.h"
#include "views/shell/costview.h"

namespace spillway {

/// What a screen asks about cost, as the console takes it.
[[nodiscard]] CostQuestion questionOf(const views::CostRequest& request, UtcTime now);

/// A checked value, or all faults of the files as one error.
template<typename T>
[[nodiscard]] Result<T> withoutIssues(Checked<T> checked)
{
    if (checked.value)
        return std::move(*checked.value);
    QStringList faults;
    for (const FileIssue& issue : checked.issues)
        faults += issue.toString();
    return fail(ErrorCode::InvalidConfig, faults.join(u'\n'));
}

} // namespace spillway
