// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/shelltext.h"

#include "model/base/text.h"

#include <QRegularExpression>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QString singleQuoted(QString text)
{
    return u'\'' + text.replace(u'\'', u"'\\''"_s) + u'\'';
}

/// What ends the format's quotes, what printf or history reads, and what a terminal would act on.
bool needsOctal(const QString& character, bool isFirst)
{
    static const QString special = u"'\\%!\"`"_s;
    return special.contains(character) || (isFirst && character == u"-"_s) || visibleText(character) != character;
}

QString printed(const QString& text)
{
    QString format;
    for (qsizetype at = 0; at < text.size();) {
        const qsizetype size = text[at].isHighSurrogate() && at + 1 < text.size() ? 2 : 1;
        const QString character = text.mid(at, size);
        if (needsOctal(character, at == 0)) {
            for (const char byte : character.toUtf8())
                format += u'\\' + QString::number(static_cast<uchar>(byte), 8).rightJustified(3, u'0');
        } else {
            format += character;
        }
        at += size;
    }
    return u"\"$(printf '"_s + format + u"')\""_s;
}

} // namespace

QString shellQuoted(const QString& argument)
{
    static const QRegularExpression plain(u"\\A[A-Za-z0-9_./:=@%+,-]+\\z"_s);
    if (plain.match(argument).hasMatch())
        return argument;
    if (visibleText(argument) == argument)
        return singleQuoted(argument);
    qsizetype end = argument.size();
    while (end > 0 && argument[end - 1] == u'\n') // a substitution loses them
        --end;
    return printed(argument.left(end)) + (end < argument.size() ? singleQuoted(argument.mid(end)) : QString());
}

} // namespace spillway
