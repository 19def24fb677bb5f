// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/completionlist.h"

#include "model/base/text.h"
#include "views/theme/icons.h"

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

CompletionList::CompletionList(QWidget* line)
    : QListWidget(line)
    , m_line(line)
{
    setObjectName(u"completions"_s);
    setAccessibleName(tr("Suggestions"));
    setWindowFlags(Qt::ToolTip | Qt::FramelessWindowHint);
    setAttribute(Qt::WA_ShowWithoutActivating);
    setFocusPolicy(Qt::NoFocus);
    setFont(line->font());
    setUniformItemSizes(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    hide();
    connect(this, &QListWidget::itemClicked, this, [this](QListWidgetItem* item) { choose(row(item)); });
}

void CompletionList::offer(const QStringList& words)
{
    clear();
    if (words.isEmpty()) {
        hide();
        return;
    }
    for (const QString& word : words) {
        auto* item = new QListWidgetItem(visibleText(word), this); // strangers' text is shown plainly
        item->setData(Qt::UserRole, word);
    }
    setCurrentRow(-1);
    const int rows = static_cast<int>(std::min<qsizetype>(words.size(), 10));
    resize(std::clamp(sizeHintForColumn(0) + 40, 240, std::max(240, m_line->width())),
           rows * sizeHintForRow(0) + 2 * frameWidth());
    move(m_line->mapToGlobal(QPoint(0, m_line->height())));
    show();
}

bool CompletionList::takeKey(int key)
{
    if (isHidden())
        return false;
    switch (key) {
    case Qt::Key_Down:
        setCurrentRow((currentRow() + 1) % count());
        return true;
    case Qt::Key_Up:
        setCurrentRow(currentRow() <= 0 ? count() - 1 : currentRow() - 1);
        return true;
    case Qt::Key_Tab:
        choose(std::max(0, currentRow()));
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (currentRow() < 0) {
            hide();
            return false;
        }
        choose(currentRow());
        return true;
    case Qt::Key_Escape:
        hide();
        return true;
    default:
        return false;
    }
}

void CompletionList::choose(int row)
{
    const QListWidgetItem* word = item(row);
    if (!word)
        return;
    const QString text = word->data(Qt::UserRole).toString();
    hide();
    Q_EMIT chosen(text);
}

} // namespace spillway::views
