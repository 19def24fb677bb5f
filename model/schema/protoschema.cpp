// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/protoschema.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = ProtoField::Kind;
constexpr std::size_t mostFiles = 64;
constexpr std::size_t mostMessages = 10'000;
constexpr int deepest = 50;

constexpr std::array<std::pair<std::string_view, Kind>, 15> scalars{{{"double", Kind::Double},
                                                                     {"float", Kind::Float},
                                                                     {"int32", Kind::Int32},
                                                                     {"int64", Kind::Int64},
                                                                     {"uint32", Kind::Uint32},
                                                                     {"uint64", Kind::Uint64},
                                                                     {"sint32", Kind::Sint32},
                                                                     {"sint64", Kind::Sint64},
                                                                     {"fixed32", Kind::Fixed32},
                                                                     {"fixed64", Kind::Fixed64},
                                                                     {"sfixed32", Kind::Sfixed32},
                                                                     {"sfixed64", Kind::Sfixed64},
                                                                     {"bool", Kind::Bool},
                                                                     {"string", Kind::String},
                                                                     {"bytes", Kind::Bytes}}};

bool isWordChar(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/// Words, numbers, quoted texts and single signs; comments are space.
class Lexer
{
public:
    explicit Lexer(QByteArrayView text)
        : m_text(text.data(), static_cast<std::size_t>(text.size()))
    {
        next();
    }
    [[nodiscard]] std::string_view token() const { return m_token; } ///< empty at the end
    [[nodiscard]] int line() const { return m_line; }
    [[nodiscard]] bool isAtEnd() const { return m_token.empty(); }

    std::string_view next()
    {
        skip();
        const std::size_t from = m_at;
        if (m_at >= m_text.size()) {
            m_token = {};
            return m_token;
        }
        const char c = m_text[m_at];
        if (c == '"' || c == '\'') {
            for (++m_at; m_at < m_text.size() && m_text[m_at] != c && m_text[m_at] != '\n'; ++m_at)
                m_at += m_text[m_at] == '\\' ? 1 : 0;
            m_at = std::min(m_at + 1, m_text.size());
        } else if (isWordChar(c)) {
            while (m_at < m_text.size() && isWordChar(m_text[m_at]))
                ++m_at;
        } else {
            ++m_at;
        }
        m_token = m_text.substr(from, m_at - from);
        return m_token;
    }

private:
    void skip()
    {
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            if (c == '\n')
                ++m_line;
            if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
                ++m_at;
            } else if (m_text.substr(m_at, 2) == "//") {
                m_at = std::min(m_text.find('\n', m_at), m_text.size());
            } else if (m_text.substr(m_at, 2) == "/*") {
                const std::size_t end = std::min(m_text.find("*/", m_at + 2), m_text.size());
                for (; m_at < end; ++m_at)
                    m_line += m_text[m_at] == '\n' ? 1 : 0;
                m_at = std::min(end + 2, m_text.size());
            } else {
                return;
            }
        }
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::string_view m_token;
    int m_line = 1;
};

class FileReader
{
public:
    FileReader(QByteArrayView text, ProtoSchema& schema, std::vector<std::string>& imports, bool isOwn)
        : m_in(text)
        , m_schema(schema)
        , m_imports(imports)
        , m_isOwn(isOwn)
    {
    }

