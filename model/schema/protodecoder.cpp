// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/text.h"
#include "model/schema/binaryreader.h"
#include "model/schema/protoschema.h"
#include "model/schema/protowire.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <span>
#include <string>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = ProtoField::Kind;
bool isPrintable(QByteArrayView bytes)
{
    return isUtf8(bytes) && std::none_of(bytes.begin(), bytes.end(), [](char c) {
               return static_cast<std::uint8_t>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
           });
}

class ProtoDecoder
{
public:
    ProtoDecoder(const ProtoSchema& schema, QByteArrayView bytes)
        : m_schema(schema)
        , m_in(bytes)
    {
    }

    BinaryText run(const ProtoMessage* type)
    {
        message(type, 0, m_in.size());
        return m_in.finish();
    }

private:
    /// @param type  null: without names.
    void message(const ProtoMessage* type, qsizetype first, qsizetype last)
    {
        if (!m_in.enter()) {
            m_in.out().null();
            return;
        }
        if (type && (type->name == "google.protobuf.Timestamp" || type->name == "google.protobuf.Duration"))
            moment(*type, first, last);
        else
            fields(type, first, last);
        m_in.leave();
    }

    void fields(const ProtoMessage* type, qsizetype first, qsizetype last)
    {
        std::vector<ProtoOccurrence> all = protoOccurrences(m_in, first, last);
        // Occurrences of one field together, where the first of them stands.
        std::map<std::uint32_t, std::size_t> firstAt;
        for (std::size_t i = 0; i < all.size(); ++i)
            firstAt.emplace(all[i].number, i);
        std::stable_sort(all.begin(), all.end(), [&](const ProtoOccurrence& a, const ProtoOccurrence& b) {
            return firstAt.find(a.number)->second < firstAt.find(b.number)->second;
        });
        const bool wasFaulty = m_in.hasFault();
        m_in.out().beginObject();
        for (std::size_t i = 0; i < all.size() && (wasFaulty || !m_in.hasFault());) {
            std::size_t end = i + 1;
            while (end < all.size() && all[end].number == all[i].number)
                ++end;
            if (wasFaulty)
                break; // what was read of a broken message is not told apart from chance
            field(fieldOf(type, all[i].number), {all.data() + i, end - i});
            i = end;
        }
        m_in.out().endObject();
    }

    static const ProtoField* fieldOf(const ProtoMessage* type, std::uint32_t number)
    {
        if (!type)
            return nullptr;
        const auto known = type->fields.find(number);
        return known == type->fields.end() ? nullptr : &known->second;
    }

    void field(const ProtoField* known, std::span<const ProtoOccurrence> all)
    {
        const bool isScalar = known && protoWireOf(known->kind) != ProtoWire::Delimited &&
                              protoWireOf(known->kind) != ProtoWire::GroupStart;
        // Another wire type than the schema's is a field that the schema does not know.
        const bool fits = known && std::all_of(all.begin(), all.end(), [&](const ProtoOccurrence& one) {
                              return one.wire == protoWireOf(known->kind) ||
                                     (isScalar && known->isRepeated && one.wire == ProtoWire::Delimited);
                          });
        if (!fits)
            known = nullptr;
        m_in.key(known ? known->name : std::to_string(all.front().number));
        if (known && known->isMap) {
            mapField(*known, all);
        } else if (all.size() == 1 && !(known && known->isRepeated)) {
            value(known, all.front());
        } else {
            m_in.out().beginArray();
            for (const ProtoOccurrence& one : all) {
                if (m_in.hasFault())
                    break;
                if (isScalar && known && one.wire == ProtoWire::Delimited)
                    packed(*known, one);
                else
                    value(known, one);
            }
            m_in.out().endArray();
        }
        m_in.leaveKey();
    }

    void packed(const ProtoField& known, const ProtoOccurrence& one)
    {
        m_in.moveTo(one.first);
        while (m_in.at() < one.last && !m_in.hasFault())
            scalar(known);
        if (!m_in.hasFault() && m_in.at() != one.last)
            m_in.fault(u"a packed list ends within a value"_s);
    }

