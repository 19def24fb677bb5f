// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/costs.h"

#include "app/console/measuredusage.h"
#include "model/cost/calibration.h"

#include <QFileInfo>

#include <set>

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

/// The profiles that answer a question: one, or without a name one for each connection.
Result<std::vector<PricingProfile>> chosenProfiles(const std::vector<PricingProfile>& all, const QString& name)
{
    if (!name.isEmpty() || all.empty() || all.front().connection.isEmpty()) {
        const auto one = chooseProfile(all, name);
        if (!one)
            return tl::unexpected<Error>(one.error());
        return std::vector{*one};
    }
    std::vector<PricingProfile> chosen;
    std::set<QString> connections;
    for (const PricingProfile& profile : all) {
        if (profile.connection.isEmpty() || !connections.insert(profile.connection).second)
            continue;
        if (profile.currency != all.front().currency)
            return fail(ErrorCode::InvalidConfig,
                        u"profile '%1' is in %2 and '%3' in %4, which make no common bill"_s.arg(
                            all.front().name, all.front().currency, profile.name, profile.currency));
        chosen.push_back(profile);
    }
    return chosen;
}

Result<std::vector<PricedPart>> partsOf(const Context& context, const CostQuestion& question,
                                        const std::vector<PricingProfile>& profiles)
{
    const QDate today = QDateTime::currentDateTimeUtc().date();
    const auto usage = std::make_shared<MeasuredUsage>(); // second owners: the parts
    if (profiles.size() > 1 || (question.range && profiles.front().isMeasured)) {
        auto measured = workspaceUsage(context, question.range.value_or(DayRange{today, today}));
        if (!measured)
            return tl::unexpected<Error>(measured.error());
        *usage = std::move(*measured);
    }
    std::vector<PricedPart> parts;
    for (const PricingProfile& profile : profiles) {
        CostOptions options;
        options.range = question.range;
        options.policy = question.policy;
        options.idle = question.idle;
        options.measured = usage.get();
        options.today = today;
        if (profiles.size() > 1) {
            // what nobody saw on a connection is the first profile's
            options.isIncluded = [usage, connection = profile.connection,
                                  isFirst = parts.empty()](const CatalogEvent& event) {
                const auto at = usage->topics.find(event.topic);
                return at != usage->topics.end() && !at->second.connection.isEmpty()
                           ? at->second.connection == connection
                           : isFirst;
            };
        }
        parts.push_back({profile, usage, std::move(options)});
    }
    return parts;
}

class BillMaker
{
public:
    /// @param scenario  nullptr: the world as it is
    BillMaker(const Context& context, const CostQuestion& question, const CostScenario* scenario = nullptr)
        : m_context(context)
        , m_question(question)
        , m_scenario(scenario)
    {
    }

    Result<CostBill> make(const std::vector<PricedPart>& parts)
    {
        std::optional<CostBill> all;
        for (const PricedPart& part : parts) {
            auto bill = billOf(part);
            if (!bill)
                return bill;
            if (all)
                mergeBill(*all, std::move(*bill));
            else
                all = std::move(*bill);
        }
        return std::move(*all);
    }

private:
    Result<CostBill> billOf(const PricedPart& part)
    {
        std::vector<InvoicedMonth> months;
        if (m_question.range && m_question.isCalibrated) {
            const auto invoices = readInvoices(m_context.ledgerFile());
            if (!invoices)
                return tl::unexpected<Error>(invoices.error());
            months = invoicedMonths(*invoices, part.profile);
        }
        CostOptions options = part.options;
        options.cuts = calibrationCuts(months);
        if (m_scenario != nullptr) {
            const MeasuredUsage usage = m_scenario->usage(*part.usage);
            options.measured = &usage;
            return costBill(m_scenario->catalog(m_context.catalog), m_scenario->profile(part.profile), options);
        }
        auto bill = costBill(m_context.catalog, part.profile, options);
        if (!bill || months.empty())
            return bill;
        std::vector<std::vector<ComponentAmounts>> modelled;
        for (const InvoicedMonth& month : months) {
            const DayRange range{month.first, month.last};
            const auto usage = part.profile.isMeasured ? workspaceUsage(m_context, range) : MeasuredUsage();
            if (!usage)
                return tl::unexpected<Error>(usage.error());
            CostOptions whole = options;
            whole.range = range;
            whole.measured = &*usage;
            const auto model = costBill(m_context.catalog, part.profile, whole);
            if (!model)
                return model;
            modelled.push_back(modelledByDay(*model));
        }
        calibrate(*bill, calibrateMonths(months, modelled));
        return bill;
    }

    const Context& m_context;
    const CostQuestion& m_question;
    const CostScenario* m_scenario;
};

Checked<CostBill> billBy(const Context& context, const CostQuestion& question, const CostScenario* scenario)
{
    Checked<std::vector<PricedPart>> parts = pricedParts(context, question);
    Checked<CostBill> result{std::nullopt, std::move(parts.issues)};
    if (!parts.value)
        return result;
    auto bill = BillMaker(context, question, scenario).make(*parts.value);
    if (!bill) {
        result.issues.push_back(issueOf(context, bill.error(),
                                        bill.error().code == ErrorCode::InvalidConfig
                                            ? u"correct the volume, size or rate"_s
                                            : u"look at the state directory"_s));
        return result;
    }
    result.value = std::move(*bill);
    return result;
}

} // namespace

Checked<std::vector<PricingProfile>> workspacePricing(const Context& context)
{
    if (context.workspace.pricingFile.isEmpty())
        return {std::vector<PricingProfile>(), {}};
    QStringList connections;
    for (const ConnectionSettings& connection : context.workspace.connections)
        connections += connection.name;
    return loadPricing(context.workspace.pricingFile, connections);
}

Result<MeasuredUsage> workspaceUsage(const Context& context, const DayRange& range)
{
    if (!QFileInfo::exists(context.samplesFile()))
        return MeasuredUsage();
    auto reader = Database::open(context.samplesFile(), Database::Access::Reader);
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    return measuredUsage(*reader, range);
}

Checked<std::vector<PricedPart>> pricedParts(const Context& context, const CostQuestion& question)
{
    Checked<std::vector<PricingProfile>> loaded = workspacePricing(context);
    Checked<std::vector<PricedPart>> result{std::nullopt, std::move(loaded.issues)};
    if (!loaded.value)
        return result;
    const auto profiles = chosenProfiles(*loaded.value, question.profile);
    if (!profiles) {
        result.issues.push_back(issueOf(context, profiles.error(), u"choose one of them with --profile"_s));
        return result;
    }
    auto parts = partsOf(context, question, *profiles);
    if (!parts) {
        result.issues.push_back(issueOf(context, parts.error(), u"look at the state directory"_s));
        return result;
    }
    result.value = std::move(*parts);
    return result;
}

Checked<CostBill> workspaceBill(const Context& context, const CostQuestion& question)
{
    return billBy(context, question, nullptr);
}

Checked<CostBill> scenarioBill(const Context& context, const CostQuestion& question, const CostScenario& scenario)
{
    return billBy(context, question, &scenario);
}

Checked<CostReport> workspaceCost(const Context& context, const CostQuestion& question)
{
    Checked<CostBill> bill = workspaceBill(context, question);
    return {bill.value ? std::optional(reportOf(*bill.value)) : std::nullopt, std::move(bill.issues)};
}

} // namespace spillway
