// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/tableview.h"

#include "views/theme/fonts.h"
#include "views/widgets/celldelegate.h"
#include "views/widgets/clipboard.h"
#include "views/widgets/prompter.h"
#include "views/widgets/tabletext.h"

#include <QContextMenuEvent>
#include <QFontMetrics>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>
#include <QSettings>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int rowPixels = 28;
constexpr int mostFittedRows = 200; // that a width is made for

} // namespace

TableView::TableView(const QString& name, Prompter& prompter, QWidget* parent)
    : QTableView(parent)
    , m_name(name)
    , m_prompter(prompter)
{
    setObjectName(name);
    setModel(&m_presented);
    setItemDelegate(new CellDelegate(this));
    setFont(uiFont());
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setShowGrid(false);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setHorizontalScrollMode(ScrollPerPixel);
    setVerticalScrollMode(ScrollPerPixel);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(rowPixels);
    QHeaderView* header = horizontalHeader();
    header->setFixedHeight(rowPixels);
    header->setSectionsMovable(true);
    header->setHighlightSections(false);
    header->setMinimumSectionSize(48);
    header->setFont(uiFont(TextSize::Small));
    header->setSortIndicator(-1, Qt::AscendingOrder);
    setSortingEnabled(true);
    connect(header, &QHeaderView::sectionResized, this, [this] {
        if (!m_isPlacing)
            rememberColumns();
    });
    connect(header, &QHeaderView::sectionMoved, this, &TableView::rememberColumns);
    connect(header, &QHeaderView::sortIndicatorChanged, this, [this] {
        if (!m_isPlacing)
            rememberColumns();
    });
    connect(&m_presented, &QAbstractItemModel::modelAboutToBeReset, this, &TableView::rememberPlace);
    connect(&m_presented, &QAbstractItemModel::modelReset, this, &TableView::returnToPlace);
    for (const auto changed : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&m_presented, changed, this, &TableView::fitAgain);
    connect(&m_presented, &QAbstractItemModel::modelReset, this, &TableView::fitAgain);
    connect(this, &QTableView::doubleClicked, this, &TableView::rowActivated);
}

void TableView::show(QAbstractItemModel* source, std::vector<ColumnSpec> columns)
{
    m_isPlacing = true;
    m_presented.setColumns(std::move(columns));
    m_presented.setSourceModel(source);
    for (int column = 0; column < source->columnCount(); ++column)
        setColumnHidden(column, !m_presented.spec(column) || m_presented.spec(column)->startsHidden);
    int visual = 0;
    for (const ColumnSpec& spec : m_presented.columns()) {
        horizontalHeader()->moveSection(horizontalHeader()->visualIndex(spec.column), visual++);
        setColumnWidth(spec.column, spec.width);
    }
    m_isPlacing = false;
    restoreColumns();
    fillWidth();
}

void TableView::sortFirstBy(int column, Qt::SortOrder order)
{
    if (QSettings().contains(u"tables/%1/header"_s.arg(m_name)))
        return;
    m_isPlacing = true;
    sortByColumn(column, order);
    m_isPlacing = false;
}

QModelIndex TableView::currentSource() const
{
    return m_presented.mapToSource(currentIndex());
}

