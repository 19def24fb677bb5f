// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/avrovalue.h"

#include <QUuid>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = AvroType::Kind;
using Logical = AvroType::Logical;

} // namespace

void writeAvroBoolean(BinaryReader& in)
{
    const std::uint8_t byte = in.byte();
    if (!in.hasFault() && byte > 1)
        in.fault(u"a boolean is neither 0 nor 1"_s);
    else if (!in.hasFault())
        in.out().value(byte == 1);
}

void writeAvroInteger(BinaryReader& in, const AvroType& type, std::int64_t read)
{
    if (in.hasFault())
        return;
    if (type.kind == Kind::Int && (read > 2147483647 || read < -2147483648LL)) {
        in.fault(u"an int is larger than 32 bits"_s);
        return;
    }
    switch (type.logical) {
    case Logical::Date:
        in.writeDate(read);
        break;
    case Logical::TimeMillis:
        in.writeTimeOfDay(read, 3);
        break;
    case Logical::TimeMicros:
        in.writeTimeOfDay(read, 6);
        break;
    case Logical::TimestampMillis:
        in.writeTimestamp(read, 3, true);
        break;
    case Logical::TimestampMicros:
        in.writeTimestamp(read, 6, true);
        break;
    case Logical::LocalTimestampMillis:
        in.writeTimestamp(read, 3, false);
        break;
    case Logical::LocalTimestampMicros:
        in.writeTimestamp(read, 6, false);
        break;
    default:
        in.out().value(read);
    }
}

void writeAvroText(BinaryReader& in, const AvroType& type, QByteArrayView bytes)
{
    if (in.hasFault())
        return;
    if (type.logical == Logical::Decimal)
        in.writeDecimal(bytes, type.scale);
    else if (type.logical == Logical::Uuid && type.kind == Kind::Fixed)
        in.out().value(QUuid::fromRfc4122(bytes).toString(QUuid::WithoutBraces));
    else if (type.kind == Kind::String)
        in.writeText(bytes);
    else
        in.writeHex(bytes);
}

} // namespace spillway
