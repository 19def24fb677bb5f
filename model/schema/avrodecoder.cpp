// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/avroschema.h"
#include "model/schema/binaryreader.h"

#include <QUuid>

#include <limits>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = AvroType::Kind;
using Logical = AvroType::Logical;

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
        case Kind::Boolean: {
            const std::uint8_t byte = m_in.byte();
            if (!m_in.hasFault() && byte > 1)
                m_in.fault(u"a boolean is neither 0 nor 1"_s);
            else if (!m_in.hasFault())
                m_in.out().value(byte == 1);
            break;
        }
        case Kind::Int:
        case Kind::Long:
            integer(type);
            break;
        case Kind::Float:
            m_in.writeFloat();
            break;
        case Kind::Double:
            m_in.writeDouble();
            break;
        case Kind::Bytes:
        case Kind::String:
            text(type, m_in.take(number()));
            break;
        case Kind::Fixed:
            text(type, m_in.take(type.size));
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
            blocks([&] { value(type.choices.front()); });
            m_in.out().endArray();
            break;
        case Kind::Map:
            m_in.out().beginObject();
            blocks([&] {
                const QByteArrayView name = m_in.take(number());
                if (m_in.hasFault())
                    return;
                m_in.key(std::string_view(name.data(), static_cast<std::size_t>(name.size())));
                value(type.choices.front());
                m_in.leaveKey();
            });
            m_in.out().endObject();
            break;
        }
    }

    /// Blocks of elements: a count, negative with a size in bytes behind it; 0 ends.
    template<typename Use>
    void blocks(Use use)
    {
        while (!m_in.hasFault()) {
            std::int64_t count = number();
            if (count < 0) {
                if (count == std::numeric_limits<std::int64_t>::min()) {
                    m_in.fault(u"a block's count is no count"_s);
                    return;
                }
                count = -count;
                (void)number();
            }
            if (count == 0 || m_in.hasFault())
                return;
            for (std::int64_t i = 0; i < count && !m_in.hasFault(); ++i)
                use();
        }
    }

    void integer(const AvroType& type)
    {
        const std::int64_t read = number();
        if (m_in.hasFault())
            return;
        if (type.kind == Kind::Int && (read > 2147483647 || read < -2147483648LL)) {
            m_in.fault(u"an int is larger than 32 bits"_s);
            return;
        }
        switch (type.logical) {
        case Logical::Date:
            m_in.writeDate(read);
            break;
        case Logical::TimeMillis:
            m_in.writeTimeOfDay(read, 3);
            break;
        case Logical::TimeMicros:
            m_in.writeTimeOfDay(read, 6);
            break;
        case Logical::TimestampMillis:
            m_in.writeTimestamp(read, 3, true);
            break;
        case Logical::TimestampMicros:
            m_in.writeTimestamp(read, 6, true);
            break;
        case Logical::LocalTimestampMillis:
            m_in.writeTimestamp(read, 3, false);
            break;
        case Logical::LocalTimestampMicros:
            m_in.writeTimestamp(read, 6, false);
            break;
        default:
            m_in.out().value(read);
        }
    }

    void text(const AvroType& type, QByteArrayView bytes)
    {
        if (m_in.hasFault())
            return;
        if (type.logical == Logical::Decimal)
            m_in.writeDecimal(bytes, type.scale);
        else if (type.logical == Logical::Uuid && type.kind == Kind::Fixed)
            m_in.out().value(QUuid::fromRfc4122(bytes).toString(QUuid::WithoutBraces));
        else if (type.kind == Kind::String)
            m_in.writeText(bytes);
        else
            m_in.writeHex(bytes);
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
