// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/costsimulation.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

Checked<CostSimulation> workspaceSimulation(const Context& context, const CostQuestion& question,
                                            const CostWhatIf& whatIf)
{
    Checked<CostBill> now = workspaceBill(context, question);
    if (!now.value)
        return {std::nullopt, std::move(now.issues)};
    const CostScenario scenario{.catalog = [&whatIf](const Catalog& catalog) { return changedBy(whatIf, catalog); },
                                .profile = [&whatIf](const PricingProfile& one) { return changedBy(whatIf, one); },
                                .usage = [&whatIf](const MeasuredUsage& usage) { return changedBy(whatIf, usage); }};
    Checked<CostBill> then = scenarioBill(context, question, scenario);
    if (!then.value)
        return {std::nullopt, std::move(then.issues)};
    return {compareBills(*now.value, *then.value), {}};
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
