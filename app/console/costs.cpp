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

class BillMaker
{
public:
    BillMaker(const Context& context, const CostQuestion& question)
        : m_context(context)
        , m_question(question)
    {
    }

    Result<CostBill> make(const std::vector<PricingProfile>& profiles)
    {
        const QDate today = QDateTime::currentDateTimeUtc().date();
        const bool isAsked = profiles.size() > 1 || (m_question.range && profiles.front().isMeasured);
        if (isAsked) {
            const auto usage = workspaceUsage(m_context, m_question.range.value_or(DayRange{today, today}));
            if (!usage)
                return tl::unexpected<Error>(usage.error());
            m_usage = *usage;
        }
        m_options.range = m_question.range;
        m_options.policy = m_question.policy;
        m_options.idle = m_question.idle;
        m_options.measured = &m_usage;
        m_options.today = today;
        std::optional<CostBill> all;
        for (const PricingProfile& profile : profiles) {
            // what nobody saw on a connection is the first profile's
            const bool isFirst = &profile == &profiles.front();
            if (profiles.size() > 1)
                m_options.isIncluded = [this, &profile, isFirst](const CatalogEvent& event) {
                    const auto at = m_usage.topics.find(event.topic);
                    return at != m_usage.topics.end() && !at->second.connection.isEmpty()
                               ? at->second.connection == profile.connection
                               : isFirst;
                };
            auto bill = billOf(profile);
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
    Result<CostBill> billOf(const PricingProfile& profile)
    {
        std::vector<InvoicedMonth> months;
        if (m_question.range && m_question.isCalibrated) {
            const auto invoices = readInvoices(m_context.ledgerFile());
            if (!invoices)
                return tl::unexpected<Error>(invoices.error());
            months = invoicedMonths(*invoices, profile);
        }
        CostOptions options = m_options;
        options.cuts = calibrationCuts(months);
        auto bill = costBill(m_context.catalog, profile, options);
        if (!bill || months.empty())
            return bill;
        std::vector<std::array<Money, costComponentCount>> modelled;
        for (const InvoicedMonth& month : months) {
            const DayRange range{month.first, month.last, m_question.range->timeZone};
            const auto usage = profile.isMeasured ? workspaceUsage(m_context, range) : MeasuredUsage();
            if (!usage)
                return tl::unexpected<Error>(usage.error());
            CostOptions whole = options;
            whole.range = range;
            whole.measured = &*usage;
            const auto model = costBill(m_context.catalog, profile, whole);
            if (!model)
                return model;
            modelled.push_back(model->totals.components);
        }
        calibrate(*bill, calibrateMonths(months, modelled));
        return bill;
    }

    const Context& m_context;
    const CostQuestion& m_question;
    MeasuredUsage m_usage;
    CostOptions m_options;
};

} // namespace

Checked<std::vector<PricingProfile>> workspacePricing(const Context& context)
{
    if (context.workspace.pricingFile.isEmpty())
        return {std::vector<PricingProfile>(), {}};
    return loadPricing(context.workspace.pricingFile);
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

Checked<CostBill> workspaceBill(const Context& context, const CostQuestion& question)
{
    Checked<std::vector<PricingProfile>> loaded = workspacePricing(context);
    Checked<CostBill> result{std::nullopt, std::move(loaded.issues)};
    if (!loaded.value)
        return result;
    const auto profiles = chosenProfiles(*loaded.value, question.profile);
    if (!profiles) {
        result.issues.push_back(issueOf(context, profiles.error(), u"choose one of them with --profile"_s));
        return result;
    }
    auto bill = BillMaker(context, question).make(*profiles);
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
    return {bill.value ? std::optional(reportOf(*bill.value)) : std::nullopt, std::move(bill.issues)};
}

} // namespace spillway
