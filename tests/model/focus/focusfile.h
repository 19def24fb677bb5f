// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>

namespace spillway::test {

using FocusCells = QHash<QByteArray, QByteArray>;

/// A FOCUS file in CSV, made by hand: a header and rows that keep the standard, but for what a test changes.
struct FocusFile
{
    QList<QByteArray> columns;
    QList<FocusCells> rows;

    void add(const QByteArray& column, const QByteArray& value)
    {
        if (!columns.contains(column))
            columns += column;
        for (FocusCells& row : rows)
            row.insert(column, value);
    }
    void drop(const QByteArray& column) { columns.removeAll(column); }

    [[nodiscard]] QByteArray bytes() const
    {
        QByteArray out = columns.join(',') + "\r\n";
        for (const FocusCells& row : rows) {
            QList<QByteArray> cells;
            for (const QByteArray& column : columns) {
                QByteArray cell = row.value(column);
                if (cell.contains('"') || cell.contains(','))
                    cell = '"' + cell.replace("\"", "\"\"") + '"';
                cells += cell;
            }
            out += cells.join(',') + "\r\n";
        }
        return out;
    }
};

/// What every version has had since 1.0, and two columns of 1.2, with one row.
inline FocusFile goodFocusFile()
{
    const QList<std::pair<QByteArray, QByteArray>> cells{
        {"BilledCost", "1.25"},
        {"BillingAccountId", "acct-1"},
        {"BillingAccountName", "Platform"},
        {"BillingCurrency", "EUR"},
        {"BillingPeriodEnd", "2026-12-01T00:00:00Z"},
        {"BillingPeriodStart", "2026-11-01T00:00:00Z"},
        {"ChargeCategory", "Usage"},
        {"ChargeClass", ""},
        {"ChargeDescription", "order.created: storage"},
        {"ChargeFrequency", "Usage-Based"},
        {"ChargePeriodEnd", "2026-11-02T00:00:00Z"},
        {"ChargePeriodStart", "2026-11-01T00:00:00Z"},
        {"ConsumedQuantity", "12.5"},
        {"ConsumedUnit", "GiB-Days"},
        {"ContractedCost", "1.25"},
        {"EffectiveCost", "1.25"},
        {"InvoiceId", ""},
        {"InvoiceIssuerName", "Platform team"},
        {"ListCost", "1.25"},
        {"ListUnitPrice", "0.1"},
        {"PricingCategory", "Standard"},
        {"PricingQuantity", "12.5"},
        {"PricingUnit", "GiB-Days"},
        {"ProviderName", "Platform team"},
        {"PublisherName", "Platform team"},
        {"RegionId", "eu-central"},
        {"RegionName", "Frankfurt"},
        {"ResourceId", "order.created"},
        {"ResourceName", "order.created"},
        {"ResourceType", "Topic"},
        {"ServiceCategory", "Integration"},
        {"ServiceName", "Kafka"},
        {"ServiceSubcategory", "Messaging"},
        {"SubAccountId", "payment-team"},
        {"SubAccountName", "payment-team"},
        {"Tags", R"({"team":"payment-team","critical":true,"weight":2,"cost_center":null})"},
        {"AvailabilityZone", ""},
        {"x_EventType", "order.created"},
    };
    FocusFile file;
    file.rows += FocusCells();
    for (const auto& [column, value] : cells)
        file.add(column, value);
    return file;
}

} // namespace spillway::test
