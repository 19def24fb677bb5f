// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/pricing.h"

#include "model/workspace/yamlreader.h"

#include <QRegularExpression>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const std::array<std::pair<PriceUnit, QString>, 11>& units()
{
    static const std::array<std::pair<PriceUnit, QString>, 11> table{{{PriceUnit::GibDay, u"GiB-Day"_s},
                                                                      {PriceUnit::GibMonth, u"GiB-Month"_s},
                                                                      {PriceUnit::GbDay, u"GB-Day"_s},
                                                                      {PriceUnit::GbMonth, u"GB-Month"_s},
                                                                      {PriceUnit::Gib, u"GiB"_s},
                                                                      {PriceUnit::Gb, u"GB"_s},
                                                                      {PriceUnit::MillionEvents, u"Million-Events"_s},
                                                                      {PriceUnit::EntryDay, u"Entry-Day"_s},
                                                                      {PriceUnit::EntryMonth, u"Entry-Month"_s},
                                                                      {PriceUnit::SchemaDay, u"Schema-Day"_s},
                                                                      {PriceUnit::SchemaMonth, u"Schema-Month"_s}}};
    return table;
}

std::vector<PriceUnit> unitsOf(CostComponent component)
{
    switch (component) {
    case CostComponent::Storage:
        return {PriceUnit::GibMonth, PriceUnit::GibDay, PriceUnit::GbMonth, PriceUnit::GbDay};
    case CostComponent::Network:
        return {PriceUnit::Gib, PriceUnit::Gb};
    case CostComponent::Compute:
        return {PriceUnit::MillionEvents};
    case CostComponent::Registry:
        return {PriceUnit::EntryDay, PriceUnit::EntryMonth, PriceUnit::SchemaDay, PriceUnit::SchemaMonth};
    }
    return {};
}

/// Who pays when the file does not say: each cost where it arises, and once.
ChargedTo usualPayer(CostComponent component, PriceUnit unit)
{
    switch (component) {
    case CostComponent::Storage:
        return ChargedTo::Producer;
    case CostComponent::Network:
        return ChargedTo::Each; // the producer's bytes in, each consumer's bytes out
    case CostComponent::Compute:
        return ChargedTo::Consumers;
    case CostComponent::Registry:
        return unit == PriceUnit::SchemaDay || unit == PriceUnit::SchemaMonth ? ChargedTo::Producer : ChargedTo::Each;
    }
    return ChargedTo::Each;
}

QString joined(const QStringList& words)
{
    return words.size() < 2 ? words.join(QString())
                            : words.first(words.size() - 1).join(u", "_s) + u" or "_s + words.last();
}

std::optional<PriceUnit> readUnit(MapReader& map, CostComponent component, IssueList& issues)
{
    QStringList words;
    for (const PriceUnit unit : unitsOf(component))
        words += priceUnitWord(unit);
    const auto word = map.requiredText(u"unit"_s, u"unit: %1"_s.arg(joined(words)));
    if (!word)
        return std::nullopt;
    for (const PriceUnit unit : unitsOf(component)) {
        if (priceUnitWord(unit).compare(*word, Qt::CaseInsensitive) == 0)
            return unit;
    }
    issues.error(*map.child(u"unit"_s), u"%1 is %2"_s.arg(map.whatOf(u"unit"), quoted(*word)),
                 u"write %1"_s.arg(joined(words)));
    return std::nullopt;
}

std::optional<Rate> readRate(MapReader& map, IssueList& issues)
{
    const QString remedy = u"write a decimal number of at least 0 with at most 12 decimals, like 0.10"_s;
    const YamlNode* node = map.required(u"rate"_s, u"rate: a decimal number, like 0.10"_s);
    if (node == nullptr)
        return std::nullopt;
    if (node->kind == YamlNode::Kind::Scalar) {
        if (const auto rate = parseRate(node->text))
            return *rate;
        issues.error(*node, u"%1 is %2, which is not a price"_s.arg(map.whatOf(u"rate"), quoted(node->text)), remedy);
    } else {
        issues.error(*node, u"%1 is not a number"_s.arg(map.whatOf(u"rate")), remedy);
    }
    return std::nullopt;
}

ChargedTo readPayer(MapReader& map, ChargedTo usual, IssueList& issues)
{
    const auto word = map.text(u"charged_to"_s);
    if (!word)
        return usual;
    for (const ChargedTo payer : {ChargedTo::Each, ChargedTo::Producer, ChargedTo::Consumers, ChargedTo::Split}) {
        if (*word == chargedToWord(payer))
            return payer;
    }
    issues.error(*map.child(u"charged_to"_s), u"%1 is %2"_s.arg(map.whatOf(u"charged_to"), quoted(*word)),
                 u"write each, producer, consumers or split"_s);
    return usual;
}

