// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/workspace/yamlscalar.h"

#include <QRegularExpression>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

bool isPlainYaml(const QString& text)
{
    static const QRegularExpression plain(u"^[A-Za-z_/][A-Za-z0-9_./-]*$"_s);
    static const QStringList words{u"true"_s, u"false"_s, u"null"_s, u"yes"_s, u"no"_s,
                                   u"on"_s,   u"off"_s,   u"y"_s,    u"n"_s};
    return plain.match(text).hasMatch() && !words.contains(text.toLower());
}

QString doubleQuotedYaml(const QString& text)
{
    QString quoted = u"\""_s;
    for (const QChar c : text) {
        if (c == u'"' || c == u'\\')
            quoted += u'\\';
        if (c.unicode() < 0x20 || c.unicode() == 0x7F)
            quoted += u"\\x%1"_s.arg(static_cast<int>(c.unicode()), 2, 16, QLatin1Char('0'));
        else
            quoted += c;
    }
    return quoted + u'"';
}

} // namespace spillway
