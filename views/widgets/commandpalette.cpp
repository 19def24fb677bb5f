// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/commandpalette.h"

#include "views/theme/fonts.h"
#include "views/theme/tokens.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>
#include <optional>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

/// Name to the left, key to the right in muted text.
class CommandDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const Tokens& tokens = tokensFor(option.palette);
        if (option.state.testFlag(QStyle::State_Selected))
            painter->fillRect(option.rect, tokens.selection);
        const QRect box = option.rect.adjusted(12, 0, -12, 0);
        painter->setPen(tokens.text);
        painter->drawText(box, Qt::AlignVCenter | Qt::AlignLeft, index.data(Qt::DisplayRole).toString());
        painter->setPen(tokens.muted);
        painter->drawText(box, Qt::AlignVCenter | Qt::AlignRight, index.data(Qt::UserRole + 1).toString());
    }
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& /*option*/, const QModelIndex& /*index*/) const override
    {
        return {200, 32};
    }
};

QString plainName(const QAction& action)
{
    return action.text().remove(u'&');
}

} // namespace

CommandPalette::CommandPalette(QWidget* parent)
    : QFrame(parent)
{
    setObjectName(u"commandPalette"_s);
    setAccessibleName(tr("Command palette"));
    m_edit = new QLineEdit(this);
    m_edit->setObjectName(u"paletteEdit"_s);
    m_edit->setPlaceholderText(tr("Type a command"));
    m_edit->setAccessibleName(tr("Command"));
    m_edit->setFont(uiFont(TextSize::Title));
    m_edit->installEventFilter(this);
    m_list = new QListWidget(this);
    m_list->setObjectName(u"paletteList"_s);
    m_list->setAccessibleName(tr("Commands"));
    m_list->setItemDelegate(new CommandDelegate(m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setUniformItemSizes(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->setSpacing(8);
    layout->addWidget(m_edit);
    layout->addWidget(m_list);
    connect(m_edit, &QLineEdit::textChanged, this, &CommandPalette::match);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
    hide();
}

void CommandPalette::open(const QList<QAction*>& actions)
{
    m_actions.clear();
    for (QAction* action : actions) {
        if (action->isEnabled() && !action->isSeparator() && !action->text().isEmpty())
            m_actions << action;
    }
    m_focusBefore = QApplication::focusWidget();
    m_edit->clear();
    match({});
    const int width = std::min(560, parentWidget()->width() - 48);
    const int height = std::min(440, parentWidget()->height() - 120);
    setGeometry((parentWidget()->width() - width) / 2, 80, width, height);
    show();
    raise();
    m_edit->setFocus();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_edit && event->type() == QEvent::KeyPress) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Down:
            m_list->setCurrentRow(std::min(m_list->currentRow() + 1, m_list->count() - 1));
            return true;
        case Qt::Key_Up:
            m_list->setCurrentRow(std::max(m_list->currentRow() - 1, 0));
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            runCurrent();
            return true;
        case Qt::Key_Escape:
            leave();
            return true;
        default:
            break;
        }
    }
    if (watched == m_edit && event->type() == QEvent::FocusOut && isVisible())
        hide();
    return QFrame::eventFilter(watched, event);
}

void CommandPalette::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    const Tokens& tokens = tokensFor(palette());
    painter.fillRect(rect(), tokens.raised);
    painter.setPen(tokens.line);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void CommandPalette::match(const QString& typed)
{
    std::vector<std::pair<int, QAction*>> found;
    for (const QPointer<QAction>& action : std::as_const(m_actions)) {
        if (!action)
            continue;
        if (const std::optional<int> score = paletteScore(typed.trimmed(), plainName(*action)))
            found.emplace_back(*score, action);
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    m_list->clear();
    for (const auto& [score, action] : found) {
        auto* item = new QListWidgetItem(plainName(*action), m_list);
        item->setData(Qt::UserRole, QVariant::fromValue(QPointer<QAction>(action)));
        item->setData(Qt::UserRole + 1, action->shortcut().toString(QKeySequence::NativeText));
    }
    m_list->setCurrentRow(0);
}

void CommandPalette::runCurrent()
{
    const QListWidgetItem* item = m_list->currentItem();
    const QPointer<QAction> action = item ? item->data(Qt::UserRole).value<QPointer<QAction>>() : QPointer<QAction>();
    leave();
    if (action)
        action->trigger();
}

void CommandPalette::leave()
{
    hide();
    if (m_focusBefore)
        m_focusBefore->setFocus();
}

std::optional<int> paletteScore(QStringView typed, QStringView name)
{
    int score = 0;
    qsizetype at = 0;
    qsizetype last = -2;
    for (const QChar wanted : typed) {
        if (wanted.isSpace())
            continue;
        while (at < name.size() && name[at].toCaseFolded() != wanted.toCaseFolded())
            ++at;
        if (at == name.size())
            return std::nullopt;
        const bool startsWord = at == 0 || name[at - 1].isSpace();
        score += startsWord ? 8 : (at == last + 1 ? 4 : 0);
        last = at++;
    }
    return score;
}

} // namespace spillway::views
