// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/avrofit.h"
#include "model/schema/avrovalue.h"
#include "model/schema/jsontape.h"

#include <algorithm>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = AvroType::Kind;

/// Reads with the writer's types and writes with the reader's.
class AvroResolver
{
public:
    AvroResolver(const AvroSchema& writer, const AvroSchema& reader, QByteArrayView bytes)
        : m_writer(writer)
        , m_reader(reader)
        , m_fit(reader, writer)
        , m_in(bytes)
    {
    }

    BinaryText run()
    {
        value(m_writer.root, m_reader.root);
        if (!m_in.hasFault() && m_in.at() < m_in.size())
            m_in.fault(u"%1 more bytes follow the message"_s.arg(m_in.size() - m_in.at()));
        return m_in.finish();
    }

private:
    void value(std::uint32_t writer, std::uint32_t reader)
    {
        const qsizetype before = m_in.out().json().size();
        if (m_in.enter()) {
            resolve(writer, reader);
            m_in.leave();
        }
        if (m_in.out().json().size() == before)
            m_in.out().null(); // nothing could be read: the text stays sound
    }

    void resolve(std::uint32_t w, std::uint32_t r)
    {
        const AvroType& writer = m_writer.types[w];
        const AvroType& reader = m_reader.types[r];
        if (writer.kind == Kind::Union) {
            const std::int64_t place = m_in.zigzag();
            if (m_in.hasFault())
                return;
            if (place < 0 || place >= static_cast<std::int64_t>(writer.choices.size()))
                m_in.fault(u"a union's branch is none of its %1"_s.arg(writer.choices.size()));
            else
                value(writer.choices[static_cast<std::size_t>(place)], r);
            return;
        }
        if (reader.kind == Kind::Union) {
            if (const auto branch = branchFor(w, reader))
                value(w, *branch);
            else
                m_in.fault(u"no branch of the reader's union takes what was written"_s);
            return;
        }
        if (reader.kind != writer.kind && !avroPromotes(writer.kind, reader.kind)) {
            m_in.fault(u"what was written is of another type than what is read"_s);
            return;
        }
        if (!reader.name.empty() && !avroNamesFit(reader, writer)) {
            m_in.fault(u"the type has another name than the one that is read"_s);
            return;
        }
        read(writer, reader);
    }

    /// The first branch that takes every such datum, else the first of that type and name.
    [[nodiscard]] std::optional<std::uint32_t> branchFor(std::uint32_t w, const AvroType& reader)
    {
        const AvroType& writer = m_writer.types[w];
        // The same type goes before one that it would be promoted to.
        for (const bool wantsSame : {true, false}) {
            for (const std::uint32_t choice : reader.choices) {
                if ((m_reader.types[choice].kind == writer.kind) == wantsSame && m_fit.fits(choice, w))
                    return choice;
            }
        }
        for (const std::uint32_t choice : reader.choices) {
            const AvroType& branch = m_reader.types[choice];
            if (branch.kind == writer.kind && (branch.name.empty() || avroNamesFit(branch, writer)))
                return choice;
        }
        return std::nullopt;
    }

    void read(const AvroType& writer, const AvroType& reader)
    {
        switch (writer.kind) {
        case Kind::Null:
            m_in.out().null();
            break;
        case Kind::Boolean:
            writeAvroBoolean(m_in);
            break;
        case Kind::Int:
        case Kind::Long:
            integer(writer, reader);
            break;
        case Kind::Float:
            m_in.writeFloat();
            break;
        case Kind::Double:
            m_in.writeDouble();
            break;
        case Kind::Bytes:
        case Kind::String:
            writeAvroText(m_in, reader, m_in.take(m_in.zigzag()));
            break;
        case Kind::Fixed:
            if (writer.size != reader.size)
                m_in.fault(u"%1 bytes were written and %2 are read"_s.arg(writer.size).arg(reader.size));
            else
                writeAvroText(m_in, reader, m_in.take(writer.size));
            break;
        case Kind::Enum:
            symbol(writer, reader);
            break;
        case Kind::Record:
            record(writer, reader);
            break;
        case Kind::Array:
            m_in.out().beginArray();
            avroBlocks(m_in, [&] { value(writer.choices.front(), reader.choices.front()); });
            m_in.out().endArray();
            break;
        case Kind::Map:
            writeAvroMap(m_in, [&] { value(writer.choices.front(), reader.choices.front()); });
            break;
        case Kind::Union:
            break; // was resolved to a branch
        }
    }

