// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/jsoncheck.h"

#include "model/base/text.h"

#include <algorithm>
#include <utility>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool endsWord(char c)
{
    return isSpace(c) || c == ',' || c == ':' || c == '[' || c == ']' || c == '{' || c == '}' || c == '"';
}

/// RFC 8259, "number".
bool isNumber(QByteArrayView word)
{
    qsizetype at = 0;
    const auto digits = [&] {
        const qsizetype from = at;
        while (at < word.size() && isDigit(word[at]))
            ++at;
        return at - from;
    };
    if (at < word.size() && word[at] == '-')
        ++at;
    const bool hasLeadingZero = at < word.size() && word[at] == '0';
    const qsizetype whole = digits();
    if (whole == 0 || (hasLeadingZero && whole > 1))
        return false;
    if (at < word.size() && word[at] == '.') {
        ++at;
        if (digits() == 0)
            return false;
    }
    if (at < word.size() && (word[at] == 'e' || word[at] == 'E')) {
        ++at;
        if (at < word.size() && (word[at] == '+' || word[at] == '-'))
            ++at;
        if (digits() == 0)
            return false;
    }
    return at == word.size();
}

/// The first byte that is no UTF-8; the bytes hold one.
qsizetype firstWrongByte(QByteArrayView bytes)
{
    qsizetype at = 0;
    while (at < bytes.size()) {
        const auto lead = static_cast<unsigned char>(bytes[at]);
        const qsizetype length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (!isUtf8(bytes.sliced(at, std::min(length, bytes.size() - at))))
            return at;
        at += length;
    }
    return at;
}

} // namespace

void JsonCheck::fail(qsizetype at, const QString& what)
{
    m_fault = JsonFault{at, what};
    m_isDone = true;
}

QString JsonCheck::due() const
{
    switch (m_expect) {
    case Expect::Value:
        return u"a value is due here"_s;
    case Expect::ValueOrEnd:
        return u"a value or ] is due here"_s;
    case Expect::KeyOrEnd:
        return u"a quoted name or } is due here"_s;
    case Expect::Key:
        return u"a quoted name is due here"_s;
    case Expect::Colon:
        return u"a colon is due here"_s;
    case Expect::CommaOrEnd:
        return m_isObject.back() ? u"a comma or } is due here"_s : u"a comma or ] is due here"_s;
    case Expect::Nothing:
        return u"the document ended before this"_s;
    }
    return {};
}

void JsonCheck::afterValue()
{
    m_expect = m_isObject.empty() ? Expect::Nothing : Expect::CommaOrEnd;
    if (!m_isObject.empty() && m_isObject.size() <= m_open.size())
        ++m_open.back().children;
}

void JsonCheck::advanceTo(qsizetype to)
{
    to = std::min(to, m_json.size());
    while (!m_isDone && (m_at < to || m_at >= m_json.size())) {
        if (m_text) {
            goOnInText(to);
            continue;
        }
        while (m_at < m_json.size() && isSpace(m_json[m_at])) {
            if (++m_at >= to && m_at < m_json.size())
                return;
        }
        if (m_at < m_json.size()) {
            takeToken(m_json[m_at]);
            continue;
        }
        if (m_expect != Expect::Nothing)
            fail(m_at, m_isObject.empty() ? u"there is no value"_s : u"it ends before it is complete; "_s + due());
        m_isDone = true;
    }
}

void JsonCheck::takeToken(char c)
{
    const bool wantsValue = m_expect == Expect::Value || m_expect == Expect::ValueOrEnd;
    const bool wantsKey = m_expect == Expect::Key || m_expect == Expect::KeyOrEnd;
    if (c == '}' || c == ']') {
        const bool closes =
            m_expect == Expect::CommaOrEnd || m_expect == (c == '}' ? Expect::KeyOrEnd : Expect::ValueOrEnd);
        if (!closes || m_isObject.empty() || m_isObject.back() != (c == '}')) {
            fail(m_at, due());
            return;
        }
        if (m_isObject.size() == m_open.size()) {
            const Open& open = m_open.back();
            if (m_at + 1 - open.at >= longValue)
                m_spans.push_back({open.at, m_at + 1, open.children});
            m_open.pop_back();
        }
        m_isObject.pop_back();
        ++m_at;
        afterValue();
    } else if (c == ',' && m_expect == Expect::CommaOrEnd) {
        ++m_at;
        m_expect = m_isObject.back() ? Expect::Key : Expect::Value;
    } else if (c == ':' && m_expect == Expect::Colon) {
        ++m_at;
        m_expect = Expect::Value;
    } else if (c == '"' && (wantsKey || wantsValue)) {
        m_isKey = wantsKey;
        m_text = m_at++;
        m_textChecked = m_at;
    } else if ((c == '{' || c == '[') && wantsValue) {
        if (m_open.size() == m_isObject.size() && m_open.size() < deepestSpan)
            m_open.push_back({m_at, 0});
        m_isObject.push_back(c == '{');
        m_deepest = std::max(m_deepest, static_cast<int>(m_isObject.size()));
        ++m_at;
        m_expect = c == '{' ? Expect::KeyOrEnd : Expect::ValueOrEnd;
    } else if (wantsValue) {
        takeWord();
    } else {
        fail(m_at, due());
    }
}

