// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/protowire.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostFields = 1'000'000;
constexpr int deepestGroup = 100;

bool readTag(BinaryReader& in, ProtoOccurrence& field)
{
    const std::uint64_t tag = in.varint();
    field.wire = static_cast<ProtoWire>(tag & 7);
    const std::uint64_t number = tag >> 3;
    if (!in.hasFault() && (number == 0 || number >= (1U << 29)))
        in.fault(u"%1 is no field's number"_s.arg(number));
    field.number = static_cast<std::uint32_t>(number);
    return !in.hasFault();
}

void skip(BinaryReader& in, ProtoOccurrence& field, qsizetype last)
{
    field.first = in.at();
    switch (field.wire) {
    case ProtoWire::Varint:
        (void)in.varint();
        break;
    case ProtoWire::Fixed64:
        (void)in.take(8);
        break;
    case ProtoWire::Fixed32:
        (void)in.take(4);
        break;
    case ProtoWire::Delimited: {
        const std::uint64_t size = in.varint();
        field.first = in.at();
        if (!in.hasFault() && size > static_cast<std::uint64_t>(std::max<qsizetype>(0, last - in.at())))
            in.fault(u"%1 bytes should follow and only %2 do"_s.arg(size).arg(last - in.at()));
        (void)in.take(static_cast<std::int64_t>(size & 0x7FFFFFFFFFFFFFFFULL));
        break;
    }
    case ProtoWire::GroupStart: {
        int depth = 1;
        while (depth > 0 && !in.hasFault()) {
            field.last = in.at();
            ProtoOccurrence within;
            if (!readTag(in, within))
                return;
            if (within.wire == ProtoWire::GroupStart)
                ++depth;
            else if (within.wire == ProtoWire::GroupEnd)
                --depth;
            else
                skip(in, within, last);
            if (depth > deepestGroup)
                in.fault(u"groups are nested deeper than %1 levels"_s.arg(deepestGroup), true);
        }
        return;
    }
    default:
        in.fault(u"%1 is no wire type"_s.arg(static_cast<int>(field.wire)));
    }
    field.last = in.at();
}

} // namespace

ProtoWire protoWireOf(ProtoField::Kind kind)
{
    using Kind = ProtoField::Kind;
    switch (kind) {
    case Kind::Double:
    case Kind::Fixed64:
    case Kind::Sfixed64:
        return ProtoWire::Fixed64;
    case Kind::Float:
    case Kind::Fixed32:
    case Kind::Sfixed32:
        return ProtoWire::Fixed32;
    case Kind::String:
    case Kind::Bytes:
    case Kind::Message:
        return ProtoWire::Delimited;
    case Kind::Group:
        return ProtoWire::GroupStart;
    default:
        return ProtoWire::Varint;
    }
}

std::vector<ProtoOccurrence> protoOccurrences(BinaryReader& in, qsizetype first, qsizetype last)
{
    std::vector<ProtoOccurrence> found;
    in.moveTo(first);
    while (in.at() < last && !in.hasFault()) {
        ProtoOccurrence field;
        if (!readTag(in, field))
            break;
        if (field.wire == ProtoWire::GroupEnd)
            in.fault(u"a group ends that did not begin"_s);
        else
            skip(in, field, last);
        if (in.hasFault())
            break;
        found.push_back(field);
        if (found.size() > mostFields)
            in.fault(u"it has more than %1 fields"_s.arg(mostFields), true);
    }
    if (!in.hasFault() && in.at() > last)
        in.fault(u"a field reaches beyond its message"_s);
    return found;
}

std::int64_t protoUnzigzag(std::uint64_t number)
{
    return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1);
}

} // namespace spillway
