// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/jsontape.h"

#include "model/base/text.h"

#include <algorithm>
#include <limits>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype longestPointer = 2'000;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

int hexDigit(char c)
{
    if (isDigit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

void appendUtf8(std::string& out, std::uint32_t c)
{
    const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xC0 | (c >> 6));
        put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        put(0xE0 | (c >> 12));
        put(0x80 | ((c >> 6) & 0x3F));
        put(0x80 | (c & 0x3F));
    } else {
        put(0xF0 | (c >> 18));
        put(0x80 | ((c >> 12) & 0x3F));
        put(0x80 | ((c >> 6) & 0x3F));
        put(0x80 | (c & 0x3F));
    }
}

} // namespace

std::uint32_t JsonTape::hashOf(std::string_view text)
{
    std::uint32_t hash = 2166136261U; // FNV-1a
    for (const char c : text)
        hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
    return hash;
}

std::string_view JsonTape::text(std::uint32_t node) const
{
    const JsonNode& at = m_nodes[node];
    const char* from = at.isDecoded ? m_decoded.data() : m_json.data();
    return {from + at.textAt, at.textSize};
}

QByteArrayView JsonTape::token(std::uint32_t node) const
{
    const JsonNode& at = m_nodes[node];
    return m_json.sliced(at.first, qsizetype{at.last} - qsizetype{at.first});
}

std::optional<std::uint32_t> JsonTape::member(std::uint32_t object, std::string_view name) const
{
    if (m_nodes[object].kind != JsonKind::Object)
        return std::nullopt;
    const std::uint32_t hash = hashOf(name);
    for (std::uint32_t i = object + 1; i < m_nodes[object].end; i = m_nodes[i + 1].end) {
        if (m_nodes[i].hash == hash && !m_nodes[i].isShadowed && text(i) == name)
            return i + 1;
    }
    return std::nullopt;
}

std::optional<std::uint32_t> JsonTape::element(std::uint32_t array, std::size_t index) const
{
    if (m_nodes[array].kind != JsonKind::Array || index >= m_nodes[array].count)
        return std::nullopt;
    std::uint32_t i = array + 1;
    for (; index > 0; --index)
        i = m_nodes[i].end;
    return i;
}

QString JsonTape::pointerOf(std::uint32_t node) const
{
    QString pointer;
    std::uint32_t at = 0;
    while (at != node && pointer.size() < longestPointer) {
        const JsonNode& here = m_nodes[at];
        std::uint32_t i = at + 1;
        if (here.kind == JsonKind::Object) {
            while (i != node && m_nodes[i + 1].end <= node)
                i = m_nodes[i + 1].end;
            const std::string_view name = text(i);
            QString step = QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
            step.replace(u'~', u"~0"_s).replace(u'/', u"~1"_s);
            pointer += u'/' + step;
            if (i == node)
                break;
            at = i + 1;
        } else if (here.kind == JsonKind::Array) {
            std::size_t index = 0;
            for (; m_nodes[i].end <= node; i = m_nodes[i].end)
                ++index;
            pointer += u'/' + QString::number(index);
            at = i;
        } else {
            break;
        }
    }
    return pointer.left(longestPointer);
}

bool JsonTape::fail(std::size_t at, QString message, bool isLimit)
{
    m_fault = {static_cast<std::int64_t>(at), std::move(message), isLimit};
    return false;
}

