// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/texttable.h"

#include <algorithm>

namespace spillway {

QString textTable(const std::vector<QStringList>& rows, int firstNumber)
{
    std::vector<qsizetype> widths;
    for (const QStringList& row : rows) {
        widths.resize(std::max(widths.size(), static_cast<std::size_t>(row.size())), 0);
        for (qsizetype c = 0; c < row.size(); ++c)
            widths[static_cast<std::size_t>(c)] = std::max(widths[static_cast<std::size_t>(c)], row[c].size());
    }
    QString out;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        QString line;
        for (qsizetype c = 0; c < rows[r].size(); ++c) {
            const qsizetype width = widths[static_cast<std::size_t>(c)];
            line += (c > 0 ? QStringLiteral("   ") : QString()) +
                    (c >= firstNumber ? rows[r][c].rightJustified(width) : rows[r][c].leftJustified(width));
        }
        while (line.endsWith(u' '))
            line.chop(1);
        out += line + u'\n';
        if (r == 0)
            out += QString(line.size(), QChar(0x2500)) + u'\n';
    }
    return out;
}

} // namespace spillway
