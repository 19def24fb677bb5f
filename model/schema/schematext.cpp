// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/schematext.h"

#include "model/base/jsonwriter.h"
#include "model/schema/jsontape.h"

#include <algorithm>
#include <array>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int deepest = 250;

class Canon
{
public:
    Canon(const JsonTape& tape, bool isAvro)
        : m_tape(tape)
        , m_isAvro(isAvro)
    {
    }

    /// False: nested too deep. @param isType  of Avro: a type stands here, not a default, a name or documentation
    [[nodiscard]] bool write(std::uint32_t node, const QString& space, bool isType, int depth)
    {
        if (depth > deepest)
            return false;
        switch (m_tape[node].kind) {
        case JsonKind::Object:
            return writeObject(node, space, isType, depth);
        case JsonKind::Array: {
            m_out.beginArray();
            for (std::uint32_t at = node + 1; at < m_tape[node].end; at = m_tape[at].end) {
                if (!write(at, space, isType, depth + 1))
                    return false;
            }
            m_out.endArray();
            return true;
        }
        case JsonKind::String: {
            const QString text = textOf(node);
            m_out.value(m_isAvro && isType ? fullName(text, space) : text);
            return true;
        }
        case JsonKind::Null:
        case JsonKind::False:
        case JsonKind::True:
        case JsonKind::Number:
            m_out.raw(m_tape.token(node));
            return true;
        }
        return false;
    }
    [[nodiscard]] QByteArray json() const { return m_out.json(); }

private:
    [[nodiscard]] QString textOf(std::uint32_t node) const
    {
        const std::string_view text = m_tape.text(node);
        return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    }
    [[nodiscard]] QString textAt(std::uint32_t object, std::string_view name) const
    {
        const auto node = m_tape.member(object, name);
        return node && m_tape[*node].kind == JsonKind::String ? textOf(*node) : QString();
    }
    [[nodiscard]] static QString fullName(const QString& name, const QString& space)
    {
        static const std::array plain{u"null"_s,   u"boolean"_s, u"int"_s,    u"long"_s,   u"float"_s,
                                      u"double"_s, u"bytes"_s,   u"string"_s, u"record"_s, u"enum"_s,
                                      u"array"_s,  u"map"_s,     u"fixed"_s,  u"error"_s};
        if (space.isEmpty() || name.contains(u'.') || std::find(plain.begin(), plain.end(), name) != plain.end())
            return name;
        return u"%1.%2"_s.arg(space, name);
    }

    bool writeObject(std::uint32_t node, const QString& outerSpace, bool isType, int depth)
    {
        struct Member
        {
            QString name;
            std::uint32_t value = 0;
        };
        std::vector<Member> members;
        for (std::uint32_t at = node + 1; at < m_tape[node].end;) {
            const std::uint32_t value = m_tape[at].end;
            if (!m_tape[at].isShadowed)
                members.push_back({textOf(at), value});
            at = m_tape[value].end;
        }
        std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) { return a.name < b.name; });
        const bool avro = m_isAvro && isType;
        if (avro && members.size() == 1 && members.front().name == u"type")
            return write(members.front().value, outerSpace, true, depth + 1);
        // A field has a name too, but no space: only what defines a type names one.
        const QString kind = avro ? textAt(node, "type") : QString();
        const bool defines = kind == u"record" || kind == u"enum" || kind == u"fixed" || kind == u"error";
        QString space = outerSpace;
        QString name;
        if (defines) {
            name = textAt(node, "name");
            if (m_tape.member(node, "namespace"))
                space = textAt(node, "namespace");
            name = fullName(name, space);
            space = name.contains(u'.') ? name.section(u'.', 0, -2) : QString();
        }
        m_out.beginObject();
        for (const Member& member : members) {
            if (defines && member.name == u"namespace")
                continue;
            m_out.key(member.name);
            if (defines && member.name == u"name") {
                m_out.value(name);
                continue;
            }
            const bool holdsTypes = avro && (member.name == u"type" || member.name == u"items" ||
                                             member.name == u"values" || member.name == u"fields");
            if (!write(member.value, space, holdsTypes, depth + 1))
                return false;
        }
        m_out.endObject();
        return true;
    }

    const JsonTape& m_tape;
    bool m_isAvro;
    JsonWriter m_out;
};

/// Without comments; white space only where two words would run together.
QByteArray canonicalProto(const QByteArray& text)
{
    QByteArray out;
    bool isSpaceDue = false;
    const auto isWord = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
               c == '-' || c == '+';
    };
    for (qsizetype at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '/' && at + 1 < text.size() && text[at + 1] == '/') {
            const qsizetype end = text.indexOf('\n', at);
            at = end < 0 ? text.size() : end;
            isSpaceDue = true;
        } else if (c == '/' && at + 1 < text.size() && text[at + 1] == '*') {
            const qsizetype end = text.indexOf("*/", at + 2);
            at = end < 0 ? text.size() : end + 1;
            isSpaceDue = true;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            isSpaceDue = true;
        } else if (c == '"' || c == '\'') {
            qsizetype end = at + 1;
            while (end < text.size() && text[end] != c)
                end += text[end] == '\\' ? 2 : 1;
            end = std::min(end, text.size() - 1);
            out += '"';
            out += text.sliced(at + 1, std::max<qsizetype>(0, end - at - 1));
            out += '"';
            at = end;
            isSpaceDue = false;
        } else {
            if (isSpaceDue && !out.isEmpty() && isWord(out.back()) && isWord(c))
                out += ' ';
            isSpaceDue = false;
            out += c;
        }
    }
    return out;
}

} // namespace

std::optional<QByteArray> canonicalSchemaText(SchemaLanguage language, const QByteArray& text)
{
    if (language == SchemaLanguage::Protobuf)
        return canonicalProto(text);
    JsonTape tape;
    QByteArray json = text;
    if (language == SchemaLanguage::Avro && !text.trimmed().isEmpty() &&
        !QByteArrayView("{[\"").contains(text.trimmed().front()))
        json = '"' + text.trimmed() + '"'; // a plain type's name
    if (!tape.parse(json))
        return std::nullopt;
    Canon canon(tape, language == SchemaLanguage::Avro);
    if (!canon.write(0, {}, true, 0))
        return std::nullopt;
    return canon.json();
}

} // namespace spillway