std::vector<QModelIndex> TableView::selectedSources() const
{
    QList<int> rows;
    const QItemSelection ranges = selectionModel()->selection();
    for (const QItemSelectionRange& range : ranges) {
        for (int row = range.top(); row <= range.bottom(); ++row)
            rows << row;
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    std::vector<QModelIndex> sources;
    for (const int row : std::as_const(rows))
        sources.push_back(m_presented.mapToSource(m_presented.index(row, 0)));
    return sources;
}

void TableView::copySelection()
{
    std::vector<int> rows;
    for (const QModelIndex& source : selectedSources())
        rows.push_back(m_presented.mapFromSource(source).row());
    if (!rows.empty())
        copyText(tableAsTsv(m_presented, visibleColumns(), rows));
}

void TableView::exportCsv()
{
    m_prompter.chooseSaveFile(
        this, tr("Export as CSV"), m_name + u".csv"_s, tr("CSV (*.csv)"), [this](const QString& file) {
            if (file.isEmpty())
                return;
            if (const Status written = writeFile(file, tableAsCsv(m_presented, visibleColumns())); !written)
                Q_EMIT exportFailed(written.error().detail);
        });
}

void TableView::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
        return;
    }
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        Q_EMIT rowActivated();
        return;
    }
    if (event->modifiers() == Qt::NoModifier && (event->key() == Qt::Key_J || event->key() == Qt::Key_K)) {
        QKeyEvent arrow(event->type(), event->key() == Qt::Key_J ? Qt::Key_Down : Qt::Key_Up, Qt::NoModifier);
        QTableView::keyPressEvent(&arrow);
        return;
    }
    if (!event->text().isEmpty() && event->modifiers() == Qt::NoModifier && event->key() != Qt::Key_Space) {
        event->ignore(); // letters are the page's actions, not a search that jumps
        return;
    }
    QTableView::keyPressEvent(event);
}

void TableView::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    fillWidth();
}

void TableView::focusInEvent(QFocusEvent* event)
{
    QTableView::focusInEvent(event);
    if (!currentIndex().isValid() && m_presented.rowCount() > 0)
        selectRow(0);
    viewport()->update();
}

void TableView::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QModelIndex cell = indexAt(event->pos());
    if (m_cellMenu && cell.isValid()) {
        m_cellMenu(*menu, m_presented.mapToSource(cell));
        menu->addSeparator();
    }
    menu->addAction(tr("Copy rows"), QKeySequence::Copy, this, &TableView::copySelection);
    menu->addAction(tr("Export as CSV…"), this, &TableView::exportCsv);
    menu->addSeparator();
    for (const ColumnSpec& spec : m_presented.columns()) {
        QAction* shown = menu->addAction(spec.title);
        shown->setCheckable(true);
        shown->setChecked(!isColumnHidden(spec.column));
        connect(shown, &QAction::toggled, this, [this, column = spec.column](bool on) {
            setColumnHidden(column, !on);
            rememberColumns();
            fillWidth();
        });
    }
    menu->popup(event->globalPos());
}

void TableView::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QTableView::currentChanged(current, previous);
    viewport()->update();
    if (!m_isReturning && current.row() != previous.row())
        Q_EMIT currentRowChanged();
}

std::vector<int> TableView::visibleColumns() const
{
    std::vector<int> columns;
    for (int visual = 0; visual < horizontalHeader()->count(); ++visual) {
        const int logical = horizontalHeader()->logicalIndex(visual);
        if (!isColumnHidden(logical))
            columns.push_back(logical);
    }
    return columns;
}

void TableView::arrangeColumns(const std::vector<int>& columns)
{
    if (columns.empty())
        return;
    m_isPlacing = true;
    for (int column = 0; column < m_presented.columnCount(); ++column)
        setColumnHidden(column, std::find(columns.begin(), columns.end(), column) == columns.end());
    int visual = 0;
    for (const int column : columns) {
        if (column >= 0 && column < m_presented.columnCount())
            horizontalHeader()->moveSection(horizontalHeader()->visualIndex(column), visual++);
    }
    m_isPlacing = false;
    rememberColumns();
    fillWidth();
}

void TableView::setColumnShown(int column, bool isShown)
{
    m_isPlacing = true;
    setColumnHidden(column, !isShown);
    m_isPlacing = false;
    fillWidth();
}

void TableView::setFittedColumn(int column)
{
    m_fittedColumn = column;
    fillWidth();
}

void TableView::fitAgain()
{
    if (m_fittedColumn >= 0)
        fillWidth();
}