    void mapField(const ProtoField& known, std::span<const ProtoOccurrence> all)
    {
        const auto entry = m_schema.messages.find(known.typeName);
        m_in.out().beginObject();
        for (const ProtoOccurrence& one : all) {
            if (entry == m_schema.messages.end() || m_in.hasFault() || !m_in.enter())
                break;
            const std::vector<ProtoOccurrence> parts = protoOccurrences(m_in, one.first, one.last);
            const ProtoOccurrence* key = nullptr;
            const ProtoOccurrence* held = nullptr;
            for (const ProtoOccurrence& part : parts) {
                key = part.number == 1 ? &part : key;
                held = part.number == 2 ? &part : held;
            }
            if (!m_in.hasFault()) {
                m_in.key(key ? mapKey(entry->second.fields.at(1), *key) : std::string());
                const ProtoField& valueField = entry->second.fields.at(2);
                if (held && held->wire == protoWireOf(valueField.kind))
                    value(&valueField, *held);
                else
                    m_in.out().null(); // the default value
                m_in.leaveKey();
            }
            m_in.leave();
        }
        m_in.out().endObject();
    }

    /// A key as JSON has it: text.
    std::string mapKey(const ProtoField& known, const ProtoOccurrence& key)
    {
        if (known.kind == Kind::String) {
            const QByteArrayView text = m_in.bytes(key.first, key.last);
            return std::string(text.data(), static_cast<std::size_t>(text.size()));
        }
        m_in.moveTo(key.first);
        switch (key.wire) {
        case ProtoWire::Varint: {
            const std::uint64_t number = m_in.varint();
            if (known.kind == Kind::Bool)
                return number != 0 ? "true" : "false";
            if (known.kind == Kind::Uint64 || known.kind == Kind::Uint32)
                return std::to_string(number);
            return std::to_string(known.kind == Kind::Sint32 || known.kind == Kind::Sint64
                                      ? protoUnzigzag(number)
                                      : static_cast<std::int64_t>(number));
        }
        case ProtoWire::Fixed32:
            return std::to_string(m_in.fixed32());
        case ProtoWire::Fixed64:
            return std::to_string(m_in.fixed64());
        default:
            return "?";
        }
    }

    /// @param known  null: nothing but the wire type is known.
    void value(const ProtoField* known, const ProtoOccurrence& one)
    {
        m_in.moveTo(one.first);
        if (!known) {
            guess(one);
            return;
        }
        switch (known->kind) {
        case Kind::String:
            if (isUtf8(m_in.bytes(one.first, one.last))) {
                m_in.writeText(m_in.bytes(one.first, one.last));
            } else {
                m_in.fault(u"a text is not UTF-8"_s);
                m_in.out().null();
            }
            break;
        case Kind::Bytes:
            m_in.writeHex(m_in.bytes(one.first, one.last));
            break;
        case Kind::Message:
        case Kind::Group: {
            const auto type = m_schema.messages.find(known->typeName);
            message(type == m_schema.messages.end() ? nullptr : &type->second, one.first, one.last);
            break;
        }
        default:
            scalar(*known);
        }
    }

    void scalar(const ProtoField& known)
    {
        if (!m_in.enter()) {
            m_in.out().null();
            return;
        }
        JsonWriter& out = m_in.out();
        const qsizetype before = out.json().size();
        switch (known.kind) {
        case Kind::Double:
            m_in.writeDouble();
            break;
        case Kind::Float:
            m_in.writeFloat();
            break;
        case Kind::Fixed32:
            out.value(static_cast<std::int64_t>(m_in.fixed32()));
            break;
        case Kind::Sfixed32:
            out.value(static_cast<int>(std::bit_cast<std::int32_t>(m_in.fixed32())));
            break;
        case Kind::Fixed64:
            out.raw(QByteArray::number(qulonglong{m_in.fixed64()}));
            break;
        case Kind::Sfixed64:
            out.value(static_cast<std::int64_t>(m_in.fixed64()));
            break;
        case Kind::Uint32:
        case Kind::Uint64:
            out.raw(QByteArray::number(qulonglong{m_in.varint()}));
            break;
        case Kind::Sint32:
        case Kind::Sint64:
            out.value(protoUnzigzag(m_in.varint()));
            break;
        case Kind::Bool:
            out.value(m_in.varint() != 0);
            break;
        case Kind::Enum: {
            const auto number = static_cast<std::int64_t>(m_in.varint());
            const auto type = m_schema.enums.find(known.typeName);
            const std::string* name = nullptr;
            if (type != m_schema.enums.end()) {
                const auto named = type->second.names.find(number);
                name = named == type->second.names.end() ? nullptr : &named->second;
            }
            if (name)
                out.value(QString::fromStdString(*name));
            else
                out.value(number);
            break;
        }
        default:
            out.value(static_cast<std::int64_t>(m_in.varint()));
        }
        if (out.json().size() == before)
            out.null();
        m_in.leave();
    }

