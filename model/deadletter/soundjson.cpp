// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/soundjson.h"

#include "model/deadletter/jsoncheck.h"
#include "model/deadletter/jsontree.h"

namespace spillway {

std::optional<SoundJson> SoundJson::of(QByteArrayView json)
{
    JsonCheck check(json);
    check.advanceTo(json.size());
    return check.isDone() && !check.fault() ? std::optional(SoundJson(json)) : std::nullopt;
}

std::optional<QByteArrayView> SoundJson::at(const JsonPath& path) const
{
    Span at = valueAt(0);
    for (const JsonStep& step : path) {
        const auto found = member(at, step);
        if (!found)
            return std::nullopt;
        at = *found;
    }
    return m_json.sliced(at.from, at.to - at.from);
}

std::optional<SoundJson::Span> SoundJson::member(Span of, const JsonStep& step) const
{
    const char kind = m_json[of.from];
    if (kind != '{' && (kind != '[' || !step.index))
        return std::nullopt;
    std::optional<Span> found;
    std::size_t place = 0;
    for (qsizetype at = next(of.from + 1); at < of.to - 1; ++place) {
        bool isIt = kind == '[' && place == *step.index;
        if (kind == '{') {
            const Span name = valueAt(at);
            isIt = unescapedJson(m_json.sliced(name.from, name.to - name.from)) == step.key;
            at = next(name.to) + 1; // the colon
        }
        const Span value = valueAt(at);
        if (isIt)
            found = value;
        at = next(value.to);
        if (at < of.to - 1)
            at = next(at + 1); // the comma
    }
    return found;
}

qsizetype SoundJson::next(qsizetype at) const
{
    while (at < m_json.size() && (m_json[at] == ' ' || m_json[at] == '\n' || m_json[at] == '\r' || m_json[at] == '\t'))
        ++at;
    return at;
}

qsizetype SoundJson::behindText(qsizetype at) const
{
    for (++at; m_json[at] != '"'; ++at) {
        if (m_json[at] == '\\')
            ++at;
    }
    return at + 1;
}

SoundJson::Span SoundJson::valueAt(qsizetype at) const
{
    const qsizetype from = next(at);
    if (m_json[from] == '"')
        return {from, behindText(from)};
    if (m_json[from] != '{' && m_json[from] != '[') {
        qsizetype to = from;
        while (to < m_json.size() && !QByteArrayView(",]} \n\r\t").contains(m_json[to]))
            ++to;
        return {from, to};
    }
    qsizetype depth = 0;
    qsizetype to = from;
    do {
        const char c = m_json[to];
        if (c == '"') {
            to = behindText(to);
            continue;
        }
        depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        ++to;
    } while (depth > 0);
    return {from, to};
}

bool hasLoneSurrogate(QByteArrayView token)
{
    int open = 0; // a high one that waits for its low one
    for (qsizetype at = 1; at < token.size() - 1; ++at) {
        const bool isEscape = token[at] == '\\';
        uint unit = 0;
        if (isEscape && token[at + 1] == 'u') {
            unit = token.sliced(at + 2, 4).toByteArray().toUInt(nullptr, 16);
            at += 5;
        } else if (isEscape) {
            ++at;
        }
        const bool isLow = unit >= 0xDC00 && unit < 0xE000;
        if (isLow != (open == 1))
            return true;
        open = unit >= 0xD800 && unit < 0xDC00 ? 1 : 0;
    }
    return open != 0;
}

} // namespace spillway
