// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/presentedmodel.h"

#include "model/base/text.h"

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr qsizetype longestCell = 500; // a cell is a glance; the inspector shows the rest

} // namespace

PresentedModel::PresentedModel(QObject* parent)
    : QSortFilterProxyModel(parent)
{
    setDynamicSortFilter(true);
}

void PresentedModel::setColumns(std::vector<ColumnSpec> columns)
{
    m_columns = std::move(columns);
    m_byColumn.clear();
    for (std::size_t i = 0; i < m_columns.size(); ++i)
        m_byColumn.emplace(m_columns[i].column, i);
}

const ColumnSpec* PresentedModel::spec(int column) const
{
    const auto found = m_byColumn.find(column);
    return found == m_byColumn.end() ? nullptr : &m_columns[found->second];
}

QVariant PresentedModel::data(const QModelIndex& index, int role) const
{
    const ColumnSpec* column = index.isValid() ? spec(index.column()) : nullptr;
    if (!column)
        return QSortFilterProxyModel::data(index, role);
    const QModelIndex source = mapToSource(index);
    switch (role) {
    case Qt::DisplayRole:
        return textOf(*column, source);
    case Qt::AccessibleTextRole: {
        QString spoken = column->title + u": "_s + textOf(*column, source);
        if (column->secondary)
            spoken += u' ' + column->secondary(source);
        return spoken;
    }
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter |
                                   (column->align == CellAlign::Number ? Qt::AlignRight : Qt::AlignLeft));
    case MarkRole: {
        const std::optional<CellMark> mark = column->mark ? column->mark(source) : std::nullopt;
        return mark ? QVariant::fromValue(*mark) : QVariant();
    }
    case SecondaryRole:
        return column->secondary ? QVariant(column->secondary(source)) : QVariant();
    case AlignRole:
        return static_cast<int>(column->align);
    case MonoRole:
        return column->isMono;
    case MutedRole:
        return column->isMuted;
    case CutAtEndRole:
        return column->isCutAtEnd;
    case SparklineRole:
        return column->sparkline ? column->sparkline(source) : QVariant();
    case ExportRole: {
        if (column->leaving)
            return column->leaving(source);
        const QVariant key =
            column->align == CellAlign::Number && column->sortKey ? column->sortKey(source) : QVariant();
        return key.canConvert<double>() ? key : QVariant(textOf(*column, source));
    }
    default:
        return QSortFilterProxyModel::data(index, role);
    }
}

QVariant PresentedModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    const ColumnSpec* column = orientation == Qt::Horizontal ? spec(section) : nullptr;
    if (!column)
        return QSortFilterProxyModel::headerData(section, orientation, role);
    if (role == Qt::DisplayRole || role == Qt::AccessibleTextRole)
        return column->title;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter |
                                   (column->align == CellAlign::Number ? Qt::AlignRight : Qt::AlignLeft));
    return {};
}

bool PresentedModel::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const ColumnSpec* column = spec(left.column());
    if (!column)
        return QSortFilterProxyModel::lessThan(left, right);
    const QVariant a = column->sortKey ? column->sortKey(left) : QVariant(textOf(*column, left));
    const QVariant b = column->sortKey ? column->sortKey(right) : QVariant(textOf(*column, right));
    if (!a.isValid() || !b.isValid())
        return !a.isValid() && b.isValid(); // unknown stands before every value
    if (a.canConvert<double>() && a.typeId() != QMetaType::QString)
        return a.toDouble() < b.toDouble();
    return QString::compare(a.toString(), b.toString(), Qt::CaseInsensitive) < 0;
}

QString PresentedModel::textOf(const ColumnSpec& column, const QModelIndex& source) const
{
    if (column.mark) {
        if (const std::optional<CellMark> mark = column.mark(source))
            return mark->word;
    }
    const QString text = column.text ? column.text(source) : source.data(Qt::DisplayRole).toString();
    return visibleText(QStringView(text).left(longestCell));
}

} // namespace spillway::views