    void guess(const ProtoOccurrence& one)
    {
        switch (one.wire) {
        case ProtoWire::Varint:
            m_in.out().raw(QByteArray::number(qulonglong{m_in.varint()}));
            break;
        case ProtoWire::Fixed64:
            m_in.out().raw(QByteArray::number(qulonglong{m_in.fixed64()}));
            break;
        case ProtoWire::Fixed32:
            m_in.out().value(static_cast<std::int64_t>(m_in.fixed32()));
            break;
        case ProtoWire::GroupStart:
            message(nullptr, one.first, one.last);
            break;
        default: {
            const QByteArrayView bytes = m_in.bytes(one.first, one.last);
            if (isPrintable(bytes))
                m_in.out().value(QString::fromUtf8(bytes));
            else if (readsAsMessage(bytes))
                message(nullptr, one.first, one.last);
            else if (!m_in.hasFault())
                m_in.writeHex(bytes);
            else
                m_in.out().null();
        }
        }
    }

    /// Whether the outermost fields of these bytes read, without a look inside them.
    static bool readsAsMessage(QByteArrayView bytes)
    {
        static const ProtoSchema none;
        ProtoDecoder trial(none, bytes);
        return !protoOccurrences(trial.m_in, 0, bytes.size()).empty() && !trial.m_in.hasFault();
    }

    void moment(const ProtoMessage& type, qsizetype first, qsizetype last)
    {
        std::int64_t seconds = 0;
        std::int64_t nanos = 0;
        const std::vector<ProtoOccurrence> all = protoOccurrences(m_in, first, last);
        for (const ProtoOccurrence& one : all) {
            if (m_in.hasFault() || one.wire != ProtoWire::Varint)
                continue;
            m_in.moveTo(one.first);
            const auto number = static_cast<std::int64_t>(m_in.varint());
            (one.number == 1 ? seconds : nanos) = number;
        }
        if (m_in.hasFault()) {
            m_in.out().null();
        } else if (nanos < -999'999'999 || nanos > 999'999'999 || seconds < -62'135'596'800 ||
                   seconds > 253'402'300'799) {
            m_in.out().beginObject().field(u"seconds", seconds).field(u"nanos", nanos).endObject();
        } else if (type.name == "google.protobuf.Duration") {
            const QString sign = seconds < 0 || nanos < 0 ? u"-"_s : QString();
            m_in.out().value(sign + QString::number(std::abs(seconds)) + u'.' +
                             QString::number(std::abs(nanos)).rightJustified(9, u'0') + u's');
        } else if (nanos < 0 || seconds > 9'000'000'000 || seconds < -9'000'000'000) {
            m_in.writeTimestamp(seconds * 1'000, 3, true);
        } else {
            m_in.writeTimestamp(seconds * 1'000'000'000 + nanos, 9, true);
        }
    }

    const ProtoSchema& m_schema;
    BinaryReader m_in;
};

} // namespace

BinaryText decodeProtobuf(const ProtoSchema& schema, const std::string& message, QByteArrayView bytes)
{
    const auto type = schema.messages.find(message);
    return ProtoDecoder(schema, bytes).run(type == schema.messages.end() ? nullptr : &type->second);
}

BinaryText decodeProtobufFields(QByteArrayView bytes)
{
    static const ProtoSchema none;
    return ProtoDecoder(none, bytes).run(nullptr);
}

} // namespace spillway
