// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/processinglog.h"

#include "model/base/jsonwriter.h"

using namespace Qt::Literals::StringLiterals;

namespace spillway::demo {

RawRecord processingRecord(const ProcessingOutcome& outcome)
{
    JsonWriter json;
    json.beginObject().field(u"consumer_service", QString::fromUtf8(outcome.service));
    json.field(u"event_type", QString::fromUtf8(outcome.event.eventType))
        .field(u"status", QString::fromUtf8(outcome.status));
    json.key(u"processing_latency_ms")
        .raw(QByteArray::number(outcome.latencyMs, 'f', 1))
        .field(u"processed_at", outcome.processedAt);
    json.field(u"event_id", QString::fromUtf8(outcome.event.eventId)).field(u"attempt", outcome.attempt);
    if (!outcome.errorClass.isEmpty())
        json.field(u"error_class", QString::fromUtf8(outcome.errorClass));
    json.field(u"trace_id", QString::fromUtf8(outcome.event.traceId));
    json.field(u"payload_bytes", std::int64_t{outcome.payloadBytes}).endObject();

    RawRecord record;
    record.at.topic = u"event-processing-log"_s;
    record.at.partition = partitionFor(record.at.topic, outcome.service);
    record.timestamp = outcome.processedAt;
    record.timestampType = TimestampType::CreateTime;
    record.key = outcome.service;
    record.value = json.json();
    return record;
}

} // namespace spillway::demo
