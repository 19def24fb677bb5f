// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/costquestion.h"

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

Result<CostQuestion> costQuestion(const Context& context, const Cost& command)
{
    CostQuestion question;
    question.profile = command.profile;
    question.isCalibrated = !command.isModelled;
    QStringList faults;
    const auto range = parseDayRange(command.from, command.to, command.timeZone);
    if (range)
        question.range = *range;
    else
        faults += range.error().detail;
    const auto policy = command.policy.isEmpty() ? Result<AllocationPolicy>(AllocationPolicy::Profile)
                                                 : parseAllocationPolicy(command.policy);
    if (policy)
        question.policy = *policy;
    else
        faults += policy.error().detail;
    const auto idle = command.idle.isEmpty() ? Result<IdlePolicy>(IdlePolicy::Show) : parseIdlePolicy(command.idle);
    if (idle)
        question.idle = *idle;
    else
        faults += idle.error().detail;
    if (!command.profile.isEmpty()) {
        // Faults of the file itself are told with their places by whoever reads it next.
        const auto profiles = workspacePricing(context);
        const auto profile =
            profiles.value ? chooseProfile(*profiles.value, command.profile) : Result<PricingProfile>(PricingProfile());
        if (!profile)
            faults += u"--profile: "_s + profile.error().detail;
    }
    if (!faults.isEmpty())
        return fail(ErrorCode::InvalidConfig, faults.join(u'\n'));
    return question;
}

} // namespace spillway::ctl
