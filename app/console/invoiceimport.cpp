// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/invoiceimport.h"

#include "app/console/costs.h"
#include "model/base/jsonwriter.h"
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

QByteArray importedInvoiceJson(const Invoice& invoice, bool isNew, const std::vector<Invoice>& kept)
{
    JsonWriter json;
    json.beginObject().field(u"invoice", invoice.digest.left(12)).field(u"imported", isNew);
    json.field(u"lines", static_cast<std::int64_t>(invoice.lines.size()));
    json.key(u"overlaps").beginArray();
    for (const InvoiceOverlap& overlap : overlapsOf(invoice, kept)) {
        json.beginObject().field(u"invoice", overlap.digest.left(12)).field(u"file", overlap.name);
        json.field(u"from", overlap.first.toString(Qt::ISODate)).field(u"to", overlap.last.toString(Qt::ISODate));
        json.key(u"charges").beginArray();
        for (const QString& charge : overlap.charges)
            json.value(charge);
        json.endArray().endObject();
    }
    json.endArray().endObject();
    return json.json();
}

QByteArray removedInvoiceJson(const Invoice& invoice)
{
    JsonWriter json;
    json.beginObject().field(u"invoice", invoice.digest.left(12)).field(u"removed", true);
    json.field(u"file", invoice.name).field(u"profile", invoice.profile).endObject();
    return json.json();
}

Money invoiceTotal(const Invoice& invoice)
{
    Money sum;
    for (const InvoiceLine& line : invoice.lines)
        sum += line.amount;
    return sum;
}

} // namespace spillway
