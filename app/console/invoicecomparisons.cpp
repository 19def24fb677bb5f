// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/invoicecomparisons.h"

#include "app/console/costs.h"
#include "app/console/filestamps.h"
#include "model/cost/invoice.h"

#include <algorithm>

namespace spillway {

namespace {

/// The newest month that was invoiced, and what the model says of the same days: by the profile that the invoice is of.
/// nullopt: no invoice; or one whose profile is gone.
std::optional<InvoiceComparison> newestComparison(const Context& context, const std::vector<Invoice>& invoices)
{
    QDate first, last;
    QString profile;
    for (const Invoice& invoice : invoices) {
        for (const InvoiceLine& line : invoice.lines) {
            if (last.isValid() && line.last <= last)
                continue;
            last = line.last;
            profile = invoice.profile;
        }
    }
    for (const Invoice& invoice : invoices) {
        if (invoice.profile != profile)
            continue;
        for (const InvoiceLine& line : invoice.lines) {
            if (line.first.year() == last.year() && line.first.month() == last.month())
                first = first.isValid() ? std::min(first, line.first) : line.first;
        }
    }
    if (!first.isValid())
        return std::nullopt;
    CostQuestion question;
    question.range = DayRange{first, last};
    // Without a name: where each cluster has a profile, that one prices its own events only.
    for (const QString& name : {QString(), profile}) {
        question.profile = name;
        const Checked<CostBill> bill = workspaceBill(context, question);
        if (!bill.value)
            continue;
        const auto isCompared = [&profile](const CostSegment& segment) {
            return !segment.calibrations.empty() && segment.profile.name == profile;
        };
        if (!std::any_of(bill.value->segments.begin(), bill.value->segments.end(), isCompared))
            continue;
        Money modelled, invoiced;
        for (const CostLine& line : bill.value->lines) {
            if (bill.value->segments[static_cast<std::size_t>(line.segment)].profile.name != profile)
                continue;
            modelled += line.modelled;
            invoiced += line.amount;
        }
        return InvoiceComparison{first, last, modelled, invoiced, bill.value->currency, profile};
    }
    return std::nullopt;
}

QByteArray keyOf(const Workspace& workspace, const std::vector<Invoice>& invoices, UtcTime now)
{
    QByteArray key = stampOf({workspace.ownershipFile, workspace.catalogFile, workspace.pricingFile});
    key += '\n' + QByteArray::number(toMs(now) / 86'400'000);
    for (const Invoice& invoice : invoices)
        key += '\n' + invoice.digest.toUtf8() + ' ' + invoice.profile.toUtf8();
    return key;
}

} // namespace

std::optional<InvoiceComparison> InvoiceComparisons::newest(const Context& context, UtcTime now)
{
    const auto invoices = readInvoices(context.ledgerFile());
    if (!invoices)
        return std::nullopt; // a ledger that cannot be read is told by whatever needs it
    const std::lock_guard lock(m_mutex);
    QByteArray key = keyOf(context.workspace, *invoices, now);
    if (key != m_key) {
        m_last = newestComparison(context, *invoices);
        m_key = std::move(key);
    }
    return m_last;
}

} // namespace spillway
