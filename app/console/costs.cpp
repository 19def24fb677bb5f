// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/costs.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

FileIssue issueOf(const Context& context, const Error& error, const QString& remedy)
{
    return {.place = {.file = context.workspace.pricingFile.isEmpty() ? context.workspace.file
                                                                      : context.workspace.pricingFile},
            .message = error.detail,
            .remedy = remedy};
}

} // namespace

Checked<CostBill> workspaceBill(const Context& context, const CostQuestion& question)
{
    Checked<CostBill> result;
    std::vector<PricingProfile> profiles;
    if (!context.workspace.pricingFile.isEmpty()) {
        Checked<std::vector<PricingProfile>> loaded = loadPricing(context.workspace.pricingFile);
        result.issues = std::move(loaded.issues);
        if (!loaded.value)
            return result;
        profiles = std::move(*loaded.value);
    }
    const auto profile = chooseProfile(profiles, question.profile);
    if (!profile) {
        result.issues.push_back(issueOf(context, profile.error(), u"choose one of them with --profile"_s));
        return result;
    }
    auto bill = costBill(context.catalog, *profile,
                         {.range = question.range, .policy = question.policy, .idle = question.idle});
    if (!bill) {
        result.issues.push_back(issueOf(context, bill.error(), u"correct the volume, size or rate"_s));
        return result;
    }
    result.value = std::move(*bill);
    return result;
}

Checked<CostReport> workspaceCost(const Context& context, const CostQuestion& question)
{
    Checked<CostBill> bill = workspaceBill(context, question);
    Checked<CostReport> result;
    result.issues = std::move(bill.issues);
    if (bill.value)
        result.value = reportOf(*bill.value);
    return result;
}

} // namespace spillway
