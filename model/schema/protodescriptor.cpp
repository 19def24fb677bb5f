// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/binaryreader.h"
#include "model/schema/protoschema.h"

#include <algorithm>
#include <array>
#include <functional>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = ProtoField::Kind;
constexpr std::size_t mostFiles = 1'000;
constexpr std::size_t mostMessages = 10'000;
constexpr int deepest = 50;

/// By `FieldDescriptorProto.Type`, from 1.
constexpr std::array<Kind, 18> kinds{Kind::Double,   Kind::Float,   Kind::Int64,  Kind::Uint64, Kind::Int32,
                                     Kind::Fixed64,  Kind::Fixed32, Kind::Bool,   Kind::String, Kind::Group,
                                     Kind::Message,  Kind::Bytes,   Kind::Uint32, Kind::Enum,   Kind::Sfixed32,
                                     Kind::Sfixed64, Kind::Sint32,  Kind::Sint64};

struct Part
{
    std::uint64_t field = 0;
    std::uint64_t number = 0; ///< of a varint
    QByteArrayView bytes;     ///< of a delimited field

    [[nodiscard]] std::string text() const { return {bytes.data(), static_cast<std::size_t>(bytes.size())}; }
    /// Numbers of descriptors are int32, negative ones with their sign in 64 bits.
    [[nodiscard]] std::int64_t value() const { return static_cast<std::int64_t>(number); }
};

/// Calls for every field of one message; false: these bytes are none.
bool eachPart(QByteArrayView message, const std::function<void(const Part&)>& use)
{
    BinaryReader in(message);
    while (!in.hasFault() && in.at() < in.size()) {
        const std::uint64_t tag = in.varint();
        Part part{.field = tag >> 3U, .number = 0, .bytes = {}};
        switch (tag & 7U) {
        case 0:
            part.number = in.varint();
            break;
        case 1:
            (void)in.take(8);
            break;
        case 2:
            part.bytes = in.take(static_cast<std::int64_t>(in.varint()));
            break;
        case 5:
            (void)in.take(4);
            break;
        default:
            return false;
        }
        if (!in.hasFault())
            use(part);
    }
    return !in.hasFault();
}

class SetReader
{
public:
    Result<ProtoSchema> run(QByteArrayView bytes)
    {
        std::vector<QByteArrayView> files;
        need(eachPart(bytes, [&](const Part& part) {
            if (part.field == 1)
                files.push_back(part.bytes);
        }));
        if (files.size() > mostFiles)
            return fail(ErrorCode::InvalidConfig, u"the descriptor set is larger than is read"_s);
        for (std::size_t i = 0; i < files.size(); ++i) {
            m_isOwn = i + 1 == files.size(); // protoc writes a file after what it imports
            file(files[i]);
        }
        if (!m_isSound)
            return fail(ErrorCode::InvalidConfig, u"this is no descriptor set, or it is larger than is read"_s);
        if (m_schema.top.empty())
            return fail(ErrorCode::InvalidConfig, u"the file defines no message"_s);
        return std::move(m_schema);
    }

private:
    void need(bool isSound) { m_isSound = m_isSound && isSound; }
    static std::string fullName(const std::string& scope, const std::string& name)
    {
        return scope.empty() ? name : scope + '.' + name;
    }

    void file(QByteArrayView bytes)
    {
        std::string package;
        std::vector<QByteArrayView> messages;
        std::vector<QByteArrayView> enums;
        need(eachPart(bytes, [&](const Part& part) {
            if (part.field == 2)
                package = part.text();
            else if (part.field == 4)
                messages.push_back(part.bytes);
            else if (part.field == 5)
                enums.push_back(part.bytes);
        }));
        if (m_isOwn)
            m_schema.package = package;
        for (const QByteArrayView one : enums)
            enumeration(one, package);
        for (const QByteArrayView one : messages) {
            const std::string name = message(one, package, 0);
            if (m_isOwn)
                m_schema.top.push_back(name);
        }
    }

    static std::pair<std::int64_t, std::int64_t> range(QByteArrayView bytes, bool isLastIncluded)
    {
        std::int64_t first = 0;
        std::int64_t last = 0;
        (void)eachPart(bytes, [&](const Part& part) { (part.field == 1 ? first : last) = part.value(); });
        return {first, isLastIncluded ? last : last - 1};
    }

