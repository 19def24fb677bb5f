// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/exchangenames.h"

#include "model/catalog/yamledit.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

bool isAsciiLetterOrDigit(QChar c)
{
    const char16_t u = c.unicode();
    return (u >= u'a' && u <= u'z') || (u >= u'A' && u <= u'Z') || (u >= u'0' && u <= u'9');
}

/// Control characters, and those that one reader or the other takes for a line end or for no text.
bool isOdd(QChar c)
{
    const char16_t u = c.unicode();
    return u < 0x20 || (u >= 0x7F && u <= 0xA0) || u == 0x2028 || u == 0x2029 || u == 0xFEFF || u >= 0xFFFE;
}

} // namespace

QString SlugMaker::of(const QString& name)
{
    if (const auto known = m_known.constFind(name); known != m_known.constEnd())
        return *known;
    QString slug;
    for (const QChar c : name) {
        if (isAsciiLetterOrDigit(c))
            slug += c;
        else if (!slug.isEmpty() && isAsciiLetterOrDigit(slug.back()))
            slug += c == u'.' || c == u'_' ? c : QChar(u'-');
    }
    slug.truncate(m_longest);
    const auto trim = [&slug] {
        while (!slug.isEmpty() && !isAsciiLetterOrDigit(slug.back()))
            slug.chop(1);
    };
    trim();
    if (slug.isEmpty())
        slug = u"unnamed"_s;
    QString free = slug;
    for (int number = 2; m_taken.contains(free.toLower()); ++number) {
        const QString tail = u"-%1"_s.arg(number);
        slug.truncate(m_longest - tail.size());
        trim();
        free = slug + tail;
    }
    m_taken.insert(free.toLower());
    m_known.insert(name, free);
    return free;
}

QString exportScalar(const QString& text)
{
    const bool isPlain = std::none_of(text.begin(), text.end(), isOdd);
    if (isPlain)
        return yamlScalar(text);
    QString quoted = u"\""_s;
    for (const QChar c : text) {
        if (c == u'"' || c == u'\\')
            (quoted += u'\\') += c;
        else if (isOdd(c))
            quoted += u"\\u%1"_s.arg(static_cast<int>(c.unicode()), 4, 16, QLatin1Char('0'));
        else
            quoted += c;
    }
    return quoted + u'"';
}

QString exportProse(const QString& text)
{
    const QString line = text.simplified();
    const bool isCode = line.startsWith(u"import"_s) || line.startsWith(u"export"_s); // at the beginning of a line
    QString prose;
    for (const QChar c : line) {
        const bool isSafe = c.isLetterOrNumber() || c.isSurrogate() || c == u' ' || c == u',' || c == u'.' ||
                            c == u';' || c == u'\'' || c == u'/' || c == u'%' || c == u'?' || c == u'-';
        const bool isPlain = !prose.isEmpty() || c.isSurrogate() || (c.isLetterOrNumber() && !isCode);
        const bool isNumbering =
            c == u'.' && std::all_of(prose.begin(), prose.end(), [](QChar before) { return before.isDigit(); });
        if (isSafe && isPlain && !isNumbering)
            prose += c;
        else
            prose += u"&#%1;"_s.arg(static_cast<int>(c.unicode()));
    }
    return prose;
}

QByteArray indentedJson(const QByteArray& compact)
{
    QByteArray out;
    out.reserve(compact.size() * 2);
    int depth = 0;
    bool isInText = false;
    const auto newLine = [&] { (out += '\n').append(QByteArray(depth * 2, ' ')); };
    for (qsizetype at = 0; at < compact.size(); ++at) {
        const char c = compact[at];
        if (isInText) {
            out += c;
            if (c == '\\' && at + 1 < compact.size())
                out += compact[++at];
            isInText = c != '"';
            continue;
        }
        const bool opens = c == '{' || c == '[';
        const bool closes = c == '}' || c == ']';
        const bool isEmpty = at + 1 < compact.size() && (compact[at + 1] == '}' || compact[at + 1] == ']');
        if (opens && isEmpty) {
            (out += c) += compact[++at];
        } else if (opens) {
            out += c;
            ++depth;
            newLine();
        } else if (closes) {
            --depth;
            newLine();
            out += c;
        } else if (c == ',') {
            out += c;
            newLine();
        } else if (c == ':') {
            out += ": ";
        } else {
            isInText = c == '"';
            out += c;
        }
    }
    // Inside texts only, and not for YAML's eyes: it would take some for line ends, others for no text.
    QString text;
    for (const QChar c : QString::fromUtf8(out)) {
        if (isOdd(c) && c != u'\n')
            text += u"\\u%1"_s.arg(static_cast<int>(c.unicode()), 4, 16, QLatin1Char('0'));
        else
            text += c;
    }
    return text.toUtf8() + '\n';
}

} // namespace spillway