void TableView::fitColumn()
{
    const ColumnSpec* fitted = m_presented.spec(m_fittedColumn);
    if (!fitted || QSettings().contains(u"tables/%1/header"_s.arg(m_name)))
        return;
    int others = 0;
    for (const ColumnSpec& spec : m_presented.columns())
        others += spec.column == m_fittedColumn || isColumnHidden(spec.column) ? 0 : spec.width;
    const QFontMetrics metrics(fitted->isMono ? monoFont() : uiFont());
    int width = fitted->width;
    for (int row = 0; row < std::min(mostFittedRows, m_presented.rowCount()); ++row)
        width =
            std::max(width, metrics.horizontalAdvance(m_presented.index(row, m_fittedColumn).data().toString()) + 20);
    setColumnWidth(m_fittedColumn, std::min(width, std::max(fitted->width, viewport()->width() - others)));
}

std::optional<std::pair<int, Qt::SortOrder>> TableView::order() const
{
    const int column = horizontalHeader()->sortIndicatorSection();
    if (column < 0 || column >= m_presented.columnCount())
        return std::nullopt;
    return std::pair(column, horizontalHeader()->sortIndicatorOrder());
}

void TableView::restoreColumns()
{
    const QByteArray kept = QSettings().value(u"tables/%1/header"_s.arg(m_name)).toByteArray();
    const int count = QSettings().value(u"tables/%1/count"_s.arg(m_name)).toInt();
    if (kept.isEmpty() || count != m_presented.columnCount())
        return;
    m_isPlacing = true;
    if (horizontalHeader()->restoreState(kept))
        sortByColumn(horizontalHeader()->sortIndicatorSection(), horizontalHeader()->sortIndicatorOrder());
    horizontalHeader()->setFixedHeight(rowPixels);
    m_isPlacing = false;
}

void TableView::rememberColumns()
{
    if (m_isPlacing)
        return;
    QSettings settings;
    settings.setValue(u"tables/%1/header"_s.arg(m_name), horizontalHeader()->saveState());
    settings.setValue(u"tables/%1/count"_s.arg(m_name), m_presented.columnCount());
}

void TableView::fillWidth()
{
    m_isPlacing = true;
    fitColumn();
    m_isPlacing = false;
    int others = 0;
    const ColumnSpec* stretching = nullptr;
    for (const ColumnSpec& spec : m_presented.columns()) {
        if (isColumnHidden(spec.column))
            continue;
        if (spec.stretches)
            stretching = &spec;
        else
            others += columnWidth(spec.column);
    }
    if (!stretching)
        return;
    m_isPlacing = true;
    setColumnWidth(stretching->column, std::max(stretching->width, viewport()->width() - others));
    m_isPlacing = false;
}

void TableView::rememberPlace()
{
    m_isReturning = true;
    m_selectedKeys.clear();
    m_currentKey.clear();
    m_scroll = verticalScrollBar()->value();
    if (!m_rowKey)
        return;
    for (const QModelIndex& source : selectedSources())
        m_selectedKeys << m_rowKey(source);
    if (const QModelIndex current = currentSource(); current.isValid())
        m_currentKey = m_rowKey(current);
}

void TableView::returnToPlace()
{
    if (m_rowKey && (!m_selectedKeys.isEmpty() || !m_currentKey.isEmpty())) {
        QItemSelection selection;
        QModelIndex current;
        const QSet<QString> wanted(m_selectedKeys.begin(), m_selectedKeys.end());
        for (int row = 0; row < m_presented.rowCount(); ++row) {
            const QModelIndex index = m_presented.index(row, 0);
            const QString key = m_rowKey(m_presented.mapToSource(index));
            if (wanted.contains(key))
                selection.select(index, m_presented.index(row, m_presented.columnCount() - 1));
            if (key == m_currentKey)
                current = index;
        }
        selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
        selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
        verticalScrollBar()->setValue(m_scroll);
        m_isReturning = false;
        if (!current.isValid())
            Q_EMIT currentRowChanged();
        return;
    }
    m_isReturning = false;
    Q_EMIT currentRowChanged();
}

} // namespace spillway::views
