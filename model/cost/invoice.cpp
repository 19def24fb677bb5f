// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/invoice.h"

#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/ledger/ledger.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

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

QByteArray invoiceRemovalBody(const InvoiceRemoval& removal)
{
    JsonWriter json;
    json.beginObject().field(u"digest", removal.digest).field(u"profile", removal.profile);
    json.field(u"reason", removal.reason).endObject();
    return json.json();
}

Result<InvoiceRemoval> invoiceRemovalFromBody(const QByteArray& body)
{
    const QJsonObject from = QJsonDocument::fromJson(body).object();
    InvoiceRemoval removal{.digest = from[u"digest"_s].toString(),
                           .profile = from[u"profile"_s].toString(),
                           .reason = from[u"reason"_s].toString()};
    if (removal.digest.size() != 64)
        return fail(ErrorCode::Corrupt, u"this removes no invoice"_s);
    return removal;
}

Result<Invoice> chooseInvoice(const std::vector<Invoice>& invoices, const QString& id, const QString& profile)
{
    constexpr qsizetype shortestId = 6;
    const Invoice* chosen = nullptr;
    for (const Invoice& invoice : invoices) {
        const bool isMeant = id.size() >= shortestId && invoice.digest.startsWith(id, Qt::CaseInsensitive) &&
                             (profile.isEmpty() || invoice.profile == profile);
        if (isMeant && chosen != nullptr)
            return fail(ErrorCode::InvalidConfig,
                        u"more than one invoice is meant by '%1'; write more of its digits, or --profile NAME"_s.arg(
                            visibleText(id)));
        if (isMeant)
            chosen = &invoice;
    }
    if (chosen == nullptr)
        return fail(ErrorCode::InvalidConfig,
                    u"there is no invoice '%1'; cost invoice list shows those there are"_s.arg(visibleText(id)));
    return *chosen;
}

std::vector<InvoiceOverlap> overlapsOf(const Invoice& invoice, const std::vector<Invoice>& kept)
{
    std::vector<InvoiceOverlap> overlaps;
    for (const Invoice& other : kept) {
        if (other.profile != invoice.profile || other.digest == invoice.digest)
            continue;
        InvoiceOverlap found{.digest = other.digest, .name = other.name, .first = {}, .last = {}, .charges = {}};
        for (const InvoiceLine& line : invoice.lines) {
            for (const InvoiceLine& one : other.lines) {
                const bool isSameKind = line.component == one.component && line.isTotal == one.isTotal &&
                                        (line.component || line.isTotal || line.label == one.label);
                const QDate first = std::max(line.first, one.first);
                const QDate last = std::min(line.last, one.last);
                if (!isSameKind || first > last)
                    continue;
                found.first = found.first.isNull() ? first : std::min(found.first, first);
                found.last = std::max(found.last, last);
                const QString charge = line.component ? costComponentWord(*line.component)
                                       : line.isTotal ? u"total"_s
                                                      : line.label;
                if (!found.charges.contains(charge))
                    found.charges += charge;
            }
        }
        if (!found.charges.isEmpty())
            overlaps.push_back(std::move(found));
    }
    return overlaps;
}

Result<std::vector<Invoice>> readInvoices(const QString& ledgerFile)
{
    std::vector<Invoice> invoices;
    if (!QFileInfo::exists(ledgerFile))
        return invoices;
    const auto kept = [&invoices](const QString& digest, const QString& profile) {
        return std::find_if(invoices.begin(), invoices.end(),
                            [&](const Invoice& one) { return one.digest == digest && one.profile == profile; });
    };
    std::int64_t after = 0;
    while (true) {
        const auto events = readLedger(ledgerFile, after, eventsPerRead, u"cost.invoice"_s);
        if (!events)
            return tl::unexpected<Error>(events.error());
        for (const LedgerEvent& event : *events) {
            after = event.seq;
            if (event.type == invoiceRemovedEventType) {
                const auto removal = invoiceRemovalFromBody(event.body);
                if (!removal)
                    return failWithin(u"ledger event %1"_s.arg(event.seq), removal.error());
                if (const auto at = kept(removal->digest, removal->profile); at != invoices.end())
                    invoices.erase(at);
                continue;
            }
            if (event.type != invoiceEventType)
                continue;
            auto invoice = invoiceFromBody(event.body);
            if (!invoice)
                return failWithin(u"ledger event %1"_s.arg(event.seq), invoice.error());
            invoice->importedAt = event.at;
            invoice->importedBy = event.actor;
            if (kept(invoice->digest, invoice->profile) == invoices.end())
                invoices.push_back(*invoice);
        }
        if (static_cast<int>(events->size()) < eventsPerRead)
            return invoices;
    }
}

} // namespace spillway
