// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/wireformat.h"

#include <QUuid>
#include <QtEndian>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString guidText(QByteArrayView bytes)
{
    return QUuid::fromRfc4122(bytes).toString(QUuid::WithoutBraces);
}

std::optional<std::int64_t> zigzagAt(QByteArrayView bytes, qsizetype& at)
{
    std::uint64_t value = 0;
    for (int shift = 0; shift < 35 && at < bytes.size(); shift += 7) {
        const auto byte = static_cast<std::uint8_t>(bytes[at++]);
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if ((byte & 0x80U) == 0)
            return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
    }
    return std::nullopt;
}

} // namespace

WireFormat wireFormatOf(QByteArrayView value, const Headers& headers)
{
    for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
        if (!header->value)
            continue;
        const QByteArray& id = *header->value;
        if (header->name == "apicurio.value.contentId" || header->name == "apicurio.value.globalId") {
            if (id.size() == 8)
                return {.kind = header->name == "apicurio.value.globalId" ? WireFormat::Kind::ApicurioGlobalId
                                                                          : WireFormat::Kind::ApicurioContentId,
                        .id = QString::number(qFromBigEndian<quint64>(id.constData())),
                        .isTold = true};
            continue;
        }
        if (header->name != "__value_schema_id")
            continue;
        if (id.size() == 17 && id[0] == 1)
            return {
                .kind = WireFormat::Kind::ConfluentGuid, .id = guidText(QByteArrayView(id).sliced(1)), .isTold = true};
        if (id.size() == 5 && id[0] == 0)
            return {.kind = WireFormat::Kind::ConfluentId,
                    .id = QString::number(qFromBigEndian<quint32>(id.constData() + 1)),
                    .isTold = true};
    }
    // No registry has a schema 0: four zeros are the upper half of a longer id.
    if (value.size() >= 9 && value[0] == 0 && qFromBigEndian<quint32>(value.data() + 1) == 0 &&
        qFromBigEndian<quint32>(value.data() + 5) != 0)
        return {.kind = WireFormat::Kind::ApicurioId,
                .id = QString::number(qFromBigEndian<quint32>(value.data() + 5)),
                .bodyAt = 9};
    if (value.size() >= 5 && value[0] == 0 && qFromBigEndian<quint32>(value.data() + 1) <= 0x7FFFFFFFU)
        return {.kind = WireFormat::Kind::ConfluentId,
                .id = QString::number(qFromBigEndian<quint32>(value.data() + 1)),
                .bodyAt = 5};
    if (value.size() >= 17 && value[0] == 1)
        return {.kind = WireFormat::Kind::ConfluentGuid, .id = guidText(value.sliced(1, 16)), .bodyAt = 17};
    if (value.size() >= 18 && value[0] == 3 && (value[1] == 0 || value[1] == 5))
        return {.kind = WireFormat::Kind::GlueVersion,
                .id = guidText(value.sliced(2, 16)),
                .bodyAt = 18,
                .isCompressed = value[1] == 5};
    return {};
}

QString wireFormatText(const WireFormat& wire)
{
    switch (wire.kind) {
    case WireFormat::Kind::None:
        return {};
    case WireFormat::Kind::ConfluentId:
        return u"Confluent schema id %1"_s.arg(wire.id);
    case WireFormat::Kind::ConfluentGuid:
        return u"Confluent schema GUID %1"_s.arg(wire.id);
    case WireFormat::Kind::ApicurioContentId:
        return u"Apicurio content id %1"_s.arg(wire.id);
    case WireFormat::Kind::ApicurioGlobalId:
        return u"Apicurio global id %1"_s.arg(wire.id);
    case WireFormat::Kind::ApicurioId:
        return u"Apicurio schema id %1 of eight bytes"_s.arg(wire.id);
    case WireFormat::Kind::GlueVersion:
        return u"AWS Glue schema version %1"_s.arg(wire.id);
    }
    return {};
}

std::optional<MessageIndexes> messageIndexesAt(QByteArrayView value, qsizetype at)
{
    MessageIndexes indexes;
    indexes.bodyAt = at;
    const auto count = zigzagAt(value, indexes.bodyAt);
    if (!count || *count < 0 || *count > 32)
        return std::nullopt;
    if (*count == 0)
        indexes.path = {0};
    for (std::int64_t i = 0; i < *count; ++i) {
        const auto place = zigzagAt(value, indexes.bodyAt);
        if (!place || *place < 0 || *place > 100'000)
            return std::nullopt;
        indexes.path.push_back(static_cast<int>(*place));
    }
    return indexes;
}

} // namespace spillway