    std::optional<QString> run()
    {
        while (!m_in.isAtEnd() && !m_fault) {
            const std::string_view word = m_in.token();
            if (word == "import") {
                m_in.next();
                if (m_in.token() == "public" || m_in.token() == "weak")
                    m_in.next();
                if (m_in.token().size() > 2)
                    m_imports.emplace_back(m_in.token().substr(1, m_in.token().size() - 2));
                m_in.next();
                want(";");
            } else if (word == "package") {
                m_package = std::string(m_in.next());
                if (m_isOwn)
                    m_schema.package = m_package;
                m_in.next();
                want(";");
            } else if (word == "message") {
                m_in.next();
                const std::string name = message(m_package, 0);
                if (m_isOwn)
                    m_schema.top.push_back(name);
            } else if (word == "enum") {
                m_in.next();
                enumeration(m_package);
            } else if (word == ";") {
                m_in.next();
            } else if (word == "edition") {
                wrong("editions are not read; write proto2 or proto3");
            } else {
                statement(); // syntax, option, service, extend
            }
        }
        return m_fault;
    }

private:
    void wrong(std::string_view what)
    {
        if (!m_fault)
            m_fault = u"line %1: %2"_s.arg(m_in.line()).arg(QString::fromLatin1(what.data(), qsizetype(what.size())));
    }
    bool want(std::string_view sign)
    {
        if (m_in.token() != sign) {
            wrong(sign == ";" ? "a semicolon is missing" : sign == "{" ? "{ is missing" : "a sign is missing");
            return false;
        }
        m_in.next();
        return true;
    }
    /// Passes over what does not matter here, to its semicolon or closing brace.
    void statement()
    {
        int depth = 0;
        while (!m_in.isAtEnd()) {
            const std::string_view token = m_in.token();
            m_in.next();
            depth += token == "{" ? 1 : token == "}" ? -1 : 0;
            if (depth < 0)
                wrong("} closes nothing");
            if (depth <= 0 && (token == ";" || token == "}"))
                return;
        }
        wrong("the file ends within a statement");
    }
    std::string fullName(const std::string& scope, std::string_view name) const
    {
        return scope.empty() ? std::string(name) : scope + '.' + std::string(name);
    }

    std::string message(const std::string& scope, int depth)
    {
        const std::string name = fullName(scope, m_in.token());
        const int line = m_in.line();
        m_in.next();
        body(name, depth);
        m_schema.messages[name].line = line;
        return name;
    }

    void body(const std::string& name, int depth)
    {
        if (depth > deepest || m_schema.messages.size() > mostMessages)
            wrong("the schema is larger than is read");
        if (m_fault || !want("{"))
            return;
        m_schema.messages[name].name = name;
        while (!m_fault && m_in.token() != "}") {
            const std::string_view word = m_in.token();
            if (word.empty())
                wrong("the file ends within a message");
            else if (word == "message") {
                m_in.next();
                const std::string inner = message(name, depth + 1);
                m_schema.messages[name].inner.push_back(inner);
            } else if (word == "enum") {
                m_in.next();
                enumeration(name);
            } else if (word == "oneof") {
                m_oneof = std::string(m_in.next());
                m_in.next();
                want("{");
                while (!m_fault && !m_in.isAtEnd() && m_in.token() != "}") {
                    if (m_in.token() == "option")
                        statement();
                    else
                        field(name, depth);
                }
                m_oneof.clear();
                m_in.next();
            } else if (word == "reserved") {
                reserved(m_schema.messages[name].reserved);
            } else if (word == "option" || word == "extensions" || word == "extend") {
                statement();
            } else if (word == ";") {
                m_in.next();
            } else {
                field(name, depth);
            }
        }
        m_in.next();
    }

    /// `reserved 2, 9 to 11, 40 to max;` and `reserved "a", "b";`
    void reserved(ProtoReserved& into)
    {
        m_in.next();
        const auto value = [&]() -> std::int64_t {
            const bool isNegative = m_in.token() == "-";
            if (isNegative)
                m_in.next();
            if (m_in.token() == "max")
                return 536'870'911;
            const QByteArray digits(m_in.token().data(), static_cast<qsizetype>(m_in.token().size()));
            const qlonglong number = digits.toLongLong(nullptr, 0);
            return isNegative ? -number : number;
        };
        while (!m_fault && !m_in.isAtEnd() && m_in.token() != ";") {
            const std::string_view token = m_in.token();
            if (token == ",") {
                m_in.next();
                continue;
            }
            if (token.size() >= 2 && (token.front() == '"' || token.front() == '\'')) {
                into.names.emplace_back(token.substr(1, token.size() - 2));
                m_in.next();
                continue;
            }
            const std::int64_t first = value();
            std::int64_t last = first;
            m_in.next();
            if (m_in.token() == "to") {
                m_in.next();
                last = value();
                m_in.next();
            }
            into.numbers.emplace_back(first, last);
        }
        want(";");
    }

