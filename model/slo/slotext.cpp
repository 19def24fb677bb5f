// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/alignedlines.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/slo/sloqueries.h"

#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString percent(const std::optional<double>& share)
{
    return share ? u"%1 %"_s.arg(QString::number(*share * 100, 'f', 3)) : u"–"_s;
}

QString millis(const std::optional<double>& value)
{
    if (!value)
        return u"–"_s;
    if (std::abs(*value) >= 1e10) // months: no latency, but somebody's mistake, which shall not widen the column
        return u"%1 ms"_s.arg(QString::number(*value, 'e', 2));
    return u"%1 ms"_s.arg(QString::number(*value, 'f', *value < 10 ? 2 : *value < 100 ? 1 : 0));
}

QString count(const std::optional<std::int64_t>& value)
{
    return value ? formatCount(*value) : u"–"_s;
}

} // namespace

QByteArray sloJson(const std::vector<SloRow>& rows)
{
    JsonWriter json;
    json.beginArray();
    for (const SloRow& row : rows) {
        json.beginObject()
            .field(u"consumer", row.consumer)
            .field(u"eventType", row.eventType)
            .field(u"team", row.team)
            .field(u"total", row.total)
            .field(u"good", row.good)
            .field(u"withinTarget", row.withinTarget)
            .field(u"attainment", row.attainment)
            .field(u"objective", row.objective)
            .field(u"targetMs", row.targetMs)
            .field(u"p50Ms", row.p50Ms)
            .field(u"p99Ms", row.p99Ms)
            .field(u"successRate", row.successRate)
            .field(u"budgetRemaining", row.budgetRemaining)
            .field(u"burnRate1h", row.burnRate1h)
            .field(u"state", sloStateWord(row.state))
            .endObject();
    }
    return json.endArray().json();
}

QString sloText(const std::vector<SloRow>& rows)
{
    if (rows.empty())
        return u"ownership.yaml names no consumer, and nothing was logged in this window.\n"_s;
    std::vector<QStringList> lines{{u"CONSUMER"_s, u"EVENT"_s, u"TEAM"_s, u"STATE"_s, u"TOTAL"_s, u"GOOD"_s,
                                    u"ATTAINMENT"_s, u"OBJECTIVE"_s, u"TARGET"_s, u"P50"_s, u"P99"_s, u"SUCCESS"_s,
                                    u"BUDGET LEFT"_s, u"BURN 1H"_s}};
    for (const SloRow& row : rows) {
        lines.push_back(
            {visibleText(row.consumer), visibleText(row.eventType), row.team ? visibleText(*row.team) : u"–"_s,
             sloStateWord(row.state), formatCount(row.total), count(row.good), percent(row.attainment),
             percent(row.objective), millis(row.targetMs), millis(row.p50Ms), millis(row.p99Ms),
             percent(row.successRate) +
                 (row.promisedSuccessRate ? u" of "_s + percent(row.promisedSuccessRate) : QString()),
             percent(row.budgetRemaining), row.burnRate1h ? QString::number(*row.burnRate1h, 'f', 2) : u"–"_s});
    }
    return alignedLines(lines, [](qsizetype column) { return column >= 4; });
}

} // namespace spillway
