// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/invoiceimport.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/counted.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/cost/texttable.h"
#include "model/store/statedirectory.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray invoiceJson(const Invoice& invoice)
{
    JsonWriter json;
    json.beginObject().field(u"invoice", invoice.digest.left(12)).field(u"file", invoice.name);
    json.field(u"format", invoice.format).field(u"profile", invoice.profile).field(u"currency", invoice.currency);
    json.key(u"importedAt")
        .value(QDateTime::fromMSecsSinceEpoch(toMs(invoice.importedAt), Qt::UTC).toString(Qt::ISODateWithMs));
    json.field(u"importedBy", invoice.importedBy);
    json.key(u"total").raw(formatMoney(invoiceTotal(invoice), 6).toLatin1());
    json.key(u"lines").beginArray();
    for (const InvoiceLine& line : invoice.lines) {
        json.beginObject().field(u"from", line.first.toString(Qt::ISODate));
        json.field(u"to", line.last.toString(Qt::ISODate)).field(u"label", line.label);
        json.key(u"component").value(line.component ? std::optional(costComponentKey(*line.component)) : std::nullopt);
        json.key(u"amount").raw(formatMoney(line.amount, 6).toLatin1()).endObject();
    }
    json.endArray().endObject();
    return json.json();
}

/// Both count: a month may have several bills. A corrected one is the case that hurts.
void warnOfOverlaps(const QJsonArray& overlaps)
{
    for (const QJsonValue& value : overlaps) {
        QStringList charges;
        for (const QJsonValue& charge : value[u"charges"].toArray())
            charges += visibleText(charge.toString());
        const QString id = value[u"invoice"].toString();
        say(u"warning: %1 of %2 to %3 is invoiced by %4 (%5) already, and both count; to take that one back: spillwayctl cost invoice remove %5 --reason TEXT"_s
                .arg(charges.join(u", "_s), value[u"from"].toString(), value[u"to"].toString(),
                     visibleText(value[u"file"].toString()), id));
    }
}

} // namespace

int run(Session& session, const CostInvoiceImport& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    const Checked<Invoice> invoice = invoiceFor(*context, command.file, command.profile);
    if (!invoice.value)
        return reportIssues(invoice.issues);
    if (const int warned = reportIssues(invoice.issues); warned != Done)
        return warned;
    return session.decide(
        u"spillwayctl cost invoice import"_s, InvoiceDecision{*invoice.value}, [&](const QByteArray& json) {
            const QJsonObject told = QJsonDocument::fromJson(json).object();
            if (told[u"imported"_s].toBool())
                warnOfOverlaps(told[u"overlaps"_s].toArray());
            if (session.options().json)
                return printLine(json);
            return printText(told[u"imported"_s].toBool()
                                 ? u"Imported %1 of %2, %3 %4, for profile %5"_s.arg(
                                       counted(told[u"lines"_s].toInteger(), u"charge"_s),
                                       visibleText(invoice.value->name), formatMoney(invoiceTotal(*invoice.value), 2),
                                       invoice.value->currency, invoice.value->profile)
                                 : u"%1 was imported before; nothing changed"_s.arg(visibleText(invoice.value->name)));
        });
}

int run(Session& session, const CostInvoiceRemove& command)
{
    if (!session.context())
        return Usage;
    return session.decide(
        u"spillwayctl cost invoice remove"_s, InvoiceRemoveDecision{command.id, command.profile, command.reason},
        [&](const QByteArray& json) {
            if (session.options().json)
                return printLine(json);
            const QJsonObject told = QJsonDocument::fromJson(json).object();
            return printText(
                u"Removed %1 from the invoices of profile %2; bills of its days are reckoned without it"_s.arg(
                    visibleText(told[u"file"_s].toString()), visibleText(told[u"profile"_s].toString())));
        });
}

int run(Session& session, const CostInvoices&)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    if (const Status readable = readableState(context->stateFolder); !readable)
        return refuse(readable.error());
    const auto invoices = readInvoices(context->ledgerFile());
    if (!invoices)
        return refuse(invoices.error());
    if (session.options().json) {
        JsonWriter json;
        json.beginArray();
        for (const Invoice& invoice : *invoices)
            json.raw(invoiceJson(invoice));
        json.endArray();
        return printLine(json.json()) ? Done : OutOfReach;
    }
    std::vector<QStringList> rows{{u"Invoice"_s, u"File"_s, u"Format"_s, u"Profile"_s, u"By"_s, u"Total"_s, u""_s}};
    for (const Invoice& invoice : *invoices)
        rows.push_back({invoice.digest.left(12), visibleText(invoice.name), invoice.format, invoice.profile,
                        visibleText(invoice.importedBy), formatMoney(invoiceTotal(invoice), 2), invoice.currency});
    return printText(invoices->empty() ? u"No invoice was imported yet; see: spillwayctl cost invoice import --help"_s
                                       : textTable(rows, 5))
               ? Done
               : OutOfReach;
}

} // namespace spillway::ctl
