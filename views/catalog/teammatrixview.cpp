// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/catalog/teammatrixview.h"

#include "model/base/text.h"
#include "views/slo/slowords.h"
#include "views/theme/fonts.h"
#include "views/widgets/celldelegate.h"
#include "views/widgets/plaintextlabel.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QVBoxLayout>

#include <algorithm>
#include <numeric>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int rowPixels = 28;
constexpr int headerPixels = 40;
constexpr int teamPixels = 136;
constexpr int countPixels = 64;

std::size_t at(int place)
{
    return static_cast<std::size_t>(place);
}

} // namespace

void TeamMatrixModel::apply(TeamMatrix matrix)
{
    if (matrix == m_matrix)
        return;
    beginResetModel();
    m_matrix = std::move(matrix);
    arrange();
    endResetModel();
}

const MatrixRow& TeamMatrixModel::row(int shown) const
{
    return m_matrix.events[at(m_order[at(shown)])];
}

const TeamPart* TeamMatrixModel::part(const QModelIndex& index) const
{
    return index.isValid() && index.column() > 0 ? row(index.row()).of(index.column() - 1) : nullptr;
}

QString TeamMatrixModel::sentence(const QModelIndex& index) const
{
    if (!index.isValid())
        return {};
    const MatrixRow& event = row(index.row());
    if (index.column() == 0)
        return tr("%1 teams have to do with %2").arg(event.parts.size()).arg(event.eventType);
    const QString& name = m_matrix.teams[at(index.column() - 1)].team;
    const QString team = name.isEmpty() ? tr("Nobody known") : name;
    const TeamPart* part = this->part(index);
    if (!part)
        return tr("%1 has nothing to do with %2").arg(team, event.eventType);
    QStringList words;
    if (!part->publisher.isEmpty())
        words << tr("publishes %1 with %2").arg(event.eventType, part->publisher);
    if (!part->readers.isEmpty())
        words << tr("reads %1 with %2").arg(event.eventType, part->readers.join(u", "_s)) +
                     (part->slo ? tr("; its worst promise: %1").arg(sloMark(*part->slo).word)
                                : tr("; nothing was promised to it"));
    return team + u' ' + words.join(tr(", and "));
}

int TeamMatrixModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_matrix.events.size());
}

int TeamMatrixModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() || m_matrix.teams.empty() ? 0 : static_cast<int>(m_matrix.teams.size()) + 1;
}

QVariant TeamMatrixModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    if (index.column() == 0) {
        if (role == Qt::DisplayRole)
            return QString::number(row(index.row()).parts.size());
        if (role == AlignRole)
            return static_cast<int>(CellAlign::Number);
        return role == Qt::AccessibleTextRole ? QVariant(sentence(index)) : QVariant();
    }
    if (role == Qt::AccessibleTextRole)
        return sentence(index);
    const TeamPart* known = part(index);
    if (!known)
        return {};
    QStringList roles;
    if (!known->publisher.isEmpty())
        roles << tr("publishes");
    if (!known->readers.isEmpty())
        roles << (known->readers.size() == 1 ? tr("reads") : tr("reads ×%1").arg(known->readers.size()));
    const QString text = roles.join(u", "_s);
    if (role == Qt::DisplayRole)
        return known->slo ? text + u": "_s + sloMark(*known->slo).word : text;
    if (role == MarkRole && known->slo)
        return QVariant::fromValue(CellMark{sloMark(*known->slo).tone, text + u": "_s + sloMark(*known->slo).word});
    return {};
}

QVariant TeamMatrixModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical) {
        if (role != Qt::DisplayRole || section < 0 || section >= rowCount())
            return {};
        return visibleText(row(section).eventType);
    }
    if (section < 0 || section >= columnCount() || (role != Qt::DisplayRole && role != Qt::AccessibleTextRole))
        return {};
    if (section == 0)
        return tr("Teams");
    const TeamTotals& totals = m_matrix.teams[at(section - 1)];
    const QString name = totals.team.isEmpty() ? tr("(nobody)") : visibleText(totals.team);
    const QString counts =
        totals.violated > 0
            ? tr("%1 out, %2 in, %3 broken").arg(totals.publishes).arg(totals.reads).arg(totals.violated)
            : tr("%1 out, %2 in").arg(totals.publishes).arg(totals.reads);
    return name + (role == Qt::DisplayRole ? u'\n' : u' ') + counts;
}

