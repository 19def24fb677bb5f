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

Checked<CostReport> workspaceCost(const Context& context, const QString& profileName,
                                  const std::optional<DayRange>& range)
{
    Checked<CostReport> result;
    std::vector<PricingProfile> profiles;
    if (!context.workspace.pricingFile.isEmpty()) {
        Checked<std::vector<PricingProfile>> loaded = loadPricing(context.workspace.pricingFile);
        result.issues = std::move(loaded.issues);
        if (!loaded.value)
            return result;
        profiles = std::move(*loaded.value);
    }
    const auto profile = chooseProfile(profiles, profileName);
    if (!profile) {
        result.issues.push_back(issueOf(context, profile.error(), u"choose one of them with --profile"_s));
        return result;
    }
    auto report = costReport(context.catalog, *profile, {.range = range});
    if (!report) {
        result.issues.push_back(issueOf(context, report.error(), u"correct the volume, size or rate"_s));
        return result;
    }
    result.value = std::move(*report);
    return result;
}

} // namespace spillway
