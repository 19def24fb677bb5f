// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/page.h"

#include <QLineEdit>
#include <QVBoxLayout>

#include <utility>

namespace spillway::views {

Page::Page(const ViewContext& context, const QString& id, const QString& title, const QString& iconName)
    : m_context(context)
    , m_id(id)
    , m_title(title)
    , m_iconName(iconName)
{
    setObjectName(id);
    setAccessibleName(title);
}

void Page::open(const QString& /*argument*/)
{
    refresh();
}

bool Page::isSettled() const
{
    return m_pane && !m_pane->isLoading() && m_pane->state() != StatePane::State::Loading;
}

void Page::takeFocus()
{
    setFocus();
}

void Page::setContent(QWidget* content, const QList<QWidget*>& aboveContent)
{
    m_headline = new Headline(this);
    m_pane = new StatePane(content, this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 16);
    layout->setSpacing(16);
    layout->addWidget(m_headline);
    for (QWidget* widget : aboveContent)
        layout->addWidget(widget);
    layout->addWidget(m_pane, 1);
}

void Page::enter()
{
    m_awaitsFocus = m_pane->state() != StatePane::State::Content;
    refresh();
    takeFocus();
}

void Page::presentContent()
{
    m_pane->showContent();
    const QWidget* focus = window()->focusWidget();
    const bool isTypingElsewhere = qobject_cast<const QLineEdit*>(focus) && !isAncestorOf(focus);
    if (std::exchange(m_awaitsFocus, false) && isVisible() && !isTypingElsewhere)
        takeFocus();
}

QAction* Page::addPageAction(const QString& text, const QKeySequence& key, std::function<void()> run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, std::move(run));
    addAction(action);
    m_actions << action;
    return action;
}

} // namespace spillway::views