void JsonCheck::goOnInText(qsizetype to)
{
    const char* const bytes = m_json.data();
    const bool isCheckedSoFar = m_textChecked == m_at;
    bool hasHigh = false;
    while (m_at < to) {
        const auto c = static_cast<unsigned char>(bytes[m_at]);
        if (c == '"' || c == '\\' || c < 0x20)
            break;
        hasHigh |= c >= 0x80;
        ++m_at;
    }
    // UTF-8 is checked up to here; only an ASCII byte can follow a whole character, so a cut at `to` waits.
    if (hasHigh) {
        qsizetype whole = m_at;
        if (m_at < m_json.size()) {
            while (whole > m_textChecked && (static_cast<unsigned char>(bytes[whole]) & 0xC0U) == 0x80U)
                --whole;
        }
        if (!isUtf8(m_json.sliced(m_textChecked, whole - m_textChecked))) {
            fail(m_textChecked + firstWrongByte(m_json.sliced(m_textChecked, whole - m_textChecked)),
                 u"this byte is no UTF-8"_s);
            return;
        }
        m_textChecked = whole;
    } else if (isCheckedSoFar) {
        m_textChecked = m_at;
    }
    if (m_at >= m_json.size()) {
        fail(m_at, u"it ends inside a text"_s);
        return;
    }
    if (m_at >= to)
        return;
    const char c = bytes[m_at];
    if (m_textChecked < m_at && !isUtf8(m_json.sliced(m_textChecked, m_at - m_textChecked))) {
        fail(m_textChecked + firstWrongByte(m_json.sliced(m_textChecked, m_at - m_textChecked)),
             u"this byte is no UTF-8"_s);
        return;
    }
    if (c == '"') {
        ++m_at;
        const qsizetype from = *m_text;
        m_text.reset();
        if (m_at - from >= longValue && m_isObject.size() <= deepestSpan)
            m_spans.push_back({from, m_at, 0});
        if (m_isKey)
            m_expect = Expect::Colon;
        else
            afterValue();
    } else if (c == '\\') {
        const char escaped = m_at + 1 < m_json.size() ? bytes[m_at + 1] : '\0';
        if (m_at + 1 < m_json.size() && QByteArrayView("\"\\/bfnrtu").indexOf(escaped) < 0) {
            fail(m_at, u"this is no escape that JSON knows"_s);
            return;
        }
        const auto isHex = [](char d) { return isDigit(d) || (d >= 'a' && d <= 'f') || (d >= 'A' && d <= 'F'); };
        if (escaped == 'u' && m_at + 6 <= m_json.size() && !std::all_of(bytes + m_at + 2, bytes + m_at + 6, isHex)) {
            fail(m_at, u"\\u wants four hexadecimal digits"_s);
            return;
        }
        m_at = std::min(m_at + 2, m_json.size());
        m_textChecked = m_at;
    } else {
        fail(m_at, u"a control character stands raw inside a text"_s);
    }
}

void JsonCheck::takeWord()
{
    const qsizetype from = m_at;
    qsizetype end = from;
    while (end < m_json.size() && !endsWord(m_json[end]))
        ++end;
    const QByteArrayView word = m_json.sliced(from, end - from);
    if (word.isEmpty() || (word != "true" && word != "false" && word != "null" && !isNumber(word))) {
        fail(from, word.isEmpty() ? due() : u"this is no number, text, true, false or null"_s);
        return;
    }
    m_at = end;
    if (end - from >= longValue && m_isObject.size() <= deepestSpan)
        m_spans.push_back({from, end, 0});
    afterValue();
}

std::vector<JsonSpan> JsonCheck::takeSpans()
{
    return std::exchange(m_spans, {});
}

} // namespace spillway
