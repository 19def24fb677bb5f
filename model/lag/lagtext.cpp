// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/lagqueries.h"

#include "model/base/alignedlines.h"
#include "model/base/text.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

template<typename T>
std::optional<std::int64_t> plain(const std::optional<Count<T>>& count)
{
    return count ? std::optional(count->value) : std::nullopt;
}

template<typename T>
QString cell(const std::optional<Count<T>>& count)
{
    return count ? formatCount(count->value) : u"–"_s;
}

QString ageCell(const std::optional<TimeLag>& age)
{
    if (!age)
        return u"–"_s;
    if (!age->high)
        return u"at least "_s + formatDuration(age->low);
    if (age->high->count() == 0)
        return u"0 s"_s;
    return formatDuration(age->low) + u" to "_s + formatDuration(*age->high);
}

} // namespace

QByteArray lagJson(const std::vector<LagRow>& rows)
{
    JsonWriter json;
    json.beginArray();
    for (const LagRow& row : rows) {
        json.beginObject()
            .field(u"connection", row.connection)
            .field(u"group", row.group)
            .field(u"topic", row.topic)
            .field(u"partition", row.partition)
            .field(u"committedOffset", plain(row.committedOffset))
            .field(u"endOffset", plain(row.endOffset))
            .field(u"lastStableOffset", plain(row.lastStableOffset))
            .field(u"logStartOffset", plain(row.logStartOffset))
            .field(u"lag", plain(row.lag))
            .field(u"timeLagLowMs", row.timeLag ? std::optional(std::int64_t{row.timeLag->low.count()}) : std::nullopt)
            .field(u"timeLagHighMs", row.timeLag && row.timeLag->high
                                         ? std::optional(std::int64_t{row.timeLag->high->count()})
                                         : std::nullopt)
            .field(u"state", lagStateWord(row.state))
            .field(u"owner", row.owner)
            .field(u"sampledAt", row.sampledAt)
            .endObject();
    }
    return json.endArray().json();
}

QString lagText(const std::vector<LagRow>& rows)
{
    if (rows.empty())
        return u"No lag was sampled yet: run `spillwayctl collect --once`.\n"_s;
    std::vector<QStringList> lines{{u"GROUP"_s, u"TOPIC"_s, u"PARTITION"_s, u"COMMITTED"_s, u"END"_s, u"LAG"_s,
                                    u"OLDEST UNREAD"_s, u"STATE"_s, u"OWNER"_s, u"SAMPLED"_s}};
    for (const LagRow& row : rows) {
        QString state = lagStateWord(row.state);
        if (row.lost && row.lost->value > 0)
            state += u" (%1 lost)"_s.arg(formatCount(row.lost->value));
        lines.push_back({visibleText(row.group), visibleText(row.topic), QString::number(row.partition),
                         cell(row.committedOffset), cell(row.endOffset), cell(row.lag), ageCell(row.timeLag), state,
                         row.owner ? visibleText(*row.owner) : u"–"_s, formatUtc(row.sampledAt)});
    }
    return alignedLines(lines, [](qsizetype column) { return column >= 2 && column <= 5; });
}

} // namespace spillway
