// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/grouplist.h"

#include "model/base/text.h"
#include "views/deadletters/letterwords.h"
#include "views/theme/fonts.h"
#include "views/widgets/sparkline.h"
#include "views/widgets/statebadge.h"

#include <QPainter>
#include <QStyledItemDelegate>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int rowPixels = 72;
constexpr int textIndent = 16;    // behind the state's shape
constexpr int sparkPixels = 44;   // leaves room for both names between which a letter went
constexpr int roomOfSparks = 240; // where a row has less, the names get it

class GroupDelegate final : public QStyledItemDelegate
{
public:
    GroupDelegate(const RowTable<DeadLetterGroup, QString>& groups, const GroupArrivals& arrivals,
                  ViewSettings& settings, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_groups(groups)
        , m_arrivals(arrivals)
        , m_settings(settings)
    {
    }
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& /*option*/, const QModelIndex& /*index*/) const override
    {
        return {200, rowPixels};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const RowTable<DeadLetterGroup, QString>& m_groups;
    const GroupArrivals& m_arrivals;
    ViewSettings& m_settings;
};

void GroupDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const DeadLetterGroup& group = m_groups.at(index);
    const Tokens& tokens = tokensFor(option.palette);
    painter->save();
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    painter->fillRect(option.rect, isSelected ? tokens.selection : tokens.surface);
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                      mixed(tokens.line, tokens.surface, 0.5));
    if (isSelected && option.widget && option.widget->hasFocus())
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), 2, option.rect.height()), tokens.accent);

    const QRect box = option.rect.adjusted(12, 8, -12, -8);
    const int line = box.height() / 3;
    const QFont body = uiFont();
    const QFont strong = uiFont(TextSize::Body, true);
    const CellMark mark = triageMark(group.state);

    // What failed, its state by shape.
    paintToneShape(*painter, QPointF(box.left() + 5, box.top() + line / 2.0 + 1), mark.tone, tokens);
    painter->setFont(strong);
    painter->setPen(tokens.text);
    const QRect titleBox(box.left() + textIndent, box.top(), box.width() - textIndent, line);
    painter->drawText(titleBox, Qt::AlignVCenter | Qt::TextSingleLine,
                      QFontMetrics(strong).elidedText(visibleText(group.title), Qt::ElideRight, titleBox.width()));

    // Between whom, how many, and when they came.
    const int sparkWidth = box.width() < roomOfSparks ? 0 : sparkPixels;
    const QRect sparkBox(box.right() + 1 - sparkWidth, box.top() + line, sparkWidth, line);
    const auto arrivals = m_arrivals.counts.constFind(group.id);
    if (sparkWidth > 0 && arrivals != m_arrivals.counts.constEnd())
        paintSparkBars(*painter, QRectF(sparkBox).adjusted(0, 2, 0, -3), *arrivals, tokens.muted);
    const QString count = formatCount(group.openCount > 0 ? group.openCount : group.count);
    const int countWidth = static_cast<int>(tabularWidth(count, QFontMetricsF(strong))) + 12;
    drawTabular(*painter, QRectF(box.left(), box.top() + line, sparkBox.left() - 8 - box.left(), line), count);
    painter->setFont(body);
    const QRect routeBox(box.left() + textIndent, box.top() + line,
                         sparkBox.left() - 8 - countWidth - box.left() - textIndent, line);
    painter->drawText(routeBox, Qt::AlignVCenter | Qt::TextSingleLine,
                      QFontMetrics(body).elidedText(visibleText(routeText(group.eventType, group.consumer)),
                                                    Qt::ElideMiddle, routeBox.width()));

    // Whose it is, how old, how it stands.
    const QRect lastBox(box.left() + textIndent, box.top() + 2 * line, box.width() - textIndent, line);
    const auto age = oldestAge(group, m_settings.now());
    const QString before = visibleText(group.team.value_or(GroupList::tr("no owner"))) + u" · "_s +
                           (age ? coarseDuration(*age) : GroupList::tr("none open")) + u" · "_s;
    // That nobody has it is the rule, and goes without saying.
    const QString behind =
        (group.assignee ? u" · "_s + visibleText(*group.assignee) : QString()) + u" · "_s + kindText(group.kind);
    int left = lastBox.left();
    const auto write = [&](const QString& text, const QColor& ink) {
        const int room = lastBox.right() + 1 - left;
        if (room <= 0)
            return;
        const QString shown = QFontMetrics(body).elidedText(text, Qt::ElideRight, room);
        painter->setPen(ink);
        painter->drawText(QRect(left, lastBox.top(), room, line), Qt::AlignVCenter | Qt::TextSingleLine, shown);
        left += QFontMetrics(body).horizontalAdvance(shown);
    };
    write(before, tokens.muted);
    write(mark.word, mark.tone == Tone::Neutral ? tokens.muted : tokens.tone(mark.tone));
    write(behind, tokens.muted);
    painter->restore();
}

} // namespace

GroupList::GroupList(ViewSettings& settings, QWidget* parent)
    : QListView(parent)
    , m_groups(1, [](const DeadLetterGroup& group) { return group.id; })
{
    setObjectName(u"letterGroups"_s);
    setAccessibleName(tr("Groups"));
    m_groups.setSpokenText([](const DeadLetterGroup& group) {
        return visibleText(tr("%1, %2, %3, %4")
                               .arg(group.title, routeText(group.eventType, group.consumer),
                                    lettersText(group.openCount), triageMark(group.state).word));
    });
    setModel(&m_groups);
    setItemDelegate(new GroupDelegate(m_groups, m_arrivals, settings, this));
    setSelectionMode(ExtendedSelection);
    setUniformItemSizes(true);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setEditTriggers(NoEditTriggers);
}

void GroupList::apply(std::vector<DeadLetterGroup> groups)
{
    m_groups.apply(std::move(groups));
}

void GroupList::replace(std::vector<DeadLetterGroup> groups)
{
    m_groups.replace(std::move(groups));
}

void GroupList::setArrivals(GroupArrivals arrivals)
{
    m_arrivals = std::move(arrivals);
    viewport()->update();
}

std::vector<DeadLetterGroup> GroupList::chosen() const
{
    QModelIndexList rows = selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end(), [](const QModelIndex& a, const QModelIndex& b) { return a.row() < b.row(); });
    std::vector<DeadLetterGroup> groups;
    for (const QModelIndex& row : rows)
        groups.push_back(m_groups.at(row));
    return groups;
}

void GroupList::toggleCurrent()
{
    if (currentIndex().isValid())
        selectionModel()->select(currentIndex(), QItemSelectionModel::Toggle);
}

const DeadLetterGroup* GroupList::current() const
{
    return currentIndex().isValid() ? &m_groups.at(currentIndex()) : nullptr;
}

void GroupList::select(int row)
{
    if (m_groups.rowCount() > 0)
        setCurrentIndex(m_groups.index(std::clamp(row, 0, m_groups.rowCount() - 1), 0));
}

void GroupList::focusInEvent(QFocusEvent* event)
{
    if (!currentIndex().isValid())
        select(0); // Qt would make it the current one without choosing it
    QListView::focusInEvent(event);
}

void GroupList::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QListView::currentChanged(current, previous);
    Q_EMIT currentGroupChanged();
}

void GroupList::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected)
{
    QListView::selectionChanged(selected, deselected);
    Q_EMIT chosenChanged();
}

} // namespace spillway::views
