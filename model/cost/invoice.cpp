// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/invoice.h"

#include "model/base/jsonwriter.h"

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

std::optional<CostComponent> componentOfCharge(const QString& label)
{
    const QString word = label.toLower();
    for (const CostComponent component : costComponents) {
        if (costComponentWord(component) == word || costComponentKey(component).toLower() == word)
            return component;
    }
    // The first that fits: particular words stand before the general ones that they contain.
    static const std::vector<std::pair<CostComponent, QStringList>> rules{
        {CostComponent::Fixed, {u"support"_s}},
        {CostComponent::TieredStorage, {u"tier"_s}},
        {CostComponent::Registry, {u"schema"_s, u"governance"_s, u"registry"_s}},
        {CostComponent::Connectors, {u"connect"_s, u"mcu"_s, u"num_tasks"_s}},
        {CostComponent::Requests, {u"request"_s, u"rest_produce"_s}},
        {CostComponent::Partitions, {u"partition"_s}},
        {CostComponent::CrossZone,
         {u"regional-bytes"_s, u"crossaz"_s, u"cross-az"_s, u"cross_az"_s, u"crosszone"_s, u"cross zone"_s,
          u"cross-zone"_s, u"inter-az"_s, u"interzone"_s, u"inter-zone"_s}},
        {CostComponent::Ingress,
         {u"network_write"_s, u"ingress"_s, u"data-in"_s, u"datain"_s, u"data in"_s, u"in-bytes"_s, u"bytes-in"_s,
          u"throughput-in"_s, u"data written"_s}},
        {CostComponent::Egress,
         {u"network_read"_s, u"egress"_s, u"data-out"_s, u"dataout"_s, u"data out"_s, u"out-bytes"_s, u"bytes-out"_s,
          u"throughput-out"_s, u"data read"_s}},
        {CostComponent::Storage, {u"storage"_s}},
        {CostComponent::Compute, {u"ksql"_s, u"flink"_s, u"_csu"_s, u"_cfu"_s}},
        {CostComponent::Broker,
         {u"cku"_s, u"broker"_s, u"kafka.m"_s, u"kafka.t"_s, u"kafka.express"_s, u"cluster-hours"_s, u"clusterhours"_s,
          u"throughput unit"_s, u"processing unit"_s}},
    };
    for (const auto& [component, parts] : rules) {
        for (const QString& part : parts) {
            if (word.contains(part))
                return component;
        }
    }
    return std::nullopt;
}

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
