// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slo/processingrecord.h"

#include "model/base/text.h"

#include <simdjson.h>

#include <cmath>
#include <optional>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double maxEpochMs = 253'402'300'799'999.0; // the last millisecond of the year 9999

QByteArrayView view(std::string_view text)
{
    return {text.data(), static_cast<qsizetype>(text.size())};
}

Result<QString> readName(const simdjson::dom::element& value, const char16_t* field)
{
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS || text.empty())
        return fail(ErrorCode::Corrupt, u"%1 is no text"_s.arg(QStringView(field)));
    if (static_cast<qsizetype>(text.size()) > maxProcessingNameBytes)
        return fail(ErrorCode::Corrupt,
                    u"%1 is longer than %2 bytes"_s.arg(QStringView(field)).arg(maxProcessingNameBytes));
    return QString::fromUtf8(view(text));
}

Result<ProcessingStatus> readStatus(const simdjson::dom::element& value)
{
    std::string_view text;
    if (value.get_string().get(text) == simdjson::SUCCESS) {
        if (text == "success")
            return ProcessingStatus::Success;
        if (text == "failed")
            return ProcessingStatus::Failed;
        if (text == "dlq")
            return ProcessingStatus::DeadLettered;
    }
    return fail(ErrorCode::Corrupt, u"status is none of success, failed, dlq"_s);
}

Result<double> readLatency(const simdjson::dom::element& value)
{
    double latency = 0;
    if (!value.is_number() || value.get_double().get(latency) != simdjson::SUCCESS || !std::isfinite(latency))
        return fail(ErrorCode::Corrupt, u"processing_latency_ms is no number"_s);
    return latency;
}

Result<UtcTime> readTime(const simdjson::dom::element& value)
{
    std::string_view text;
    double ms = 0;
    if (value.get_string().get(text) == simdjson::SUCCESS) {
        if (const auto time = text.size() <= 64 ? parseRfc3339(view(text)) : std::nullopt; time && toMs(*time) >= 0)
            return *time;
    } else if (value.is_number() && value.get_double().get(ms) == simdjson::SUCCESS && ms >= 1e9 && ms < 1e10) {
        // of our days; read as January 1970 no window would show them
        return fail(ErrorCode::Corrupt, u"processed_at is in epoch seconds, write milliseconds"_s);
    } else if (value.is_number() && value.get_double().get(ms) == simdjson::SUCCESS && ms >= 0 && ms <= maxEpochMs) {
        return utcFromMs(static_cast<std::int64_t>(ms));
    }
    return fail(ErrorCode::Corrupt, u"processed_at is neither RFC 3339 nor epoch milliseconds"_s);
}

} // namespace

struct ProcessingRecordReader::Parser
{
    simdjson::dom::parser dom;
};

ProcessingRecordReader::ProcessingRecordReader()
    : m_parser(std::make_unique<Parser>())
{
}

ProcessingRecordReader::~ProcessingRecordReader() = default;

Result<ProcessingRecord> ProcessingRecordReader::read(QByteArrayView bytes)
{
    if (bytes.size() > maxProcessingRecordBytes)
        return fail(ErrorCode::Corrupt, u"longer than %1"_s.arg(formatSizeBytes(maxProcessingRecordBytes)));
    if (bytes.isEmpty())
        return fail(ErrorCode::Corrupt, u"no JSON: empty"_s);
    // The whole document is checked, not only what is needed: half a record is no record.
    simdjson::dom::object object;
    const auto parsed = m_parser->dom.parse(bytes.data(), static_cast<std::size_t>(bytes.size()), true);
    if (parsed.error() != simdjson::SUCCESS)
        return fail(ErrorCode::Corrupt,
                    u"no JSON: %1"_s.arg(QString::fromLatin1(simdjson::error_message(parsed.error()))));
    if (parsed.get_object().get(object) != simdjson::SUCCESS)
        return fail(ErrorCode::Corrupt, u"no JSON object"_s);

    std::optional<Result<QString>> consumer;
    std::optional<Result<QString>> eventType;
    std::optional<Result<ProcessingStatus>> status;
    std::optional<Result<double>> latency;
    std::optional<Result<UtcTime>> time;
    for (const auto& [name, value] : object) {
        if (name == "consumer_service")
            consumer = readName(value, u"consumer_service");
        else if (name == "event_type")
            eventType = readName(value, u"event_type");
        else if (name == "status")
            status = readStatus(value);
        else if (name == "processing_latency_ms")
            latency = readLatency(value);
        else if (name == "processed_at")
            time = readTime(value);
    }
    QString fault;
    const auto check = [&fault](const auto& field, const QString& name) {
        if (!fault.isEmpty())
            return;
        if (!field)
            fault = name + u" is missing"_s;
        else if (!*field)
            fault = field->error().detail;
    };
    check(consumer, u"consumer_service"_s);
    check(eventType, u"event_type"_s);
    check(status, u"status"_s);
    check(latency, u"processing_latency_ms"_s);
    check(time, u"processed_at"_s);
    if (!fault.isEmpty())
        return fail(ErrorCode::Corrupt, fault);
    return ProcessingRecord{**consumer, **eventType, **status, **latency, **time};
}

} // namespace spillway
