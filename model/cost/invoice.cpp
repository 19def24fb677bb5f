// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/invoice.h"

#include "model/base/jsonwriter.h"
#include "model/ledger/ledger.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int eventsPerRead = 500;

std::optional<CostComponent> componentOfKey(const QString& key)
{
    for (const CostComponent component : costComponents) {
        if (costComponentKey(component) == key)
            return component;
    }
    return std::nullopt;
}

} // namespace

QByteArray invoiceBody(const Invoice& invoice)
{
    JsonWriter json;
    json.beginObject();
    json.field(u"digest", invoice.digest).field(u"name", invoice.name).field(u"format", invoice.format);
    json.field(u"currency", invoice.currency).field(u"profile", invoice.profile);
    json.key(u"lines").beginArray();
    for (const InvoiceLine& line : invoice.lines) {
        json.beginObject();
        json.field(u"from", line.first.toString(Qt::ISODate)).field(u"to", line.last.toString(Qt::ISODate));
        json.key(u"component").value(line.component ? std::optional(costComponentKey(*line.component)) : std::nullopt);
        json.field(u"isTotal", line.isTotal).field(u"label", line.label);
        json.field(u"amountMicros", line.amount.micros).endObject();
    }
    json.endArray().endObject();
    return json.json();
}

Result<Invoice> invoiceFromBody(const QByteArray& body)
{
    const QJsonDocument document = QJsonDocument::fromJson(body);
    const QJsonObject from = document.object();
    Invoice invoice{.digest = from[u"digest"_s].toString(),
                    .name = from[u"name"_s].toString(),
                    .format = from[u"format"_s].toString(),
                    .currency = from[u"currency"_s].toString(),
                    .profile = from[u"profile"_s].toString(),
                    .lines = {},
                    .importedAt = {},
                    .importedBy = {}};
    bool isSound = document.isObject() && invoice.digest.size() == 64 && from[u"lines"_s].isArray();
    for (const QJsonValue& value : from[u"lines"_s].toArray()) {
        const QJsonObject line = value.toObject();
        InvoiceLine read{.first = QDate::fromString(line[u"from"_s].toString(), Qt::ISODate),
                         .last = QDate::fromString(line[u"to"_s].toString(), Qt::ISODate),
                         .component = componentOfKey(line[u"component"_s].toString()),
                         .isTotal = line[u"isTotal"_s].toBool(),
                         .label = line[u"label"_s].toString(),
                         .amount = Money{line[u"amountMicros"_s].toInteger()}};
        isSound = isSound && read.first.isValid() && read.last >= read.first;
        invoice.lines.push_back(std::move(read));
    }
    if (!isSound)
        return fail(ErrorCode::Corrupt, u"this is no imported invoice"_s);
    return invoice;
}

Result<std::vector<Invoice>> readInvoices(const QString& ledgerFile)
{
    std::vector<Invoice> invoices;
    if (!QFileInfo::exists(ledgerFile))
        return invoices;
    QSet<QString> known;
    std::int64_t after = 0;
    while (true) {
        const auto events = readLedger(ledgerFile, after, eventsPerRead, invoiceEventType);
        if (!events)
            return tl::unexpected<Error>(events.error());
        for (const LedgerEvent& event : *events) {
            auto invoice = invoiceFromBody(event.body);
            if (!invoice)
                return failWithin(u"ledger event %1"_s.arg(event.seq), invoice.error());
            invoice->importedAt = event.at;
            invoice->importedBy = event.actor;
            if (!known.contains(invoice->digest + invoice->profile))
                invoices.push_back(*invoice);
            known.insert(invoice->digest + invoice->profile);
            after = event.seq;
        }
        if (static_cast<int>(events->size()) < eventsPerRead)
            return invoices;
    }
}

} // namespace spillway
