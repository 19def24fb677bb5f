// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/consolecostsource.h"

#include "app/console/invoiceimport.h"
#include "app/desktop/costquestions.h"
#include "model/base/wholefile.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

Result<views::CostChangesSheet> ConsoleCostSource::changes(const views::CostRequest& request, std::stop_token stop)
{
    const auto context = m_holder.contextNow();
    const UtcTime now = m_holder.clock().now();
    const CostQuestion question = questionOf(request, now);
    auto compared = withoutIssues(workspaceChanges(*context, question, {}));
    if (!compared)
        return tl::unexpected<Error>(compared.error());
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, u"stopped"_s);
    const QDate today = QDateTime::fromMSecsSinceEpoch(toMs(now), Qt::UTC).date();
    auto odd = withoutIssues(workspaceAnomalies(*context, question, today));
    if (!odd)
        return tl::unexpected<Error>(odd.error());
    return views::CostChangesSheet{.currency = compared->after.currency,
                                   .before = compared->before.range.value_or(DayRange()),
                                   .after = compared->after.range.value_or(DayRange()),
                                   .totalBefore = compared->before.totals.total,
                                   .totalAfter = compared->after.totals.total,
                                   .changes = std::move(compared->changes),
                                   .anomalies = std::move(odd->anomalies)};
}

Result<MonthForecast> ConsoleCostSource::forecast(const views::CostRequest& request, std::stop_token)
{
    const UtcTime now = m_holder.clock().now();
    CostQuestion question = questionOf(request, now);
    question.range.reset();
    return withoutIssues(workspaceForecast(*m_holder.contextNow(), question, std::nullopt,
                                           QDateTime::fromMSecsSinceEpoch(toMs(now), Qt::UTC).date()));
}

Result<ConsoleCostSource::Advice> ConsoleCostSource::advice(const views::CostRequest& request,
                                                            const QStringList& chosen) const
{
    const auto context = m_holder.contextNow();
    auto answer = withoutIssues(workspaceSavings(*context, questionOf(request, m_holder.clock().now()), chosen));
    if (!answer)
        return tl::unexpected<Error>(answer.error());
    auto patch = withoutIssues(
        workspaceSavingsPatch(*context, *answer, answer->chosen.empty() ? answer->savings : answer->chosen));
    if (!patch)
        return tl::unexpected<Error>(patch.error());
    return Advice{std::move(*answer), std::move(*patch)};
}

Result<views::SavingsSheet> ConsoleCostSource::savings(const views::CostRequest& request, const QStringList& chosen,
                                                       std::stop_token)
{
    auto found = advice(request, chosen);
    if (!found)
        return tl::unexpected<Error>(found.error());
    views::SavingsSheet sheet{.currency = found->answer.currency,
                              .range = found->answer.before.range,
                              .savings = std::move(found->answer.savings),
                              .before = found->answer.totalBefore,
                              .after = {},
                              .patch = QString::fromUtf8(found->patch.patch),
                              .byHand = found->patch.byHand,
                              .hasEdits = !found->patch.edits.empty()};
    sheet.after = found->answer.totalAfter;
    return sheet;
}

Status ConsoleCostSource::writePatch(const views::CostRequest& request, const QStringList& chosen, const QString& file,
                                     std::stop_token)
{
    const auto found = advice(request, chosen);
    if (!found)
        return tl::unexpected<Error>(found.error());
    return writeWhole(file, found->patch.patch);
}

Result<QStringList> ConsoleCostSource::applySavings(const views::CostRequest& request, const QStringList& chosen,
                                                    std::stop_token)
{
    if (chosen.isEmpty())
        return fail(ErrorCode::InvalidConfig, u"nothing is chosen"_s);
    const auto found = advice(request, chosen);
    if (!found)
        return tl::unexpected<Error>(found.error());
    return saveEdits(found->patch.before, found->patch.edits);
}

Result<std::vector<Invoice>> ConsoleCostSource::invoices(std::stop_token)
{
    return readInvoices(m_holder.context().ledgerFile());
}

Result<views::InvoicePreview> ConsoleCostSource::previewInvoice(const QString& file, const QString& profile,
                                                                std::stop_token stop)
{
    auto invoice = withoutIssues(invoiceFor(m_holder.context(), file, profile));
    if (!invoice)
        return tl::unexpected<Error>(invoice.error());
    const auto kept = invoices(std::move(stop));
    if (!kept)
        return tl::unexpected<Error>(kept.error());
    const auto known = std::find_if(kept->begin(), kept->end(), [&](const Invoice& one) {
        return one.digest == invoice->digest && one.profile == invoice->profile;
    });
    views::InvoicePreview preview{std::move(*invoice), {}, {}};
    preview.total = invoiceTotal(preview.invoice);
    if (known != kept->end())
        preview.known = *known;
    return preview;
}

Result<bool> ConsoleCostSource::importInvoice(const Invoice& invoice, std::stop_token)
{
    return m_holder.records().invoice(invoice);
}

} // namespace spillway
