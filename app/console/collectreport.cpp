// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/collectreport.h"

#include "model/base/counted.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

void CollectReport::add(const CollectReport& other)
{
    lagSamples += other.lagSamples;
    processingRecords += other.processingRecords;
    deadLetters += other.deadLetters;
    unreadable += other.unreadable;
    lostBeforeRead += other.lostBeforeRead;
    warnings.insert(warnings.end(), other.warnings.begin(), other.warnings.end());
    phases.insert(phases.end(), other.phases.begin(), other.phases.end());
    failures.insert(failures.end(), other.failures.begin(), other.failures.end());
}

QByteArray CollectReport::json() const
{
    JsonWriter json;
    json.beginObject()
        .field(u"lagSamples", lagSamples)
        .field(u"processingRecords", processingRecords)
        .field(u"deadLetters", deadLetters)
        .field(u"unreadable", unreadable)
        .field(u"lostBeforeRead", lostBeforeRead)
        .field(u"elapsedMs", std::int64_t{elapsed.count()});
    json.key(u"phases").beginArray();
    for (const Phase& phase : phases)
        json.beginObject().field(u"name", phase.name).field(u"ms", std::int64_t{phase.took.count()}).endObject();
    json.endArray().endObject();
    return json.json();
}

QString CollectReport::text() const
{
    QString text = u"%1, %2, %3 in %4"_s.arg(counted(lagSamples, u"lag sample"_s),
                                             counted(processingRecords, u"processing record"_s),
                                             counted(deadLetters, u"dead letter"_s), formatDuration(elapsed));
    if (unreadable > 0)
        text += u"; %1 could not be read"_s.arg(counted(unreadable, u"record"_s));
    return text;
}

} // namespace spillway
