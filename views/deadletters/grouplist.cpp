// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/grouplist.h"

#include "model/base/text.h"
#include "views/deadletters/letterwords.h"
#include "views/theme/fonts.h"
#include "views/widgets/statebadge.h"

#include <QPainter>
#include <QStyledItemDelegate>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int rowPixels = 72;

class GroupDelegate final : public QStyledItemDelegate
{
public:
    GroupDelegate(const RowTable<DeadLetterGroup, QString>& groups, ViewSettings& settings, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_groups(groups)
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
    const QString count = formatCount(group.openCount > 0 ? group.openCount : group.count);
    const int countWidth = static_cast<int>(tabularWidth(count, QFontMetricsF(uiFont(TextSize::Body, true)))) + 12;

    painter->setFont(uiFont(TextSize::Body, true));
    painter->setPen(tokens.text);
    drawTabular(*painter, QRectF(box.left(), box.top(), box.width(), line), count);
    const QRect titleBox(box.left(), box.top(), box.width() - countWidth, line);
    painter->drawText(
        titleBox, Qt::AlignVCenter | Qt::TextSingleLine,
        QFontMetrics(painter->font()).elidedText(visibleText(group.title), Qt::ElideRight, titleBox.width()));

    painter->setFont(body);
    const QRect routeBox(box.left(), box.top() + line, box.width(), line);
    painter->drawText(routeBox, Qt::AlignVCenter | Qt::TextSingleLine,
                      QFontMetrics(body).elidedText(visibleText(routeText(group.eventType, group.consumer)),
                                                    Qt::ElideMiddle, routeBox.width()));

    const CellMark mark = triageMark(group.state);
    const QRect lastBox(box.left(), box.top() + 2 * line, box.width(), line);
    paintToneShape(*painter, QPointF(lastBox.left() + 5, lastBox.center().y() + 1), mark.tone, tokens);
    painter->setPen(mark.tone == Tone::Neutral ? tokens.muted : tokens.tone(mark.tone));
    painter->drawText(lastBox.adjusted(16, 0, 0, 0), Qt::AlignVCenter | Qt::TextSingleLine, mark.word);
    const int behind = 16 + QFontMetrics(body).horizontalAdvance(mark.word);
    QStringList rest{group.team.value_or(GroupList::tr("no owner")),
                     GroupList::tr("oldest %1").arg(coarseDuration(m_settings.now() - group.firstSeen)),
                     kindText(group.kind)};
    if (group.assignee)
        rest << GroupList::tr("with %1").arg(visibleText(*group.assignee));
    painter->setPen(tokens.muted);
    const QRect restBox = lastBox.adjusted(behind, 0, 0, 0);
    painter->drawText(restBox, Qt::AlignVCenter | Qt::TextSingleLine,
                      QFontMetrics(body).elidedText(u" · "_s + rest.join(u" · "_s), Qt::ElideRight, restBox.width()));
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
    setItemDelegate(new GroupDelegate(m_groups, settings, this));
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

const DeadLetterGroup* GroupList::current() const
{
    return currentIndex().isValid() ? &m_groups.at(currentIndex()) : nullptr;
}

void GroupList::select(int row)
{
    if (m_groups.rowCount() > 0)
        setCurrentIndex(m_groups.index(std::clamp(row, 0, m_groups.rowCount() - 1), 0));
}

void GroupList::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QListView::currentChanged(current, previous);
    Q_EMIT currentGroupChanged();
}

} // namespace spillway::views
