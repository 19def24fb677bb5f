// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/keysheet.h"

#include "views/widgets/plaintextlabel.h"

#include <QGridLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

KeySheet::KeySheet(QWidget* parent)
    : QFrame(parent)
{
    setObjectName(u"keySheet"_s);
    setAccessibleName(tr("Keys"));
    setFocusPolicy(Qt::StrongFocus);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 24);
    hide();
}

void KeySheet::open(const QList<Section>& sections)
{
    delete m_body;
    m_body = new QWidget(this);
    auto* columns = new QHBoxLayout(m_body);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(48);
    for (const Section& section : sections) {
        auto* grid = new QGridLayout;
        grid->setHorizontalSpacing(16);
        grid->setVerticalSpacing(8);
        auto* title = new PlainTextLabel(section.title, m_body);
        title->setFont(uiFont(TextSize::Title, true));
        grid->addWidget(title, 0, 0, 1, 2);
        int row = 1;
        const auto line = [&](const QString& key, const QString& what) {
            auto* keyLabel = new PlainTextLabel(key, TextSize::Body, PlainTextLabel::Ink::Muted, m_body);
            keyLabel->setFont(monoFont());
            grid->addWidget(keyLabel, row, 0);
            grid->addWidget(new PlainTextLabel(what, m_body), row++, 1);
        };
        for (const QAction* action : section.actions) {
            if (!action->shortcut().isEmpty())
                line(action->shortcut().toString(QKeySequence::NativeText), action->text().remove(u'&'));
        }
        for (const auto& [key, what] : section.others)
            line(key, what);
        grid->setRowStretch(row, 1);
        columns->addLayout(grid);
    }
    layout()->addWidget(m_body);
    adjustSize();
    move(std::max(0, (parentWidget()->width() - width()) / 2), std::max(0, (parentWidget()->height() - height()) / 2));
    show();
    raise();
    setFocus();
}

void KeySheet::keyPressEvent(QKeyEvent* event)
{
    event->accept();
    hide();
}

void KeySheet::focusOutEvent(QFocusEvent* event)
{
    QFrame::focusOutEvent(event);
    hide();
}

void KeySheet::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    const Tokens& tokens = tokensFor(palette());
    painter.fillRect(rect(), tokens.raised);
    painter.setPen(tokens.line);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

} // namespace spillway::views
