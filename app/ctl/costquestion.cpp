// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/costquestion.h"

namespace spillway::ctl {

Result<CostQuestion> costQuestion(const Cost& command)
{
    CostQuestion question;
    question.profile = command.profile;
    question.isCalibrated = !command.isModelled;
    const auto range = parseDayRange(command.from, command.to, command.timeZone);
    if (!range)
        return tl::unexpected<Error>(range.error());
    question.range = *range;
    if (!command.policy.isEmpty()) {
        const auto policy = parseAllocationPolicy(command.policy);
        if (!policy)
            return tl::unexpected<Error>(policy.error());
        question.policy = *policy;
    }
    if (!command.idle.isEmpty()) {
        const auto idle = parseIdlePolicy(command.idle);
        if (!idle)
            return tl::unexpected<Error>(idle.error());
        question.idle = *idle;
    }
    return question;
}

} // namespace spillway::ctl
