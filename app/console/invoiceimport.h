// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/cost/invoice.h"

namespace spillway {

/// Reads a provider's file as an invoice for a pricing profile, without keeping it. @param profile  a name; empty: the
/// workspace's first. An issue where the currencies differ. Blocking; any thread.
[[nodiscard]] Checked<Invoice> invoiceFor(const Context& context, const QString& file, const QString& profile);

/// What an import is answered with: `{ invoice, imported, lines, overlaps: [{ invoice, file, from, to, charges }] }`.
[[nodiscard]] QByteArray importedInvoiceJson(const Invoice& invoice, bool isNew, const std::vector<Invoice>& kept);
/// What a removal is answered with: `{ invoice, removed, file, profile }`.
[[nodiscard]] QByteArray removedInvoiceJson(const Invoice& invoice);

[[nodiscard]] Money invoiceTotal(const Invoice& invoice);

} // namespace spillway