    void integer(const AvroType& writer, const AvroType& reader)
    {
        const std::int64_t number = m_in.zigzag();
        if (m_in.hasFault())
            return;
        if (writer.kind == Kind::Int && (number > 2147483647 || number < -2147483648LL))
            m_in.fault(u"an int is larger than 32 bits"_s);
        else if (reader.kind == Kind::Float)
            m_in.writeReal(static_cast<double>(static_cast<float>(number)));
        else if (reader.kind == Kind::Double)
            m_in.writeReal(static_cast<double>(number));
        else
            writeAvroInteger(m_in, reader, number);
    }

    void symbol(const AvroType& writer, const AvroType& reader)
    {
        const std::int64_t place = m_in.zigzag();
        if (m_in.hasFault())
            return;
        if (place < 0 || place >= static_cast<std::int64_t>(writer.symbols.size())) {
            m_in.fault(u"an enum's place is none of its %1 symbols"_s.arg(writer.symbols.size()));
            return;
        }
        const std::string& written = writer.symbols[static_cast<std::size_t>(place)];
        const auto has = [&](const std::string& symbol) {
            return std::find(reader.symbols.begin(), reader.symbols.end(), symbol) != reader.symbols.end();
        };
        if (has(written))
            m_in.out().value(QString::fromStdString(written));
        else if (reader.defaultSymbol && has(*reader.defaultSymbol))
            m_in.out().value(QString::fromStdString(*reader.defaultSymbol));
        else
            m_in.fault(u"a symbol was written that the reader does not know"_s);
    }

    void record(const AvroType& writer, const AvroType& reader)
    {
        std::vector<const AvroType::Field*> source(writer.fields.size(), nullptr);
        for (const AvroType::Field& field : reader.fields) {
            if (const auto index = avroFieldFor(writer, field))
                source[*index] = &field;
        }
        m_in.out().beginObject();
        for (std::size_t i = 0; i < writer.fields.size() && !m_in.hasFault(); ++i) {
            if (!source[i]) {
                skip(writer.fields[i].type);
                continue;
            }
            m_in.key(source[i]->name);
            value(writer.fields[i].type, source[i]->type);
            m_in.leaveKey();
        }
        for (const AvroType::Field& field : reader.fields) {
            if (m_in.hasFault())
                break;
            if (avroFieldFor(writer, field))
                continue;
            m_in.key(field.name);
            if (field.defaultJson)
                m_in.out().raw(
                    QByteArrayView(field.defaultJson->data(), static_cast<qsizetype>(field.defaultJson->size())));
            else
                m_in.out().null();
            if (!field.defaultJson)
                m_in.fault(u"it was not written and has no default"_s);
            m_in.leaveKey();
        }
        m_in.out().endObject();
    }

    /// Over what the reader does not ask for.
    void skip(std::uint32_t w)
    {
        if (!m_in.enter())
            return;
        const AvroType& type = m_writer.types[w];
        switch (type.kind) {
        case Kind::Null:
            break;
        case Kind::Boolean:
            (void)m_in.byte();
            break;
        case Kind::Int:
        case Kind::Long:
        case Kind::Enum:
            (void)m_in.zigzag();
            break;
        case Kind::Float:
            (void)m_in.take(4);
            break;
        case Kind::Double:
            (void)m_in.take(8);
            break;
        case Kind::Bytes:
        case Kind::String:
            (void)m_in.take(m_in.zigzag());
            break;
        case Kind::Fixed:
            (void)m_in.take(type.size);
            break;
        case Kind::Record:
            for (const AvroType::Field& field : type.fields) {
                if (!m_in.hasFault())
                    skip(field.type);
            }
            break;
        case Kind::Array:
            avroBlocks(m_in, [&] { skip(type.choices.front()); });
            break;
        case Kind::Map:
            avroBlocks(m_in, [&] {
                (void)m_in.take(m_in.zigzag());
                skip(type.choices.front());
            });
            break;
        case Kind::Union: {
            const std::int64_t place = m_in.zigzag();
            if (m_in.hasFault())
                break;
            if (place < 0 || place >= static_cast<std::int64_t>(type.choices.size()))
                m_in.fault(u"a union's branch is none of its %1"_s.arg(type.choices.size()));
            else
                skip(type.choices[static_cast<std::size_t>(place)]);
            break;
        }
        }
        m_in.leave();
    }

    const AvroSchema& m_writer;
    const AvroSchema& m_reader;
    AvroFit m_fit;
    BinaryReader m_in;
};

} // namespace

BinaryText decodeAvroAs(const AvroSchema& writer, const AvroSchema& reader, QByteArrayView bytes)
{
    return AvroResolver(writer, reader, bytes).run();
}

} // namespace spillway
