// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/jsonwriter.h"
#include "model/base/text.h"
#include "model/scorecard/scorecard.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

QByteArray scorecardJson(const std::vector<ScorecardRow>& rows)
{
    JsonWriter json;
    json.beginArray();
    for (const ScorecardRow& row : rows) {
        json.beginObject()
            .field(u"phase", row.phase)
            .field(u"item", row.item)
            .field(u"scope", row.scope)
            .field(u"value", row.value)
            .field(u"target", row.target)
            .field(u"met", row.isMet)
            .field(u"evidence", row.evidence);
        json.key(u"nextStep");
        row.nextStep.isEmpty() ? json.null() : json.value(row.nextStep);
        json.field(u"phaseName", scorecardPhaseWord(row.phase))
            .field(u"title", scorecardItemTitle(row.item))
            .field(u"unit", row.item == u"phase-reached" ? u"days"_s
                            : row.isCount                ? u"count"_s
                                                         : u"percent"_s);
        json.endObject();
    }
    json.endArray();
    return json.json();
}

QString scorecardText(const std::vector<ScorecardRow>& rows)
{
    QString out;
    int phase = 0;
    for (const ScorecardRow& row : rows) {
        if (row.scope != u"all")
            continue;
        if (row.phase != phase) {
            phase = row.phase;
            out += u"%1Phase %2: %3\n"_s.arg(out.isEmpty() ? QString() : u"\n"_s)
                       .arg(phase)
                       .arg(scorecardPhaseWord(phase));
        }
        const QString value = !row.value ? u"?"_s
                              : row.item == u"phase-reached" || row.isCount
                                  ? QString::number(*row.value, 'f', 0)
                                  : QString::number(*row.value, 'f', 0) + u" %"_s;
        out += u"  %1 %2 %3  %4\n"_s.arg(row.isMet   ? u"met    "_s
                                         : row.value ? u"not met"_s
                                                     : u"unknown"_s,
                                         value.rightJustified(6), scorecardItemTitle(row.item).leftJustified(54),
                                         visibleText(row.evidence));
        if (!row.nextStep.isEmpty())
            out += u"                   next: %1\n"_s.arg(visibleText(row.nextStep));
    }
    return out;
}

} // namespace spillway
