// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/kafka/message.h"

#include <cstring>

namespace spillway::kafka {

namespace {

std::optional<QByteArray> bytes(const void* data, size_t size)
{
    if (!data)
        return {};
    return QByteArray(static_cast<const char*>(data), static_cast<qsizetype>(size));
}

TimestampType timestampType(rd_kafka_timestamp_type_t type)
{
    switch (type) {
    case RD_KAFKA_TIMESTAMP_CREATE_TIME:
        return TimestampType::CreateTime;
    case RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME:
        return TimestampType::LogAppendTime;
    case RD_KAFKA_TIMESTAMP_NOT_AVAILABLE:
        break;
    }
    return TimestampType::Unknown;
}

constexpr std::size_t mostRemembered = 64;
constexpr qsizetype longestRemembered = 96;

Headers headersOf(const rd_kafka_message_t& message, HeaderNames& names)
{
    Headers out;
    rd_kafka_headers_t* headers = nullptr; // owned by the message
    if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return out;
    const char* name = nullptr;
    const void* value = nullptr;
    size_t size = 0;
    out.reserve(rd_kafka_header_cnt(headers));
    for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i)
        out.push_back({names.at(i, name), value ? std::optional(names.valueAt(i, {static_cast<const char*>(value),
                                                                                  static_cast<qsizetype>(size)}))
                                                : std::nullopt});
    return out;
}

} // namespace

QByteArray HeaderNames::at(std::size_t place, const char* name)
{
    if (place >= mostRemembered)
        return QByteArray(name);
    if (place >= m_names.size())
        m_names.resize(place + 1);
    QByteArray& known = m_names[place];
    if (std::strcmp(known.constData(), name) != 0)
        known = QByteArray(name);
    return known;
}

QByteArray HeaderNames::valueAt(std::size_t place, QByteArrayView value)
{
    const qsizetype size = value.size();
    if (size == 0)
        return QByteArray("");
    if (place >= mostRemembered || size > longestRemembered)
        return value.toByteArray();
    if (place >= m_values.size())
        m_values.resize(place + 1);
    const auto at = [&value](qsizetype where) { return std::size_t{static_cast<unsigned char>(value[where])}; };
    const std::size_t glance = static_cast<std::size_t>(size) + at(0) + at(size / 2) * 3 + at(size - 1) * 7;
    QByteArray& known = m_values[place][glance % valuesAPlace];
    if (known != value)
        known = value.toByteArray();
    return known;
}

RawRecord toRecord(const rd_kafka_message_t& message, const QString& topic, HeaderNames& names)
{
    RawRecord record;
    record.at = {topic, message.partition};
    record.offset = Offset{message.offset};
    rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    const std::int64_t ms = rd_kafka_message_timestamp(&message, &type);
    record.timestampType = timestampType(type);
    if (record.timestampType != TimestampType::Unknown && ms >= 0)
        record.timestamp = utcFromMs(ms);
    record.key = bytes(message.key, message.key_len);
    record.value = bytes(message.payload, message.len);
    record.headers = headersOf(message, names);
    return record;
}

HeadersHandle toHeaders(const Headers& headers)
{
    if (headers.empty())
        return nullptr;
    HeadersHandle out(rd_kafka_headers_new(headers.size()));
    for (const Header& each : headers)
        rd_kafka_header_add(out.get(), each.name.constData(), each.name.size(),
                            each.value ? each.value->constData() : nullptr, each.value ? each.value->size() : 0);
    return out;
}

} // namespace spillway::kafka