    static void setType(ProtoField& field, std::string_view type)
    {
        for (const auto& [word, kind] : scalars) {
            if (word == type) {
                field.kind = kind;
                return;
            }
        }
        field.kind = Kind::Message; // or an enum: known when all files are read
        field.typeName = std::string(type);
    }

    std::uint32_t number()
    {
        const QByteArray digits(m_in.token().data(), static_cast<qsizetype>(m_in.token().size()));
        bool isNumber = false;
        const uint value = digits.toUInt(&isNumber, 0);
        if (!isNumber || value == 0)
            wrong("a field's number is missing");
        m_in.next();
        return value;
    }

    void field(const std::string& owner, int depth)
    {
        ProtoField made{.oneof = m_oneof, .line = m_in.line()};
        std::string_view word = m_in.token();
        if (word == "repeated" || word == "optional" || word == "required") {
            made.isRepeated = word == "repeated";
            made.label = made.isRepeated      ? ProtoField::Label::Repeated
                         : word == "optional" ? ProtoField::Label::Optional
                                              : ProtoField::Label::Required;
            word = m_in.next();
        }
        if (word == "map") {
            mapField(owner);
            return;
        }
        const bool isGroup = word == "group";
        const std::string type(word);
        m_in.next();
        made.name = std::string(m_in.token());
        m_in.next();
        if (!want("="))
            return;
        made.number = number();
        if (isGroup) {
            made.kind = Kind::Group;
            made.typeName = fullName(owner, made.name);
            if (m_in.token() == "[")
                options();
            const std::string oneof = std::exchange(m_oneof, {});
            body(made.typeName, depth + 1);
            m_oneof = oneof;
            m_schema.messages[owner].inner.push_back(made.typeName);
        } else {
            setType(made, type);
            end();
        }
        m_schema.messages[owner].fields.emplace(made.number, made);
    }

    void mapField(const std::string& owner)
    {
        m_in.next();
        if (!want("<"))
            return;
        ProtoField key{.name = "key", .number = 1};
        setType(key, m_in.token());
        m_in.next();
        if (!want(","))
            return;
        ProtoField value{.name = "value", .number = 2};
        setType(value, m_in.token());
        m_in.next();
        if (!want(">"))
            return;
        ProtoField made{.kind = Kind::Message,
                        .label = ProtoField::Label::Repeated,
                        .isRepeated = true,
                        .isMap = true,
                        .line = m_in.line()};
        made.name = std::string(m_in.token());
        made.typeName = '.' + owner + "." + made.name + "Entry~"; // no name that a file could give
        m_in.next();
        if (!want("="))
            return;
        made.number = number();
        end();
        ProtoMessage entry;
        entry.name = made.typeName.substr(1);
        entry.fields = {{1, std::move(key)}, {2, std::move(value)}};
        m_schema.messages.emplace(entry.name, std::move(entry));
        m_schema.messages[owner].fields.emplace(made.number, made);
    }

    void options()
    {
        int depth = 0;
        while (!m_in.isAtEnd()) {
            const std::string_view token = m_in.token();
            depth += token == "[" ? 1 : token == "]" ? -1 : 0;
            m_in.next();
            if (depth == 0)
                return;
        }
    }
    void end()
    {
        if (m_in.token() == "[")
            options();
        want(";");
    }

    void enumeration(const std::string& scope)
    {
        ProtoEnum& made = m_schema.enums[fullName(scope, m_in.token())];
        made.line = m_in.line();
        made.isOwn = m_isOwn;
        m_in.next();
        if (!want("{"))
            return;
        while (!m_fault && m_in.token() != "}") {
            if (m_in.isAtEnd()) {
                wrong("the file ends within an enum");
            } else if (m_in.token() == "reserved") {
                reserved(made.reserved);
            } else if (m_in.token() == "option") {
                statement();
            } else if (m_in.token() == ";") {
                m_in.next();
            } else {
                const std::string name(m_in.token());
                m_in.next();
                if (!want("="))
                    return;
                const bool isNegative = m_in.token() == "-";
                if (isNegative)
                    m_in.next();
                const qlonglong value =
                    QByteArray(m_in.token().data(), static_cast<qsizetype>(m_in.token().size())).toLongLong(nullptr, 0);
                m_in.next();
                made.names.emplace(isNegative ? -value : value, name);
                end();
            }
        }
        m_in.next();
    }

