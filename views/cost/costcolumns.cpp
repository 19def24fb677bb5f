// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/cost/costcolumns.h"

#include "views/cost/costwords.h"

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

ColumnSpec amountColumn(int column, const QString& title, AmountOf amount, int decimals, bool isSigned)
{
    ColumnSpec spec;
    spec.column = column;
    spec.title = title;
    spec.align = CellAlign::Number;
    spec.width = 96;
    spec.text = [amount, decimals, isSigned](const QModelIndex& index) {
        const auto one = amount(index);
        return one ? (isSigned && one->micros > 0 ? u"+"_s : QString()) + moneyText(*one, decimals) : u"–"_s;
    };
    spec.sortKey = [amount](const QModelIndex& index) {
        const auto one = amount(index);
        return one ? QVariant(static_cast<double>(one->micros) / 1e6) : QVariant();
    };
    return spec;
}

} // namespace spillway::views
