// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/mask/jsonescape.h"

#include <QChar>

#include <array>
#include <optional>

namespace spillway {

namespace {

struct Spelled
{
    qsizetype length = 0; ///< bytes that spell it
    std::array<char, 4> bytes{};
    qsizetype count = 0; ///< bytes of the text
};

std::optional<uint> hex4(QByteArrayView text, qsizetype at)
{
    if (at + 4 > text.size())
        return std::nullopt;
    uint value = 0;
    for (qsizetype i = at; i < at + 4; ++i) {
        const char c = text[i];
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0)
            return std::nullopt;
        value = value * 16 + static_cast<uint>(digit);
    }
    return value;
}

Spelled asUtf8(uint code, qsizetype length)
{
    Spelled spelled{.length = length};
    const auto put = [&spelled](uint byte) {
        spelled.bytes[static_cast<std::size_t>(spelled.count++)] = static_cast<char>(byte);
    };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | code >> 6U);
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | code >> 12U);
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | code >> 18U);
        put(0x80U | (code >> 12U & 0x3FU));
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
    return spelled;
}

/// The byte or escape at `at`.
Spelled spelledAt(QByteArrayView text, qsizetype at)
{
    const Spelled asIs{.length = 1, .bytes = {text[at]}, .count = 1};
    if (text[at] != '\\' || at + 1 >= text.size())
        return asIs;
    switch (text[at + 1]) {
    case '"':
    case '\\':
    case '/':
        return {.length = 2, .bytes = {text[at + 1]}, .count = 1};
    case 'b':
        return {.length = 2, .bytes = {'\b'}, .count = 1};
    case 'f':
        return {.length = 2, .bytes = {'\f'}, .count = 1};
    case 'n':
        return {.length = 2, .bytes = {'\n'}, .count = 1};
    case 'r':
        return {.length = 2, .bytes = {'\r'}, .count = 1};
    case 't':
        return {.length = 2, .bytes = {'\t'}, .count = 1};
    case 'u': {
        const auto first = hex4(text, at + 2);
        if (!first)
            return asIs;
        if (QChar::isHighSurrogate(*first) && text.sliced(at + 6).startsWith("\\u")) {
            const auto second = hex4(text, at + 8);
            if (second && QChar::isLowSurrogate(*second))
                return asUtf8(QChar::surrogateToUcs4(static_cast<char16_t>(*first), static_cast<char16_t>(*second)),
                              12);
        }
        return asUtf8(QChar::isSurrogate(*first) ? uint{0xFFFD} : *first, 6);
    }
    default:
        return asIs;
    }
}

} // namespace

QByteArray spelledText(QByteArrayView inside)
{
    QByteArray text;
    text.reserve(inside.size());
    for (qsizetype at = 0; at < inside.size();) {
        const Spelled spelled = spelledAt(inside, at);
        text.append(spelled.bytes.data(), spelled.count);
        at += spelled.length;
    }
    return text;
}

qsizetype EscapedPlaces::inside(qsizetype place)
{
    while (m_place < place && m_at < m_inside.size()) {
        const Spelled spelled = spelledAt(m_inside, m_at);
        if (m_place + spelled.count > place)
            return m_isEnd ? m_at + spelled.length : m_at;
        m_at += spelled.length;
        m_place += spelled.count;
    }
    return m_at;
}

QByteArray escapedForJson(QByteArrayView text)
{
    QByteArray escaped;
    for (const char c : text) {
        if (c == '"' || c == '\\')
            escaped += '\\';
        escaped += c;
    }
    return escaped;
}

} // namespace spillway