void JsonTape::skipSpace(std::size_t& at) const
{
    const auto size = static_cast<std::size_t>(m_json.size());
    const char* json = m_json.data();
    while (at < size && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t'))
        ++at;
}

std::uint32_t JsonTape::push(JsonKind kind, std::size_t first)
{
    JsonNode node;
    node.kind = kind;
    node.first = static_cast<std::uint32_t>(first);
    m_nodes.push_back(node);
    const auto index = static_cast<std::uint32_t>(m_nodes.size() - 1);
    m_nodes.back().end = index + 1;
    return index;
}

bool JsonTape::parse(QByteArrayView json)
{
    m_json = json;
    m_nodes.clear();
    m_decoded.clear();
    m_open.clear();
    m_fault = {};
    m_hasDuplicateNames = false;
    if (json.size() >= std::numeric_limits<std::int32_t>::max())
        return fail(0, u"it is larger than 2 GiB"_s, true);
    if (!isUtf8(json))
        return fail(0, u"it is not UTF-8"_s);
    std::size_t at = 0;
    skipSpace(at);
    const auto size = static_cast<std::size_t>(json.size());
    if (!readValue(at))
        return false;
    while (!m_open.empty()) {
        if (m_nodes.size() > mostNodes)
            return fail(at, u"it has more than %1 values"_s.arg(mostNodes), true);
        const std::uint32_t container = m_open.back();
        const bool isObject = m_nodes[container].kind == JsonKind::Object;
        const bool isFirst = m_nodes.size() == container + 1;
        skipSpace(at);
        if (at >= size)
            return fail(at, u"it ends before its last bracket is closed"_s);
        if (json[static_cast<qsizetype>(at)] == (isObject ? '}' : ']')) {
            close(container, ++at);
            continue;
        }
        if (!isFirst) {
            if (json[static_cast<qsizetype>(at)] != ',')
                return fail(at, isObject ? u"a comma or } is missing"_s : u"a comma or ] is missing"_s);
            ++at;
            skipSpace(at);
        }
        if (isObject) {
            if (at >= size || json[static_cast<qsizetype>(at)] != '"')
                return fail(at, u"a name in quotes is missing"_s);
            if (!readString(at, true))
                return false;
            skipSpace(at);
            if (at >= size || json[static_cast<qsizetype>(at)] != ':')
                return fail(at, u"a colon is missing"_s);
            ++at;
            skipSpace(at);
            ++m_nodes[container].count;
        } else {
            ++m_nodes[container].count;
        }
        if (!readValue(at))
            return false;
    }
    skipSpace(at);
    if (at < size)
        return fail(at, u"something follows the document's end"_s);
    return true;
}

bool JsonTape::readValue(std::size_t& at)
{
    if (at >= static_cast<std::size_t>(m_json.size()))
        return fail(at, m_nodes.empty() ? u"it holds nothing"_s : u"a value is missing"_s);
    switch (m_json[static_cast<qsizetype>(at)]) {
    case '{':
        m_open.push_back(push(JsonKind::Object, at++));
        return true;
    case '[':
        m_open.push_back(push(JsonKind::Array, at++));
        return true;
    case '"':
        return readString(at, false);
    case 't':
        return readWord(at, "true", JsonKind::True);
    case 'f':
        return readWord(at, "false", JsonKind::False);
    case 'n':
        return readWord(at, "null", JsonKind::Null);
    default:
        return readNumber(at);
    }
}

bool JsonTape::readWord(std::size_t& at, std::string_view word, JsonKind kind)
{
    const std::string_view rest(m_json.data() + at, static_cast<std::size_t>(m_json.size()) - at);
    if (!rest.starts_with(word))
        return fail(at, u"no value begins so"_s);
    const std::uint32_t node = push(kind, at);
    at += word.size();
    m_nodes[node].last = static_cast<std::uint32_t>(at);
    return true;
}

bool JsonTape::readNumber(std::size_t& at)
{
    const std::size_t first = at;
    const auto size = static_cast<std::size_t>(m_json.size());
    const char* json = m_json.data();
    const auto digits = [&] {
        const std::size_t from = at;
        while (at < size && isDigit(json[at]))
            ++at;
        return at > from;
    };
    if (json[at] == '-')
        ++at;
    const std::size_t wholeAt = at;
    if (!digits())
        return fail(first, u"no value begins so"_s);
    if (json[wholeAt] == '0' && at > wholeAt + 1)
        return fail(first, u"a number begins with a needless zero"_s);
    if (at < size && json[at] == '.') {
        ++at;
        if (!digits())
            return fail(at, u"digits are missing behind the point"_s);
    }
    if (at < size && (json[at] == 'e' || json[at] == 'E')) {
        ++at;
        if (at < size && (json[at] == '+' || json[at] == '-'))
            ++at;
        if (!digits())
            return fail(at, u"digits are missing in the exponent"_s);
    }
    const std::uint32_t node = push(JsonKind::Number, first);
    m_nodes[node].last = static_cast<std::uint32_t>(at);
    return true;
}

bool JsonTape::readString(std::size_t& at, bool isName)
{
    const std::size_t first = at++;
    const auto size = static_cast<std::size_t>(m_json.size());
    const char* json = m_json.data();
    bool hasEscapes = false;
    while (at < size && json[at] != '"') {
        if (static_cast<std::uint8_t>(json[at]) < 0x20)
            return fail(at, u"a control character stands in a string"_s);
        if (json[at] == '\\') {
            hasEscapes = true;
            ++at;
        }
        ++at;
    }
    if (at >= size)
        return fail(first, u"a string is not closed"_s);
    const std::uint32_t node = push(JsonKind::String, first);
    JsonNode& string = m_nodes[node];
    string.textAt = static_cast<std::uint32_t>(first + 1);
    string.textSize = static_cast<std::uint32_t>(at - first - 1);
    if (hasEscapes) {
        const std::size_t decodedAt = m_decoded.size();
        if (!readEscapes(first + 1, at))
            return false;
        string.isDecoded = true;
        string.textAt = static_cast<std::uint32_t>(decodedAt);
        string.textSize = static_cast<std::uint32_t>(m_decoded.size() - decodedAt);
    }
    string.last = static_cast<std::uint32_t>(++at);
    if (isName)
        string.hash = hashOf(text(node));
    return true;
}

bool JsonTape::readEscapes(std::size_t from, std::size_t to)
{
    const char* json = m_json.data();
    const auto unit = [&](std::size_t at) -> std::optional<std::uint32_t> {
        if (at + 6 > to || json[at] != '\\' || json[at + 1] != 'u')
            return std::nullopt;
        std::uint32_t value = 0;
        for (std::size_t i = at + 2; i < at + 6; ++i) {
            const int digit = hexDigit(json[i]);
            if (digit < 0)
                return std::nullopt;
            value = value * 16 + static_cast<std::uint32_t>(digit);
        }
        return value;
    };
    for (std::size_t at = from; at < to;) {
        if (json[at] != '\\') {
            m_decoded.push_back(json[at++]);
            continue;
        }
        constexpr std::string_view letters = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (const std::size_t known = letters.find(json[at + 1]); known != std::string_view::npos) {
            m_decoded.push_back(meanings[known]);
            at += 2;
            continue;
        }
        auto high = unit(at);
        if (!high)
            return fail(at, u"an escape in a string is none of JSON's"_s);
        at += 6;
        if (*high >= 0xD800 && *high < 0xDC00) {
            if (const auto low = unit(at); low && *low >= 0xDC00 && *low < 0xE000) {
                high = 0x10000 + ((*high - 0xD800) << 10) + (*low - 0xDC00);
                at += 6;
            }
        }
        appendUtf8(m_decoded, *high);
    }
    return true;
}

void JsonTape::close(std::uint32_t container, std::size_t at)
{
    m_open.pop_back();
    JsonNode& node = m_nodes[container];
    node.last = static_cast<std::uint32_t>(at);
    node.end = static_cast<std::uint32_t>(m_nodes.size());
    if (node.kind == JsonKind::Object && node.count > 1)
        markDuplicates(container);
}

void JsonTape::markDuplicates(std::uint32_t object)
{
    m_names.clear();
    for (std::uint32_t i = object + 1; i < m_nodes[object].end; i = m_nodes[i + 1].end)
        m_names.push_back(i);
    const auto mark = [&](std::uint32_t name) {
        if (m_nodes[name].isShadowed)
            return;
        m_nodes[name].isShadowed = true;
        --m_nodes[object].count;
        m_hasDuplicateNames = true;
    };
    if (m_names.size() <= 24) {
        for (std::size_t a = 0; a < m_names.size(); ++a) {
            for (std::size_t b = a + 1; b < m_names.size(); ++b) {
                if (m_nodes[m_names[a]].hash == m_nodes[m_names[b]].hash && text(m_names[a]) == text(m_names[b]))
                    mark(m_names[a]);
            }
        }
        return;
    }
    // By text, not by hash: names that were made to collide must not make this slow.
    std::sort(m_names.begin(), m_names.end(), [&](std::uint32_t a, std::uint32_t b) {
        const int order = text(a).compare(text(b));
        return order != 0 ? order < 0 : a < b;
    });
    for (std::size_t i = 0; i + 1 < m_names.size(); ++i) {
        if (text(m_names[i]) == text(m_names[i + 1]))
            mark(m_names[i]);
    }
}

} // namespace spillway
