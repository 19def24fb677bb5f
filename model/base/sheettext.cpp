// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/sheettext.h"

#include <QStringView>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

bool isEscapeLike(QStringView text, qsizetype at)
{
    if (at + 7 > text.size() || text[at] != u'_' || text[at + 1] != u'x' || text[at + 6] != u'_')
        return false;
    return std::all_of(text.begin() + at + 2, text.begin() + at + 6, [](QChar c) {
        return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
    });
}

} // namespace

QByteArray sheetText(const QString& text)
{
    QString safe;
    safe.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        const bool isPair = c.isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate();
        if (isPair) {
            safe += c;
            safe += text[++i];
        } else if (c.isSurrogate() || c == QChar(0xFFFE) || c == QChar(0xFFFF)) {
            safe += QChar(QChar::ReplacementCharacter);
        } else {
            if (isEscapeLike(text, i))
                safe += u"_x005F"_s;
            safe += c;
        }
    }
    return safe.toUtf8();
}

} // namespace spillway
