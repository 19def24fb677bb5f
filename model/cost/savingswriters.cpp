// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/text.h"
#include "model/cost/costjson.h"
#include "model/cost/savings.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

QByteArray savingsJson(const std::vector<Saving>& savings, const QString& currency)
{
    JsonWriter json;
    json.beginObject().field(u"currency", currency);
    json.key(u"savings").beginArray();
    for (const Saving& saving : savings) {
        json.beginObject().field(u"id", saving.id).field(u"kind", savingKindKey(saving.kind));
        json.key(u"eventType").value(textOrNull(saving.eventType));
        json.key(u"topic").value(textOrNull(saving.topic));
        json.key(u"team").value(textOrNull(saving.team));
        writeAmount(json, u"perMonth", saving.perMonth);
        json.field(u"basis", saving.basis);
        json.field(u"risk", savingRiskWord(saving.risk)).field(u"riskReason", saving.riskReason);
        json.field(u"evidence", saving.evidence).field(u"change", saving.change);
        json.key(u"export").beginArray();
        for (const QString& line : saving.exported)
            json.value(line);
        json.endArray().endObject();
    }
    json.endArray().endObject();
    return json.json();
}

QString savingsText(const std::vector<Saving>& savings, const QString& currency)
{
    if (savings.empty())
        return u"Nothing to save was found. Advice rests on samples (`spillwayctl collect`), some of it on those of a day or more; what several events of one topic share is left alone.\n"_s;
    QString text;
    for (const Saving& saving : savings) {
        text += u"%1 %2 a month, risk %3: %4\n"_s.arg(formatMoney(saving.perMonth, 2), currency,
                                                      savingRiskWord(saving.risk), visibleText(saving.id));
        text += u"  %1\n  %2\n  %3\n  %4\n"_s.arg(saving.evidence, saving.change, saving.riskReason, saving.basis);
    }
    return text;
}

QString savingsScript(const std::vector<Saving>& savings, const QString& currency)
{
    QString text = u"# Read each line before you run it. BOOTSTRAP=host:port\n"_s;
    for (const Saving& saving : savings) {
        text += u"\n# %1: %2 %3 a month, risk %4. %5\n"_s.arg(visibleText(saving.id), formatMoney(saving.perMonth, 2),
                                                              currency, savingRiskWord(saving.risk), saving.riskReason);
        for (const QString& line : saving.exported)
            text += line + u'\n';
    }
    return text;
}

} // namespace spillway
