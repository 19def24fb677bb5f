// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/avrovalue.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = AvroType::Kind;

class AvroDecoder
{
public:
    AvroDecoder(const AvroSchema& schema, QByteArrayView bytes)
        : m_schema(schema)
        , m_in(bytes)
    {
    }

    BinaryText run()
    {
        value(m_schema.root);
        if (!m_in.hasFault() && m_in.at() < m_in.size())
            m_in.fault(u"%1 more bytes follow the message"_s.arg(m_in.size() - m_in.at()));
        return m_in.finish();
    }

private:
    std::int64_t number() { return m_in.zigzag(); }

    void value(std::uint32_t index)
    {
        const qsizetype before = m_in.out().json().size();
        if (m_in.enter()) {
            read(m_schema.types[index]);
            m_in.leave();
        }
        if (m_in.out().json().size() == before)
            m_in.out().null(); // nothing could be read: the text stays sound
    }

    void read(const AvroType& type)
    {
        switch (type.kind) {
        case Kind::Null:
            m_in.out().null();
            break;
        case Kind::Boolean:
            writeAvroBoolean(m_in);
            break;
        case Kind::Int:
        case Kind::Long:
            writeAvroInteger(m_in, type, number());
            break;
        case Kind::Float:
            m_in.writeFloat();
            break;
        case Kind::Double:
            m_in.writeDouble();
            break;
        case Kind::Bytes:
        case Kind::String:
            writeAvroText(m_in, type, m_in.take(number()));
            break;
        case Kind::Fixed:
            writeAvroText(m_in, type, m_in.take(type.size));
            break;
        case Kind::Enum: {
            const std::int64_t place = number();
            if (m_in.hasFault())
                break;
            if (place < 0 || place >= static_cast<std::int64_t>(type.symbols.size()))
                m_in.fault(u"an enum's place is none of its %1 symbols"_s.arg(type.symbols.size()));
            else
                m_in.out().value(QString::fromStdString(type.symbols[static_cast<std::size_t>(place)]));
            break;
        }
        case Kind::Union: {
            const std::int64_t place = number();
            if (m_in.hasFault())
                break;
            if (place < 0 || place >= static_cast<std::int64_t>(type.choices.size()))
                m_in.fault(u"a union's branch is none of its %1"_s.arg(type.choices.size()));
            else
                value(type.choices[static_cast<std::size_t>(place)]);
            break;
        }
        case Kind::Record:
            m_in.out().beginObject();
            for (const AvroType::Field& field : type.fields) {
                if (m_in.hasFault())
                    break;
                m_in.key(field.name);
                value(field.type);
                m_in.leaveKey();
            }
            m_in.out().endObject();
            break;
        case Kind::Array:
            m_in.out().beginArray();
            avroBlocks(m_in, [&] { value(type.choices.front()); });
            m_in.out().endArray();
            break;
        case Kind::Map:
            writeAvroMap(m_in, [&] { value(type.choices.front()); });
            break;
        }
    }

    const AvroSchema& m_schema;
    BinaryReader m_in;
};

} // namespace

BinaryText decodeAvro(const AvroSchema& schema, QByteArrayView bytes)
{
    return AvroDecoder(schema, bytes).run();
}

} // namespace spillway