    std::string message(QByteArrayView bytes, const std::string& scope, int depth)
    {
        if (depth > deepest || m_schema.messages.size() > mostMessages) {
            m_isSound = false;
            return {};
        }
        ProtoMessage made;
        std::vector<QByteArrayView> fields;
        std::vector<QByteArrayView> inner;
        std::vector<QByteArrayView> enums;
        std::vector<std::string> oneofs;
        need(eachPart(bytes, [&](const Part& part) {
            switch (part.field) {
            case 1:
                made.name = fullName(scope, part.text());
                break;
            case 2:
                fields.push_back(part.bytes);
                break;
            case 3:
                inner.push_back(part.bytes);
                break;
            case 4:
                enums.push_back(part.bytes);
                break;
            case 8:
                need(eachPart(part.bytes, [&](const Part& of) {
                    if (of.field == 1)
                        oneofs.push_back(of.text());
                }));
                break;
            case 9:
                made.reserved.numbers.push_back(range(part.bytes, false));
                break;
            case 10:
                made.reserved.names.push_back(part.text());
                break;
            default:
                break;
            }
        }));
        for (const QByteArrayView one : enums)
            enumeration(one, made.name);
        std::vector<std::string> entries;
        for (const QByteArrayView one : inner) {
            const std::string name = message(one, made.name, depth + 1);
            (isMapEntry(one) ? entries : made.inner).push_back(name);
        }
        for (const QByteArrayView one : fields) {
            ProtoField read = field(one, oneofs);
            read.isMap = std::find(entries.begin(), entries.end(), read.typeName) != entries.end();
            made.fields.emplace(read.number, std::move(read));
        }
        const std::string name = made.name;
        m_schema.messages[name] = std::move(made);
        return name;
    }

    static bool isMapEntry(QByteArrayView message)
    {
        bool isEntry = false;
        (void)eachPart(message, [&](const Part& part) {
            if (part.field == 7)
                (void)eachPart(part.bytes,
                               [&](const Part& of) { isEntry = isEntry || (of.field == 7 && of.number == 1); });
        });
        return isEntry;
    }

    ProtoField field(QByteArrayView bytes, const std::vector<std::string>& oneofs)
    {
        ProtoField made;
        std::optional<std::uint64_t> oneof;
        bool isOptional = false; // proto3's word, for which protoc makes a oneof of one
        need(eachPart(bytes, [&](const Part& part) {
            switch (part.field) {
            case 1:
                made.name = part.text();
                break;
            case 3:
                made.number = static_cast<std::uint32_t>(part.number);
                break;
            case 4:
                made.isRepeated = part.number == 3;
                made.label = part.number == 3   ? ProtoField::Label::Repeated
                             : part.number == 2 ? ProtoField::Label::Required
                                                : ProtoField::Label::Implicit;
                break;
            case 5:
                need(part.number >= 1 && part.number <= kinds.size());
                made.kind = kinds[std::clamp<std::size_t>(part.number, 1, kinds.size()) - 1];
                break;
            case 6:
                made.typeName = part.text();
                if (made.typeName.starts_with('.'))
                    made.typeName.erase(0, 1);
                break;
            case 9:
                oneof = part.number;
                break;
            case 17:
                isOptional = part.number == 1;
                break;
            default:
                break;
            }
        }));
        if (isOptional)
            made.label = ProtoField::Label::Optional;
        else if (oneof && *oneof < oneofs.size())
            made.oneof = oneofs[*oneof];
        return made;
    }

    void enumeration(QByteArrayView bytes, const std::string& scope)
    {
        ProtoEnum made;
        std::string name;
        need(eachPart(bytes, [&](const Part& part) {
            if (part.field == 1)
                name = fullName(scope, part.text());
            else if (part.field == 4)
                made.reserved.numbers.push_back(range(part.bytes, true));
            else if (part.field == 5)
                made.reserved.names.push_back(part.text());
            if (part.field != 2)
                return;
            std::string constant;
            std::int64_t number = 0;
            need(eachPart(part.bytes, [&](const Part& of) {
                if (of.field == 1)
                    constant = of.text();
                else if (of.field == 2)
                    number = of.value();
            }));
            made.names.emplace(number, std::move(constant));
        }));
        made.isOwn = m_isOwn;
        m_schema.enums[name] = std::move(made);
    }

    ProtoSchema m_schema;
    bool m_isOwn = false;
    bool m_isSound = true;
};

} // namespace

bool isProtoDescriptorSet(QByteArrayView bytes)
{
    // A text may begin with a line feed as a set does; but every set has small numbers in it, and no text has.
    return bytes.startsWith('\n') && std::any_of(bytes.begin(), bytes.end(), [](char c) {
               return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' &&
                      c != '\v';
           });
}

Result<ProtoSchema> readProtoDescriptorSet(QByteArrayView bytes)
{
    return SetReader().run(bytes);
}

} // namespace spillway
