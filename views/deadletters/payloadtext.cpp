// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/payloadtext.h"

#include "model/base/text.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int deepest = 512;
constexpr int indentStep = 2;
constexpr qsizetype hexWidth = 16;

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Behind the string that starts at `at`; -1 when it does not end.
qsizetype afterString(QByteArrayView bytes, qsizetype at)
{
    for (qsizetype i = at + 1; i < bytes.size(); ++i) {
        if (bytes[i] == '\\')
            ++i;
        else if (bytes[i] == '"')
            return i + 1;
    }
    return -1;
}

qsizetype skipSpace(QByteArrayView bytes, qsizetype at)
{
    while (at < bytes.size() && isSpace(bytes[at]))
        ++at;
    return at;
}

QString hexLine(QByteArrayView bytes, qsizetype from)
{
    QString line = QString::number(from, 16).rightJustified(8, u'0') + u"  "_s;
    QString ascii;
    for (qsizetype i = 0; i < hexWidth; ++i) {
        if (i == hexWidth / 2)
            line += u' ';
        if (from + i >= bytes.size()) {
            line += u"   "_s;
            continue;
        }
        const auto byte = static_cast<unsigned char>(bytes[from + i]);
        line += QString::number(byte, 16).rightJustified(2, u'0') + u' ';
        ascii += byte >= 0x20 && byte < 0x7f ? QChar(char16_t{byte}) : QChar(u'.');
    }
    return line + u' ' + ascii;
}

} // namespace

bool looksLikeJson(QByteArrayView bytes)
{
    QByteArray open; // the closing brackets that are due
    qsizetype at = skipSpace(bytes, 0);
    if (at >= bytes.size() || (bytes[at] != '{' && bytes[at] != '['))
        return false;
    while (at < bytes.size()) {
        const char c = bytes[at];
        if (c == '"') {
            at = afterString(bytes, at);
            if (at < 0)
                return false;
            continue;
        }
        if (c == '{' || c == '[') {
            if (open.size() >= deepest)
                return false;
            open += c == '{' ? '}' : ']';
        } else if (c == '}' || c == ']') {
            if (open.isEmpty() || open.back() != c)
                return false;
            open.chop(1);
            if (open.isEmpty())
                return skipSpace(bytes, at + 1) == bytes.size();
        }
        ++at;
    }
    return false;
}

PayloadLines::PayloadLines(QByteArray bytes, Form form)
    : m_bytes(std::move(bytes))
    , m_form(form)
{
    switch (form) {
    case Form::Pretty:
        if (!indexPretty())
            indexRaw();
        break;
    case Form::Raw:
        indexRaw();
        break;
    case Form::Hex:
        m_longest = 78;
        break;
    }
}

int PayloadLines::count() const
{
    if (m_form == Form::Hex)
        return static_cast<int>((m_bytes.size() + hexWidth - 1) / hexWidth);
    return static_cast<int>(m_lines.size());
}

QString PayloadLines::line(int index) const
{
    if (m_form == Form::Hex)
        return hexLine(m_bytes, index * hexWidth);
    const Line& line = m_lines[static_cast<std::size_t>(index)];
    const qsizetype length = line.to - line.from;
    QByteArrayView shown = QByteArrayView(m_bytes).sliced(line.from, std::min<qsizetype>(length, longestLine));
    // Not through the middle of a character.
    while (shown.size() < length && !shown.isEmpty() &&
           (static_cast<unsigned char>(m_bytes[line.from + shown.size()]) & 0xc0) == 0x80)
        shown.chop(1);
    QString text = QString(line.indent, u' ') + visibleBytes(shown, true);
    if (shown.size() < length)
        text += QCoreApplication::translate("Payload", " … %1 more on this line")
                    .arg(formatSizeBytes(length - shown.size()));
    return text;
}

void PayloadLines::indexRaw()
{
    qsizetype from = 0;
    while (from <= m_bytes.size()) {
        qsizetype to = m_bytes.indexOf('\n', from);
        if (to < 0)
            to = m_bytes.size();
        if (from < m_bytes.size() || m_lines.empty())
            m_lines.push_back({from, to, 0});
        m_longest = std::max(m_longest, static_cast<int>(std::min<qsizetype>(to - from, longestLine)));
        from = to + 1;
    }
}

bool PayloadLines::indexPretty()
{
    const QByteArrayView bytes(m_bytes);
    if (!looksLikeJson(bytes))
        return false;
    int depth = 0;
    qsizetype at = skipSpace(bytes, 0);
    qsizetype from = at;
    qsizetype to = at; // behind the last token of the line
    const auto endLine = [&](int indent) {
        if (to > from) {
            m_lines.push_back({from, to, indent});
            m_longest = std::max(m_longest, static_cast<int>(std::min<qsizetype>(to - from, longestLine)) + indent);
        }
    };
    int indent = 0;
    while (at < bytes.size()) {
        const char c = bytes[at];
        if (isSpace(c)) {
            ++at;
            continue;
        }
        if (c == '"') {
            at = to = afterString(bytes, at);
            continue;
        }
        if (c == '}' || c == ']') {
            const qsizetype opened = skipSpace(bytes, from);
            const bool isEmptyPair = to > opened && (bytes[to - 1] == '{' || bytes[to - 1] == '[');
            --depth;
            if (!isEmptyPair) {
                endLine(indent);
                indent = depth * indentStep;
                from = at;
            }
            to = ++at;
            continue;
        }
        to = ++at;
        if (c == '{' || c == '[' || c == ',') {
            depth += c == ',' ? 0 : 1;
            const qsizetype next = skipSpace(bytes, at);
            const bool closesAtOnce = c != ',' && next < bytes.size() && (bytes[next] == '}' || bytes[next] == ']');
            if (closesAtOnce) {
                at = next;
                continue;
            }
            endLine(indent);
            indent = depth * indentStep;
            from = next;
            to = next;
            at = next;
        }
    }
    endLine(indent);
    return true;
}

} // namespace spillway::views
