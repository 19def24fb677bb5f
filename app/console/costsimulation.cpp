// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/costsimulation.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

Result<CostSimulation> simulated(const Context& context, const std::vector<PricingProfile>& profiles,
                                 const CostQuestion& question, const CostWhatIf& whatIf)
{
    const auto profile = chooseProfile(profiles, question.profile);
    if (!profile)
        return tl::unexpected(profile.error());
    CostOptions options{.range = question.range, .policy = question.policy, .idle = question.idle};
    MeasuredUsage usage;
    if (question.range && profile->isMeasured) {
        auto measured = workspaceUsage(context, *question.range);
        if (!measured)
            return tl::unexpected(measured.error());
        usage = std::move(*measured);
        options.measured = &usage;
    }
    return simulateCost(context.catalog, *profile, options, whatIf);
}

} // namespace

Checked<CostSimulation> workspaceSimulation(const Context& context, const CostQuestion& question,
                                            const CostWhatIf& whatIf)
{
    Checked<std::vector<PricingProfile>> loaded = workspacePricing(context);
    Checked<CostSimulation> result{std::nullopt, std::move(loaded.issues)};
    if (!loaded.value)
        return result;
    const auto simulation = simulated(context, *loaded.value, question, whatIf);
    if (!simulation) {
        result.issues.push_back({.place = {.file = context.workspace.pricingFile},
                                 .message = simulation.error().detail,
                                 .remedy = u"choose another profile"_s});
        return result;
    }
    result.value = *simulation;
    return result;
}

QStringList costProfiles(const Context& context)
{
    QStringList names;
    for (const PricingProfile& profile : workspacePricing(context).value.value_or(std::vector<PricingProfile>()))
        names += profile.name;
    if (!names.contains(u"seed"_s))
        names += u"seed"_s;
    return names;
}

} // namespace spillway
