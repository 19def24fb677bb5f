// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/workspace/propertiesfile.h"

#include "model/base/text.h"

#include <QStringList>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

bool isBlank(QChar c)
{
    return c == u' ' || c == u'\t' || c == u'\f';
}

qsizetype afterBlanks(QStringView text, qsizetype at = 0)
{
    while (at < text.size() && isBlank(text[at]))
        ++at;
    return at;
}

/// An odd number of backslashes at the end joins the next line to this one.
bool isContinued(QStringView line)
{
    qsizetype backslashes = 0;
    while (backslashes < line.size() && line[line.size() - 1 - backslashes] == u'\\')
        ++backslashes;
    return backslashes % 2 == 1;
}

QString unescaped(QStringView text)
{
    QString out;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] != u'\\' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        const QChar c = text[++i];
        bool isHex = false;
        const ushort unit = c == u'u' && i + 4 < text.size() ? text.sliced(i + 1, 4).toUShort(&isHex, 16) : ushort{0};
        if (isHex) {
            out += QChar(unit);
            i += 4;
        } else if (c == u't') {
            out += u'\t';
        } else if (c == u'n') {
            out += u'\n';
        } else if (c == u'r') {
            out += u'\r';
        } else if (c == u'f') {
            out += u'\f';
        } else {
            out += c;
        }
    }
    return out;
}

PropertyLine splitLine(QStringView logical, int line, int column)
{
    qsizetype end = 0;
    while (end < logical.size() && logical[end] != u'=' && logical[end] != u':' && !isBlank(logical[end]))
        end += logical[end] == u'\\' ? 2 : 1;
    end = std::min(end, logical.size());
    qsizetype value = afterBlanks(logical, end);
    if (value < logical.size() && (logical[value] == u'=' || logical[value] == u':'))
        value = afterBlanks(logical, value + 1);
    return PropertyLine{unescaped(logical.first(end)), unescaped(logical.sliced(value)), line, column};
}

/// The next word of a JAAS line: quoted text, or everything up to a blank, `=` or `;`, or one of these two alone.
QString jaasToken(QStringView text, qsizetype& at)
{
    while (at < text.size() && text[at].isSpace())
        ++at;
    if (at == text.size())
        return {};
    QString token;
    if (text[at] == u'"' || text[at] == u'\'') {
        const QChar quote = text[at++];
        for (; at < text.size() && text[at] != quote; ++at) {
            if (text[at] == u'\\' && at + 1 < text.size())
                ++at;
            token += text[at];
        }
        at = std::min(at + 1, text.size());
        return token;
    }
    if (text[at] == u'=' || text[at] == u';')
        return text[at++];
    while (at < text.size() && !text[at].isSpace() && text[at] != u'=' && text[at] != u';')
        token += text[at++];
    return token;
}

} // namespace

std::vector<PropertyLine> readProperties(const QByteArray& bytes)
{
    const QString text = isUtf8(bytes) ? QString::fromUtf8(bytes) : QString::fromLatin1(bytes);
    QString unified = text;
    unified.replace(u"\r\n"_s, u"\n"_s).replace(u'\r', u'\n');
    const QStringList lines = unified.split(u'\n');
    std::vector<PropertyLine> properties;
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const qsizetype start = afterBlanks(lines[i]);
        if (start == lines[i].size() || lines[i][start] == u'#' || lines[i][start] == u'!')
            continue;
        const int line = static_cast<int>(i) + 1;
        QString logical = lines[i].sliced(start);
        while (isContinued(logical)) {
            logical.chop(1);
            if (++i >= lines.size())
                break;
            logical += QStringView(lines[i]).sliced(afterBlanks(lines[i]));
        }
        properties.push_back(splitLine(logical, line, static_cast<int>(start) + 1));
    }
    return properties;
}

std::optional<JaasLine> readJaasLine(const QString& text)
{
    qsizetype at = 0;
    const QString className = jaasToken(text, at);
    const QString flag = jaasToken(text, at).toLower();
    if (className.isEmpty() ||
        !QStringList{u"required"_s, u"requisite"_s, u"sufficient"_s, u"optional"_s}.contains(flag))
        return std::nullopt;
    JaasLine jaas{className.section(u'.', -1), {}, false};
    while (at < text.size()) {
        const QString key = jaasToken(text, at);
        if (key.isEmpty() || key == u";")
            break;
        if (jaasToken(text, at) != u"=")
            return std::nullopt;
        const QString value = jaasToken(text, at);
        if (key.compare(u"username"_s, Qt::CaseInsensitive) == 0)
            jaas.username = value;
        else if (key.contains(u"password"_s, Qt::CaseInsensitive) || key.contains(u"secret"_s, Qt::CaseInsensitive))
            jaas.holdsPassword = jaas.holdsPassword || !value.isEmpty();
    }
    return jaas;
}

} // namespace spillway
