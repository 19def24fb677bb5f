// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/alignedlines.h"

#include <algorithm>

namespace spillway {

QString alignedLines(const std::vector<QStringList>& rows, const std::function<bool(qsizetype)>& isRight, int between)
{
    std::vector<qsizetype> widths;
    for (const QStringList& row : rows) {
        widths.resize(std::max(widths.size(), static_cast<std::size_t>(row.size())), 0);
        for (qsizetype c = 0; c < row.size(); ++c)
            widths[static_cast<std::size_t>(c)] = std::max(widths[static_cast<std::size_t>(c)], row[c].size());
    }
    QString text;
    for (const QStringList& row : rows) {
        QString line;
        for (qsizetype c = 0; c < row.size(); ++c) {
            const qsizetype width = widths[static_cast<std::size_t>(c)];
            if (c > 0)
                line += QString(between, u' ');
            line += isRight && isRight(c) ? row[c].rightJustified(width) : row[c].leftJustified(width);
        }
        while (line.endsWith(u' '))
            line.chop(1);
        text += line + u'\n';
    }
    return text;
}

} // namespace spillway
