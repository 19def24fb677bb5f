// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/costquestions.h"

namespace spillway {

CostQuestion questionOf(const views::CostRequest& request, UtcTime now)
{
    return {.profile = request.profile,
            .range = periodDays(request.period, request.timeZone, now),
            .policy = request.policy,
            .idle = request.idle};
}

} // namespace spillway
