// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/pricing.h"
#include "model/workspace/yamlreader.h"

#include <QRegularExpression>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString joined(const QStringList& words)
{
    return words.size() < 2 ? words.join(QString())
                            : words.first(words.size() - 1).join(u", "_s) + u" or "_s + words.last();
}

std::vector<PriceUnit> unitsOf(CostComponent component)
{
    switch (component) {
    case CostComponent::Storage:
    case CostComponent::TieredStorage:
        return {PriceUnit::GibMonth, PriceUnit::GibDay, PriceUnit::GibHour,
                PriceUnit::GbMonth,  PriceUnit::GbDay,  PriceUnit::GbHour};
    case CostComponent::Network:
    case CostComponent::Ingress:
    case CostComponent::Egress:
    case CostComponent::CrossZone:
        return {PriceUnit::Gib, PriceUnit::Gb};
    case CostComponent::Compute:
        return {PriceUnit::MillionEvents};
    case CostComponent::Registry:
        return {PriceUnit::EntryDay, PriceUnit::EntryMonth, PriceUnit::SchemaDay, PriceUnit::SchemaMonth,
                PriceUnit::SchemaHour};
    case CostComponent::Requests:
        return {PriceUnit::MillionRequests};
    case CostComponent::Broker:
    case CostComponent::Partitions:
    case CostComponent::Connectors:
    case CostComponent::Fixed:
        return {PriceUnit::Hour, PriceUnit::Day, PriceUnit::Month};
    case CostComponent::Adjustment:
        break;
    }
    return {};
}