int TeamMatrixModel::weight(int event, int column) const
{
    const MatrixRow& row = m_matrix.events[at(event)];
    if (column == 0)
        return static_cast<int>(row.parts.size());
    const TeamPart* part = row.of(column - 1);
    if (!part)
        return 9;
    if (part->slo == SloState::Violated)
        return 0;
    if (part->slo == SloState::AtRisk)
        return 1;
    return part->publisher.isEmpty() ? 3 : 2;
}

void TeamMatrixModel::arrange()
{
    m_order.resize(m_matrix.events.size());
    std::iota(m_order.begin(), m_order.end(), 0);
    if (m_column < 0 || m_column >= columnCount())
        return;
    std::vector<int> weights(m_order.size());
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = weight(static_cast<int>(i), m_column);
    std::stable_sort(m_order.begin(), m_order.end(), [&](int a, int b) {
        return m_direction == Qt::AscendingOrder ? weights[at(a)] < weights[at(b)] : weights[at(b)] < weights[at(a)];
    });
}

void TeamMatrixModel::sort(int column, Qt::SortOrder order)
{
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const std::vector<int> before = m_order;
    m_column = column;
    m_direction = order;
    arrange();
    std::vector<int> places(m_order.size()); // event -> shown row
    for (std::size_t i = 0; i < m_order.size(); ++i)
        places[at(m_order[i])] = static_cast<int>(i);
    const QModelIndexList old = persistentIndexList();
    QModelIndexList moved;
    for (const QModelIndex& index : old)
        moved += this->index(places[at(before[at(index.row())])], index.column());
    changePersistentIndexList(old, moved);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

TeamMatrixView::TeamMatrixView(QWidget* parent)
    : QWidget(parent)
{
    m_table = new QTableView(this);
    m_table->setObjectName(u"teamMatrix"_s);
    m_table->setAccessibleName(tr("Teams and events"));
    m_table->setModel(&m_model);
    m_table->setItemDelegate(new CellDelegate(m_table));
    m_table->setFont(uiFont());
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setCornerButtonEnabled(false);
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->verticalHeader()->setDefaultSectionSize(rowPixels);
    m_table->verticalHeader()->setFont(uiFont());
    m_table->verticalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->verticalHeader()->setTextElideMode(Qt::ElideMiddle);
    m_table->verticalHeader()->setFixedWidth(200);
    QHeaderView* header = m_table->horizontalHeader();
    header->setFixedHeight(headerPixels);
    header->setDefaultSectionSize(teamPixels);
    header->setFont(uiFont(TextSize::Small));
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setSortIndicator(-1, Qt::AscendingOrder);
    header->setSortIndicatorClearable(true);
    m_table->setSortingEnabled(true);
    m_table->installEventFilter(this);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &TeamMatrixView::showSentence);
    connect(m_table, &QTableView::doubleClicked, this, &TeamMatrixView::openCurrent);
    m_sentence = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_sentence->setObjectName(u"matrixSentence"_s);
    m_sentence->setElided(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_sentence);
    setFocusProxy(m_table);
}

void TeamMatrixView::show(TeamMatrix matrix)
{
    if (matrix == m_model.matrix())
        return;
    const QModelIndex current = m_table->currentIndex();
    const QString event = current.isValid() ? m_model.row(current.row()).eventType : QString();
    const QString team =
        current.isValid() && current.column() > 0 ? m_model.matrix().teams[at(current.column() - 1)].team : QString();
    const int column = current.column();
    m_model.apply(std::move(matrix));
    m_table->setColumnWidth(0, countPixels);
    int wantedRow = m_model.rowCount() > 0 ? 0 : -1;
    for (int row = 0; row < m_model.rowCount() && !event.isEmpty(); ++row) {
        if (m_model.row(row).eventType == event)
            wantedRow = row;
    }
    int wantedColumn = 0;
    for (int place = 1; place < m_model.columnCount() && column > 0; ++place) {
        if (m_model.matrix().teams[at(place - 1)].team == team)
            wantedColumn = place;
    }
    if (wantedRow >= 0)
        m_table->setCurrentIndex(m_model.index(wantedRow, wantedColumn));
    showSentence();
}

void TeamMatrixView::showSentence()
{
    m_sentence->setText(m_model.sentence(m_table->currentIndex()));
}

void TeamMatrixView::openCurrent()
{
    const QModelIndex current = m_table->currentIndex();
    if (current.isValid())
        Q_EMIT eventActivated(m_model.row(current.row()).eventType);
}

bool TeamMatrixView::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            openCurrent();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace spillway::views
