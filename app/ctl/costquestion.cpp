// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/costquestion.h"

#include "model/store/statedirectory.h"

#include <QFileInfo>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

/// A bill without its invoices and samples is another bill: where they are and cannot be read, there is none.
Status readableEvidence(const Context& context)
{
    if (Status readable = readableState(context.stateFolder); !readable)
        return readable;
    if (const auto invoices = readInvoices(context.ledgerFile()); !invoices)
        return tl::unexpected<Error>(invoices.error());
    if (!QFileInfo::exists(context.samplesFile()))
        return {};
    const auto samples = Database::open(context.samplesFile(), Database::Access::Reader);
    return samples ? Status() : tl::unexpected<Error>(samples.error());
}

} // namespace

Result<CostQuestion> costQuestion(const Context& context, const Cost& command, bool needsState)
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
    if (const Status readable = needsState || question.range ? readableEvidence(context) : Status(); !readable)
        return tl::unexpected<Error>(readable.error());
    return question;
}

} // namespace spillway::ctl
