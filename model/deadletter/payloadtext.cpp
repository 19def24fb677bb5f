// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/payloadtext.h"

#include "model/base/text.h"

#include <algorithm>
#include <vector>

namespace spillway {

namespace {

constexpr int deepestIndent = 100;
constexpr qsizetype bytesPerLine = 16;

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/// Walks the tokens and checks that they make a document; keeps no tree, so depth costs one bit a level.
class Printer
{
public:
    Printer(QByteArrayView json, qsizetype limit)
        : m_json(json)
        , m_limit(limit)
    {
    }

    std::optional<PrettyJson> print()
    {
        enum class Expect { Value, ValueOrEnd, KeyOrEnd, Key, Colon, CommaOrEnd, Nothing };
        Expect expect = Expect::Value;
        for (skipSpace(); m_at < m_json.size(); skipSpace()) {
            const char c = m_json[m_at];
            if (c == '}' || c == ']') {
                const bool closes =
                    expect == Expect::CommaOrEnd || expect == (c == '}' ? Expect::KeyOrEnd : Expect::ValueOrEnd);
                if (!closes || m_isObject.empty() || m_isObject.back() != (c == '}'))
                    return std::nullopt;
                const bool isEmpty = expect != Expect::CommaOrEnd;
                m_isObject.pop_back();
                if (!isEmpty)
                    newLine();
                put(m_json.sliced(m_at++, 1));
                expect = m_isObject.empty() ? Expect::Nothing : Expect::CommaOrEnd;
            } else if (c == ',') {
                if (expect != Expect::CommaOrEnd)
                    return std::nullopt;
                put(m_json.sliced(m_at++, 1));
                newLine();
                expect = m_isObject.back() ? Expect::Key : Expect::Value;
            } else if (c == ':') {
                if (expect != Expect::Colon)
                    return std::nullopt;
                ++m_at;
                put(": ");
                expect = Expect::Value;
            } else if (expect == Expect::Key || expect == Expect::KeyOrEnd) {
                if (expect == Expect::KeyOrEnd)
                    newLine();
                if (!takeString())
                    return std::nullopt;
                expect = Expect::Colon;
            } else if (expect == Expect::Value || expect == Expect::ValueOrEnd) {
                if (expect == Expect::ValueOrEnd)
                    newLine();
                if (c == '{' || c == '[') {
                    put(m_json.sliced(m_at++, 1));
                    m_isObject.push_back(c == '{');
                    expect = c == '{' ? Expect::KeyOrEnd : Expect::ValueOrEnd;
                    continue;
                }
                if (!(c == '"' ? takeString() : takeWord()))
                    return std::nullopt;
                expect = m_isObject.empty() ? Expect::Nothing : Expect::CommaOrEnd;
            } else {
                return std::nullopt;
            }
        }
        if (expect != Expect::Nothing)
            return std::nullopt;
        return std::move(m_result);
    }

private:
    void skipSpace()
    {
        while (m_at < m_json.size() && isSpace(m_json[m_at]))
            ++m_at;
    }

    bool takeString()
    {
        if (m_json[m_at] != '"')
            return false;
        const qsizetype start = m_at++;
        while (m_at < m_json.size() && m_json[m_at] != '"') {
            if (static_cast<unsigned char>(m_json[m_at]) < 0x20)
                return false;
            m_at += m_json[m_at] == '\\' ? 2 : 1;
        }
        if (m_at >= m_json.size())
            return false;
        ++m_at;
        put(m_json.sliced(start, m_at - start));
        return true;
    }

    /// A number, true, false or null.
    bool takeWord()
    {
        const qsizetype start = m_at;
        while (m_at < m_json.size() && !isSpace(m_json[m_at]) && QByteArrayView(",:[]{}\"").indexOf(m_json[m_at]) < 0)
            ++m_at;
        const QByteArrayView word = m_json.sliced(start, m_at - start);
        const bool isNumber = !word.isEmpty() &&
                              (word.front() == '-' || (word.front() >= '0' && word.front() <= '9')) &&
                              std::all_of(word.begin(), word.end(),
                                          [](char c) { return QByteArrayView("0123456789+-.eE").indexOf(c) >= 0; });
        if (!isNumber && word != "true" && word != "false" && word != "null")
            return false;
        put(word);
        return true;
    }

    void newLine()
    {
        put("\n");
        for (int i = std::min<int>(deepestIndent, static_cast<int>(m_isObject.size())); i > 0; --i)
            put("  ");
    }

    /// Beyond the limit nothing is kept, but the document is still checked to its end.
    void put(QByteArrayView bytes)
    {
        if (!m_result.isWhole)
            return;
        if (m_result.text.size() + bytes.size() > m_limit) {
            qsizetype fits = std::max<qsizetype>(0, m_limit - m_result.text.size());
            while (fits > 0 && (static_cast<unsigned char>(bytes[fits]) & 0xC0U) == 0x80U)
                --fits; // not inside a character
            bytes = bytes.first(fits);
            m_result.isWhole = false;
        }
        m_result.text += bytes;
    }

    QByteArrayView m_json;
    qsizetype m_limit;
    qsizetype m_at = 0;
    std::vector<bool> m_isObject; // one per open object or array
    PrettyJson m_result;
};

} // namespace

std::optional<PrettyJson> prettyJson(QByteArrayView json, qsizetype limitBytes)
{
    if (!isUtf8(json))
        return std::nullopt;
    return Printer(json, limitBytes).print();
}

qsizetype hexLineCount(qsizetype sizeBytes)
{
    return (sizeBytes + bytesPerLine - 1) / bytesPerLine;
}

QString hexLine(QByteArrayView bytes, qsizetype line)
{
    const qsizetype first = line * bytesPerLine;
    if (line < 0 || first >= bytes.size())
        return {};
    QString hex;
    QString ascii;
    for (qsizetype i = 0; i < bytesPerLine; ++i) {
        if (i == bytesPerLine / 2)
            hex += u' ';
        if (first + i >= bytes.size()) {
            hex += QStringLiteral("   ");
            continue;
        }
        const auto byte = static_cast<unsigned char>(bytes[first + i]);
        hex += QStringLiteral("%1 ").arg(byte, 2, 16, QChar(u'0'));
        ascii += byte >= 0x20 && byte < 0x7F ? QChar(ushort{byte}) : QChar(u'.');
    }
    return QStringLiteral("%1  %2 |%3|").arg(first, 8, 16, QChar(u'0')).arg(hex, ascii);
}

} // namespace spillway
