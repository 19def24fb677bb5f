// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/texttable.h"

#include "model/base/alignedlines.h"

namespace spillway {

QString textTable(const std::vector<QStringList>& rows, int firstNumber)
{
    QString out = alignedLines(
        rows, [firstNumber](qsizetype column) { return column >= firstNumber; }, 3);
    const qsizetype heading = out.indexOf(u'\n');
    if (heading >= 0)
        out.insert(heading + 1, QString(heading, QChar(0x2500)) + u'\n');
    return out;
}

} // namespace spillway
