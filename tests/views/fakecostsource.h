// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/cost/costsource.h"

#include <mutex>

namespace spillway::test {

/// Changes, advice and invoices from memory, with a record of what was wanted.
class FakeCostSource final : public views::CostSource
{
public:
    [[nodiscard]] Result<views::CostChangesSheet> changes(const views::CostRequest& request, std::stop_token) override
    {
        if (request.period == CostPeriod::CatalogDay)
            return fail(ErrorCode::InvalidConfig, QStringLiteral("changes need two bills"));
        views::CostChangesSheet sheet;
        sheet.currency = QStringLiteral("USD");
        sheet.before = {QDate(2026, 9, 1), QDate(2026, 9, 30), QStringLiteral("UTC")};
        sheet.after = {QDate(2026, 10, 1), QDate(2026, 10, 30), QStringLiteral("UTC")};
        sheet.totalBefore = Money{3'000'000'000};
        sheet.totalAfter = Money{12'000'000'000};
        CostChange viewed;
        viewed.eventType = QStringLiteral("page.viewed");
        viewed.topic = QStringLiteral("page-events");
        viewed.team = QStringLiteral("analytics-team");
        viewed.after = Money{9'100'000'000};
        viewed.effects[static_cast<std::size_t>(CostFactor::New)] = Money{9'100'000'000};
        viewed.since = QDate(2026, 10, 13);
        CostChange created;
        created.eventType = QStringLiteral("order.created");
        created.topic = QStringLiteral("orders");
        created.team = QStringLiteral("order-team");
        created.before = Money{1'100'000'000};
        created.after = Money{1'000'000'000};
        created.effects[static_cast<std::size_t>(CostFactor::Volume)] = Money{20'000'000};
        created.effects[static_cast<std::size_t>(CostFactor::Size)] = Money{-120'000'000};
        if (isQuiet) {
            sheet.totalAfter = sheet.totalBefore;
            return sheet;
        }
        sheet.changes = {viewed, created};
        EventAnomaly odd;
        odd.eventType = QStringLiteral("page.viewed");
        odd.team = QStringLiteral("analytics-team");
        odd.first = QDate(2026, 10, 13);
        odd.last = QDate(2026, 10, 14);
        odd.anomaly.expected = 10;
        odd.anomaly.actual = 310;
        odd.change = viewed;
        sheet.anomalies = {odd};
        return sheet;
    }
    [[nodiscard]] Result<MonthForecast> forecast(const views::CostRequest&, std::stop_token) override
    {
        const std::scoped_lock lock(m_mutex);
        MonthForecast month;
        month.currency = QStringLiteral("USD");
        month.first = QDate(2026, 10, 31);
        month.last = QDate(2026, 10, 31);
        month.spent = Money{900'000'000};
        month.forecast = {.expected = 50, .low = 40, .high = 70, .perDay = 30, .slopePerDay = 1};
        month.measuredDays = 56;
        month.budget = budget;
        month.teams = {{QStringLiteral("analytics-team"), Money{100'000'000}, Money{180'000'000}, std::nullopt},
                       {QStringLiteral("order-team"), Money{500'000'000}, Money{80'000'000}, std::nullopt}};
        return month;
    }
    [[nodiscard]] Result<views::SavingsSheet> savings(const views::CostRequest&, const QStringList& chosen,
                                                      std::stop_token) override
    {
        views::SavingsSheet sheet;
        sheet.currency = QStringLiteral("USD");
        sheet.range = DayRange{QDate(2026, 10, 1), QDate(2026, 10, 30), QStringLiteral("UTC")};
        Saving retention;
        retention.id = QStringLiteral("retention:page.viewed");
        retention.kind = SavingKind::Retention;
        retention.eventType = QStringLiteral("page.viewed");
        retention.team = QStringLiteral("analytics-team");
        retention.perMonth = Money{200'500'000};
        retention.risk = SavingRisk::Medium;
        retention.evidence = QStringLiteral("Kept for 30 days; the oldest unread record was 1 day old.");
        retention.change = QStringLiteral("Keep it for 3 days, three times the worst lag.");
        retention.riskReason = QStringLiteral("Replays reach back less far.");
        Saving packing = retention;
        packing.id = QStringLiteral("compression:orders");
        packing.kind = SavingKind::Compression;
        packing.eventType = QStringLiteral("order.created");
        packing.perMonth = Money{12'250'000};
        packing.risk = SavingRisk::Low;
        packing.change = QStringLiteral("Set compression.type=zstd on the producer, or on the topic.");
        if (isQuiet)
            return sheet;
        sheet.savings = {retention, packing};
        sheet.before = Money{12'000'000'000};
        if (!chosen.isEmpty())
            sheet.after = Money{12'000'000'000 - 200'500'000 * chosen.size()};
        sheet.hasEdits = !chosen.isEmpty() && chosen.contains(retention.id);
        sheet.patch = QStringLiteral("diff --git a/cat.yaml b/cat.yaml\n-  retention_days: 30\n+  retention_days: 3\n");
        sheet.byHand = {QStringLiteral("retention:page.viewed: kafka-configs --alter")};
        return sheet;
    }
    [[nodiscard]] Status writePatch(const views::CostRequest&, const QStringList& chosen, const QString& file,
                                    std::stop_token) override
    {
        note(QStringLiteral("patch %1 %2").arg(file, chosen.join(u',')));
        return {};
    }
    [[nodiscard]] Result<QStringList> applySavings(const views::CostRequest&, const QStringList& chosen,
                                                   std::stop_token) override
    {
        note(QStringLiteral("apply %1").arg(chosen.join(u',')));
        return QStringList{QStringLiteral("cat.yaml")};
    }
    [[nodiscard]] Result<std::vector<Invoice>> invoices(std::stop_token) override
    {
        const std::scoped_lock lock(m_mutex);
        return kept;
    }
    [[nodiscard]] Result<views::InvoicePreview> previewInvoice(const QString& file, const QString& profile,
                                                               std::stop_token) override
    {
        if (file.contains(u"broken"))
            return fail(ErrorCode::InvalidConfig,
                        file + QStringLiteral(":3:7: 'amount' is 'much'; write a decimal number"));
        Invoice invoice;
        invoice.digest = QStringLiteral("abc").repeated(20);
        invoice.name = file.section(u'/', -1);
        invoice.format = QStringLiteral("plain");
        invoice.currency = QStringLiteral("USD");
        invoice.profile = profile.isEmpty() ? QStringLiteral("seed") : profile;
        invoice.lines = {
            {QDate(2026, 10, 1), QDate(2026, 10, 31), CostComponent::Storage, false, QStringLiteral("KAFKA_STORAGE"),
             Money{800'000'000}},
            {QDate(2026, 10, 1), QDate(2026, 10, 31), std::nullopt, false, QStringLiteral("tax"), Money{120'500'000}}};
        views::InvoicePreview preview{invoice, Money{920'500'000}, {}};
        const std::scoped_lock lock(m_mutex);
        for (const Invoice& one : kept) {
            if (one.digest == invoice.digest)
                preview.known = one;
        }
        return preview;
    }
    [[nodiscard]] Result<bool> importInvoice(const Invoice& invoice, std::stop_token) override
    {
        note(QStringLiteral("import %1 for %2").arg(invoice.name, invoice.profile));
        const std::scoped_lock lock(m_mutex);
        kept.push_back(invoice);
        kept.back().importedBy = QStringLiteral("mara");
        kept.back().importedAt = utcFromMs(1'790'000'000'000);
        return true;
    }

    [[nodiscard]] QStringList intents() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_intents;
    }
    std::optional<Money> budget; ///< set before the page is made
    bool isQuiet = false;        ///< nothing changes, nothing is to be saved

private:
    void note(const QString& intent)
    {
        const std::scoped_lock lock(m_mutex);
        m_intents += intent;
    }
    mutable std::mutex m_mutex; // guards: m_intents, kept
    QStringList m_intents;
    std::vector<Invoice> kept;
};

} // namespace spillway::test
