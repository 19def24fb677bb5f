// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/cost/pricing.h"
#include "model/workspace/workspace.h"

#include <QDate>

#include <optional>
#include <vector>

/// What a provider billed, as its file says it, and how it is kept.
namespace spillway {

/// One kind of charge over one stretch of UTC days within a calendar month.
struct InvoiceLine
{
    QDate first; ///< both included
    QDate last;
    std::optional<CostComponent> component; ///< nullopt: none of ours
    bool isTotal = false;                   ///< of several components, not told apart
    QString label;                          ///< the charge in the provider's word
    Money amount;                           ///< negative: a credit
    friend bool operator==(const InvoiceLine&, const InvoiceLine&) = default;
};

struct Invoice
{
    QString digest; ///< SHA-256 of the file, 64 hex digits: the same file is the same invoice
    QString name;   ///< of the file, without folders
    QString format; ///< focus, aws-cur, confluent, plain
    QString currency;
    QString profile;                ///< which pricing profile it is about
    std::vector<InvoiceLine> lines; ///< by first day, then label; one for each month and label
    UtcTime importedAt;
    QString importedBy;
    friend bool operator==(const Invoice&, const Invoice&) = default;
};

/// Which component a charge is of, by the words that providers use; nullopt: none of ours.
[[nodiscard]] std::optional<CostComponent> componentOfCharge(const QString& label);

/// Reads a FOCUS CSV, an AWS CUR CSV, the JSON of Confluent's Costs API, or a plain CSV with the columns from (or day),
/// to, component, amount and currency. Every fault at once; at most 256 MiB. Without importedAt, importedBy and
/// profile. Blocking; any thread.
[[nodiscard]] Checked<Invoice> readInvoice(const QString& file);

/// The same of bytes in memory; `path` names them in issues. Strangers' bytes. Pure; any thread.
[[nodiscard]] Checked<Invoice> invoiceFromText(const QByteArray& text, const QString& path);

/// The event `cost.invoiceImported`.
inline const QString invoiceEventType = QStringLiteral("cost.invoiceImported");
[[nodiscard]] QByteArray invoiceBody(const Invoice& invoice);
/// Corrupt when it is no such body.
[[nodiscard]] Result<Invoice> invoiceFromBody(const QByteArray& body);

/// The event `cost.invoiceRemoved`: what was imported does not count any more, as if it had never been.
inline const QString invoiceRemovedEventType = QStringLiteral("cost.invoiceRemoved");
struct InvoiceRemoval
{
    QString digest; ///< of the invoice, whole
    QString profile;
    QString reason;
    friend bool operator==(const InvoiceRemoval&, const InvoiceRemoval&) = default;
};
[[nodiscard]] QByteArray invoiceRemovalBody(const InvoiceRemoval& removal);
/// Corrupt when it is no such body.
[[nodiscard]] Result<InvoiceRemoval> invoiceRemovalFromBody(const QByteArray& body);

/// Which invoice an id means: the beginning of its digest, six digits at least. @param profile  empty: any.
/// InvalidConfig where there is none or more than one.
[[nodiscard]] Result<Invoice> chooseInvoice(const std::vector<Invoice>& invoices, const QString& id,
                                            const QString& profile);

/// Charges of a new invoice that stand in another one of its profile already: of the same kind, on the same days.
struct InvoiceOverlap
{
    QString digest; ///< of the other one
    QString name;
    QDate first; ///< the days that both have
    QDate last;
    QStringList charges; ///< kinds or labels
    friend bool operator==(const InvoiceOverlap&, const InvoiceOverlap&) = default;
};
/// In the order of `kept`. Both count, as a month may have several bills; a corrected or newly exported one wants the
/// other removed.
[[nodiscard]] std::vector<InvoiceOverlap> overlapsOf(const Invoice& invoice, const std::vector<Invoice>& kept);

/// Every imported invoice that was not removed, in the order of import; a file that was imported twice counts once.
/// Without a ledger: none. Blocking; any thread.
[[nodiscard]] Result<std::vector<Invoice>> readInvoices(const QString& ledgerFile);

} // namespace spillway
