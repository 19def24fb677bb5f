// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/keysheet.h"

#include "views/widgets/plaintextlabel.h"
#include "views/widgets/scrollkeys.h"

#include <QGridLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>
#include <vector>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int around = 24;
constexpr int betweenRows = 8;
constexpr int leastRows = 8;                 // of a column
using KeyLine = std::pair<QString, QString>; // key, what it does

std::vector<KeyLine> linesOf(const KeySheet::Section& section)
{
    std::vector<KeyLine> lines;
    for (const QAction* action : section.actions) {
        if (!action->shortcut().isEmpty())
            lines.emplace_back(action->shortcut().toString(QKeySequence::NativeText), action->text().remove(u'&'));
    }
    lines.insert(lines.end(), section.others.begin(), section.others.end());
    return lines;
}

int linesIn(const QList<KeySheet::Section>& sections)
{
    int count = 0;
    for (const KeySheet::Section& section : sections)
        count += 1 + static_cast<int>(linesOf(section).size());
    return count;
}

} // namespace

KeySheet::KeySheet(QWidget* parent)
    : QFrame(parent)
{
    setObjectName(u"keySheet"_s);
    setAccessibleName(tr("Keys"));
    setFocusPolicy(Qt::StrongFocus);
    m_scroll = new QScrollArea(this);
    m_scroll->setObjectName(u"keyLines"_s);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->setAutoFillBackground(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(around, around, around, around);
    layout->addWidget(m_scroll);
    hide();
}

void KeySheet::open(const QList<Section>& sections)
{
    const int bar = m_scroll->verticalScrollBar()->sizeHint().width();
    const QSize room = parentWidget()->size() - QSize(2 * around + bar, 2 * around);
    const int rowPixels = QFontMetrics(uiFont()).height() + betweenRows;
    const int all = linesIn(sections);
    int rows = std::max(leastRows, room.height() / rowPixels - 1);
    QWidget* body = columns(sections, rows);
    // Rather longer columns, and a bar to scroll by, than some beyond the window's edge.
    while (body->sizeHint().width() > room.width() && rows < all) {
        delete body;
        rows += leastRows;
        body = columns(sections, rows);
    }
    const QSize whole = body->sizeHint();
    body->resize(whole);
    m_scroll->setWidget(body); // which takes the former one away
    body->setAutoFillBackground(false);
    const int beside = whole.height() > room.height() ? bar : 0;
    resize(whole.boundedTo(room) + QSize(2 * around + beside, 2 * around));
    move(std::max(0, (parentWidget()->width() - width()) / 2), std::max(0, (parentWidget()->height() - height()) / 2));
    if (!isVisible())
        m_before = window()->focusWidget();
    show();
    raise();
    setFocus();
}

/// Without this the keyboard would go to whatever comes next, and the screen's keys with it.
void KeySheet::close()
{
    if (m_before && window()->focusWidget() == this)
        m_before->setFocus();
    hide();
}

/// Sections beside each other, below each other where they fit so, and in several columns where they are longer.
QWidget* KeySheet::columns(const QList<Section>& sections, int mostRows)
{
    auto* body = new QWidget(this);
    auto* across = new QHBoxLayout(body);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(48);
    QVBoxLayout* column = nullptr;
    int used = 0; // rows of this column
    for (const Section& section : sections) {
        const std::vector<KeyLine> lines = linesOf(section);
        const int count = static_cast<int>(lines.size());
        const int parts = std::max(1, (count + mostRows - 2) / (mostRows - 1)); // each with a row for the title
        const int share = (count + parts - 1) / parts;
        for (int first = 0; first == 0 || first < count; first += std::max(1, share)) {
            const int size = std::min(share, count - first);
            if (!column || used + 2 + size > mostRows) {
                column = new QVBoxLayout;
                column->setSpacing(16);
                across->addLayout(column);
                used = 0;
            }
            auto* grid = new QGridLayout;
            grid->setHorizontalSpacing(16);
            grid->setVerticalSpacing(betweenRows);
            auto* title = new PlainTextLabel(first == 0 ? section.title : QString(), body);
            title->setFont(uiFont(TextSize::Title, true));
            grid->addWidget(title, 0, 0, 1, 2);
            grid->setRowMinimumHeight(0, QFontMetrics(title->font()).height()); // also of what only goes on
            for (int row = 0; row < size; ++row) {
                const auto& [key, what] = lines[static_cast<std::size_t>(first + row)];
                auto* keyLabel = new PlainTextLabel(key, TextSize::Body, PlainTextLabel::Ink::Muted, body);
                keyLabel->setFont(monoFont());
                grid->addWidget(keyLabel, row + 1, 0);
                grid->addWidget(new PlainTextLabel(what, body), row + 1, 1);
            }
            column->addLayout(grid);
            used += size + 2;
        }
    }
    for (int i = 0; i < across->count(); ++i) {
        if (auto* each = qobject_cast<QVBoxLayout*>(across->itemAt(i)->layout()))
            each->addStretch(1);
    }
    return body;
}

void KeySheet::keyPressEvent(QKeyEvent* event)
{
    event->accept();
    QScrollBar& bar = *m_scroll->verticalScrollBar();
    if (bar.maximum() > 0 && scrollByKey(bar, event->key()))
        return;
    close();
}

void KeySheet::focusOutEvent(QFocusEvent* event)
{
    QFrame::focusOutEvent(event);
    close(); // also when another window gets it
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