    Lexer m_in;
    ProtoSchema& m_schema;
    std::vector<std::string>& m_imports;
    bool m_isOwn;
    std::string m_package;
    std::string m_oneof; ///< the one that is being read; empty: none
    std::optional<QString> m_fault;
};

/// `Money` within `shop.Order` is shop.Order.Money, else shop.Money, else Money.
void resolve(ProtoSchema& schema)
{
    for (auto& [name, message] : schema.messages) {
        for (auto& [number, field] : message.fields) {
            if (field.kind != Kind::Message || field.typeName.empty())
                continue;
            const std::string written = field.typeName;
            std::string scope = name;
            while (true) {
                const std::string candidate = written.front() == '.' ? written.substr(1)
                                              : scope.empty()        ? written
                                                                     : scope + '.' + written;
                if (schema.messages.contains(candidate) || schema.enums.contains(candidate)) {
                    field.kind = schema.enums.contains(candidate) ? Kind::Enum : Kind::Message;
                    field.typeName = candidate;
                    break;
                }
                if (scope.empty() || written.front() == '.') {
                    field.typeName = written.front() == '.' ? written.substr(1) : written;
                    break; // not at hand: shown by its numbers
                }
                const std::size_t dot = scope.rfind('.');
                scope = dot == std::string::npos ? std::string() : scope.substr(0, dot);
            }
        }
    }
}

/// What every installation of Protobuf brings along.
constexpr char wellKnown[] = R"(
package google.protobuf;
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
message Duration { int64 seconds = 1; int32 nanos = 2; }
message Any { string type_url = 1; bytes value = 2; }
message Empty {}
message FieldMask { repeated string paths = 1; }
message DoubleValue { double value = 1; }
message FloatValue { float value = 1; }
message Int64Value { int64 value = 1; }
message UInt64Value { uint64 value = 1; }
message Int32Value { int32 value = 1; }
message UInt32Value { uint32 value = 1; }
message BoolValue { bool value = 1; }
message StringValue { string value = 1; }
message BytesValue { bytes value = 1; }
)";

} // namespace

bool ProtoReserved::holds(std::int64_t number) const
{
    return std::any_of(numbers.begin(), numbers.end(),
                       [&](const auto& range) { return number >= range.first && number <= range.second; });
}

bool ProtoReserved::holds(std::string_view name) const
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

Result<ProtoSchema> readProtoSchema(const QByteArray& text, const ProtoLoader& load)
{
    if (isProtoDescriptorSet(text))
        return readProtoDescriptorSet(text);
    ProtoSchema schema;
    std::vector<std::string> imports;
    std::set<std::string> read;
    (void)FileReader(wellKnown, schema, imports, false).run();
    if (const auto fault = FileReader(text, schema, imports, true).run())
        return fail(ErrorCode::InvalidConfig, *fault);
    while (!imports.empty() && read.size() < mostFiles) {
        const std::string path = std::move(imports.back());
        imports.pop_back();
        if (path.starts_with("google/protobuf/") || !read.insert(path).second || !load)
            continue;
        const auto other = load(QString::fromStdString(path));
        if (!other)
            continue; // its messages are shown by their numbers
        if (const auto fault = FileReader(*other, schema, imports, false).run())
            return fail(ErrorCode::InvalidConfig, QString::fromStdString(path) + u": "_s + *fault);
    }
    resolve(schema);
    if (schema.top.empty())
        return fail(ErrorCode::InvalidConfig, u"the file defines no message"_s);
    return schema;
}

std::string protoMessageAt(const ProtoSchema& schema, const std::vector<int>& path)
{
    const std::vector<std::string>* level = &schema.top;
    std::string name;
    for (const int place : path) {
        if (place < 0 || static_cast<std::size_t>(place) >= level->size())
            return {};
        name = (*level)[static_cast<std::size_t>(place)];
        const auto known = schema.messages.find(name);
        if (known == schema.messages.end())
            return {};
        level = &known->second.inner;
    }
    return name;
}

} // namespace spillway