ComponentPrice readPrice(const YamlNode& node, CostComponent component, const QString& owner, IssueList& issues)
{
    MapReader map(node, u"%1 of %2"_s.arg(costComponentWord(component), owner), issues);
    ComponentPrice price;
    if (!map.isMap())
        return price;
    price.rate = readRate(map, issues).value_or(Rate{});
    price.unit = readUnit(map, component, issues).value_or(unitsOf(component).front());
    price.chargedTo = readPayer(map, usualPayer(component, price.unit), issues);
    if (component == CostComponent::Storage) {
        price.capacityBytes = map.sizeBytes(u"capacity"_s);
        const bool paysOnce = price.chargedTo == ChargedTo::Producer || price.chargedTo == ChargedTo::Split;
        if (price.capacityBytes && !paysOnce)
            issues.error(*map.child(u"capacity"_s),
                         u"%1 cannot be combined with charged_to: %2, which counts bytes more than once"_s.arg(
                             map.whatOf(u"capacity"), chargedToWord(price.chargedTo)),
                         u"write charged_to: producer or split, or remove capacity"_s);
    }
    map.finish();
    return price;
}

void readDate(MapReader& map, PricingProfile& profile, IssueList& issues)
{
    const auto text =
        map.requiredText(u"effective_from"_s, u"effective_from: the day from which the rates hold, like 2026-01-01"_s);
    if (!text)
        return;
    const QDate day = QDate::fromString(*text, Qt::ISODate);
    if (day.isValid())
        profile.effectiveFrom = day;
    else
        issues.error(*map.child(u"effective_from"_s),
                     u"%1 is %2, which is not a day"_s.arg(map.whatOf(u"effective_from"), quoted(*text)),
                     u"write year, month and day, like 2026-01-01"_s);
}

PricingProfile readProfile(const YamlNode::Entry& entry, IssueList& issues)
{
    PricingProfile profile;
    profile.name = entry.key->text;
    const QString owner = u"profile %1"_s.arg(quoted(profile.name));
    MapReader map(*entry.value, owner, issues);
    profile.currency =
        map.requiredText(u"currency"_s, u"currency: three letters of ISO 4217, like EUR"_s).value_or(QString());
    static const QRegularExpression iso4217(u"^[A-Z]{3}$"_s);
    if (!profile.currency.isEmpty() && !iso4217.match(profile.currency).hasMatch())
        issues.error(*map.child(u"currency"_s),
                     u"%1 is %2, which is not a currency"_s.arg(map.whatOf(u"currency"), quoted(profile.currency)),
                     u"write three capital letters of ISO 4217, like EUR"_s);
    readDate(map, profile, issues);
    profile.source = map.text(u"source"_s).value_or(QString());
    profile.retentionDays = map.number(u"retention_days"_s, {.min = 0, .max = 36500, .isMinAllowed = false});
    profile.replication = static_cast<int>(map.integer(u"replication"_s, {.min = 1, .max = 100}).value_or(1));
    if (const YamlNode* node =
            map.required(u"components"_s, u"components: { storage: { rate: 0.10, unit: GiB-Month }, … }"_s)) {
        MapReader components(*node, u"components of %1"_s.arg(owner), issues);
        for (const CostComponent component : costComponents) {
            const QString word = costComponentWord(component);
            if (const YamlNode* price =
                    components.required(word, u"%1: { rate: 0, unit: %2 } (a rate of 0 if it costs nothing)"_s.arg(
                                                  word, priceUnitWord(unitsOf(component).front()))))
                profile.prices[static_cast<std::size_t>(component)] = readPrice(*price, component, owner, issues);
        }
        components.finish();
    }
    map.finish();
    return profile;
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
    }
    return {};
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
    seed.prices = {ComponentPrice{Rate{10, 2}, PriceUnit::GibDay, ChargedTo::Each, std::nullopt},
                   ComponentPrice{Rate{5, 2}, PriceUnit::Gib, ChargedTo::Each, std::nullopt},
                   ComponentPrice{Rate{50, 2}, PriceUnit::MillionEvents, ChargedTo::Consumers, std::nullopt},
                   ComponentPrice{Rate{1, 2}, PriceUnit::EntryDay, ChargedTo::Each, std::nullopt}};
    return seed;
}

Checked<std::vector<PricingProfile>> loadPricing(const QString& file)
{
    const Checked<YamlDocument> document = readYamlFile(file);
    if (!document.value)
        return {std::nullopt, document.issues};
    IssueList issues(file);
    issues.append(document.issues);
    MapReader map(*document.value->root, u"the pricing file"_s, issues);
    (void)map.child(u"version"_s);
    std::vector<PricingProfile> profiles;
    if (const YamlNode* node = map.required(u"profiles"_s, u"profiles: with one key per profile"_s)) {
        if (node->kind != YamlNode::Kind::Map)
            issues.error(*node, u"'profiles' of the pricing file is not a map"_s,
                         u"write each profile's name as a key"_s);
        for (const YamlNode::Entry& entry : node->entries) {
            if (entry.key->text == u"seed")
                issues.error(*entry.key, u"the name 'seed' belongs to the built-in profile"_s,
                             u"give this profile another name"_s);
            profiles.push_back(readProfile(entry, issues));
        }
    }
    map.finish();
    Checked<std::vector<PricingProfile>> checked{std::nullopt, issues.take()};
    if (!hasErrors(checked.issues))
        checked.value = std::move(profiles);
    return checked;
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
