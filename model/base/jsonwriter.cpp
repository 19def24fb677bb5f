// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/jsonwriter.h"

#include "model/base/text.h"
#include "model/base/utf8text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Appends text that is written as it stands, which nearly all is; false: it needs escaping or more than one byte a
/// character, and nothing was appended.
bool appendPlain(QByteArray& out, QStringView text)
{
    const bool isPlain = std::all_of(text.begin(), text.end(), [](QChar c) {
        return c.unicode() >= 0x20 && c.unicode() < 0x7F && c.unicode() != u'"' && c.unicode() != u'\\';
    });
    if (!isPlain)
        return false;
    const qsizetype start = out.size();
    out.resize(start + text.size());
    std::transform(text.begin(), text.end(), out.begin() + start, [](QChar c) { return c.toLatin1(); });
    return true;
}

} // namespace

void JsonWriter::separate()
{
    if (m_afterKey) {
        m_afterKey = false;
        return;
    }
    if (!m_hasItems.empty()) {
        if (m_hasItems.back())
            m_out += ',';
        m_hasItems.back() = true;
    }
}

JsonWriter& JsonWriter::beginObject()
{
    separate();
    m_out += '{';
    m_hasItems.push_back(false);
    return *this;
}

JsonWriter& JsonWriter::endObject()
{
    Q_ASSERT(!m_hasItems.empty() && !m_afterKey);
    m_hasItems.pop_back();
    m_out += '}';
    return *this;
}

JsonWriter& JsonWriter::beginArray()
{
    separate();
    m_out += '[';
    m_hasItems.push_back(false);
    return *this;
}

JsonWriter& JsonWriter::endArray()
{
    Q_ASSERT(!m_hasItems.empty() && !m_afterKey);
    m_hasItems.pop_back();
    m_out += ']';
    return *this;
}

JsonWriter& JsonWriter::key(QStringView name)
{
    Q_ASSERT(!m_hasItems.empty() && !m_afterKey);
    value(name);
    m_out += ':';
    m_afterKey = true;
    return *this;
}

/// Whether a C1 control, U+2028 or U+2029 stands at `at`. Python's splitlines and others end a line there.
bool JsonWriter::endsLine(QByteArrayView utf8, qsizetype at) const
{
    if (m_escapes == Escapes::AsSealed)
        return false;
    const auto byte = [&](qsizetype i) { return i < utf8.size() ? static_cast<unsigned char>(utf8[i]) : 0U; };
    return (byte(at) == 0xC2 && byte(at + 1) >= 0x80 && byte(at + 1) <= 0x9F) ||
           (byte(at) == 0xE2 && byte(at + 1) == 0x80 && (byte(at + 2) == 0xA8 || byte(at + 2) == 0xA9));
}

/// Writes what `endsLine` found, and moves on to its last byte.
void JsonWriter::appendEscaped(QByteArrayView utf8, qsizetype& at)
{
    const bool isC1 = static_cast<unsigned char>(utf8[at]) == 0xC2;
    at += isC1 ? 1 : 2;
    m_out += isC1 ? "\\u00" : "\\u20";
    m_out += QByteArray::number(static_cast<unsigned char>(utf8[at]) - (isC1 ? 0 : 0x80), 16);
}

JsonWriter& JsonWriter::value(QStringView text)
{
    separate();
    m_out += '"';
    if (appendPlain(m_out, text)) {
        m_out += '"';
        return *this;
    }
    const QByteArray utf8 = text.toUtf8();
    for (qsizetype i = 0; i < utf8.size(); ++i) {
        const char c = utf8[i];
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            m_out += '\\';
            m_out += c;
        } else if (c == '\n') {
            m_out += "\\n";
        } else if (c == '\t') {
            m_out += "\\t";
        } else if (c == '\r') {
            m_out += "\\r";
        } else if (byte < 0x20 || byte == 0x7F) {
            m_out += "\\u00" + QByteArray::number(byte, 16).rightJustified(2, '0');
        } else if (byte >= 0x80 && endsLine(utf8, i)) {
            appendEscaped(utf8, i);
        } else {
            m_out += c;
        }
    }
    m_out += '"';
    return *this;
}

JsonWriter& JsonWriter::value(std::int64_t number)
{
    separate();
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number);
    m_out.append(buffer, end.ptr - buffer);
    return *this;
}

JsonWriter& JsonWriter::value(double number)
{
    if (!std::isfinite(number))
        return null();
    separate();
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number);
    m_out.append(buffer, end.ptr - buffer);
    return *this;
}

JsonWriter& JsonWriter::value(bool yes)
{
    separate();
    m_out += yes ? "true" : "false";
    return *this;
}

JsonWriter& JsonWriter::value(UtcTime time)
{
    return value(formatUtc(time));
}

JsonWriter& JsonWriter::null()
{
    separate();
    m_out += "null";
    return *this;
}

JsonWriter& JsonWriter::raw(QByteArrayView json)
{
    separate();
    qsizetype written = 0;
    for (qsizetype i = 0; i < json.size(); ++i) {
        if (static_cast<unsigned char>(json[i]) < 0x80 || !endsLine(json, i))
            continue;
        m_out.append(json.data() + written, i - written); // only texts hold such characters
        appendEscaped(json, i);
        written = i + 1;
    }
    m_out.append(json.data() + written, json.size() - written);
    return *this;
}

JsonWriter& JsonWriter::bytesField(QStringView name, const std::optional<QByteArray>& bytes)
{
    if (!bytes)
        return nullField(name);
    if (isUtf8(*bytes))
        return field(name, exactText(*bytes));
    nullField(name);
    return field(QString(name.toString() + u"Base64"_s), QString::fromLatin1(bytes->toBase64()));
}

} // namespace spillway
