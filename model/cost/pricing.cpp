// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/pricing.h"

#include "model/workspace/issuelist.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const std::array<std::pair<PriceUnit, QString>, 18>& units()
{
    static const std::array<std::pair<PriceUnit, QString>, 18> table{
        {{PriceUnit::GibDay, u"GiB-Day"_s},
         {PriceUnit::GibMonth, u"GiB-Month"_s},
         {PriceUnit::GbDay, u"GB-Day"_s},
         {PriceUnit::GbMonth, u"GB-Month"_s},
         {PriceUnit::Gib, u"GiB"_s},
         {PriceUnit::Gb, u"GB"_s},
         {PriceUnit::MillionEvents, u"Million-Events"_s},
         {PriceUnit::EntryDay, u"Entry-Day"_s},
         {PriceUnit::EntryMonth, u"Entry-Month"_s},
         {PriceUnit::SchemaDay, u"Schema-Day"_s},
         {PriceUnit::SchemaMonth, u"Schema-Month"_s},
         {PriceUnit::GibHour, u"GiB-Hour"_s},
         {PriceUnit::GbHour, u"GB-Hour"_s},
         {PriceUnit::SchemaHour, u"Schema-Hour"_s},
         {PriceUnit::MillionRequests, u"Million-Requests"_s},
         {PriceUnit::Hour, u"Hour"_s},
         {PriceUnit::Day, u"Day"_s},
         {PriceUnit::Month, u"Month"_s}}};
    return table;
}

QString joined(const QStringList& words)
{
    return words.size() < 2 ? words.join(QString())
                            : words.first(words.size() - 1).join(u", "_s) + u" or "_s + words.last();
}

} // namespace

QString costComponentWord(CostComponent component)
{
    switch (component) {
    case CostComponent::Storage:
        return u"storage"_s;
    case CostComponent::Network:
        return u"network"_s;
    case CostComponent::Compute:
        return u"compute"_s;
    case CostComponent::Registry:
        return u"registry"_s;
    case CostComponent::TieredStorage:
        return u"tiered_storage"_s;
    case CostComponent::Ingress:
        return u"ingress"_s;
    case CostComponent::Egress:
        return u"egress"_s;
    case CostComponent::CrossZone:
        return u"cross_zone"_s;
    case CostComponent::Broker:
        return u"broker"_s;
    case CostComponent::Partitions:
        return u"partitions"_s;
    case CostComponent::Requests:
        return u"requests"_s;
    case CostComponent::Connectors:
        return u"connectors"_s;
    case CostComponent::Fixed:
        return u"fixed"_s;
    case CostComponent::Adjustment:
        return u"adjustment"_s;
    }
    return {};
}

QString costComponentKey(CostComponent component)
{
    if (component == CostComponent::TieredStorage)
        return u"tieredStorage"_s;
    return component == CostComponent::CrossZone ? u"crossZone"_s : costComponentWord(component);
}

bool PricingProfile::isPriced(CostComponent component) const
{
    return componentIndex(component) < coreComponents.size() || price(component).rate.mantissa > 0;
}

PricingProfile PricingProfile::on(QDate day) const
{
    const PricingProfile* holds = this;
    for (const PricingProfile& change : changes) {
        if (!day.isValid() || change.effectiveFrom <= day)
            holds = &change;
    }
    PricingProfile rates = *holds;
    rates.changes.clear();
    return rates;
}

QString priceUnitWord(PriceUnit unit)
{
    const auto at =
        std::find_if(units().begin(), units().end(), [unit](const auto& entry) { return entry.first == unit; });
    return at != units().end() ? at->second : QString();
}

QString chargedToWord(ChargedTo chargedTo)
{
    switch (chargedTo) {
    case ChargedTo::Each:
        return u"each"_s;
    case ChargedTo::Producer:
        return u"producer"_s;
    case ChargedTo::Consumers:
        return u"consumers"_s;
    case ChargedTo::Split:
        return u"split"_s;
    case ChargedTo::Platform:
        return u"platform"_s;
    }
    return {};
}

PricingProfile seedProfile()
{
    PricingProfile seed;
    seed.name = u"seed"_s;
    seed.currency = u"USD"_s;
    seed.source = u"constants of the governance article"_s;
    seed.retentionDays = 7;
    seed.isMeasured = false; // the article reckons with the catalog's volumes
    seed.prices = {ComponentPrice{Rate{10, 2}, PriceUnit::GibDay, ChargedTo::Each},
                   ComponentPrice{Rate{5, 2}, PriceUnit::Gib, ChargedTo::Each},
                   ComponentPrice{Rate{50, 2}, PriceUnit::MillionEvents, ChargedTo::Consumers},
                   ComponentPrice{Rate{1, 2}, PriceUnit::EntryDay, ChargedTo::Each}};
    return seed;
}

Result<PricingProfile> chooseProfile(const std::vector<PricingProfile>& fileProfiles, const QString& name)
{
    if (name.isEmpty())
        return fileProfiles.empty() ? seedProfile() : fileProfiles.front();
    QStringList names{u"seed"_s};
    for (const PricingProfile& profile : fileProfiles) {
        if (profile.name == name)
            return profile;
        names += profile.name;
    }
    if (name == u"seed")
        return seedProfile();
    return fail(ErrorCode::InvalidConfig, u"there is no pricing profile %1%2; write %3"_s.arg(
                                              quoted(name), didYouMean(name, names), joined(names)));
}

} // namespace spillway