/// Who pays when the file does not say: each cost where it arises, and once.
ChargedTo usualPayer(CostComponent component, PriceUnit unit)
{
    switch (component) {
    case CostComponent::Storage:
    case CostComponent::TieredStorage:
    case CostComponent::Ingress:
    case CostComponent::Partitions:
        return ChargedTo::Producer;
    case CostComponent::Network: // the producer's bytes in, each consumer's bytes out
    case CostComponent::CrossZone:
    case CostComponent::Requests:
        return ChargedTo::Each;
    case CostComponent::Compute:
    case CostComponent::Egress:
        return ChargedTo::Consumers;
    case CostComponent::Registry:
        return unit == PriceUnit::EntryDay || unit == PriceUnit::EntryMonth ? ChargedTo::Each : ChargedTo::Producer;
    case CostComponent::Broker:
    case CostComponent::Connectors:
    case CostComponent::Fixed:
        return ChargedTo::Split;
    case CostComponent::Adjustment:
        break;
    }
    return ChargedTo::Each;
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

bool isShared(CostComponent component)
{
    return component == CostComponent::Broker || component == CostComponent::Connectors ||
           component == CostComponent::Fixed;
}

ChargedTo readPayer(MapReader& map, CostComponent component, ChargedTo usual, IssueList& issues)
{
    const auto word = map.text(u"charged_to"_s);
    if (!word)
        return usual;
    // what is paid once for all is not there to be paid by each
    const std::vector<ChargedTo> payers = isShared(component)
                                              ? std::vector{ChargedTo::Producer, ChargedTo::Split, ChargedTo::Platform}
                                              : std::vector{ChargedTo::Each, ChargedTo::Producer, ChargedTo::Consumers,
                                                            ChargedTo::Split, ChargedTo::Platform};
    QStringList words;
    for (const ChargedTo payer : payers) {
        if (*word == chargedToWord(payer))
            return payer;
        words += chargedToWord(payer);
    }
    issues.error(*map.child(u"charged_to"_s), u"%1 is %2"_s.arg(map.whatOf(u"charged_to"), quoted(*word)),
                 u"write %1"_s.arg(joined(words)));
    return usual;
}

void readCapacity(MapReader& map, CostComponent component, ComponentPrice& price, IssueList& issues)
{
    if (component == CostComponent::Storage || component == CostComponent::Broker)
        price.capacityBytes = map.sizeBytes(u"capacity"_s);
    const bool isCountedTwice = price.chargedTo == ChargedTo::Each || price.chargedTo == ChargedTo::Consumers;
    if (component == CostComponent::Storage && price.capacityBytes && isCountedTwice)
        issues.error(*map.child(u"capacity"_s),
                     u"%1 cannot be combined with charged_to: %2, which counts bytes more than once"_s.arg(
                         map.whatOf(u"capacity"), chargedToWord(price.chargedTo)),
                     u"write charged_to: producer or split, or remove capacity"_s);
    if (isShared(component) || component == CostComponent::Partitions)
        price.count = map.integer(u"count"_s, {.min = 1, .max = 1e9});
}

ComponentPrice readPrice(const YamlNode& node, CostComponent component, const QString& owner, PricingProfile& profile,
                         IssueList& issues)
{
    MapReader map(node, u"%1 of %2"_s.arg(costComponentWord(component), owner), issues);
    ComponentPrice price;
    if (!map.isMap())
        return price;
    price.rate = readRate(map, issues).value_or(Rate{});
    price.unit = readUnit(map, component, issues).value_or(unitsOf(component).front());
    price.chargedTo = readPayer(map, component, usualPayer(component, price.unit), issues);
    readCapacity(map, component, price, issues);
    if (component == CostComponent::Requests) {
        profile.requestBytes = map.integer(u"started_bytes"_s, {.min = 1, .max = 1e12});
        profile.recordsPerRequest =
            static_cast<int>(map.integer(u"records_per_request"_s, {.min = 1, .max = 1e6}).value_or(1));
    }
    map.finish();
    return price;
}

std::optional<QDate> readDate(MapReader& map, IssueList& issues)
{
    const auto text =
        map.requiredText(u"effective_from"_s, u"effective_from: the day from which the rates hold, like 2026-01-01"_s);
    if (!text)
        return std::nullopt;
    const QDate day = QDate::fromString(*text, Qt::ISODate);
    if (day.isValid())
        return day;
    issues.error(*map.child(u"effective_from"_s),
                 u"%1 is %2, which is not a day"_s.arg(map.whatOf(u"effective_from"), quoted(*text)),
                 u"write year, month and day, like 2026-01-01"_s);
    return std::nullopt;
}

/// Which components a profile has to name: the article's; bytes in and out stand for network.
bool isRequired(CostComponent component, const YamlNode& components)
{
    const bool hasPaths = components.find(u"ingress") != nullptr || components.find(u"egress") != nullptr;
    return componentIndex(component) < coreComponents.size() && !(component == CostComponent::Network && hasPaths);
}

/// @param isWhole  false: a change, which names only what changes
void readComponents(const YamlNode& node, const QString& owner, PricingProfile& profile, bool isWhole,
                    IssueList& issues)
{
    MapReader components(node, u"components of %1"_s.arg(owner), issues);
    for (const CostComponent component : costComponents) {
        const QString word = costComponentWord(component);
        const YamlNode* price =
            isWhole && components.isMap() && isRequired(component, node)
                ? components.required(word, u"%1: { rate: 0, unit: %2 } (a rate of 0 if it costs nothing)"_s.arg(
                                                word, priceUnitWord(unitsOf(component).front())))
                : components.child(word);
        if (price != nullptr)
            profile.prices[componentIndex(component)] = readPrice(*price, component, owner, profile, issues);
    }
    components.finish();
}

/// What holds in a profile and may change with a change.
void readTerms(MapReader& map, PricingProfile& profile)
{
    constexpr NumberRange daysRange{.min = 0, .max = 36500, .isMinAllowed = false};
    if (const auto source = map.text(u"source"_s))
        profile.source = *source;
    if (const auto days = map.number(u"retention_days"_s, daysRange))
        profile.retentionDays = days;
    if (const auto copies = map.integer(u"replication"_s, {.min = 1, .max = 100}))
        profile.replication = static_cast<int>(*copies);
    if (const auto days = map.number(u"hot_days"_s, daysRange))
        profile.hotDays = days;
    if (const YamlNode* node = map.child(u"hot_days_of"_s)) {
        MapReader topics(*node, u"hot_days_of of %1"_s.arg(map.what()), map.issues());
        for (const YamlNode::Entry& entry : node->entries) {
            if (const auto days = topics.number(entry.key->text, daysRange))
                profile.hotDaysOf[entry.key->text] = *days;
        }
        topics.finish();
    }
    if (const auto zones = map.integer(u"zones"_s, {.min = 1, .max = 100}))
        profile.zones = static_cast<int>(*zones);
    if (const auto isLocal = map.boolean(u"fetch_from_own_zone"_s))
        profile.isFetchLocal = *isLocal;
    if (const auto bytes = map.integer(u"record_overhead_bytes"_s, {.min = 0, .max = 1e6}))
        profile.recordOverheadBytes = *bytes;
}

void readAssumptions(const YamlNode& node, const QString& owner, PricingProfile& profile, IssueList& issues)
{
    MapReader map(node, u"assume of %1"_s.arg(owner), issues);
    profile.assumedPayloadBytes = map.integer(u"payload_bytes"_s, {.min = 0, .max = 1e12});
    profile.assumedDailyVolume = map.integer(u"daily_volume"_s, {.min = 0});
    profile.assumedRetentionDays = map.number(u"retention_days"_s, {.min = 0, .max = 36500, .isMinAllowed = false});
    if (const auto partitions = map.integer(u"partitions"_s, {.min = 1, .max = 1e6}))
        profile.assumedPartitions = static_cast<int>(*partitions);
    map.finish();
}

void readQuantities(MapReader& map, PricingProfile& profile, IssueList& issues)
{
    const auto word = map.text(u"quantities"_s);
    if (!word)
        return;
    profile.isMeasured = *word == u"measured";
    if (*word != u"measured" && *word != u"declared")
        issues.error(*map.child(u"quantities"_s), u"%1 is %2"_s.arg(map.whatOf(u"quantities"), quoted(*word)),
                     u"write measured (where samples cover the day) or declared (always the catalog's)"_s);
}

std::optional<Money> readMoney(MapReader& map, const QString& key, IssueList& issues)
{
    const YamlNode* node = map.child(key);
    if (node == nullptr)
        return std::nullopt;
    const auto amount = node->kind == YamlNode::Kind::Scalar ? parseMoney(node->text)
                                                             : Result<Money>(fail(ErrorCode::InvalidConfig, {}));
    if (amount)
        return *amount;
    issues.error(*node, u"%1 is no amount"_s.arg(map.whatOf(key)),
                 u"write a decimal number of at least 0 with at most six decimals, like 499.99"_s);
    return std::nullopt;
}

void readBudget(const YamlNode& node, const QString& owner, PricingProfile& profile, IssueList& issues)
{
    MapReader map(node, u"budget of %1"_s.arg(owner), issues);
    profile.monthlyBudget = readMoney(map, u"monthly"_s, issues);
    if (const YamlNode* teams = map.child(u"teams"_s)) {
        MapReader each(*teams, u"teams in the budget of %1"_s.arg(owner), issues);
        for (const YamlNode::Entry& entry : teams->entries) {
            if (const auto amount = readMoney(each, entry.key->text, issues))
                profile.teamBudgets[entry.key->text] = *amount;
        }
        each.finish();
    }
    map.finish();
}

void readChanges(const YamlNode& node, const QString& owner, PricingProfile& profile, IssueList& issues)
{
    if (node.kind != YamlNode::Kind::Sequence) {
        issues.error(node, u"'changes' of %1 is not a list"_s.arg(owner),
                     u"begin each change with '- effective_from: …'"_s);
        return;
    }
    PricingProfile latest = profile;
    for (const YamlNode* item : node.items) {
        MapReader map(*item, u"a change of %1"_s.arg(owner), issues);
        if (!map.isMap())
            continue;
        PricingProfile changed = latest;
        changed.effectiveFrom = readDate(map, issues);
        if (changed.effectiveFrom && latest.effectiveFrom && changed.effectiveFrom <= latest.effectiveFrom)
            issues.error(
                *map.child(u"effective_from"_s),
                u"%1 is not after %2"_s.arg(map.whatOf(u"effective_from"), latest.effectiveFrom->toString(Qt::ISODate)),
                u"order the changes by day, each later than the one before"_s);
        readTerms(map, changed);
        if (const YamlNode* components = map.child(u"components"_s))
            readComponents(*components, owner, changed, false, issues);
        map.finish();
        latest = changed;
        profile.changes.push_back(std::move(changed));
    }
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
    profile.effectiveFrom = readDate(map, issues);
    profile.connection = map.text(u"connection"_s).value_or(QString());
    profile.platformTeam = map.text(u"platform_team"_s).value_or(profile.platformTeam);
    readTerms(map, profile);
    if (const auto percent = map.integer(u"mix_usage_percent"_s, {.min = 0, .max = 100}))
        profile.usagePercent = static_cast<int>(*percent);
    readQuantities(map, profile, issues);
    if (const YamlNode* node = map.child(u"budget"_s))
        readBudget(*node, owner, profile, issues);
    if (const YamlNode* node = map.child(u"assume"_s))
        readAssumptions(*node, owner, profile, issues);
    if (const YamlNode* node =
            map.required(u"components"_s, u"components: { storage: { rate: 0.10, unit: GiB-Month }, … }"_s))
        readComponents(*node, owner, profile, true, issues);
    if (const YamlNode* node = map.child(u"changes"_s))
        readChanges(*node, owner, profile, issues);
    map.finish();
    return profile;
}

/// A cluster that is not there would be billed beside those that are.
void checkConnection(const YamlNode& node, const PricingProfile& profile, const QStringList& connections,
                     IssueList& issues)
{
    const YamlNode* named = node.find(u"connection");
    if (named == nullptr || profile.connection.isEmpty() || connections.contains(profile.connection))
        return;
    issues.error(*named,
                 u"'connection' of profile %1 is %2, which the workspace has not%3"_s.arg(
                     quoted(profile.name), quoted(profile.connection), didYouMean(profile.connection, connections)),
                 connections.isEmpty() ? u"leave it out"_s : u"write %1"_s.arg(joined(connections)));
}

} // namespace

Checked<std::vector<PricingProfile>> loadPricing(const QString& file, const std::optional<QStringList>& connections)
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
            if (connections && entry.value->kind == YamlNode::Kind::Map)
                checkConnection(*entry.value, profiles.back(), *connections, issues);
        }
    }
    map.finish();
    Checked<std::vector<PricingProfile>> checked{std::nullopt, issues.take()};
    if (!hasErrors(checked.issues))
        checked.value = std::move(profiles);
    return checked;
}

} // namespace spillway
