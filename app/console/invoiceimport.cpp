// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/invoiceimport.h"

#include "app/console/costs.h"
#include "model/base/text.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

Checked<Invoice> invoiceFor(const Context& context, const QString& file, const QString& profile)
{
    const Checked<std::vector<PricingProfile>> profiles = workspacePricing(context);
    if (!profiles.value)
        return {std::nullopt, profiles.issues};
    const auto chosen = chooseProfile(*profiles.value, profile);
    if (!chosen)
        return {std::nullopt,
                {{.place = {.file = context.workspace.pricingFile},
                  .message = chosen.error().detail,
                  .remedy = u"choose one of them with --profile"_s}}};
    Checked<Invoice> invoice = readInvoice(file);
    if (!invoice.value)
        return invoice;
    if (invoice.value->currency != chosen->currency)
        return {std::nullopt,
                {{.place = {.file = file},
                  .message = u"the invoice is in %1 and profile '%2' in %3"_s.arg(visibleText(invoice.value->currency),
                                                                                  chosen->name, chosen->currency),
                  .remedy = u"name another profile with --profile"_s}}};
    invoice.value->profile = chosen->name;
    return invoice;
}

Money invoiceTotal(const Invoice& invoice)
{
    Money sum;
    for (const InvoiceLine& line : invoice.lines)
        sum += line.amount;
    return sum;
}

} // namespace spillway
