// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/splitview.h"

#include <QSettings>
#include <QShowEvent>
#include <QSplitterHandle>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

SplitView::SplitView(const QString& name, Qt::Orientation orientation, QList<int> shares, QWidget* parent)
    : QSplitter(orientation, parent)
    , m_key(u"split/"_s + name)
    , m_shares(std::move(shares))
{
    setChildrenCollapsible(false);
    setHandleWidth(1);
    connect(this, &QSplitter::splitterMoved, this, &SplitView::remember);
}

void SplitView::showEvent(QShowEvent* event)
{
    QSplitter::showEvent(event);
    if (m_isPlaced)
        return;
    m_isPlaced = true;
    const QByteArray kept = QSettings().value(m_key).toByteArray();
    if (kept.isEmpty() || !restoreState(kept)) {
        QList<int> sizes;
        for (const int share : std::as_const(m_shares))
            sizes << share * 1000;
        setSizes(sizes);
    }
    setHandleWidth(1);
    for (int i = 0; i < count() && i < m_shares.size(); ++i)
        setStretchFactor(i, m_shares[i]);
}

QSplitterHandle* SplitView::createHandle()
{
    QSplitterHandle* handle = QSplitter::createHandle();
    handle->setAccessibleName(tr("Divider"));
    return handle;
}

void SplitView::remember()
{
    QSettings().setValue(m_key, saveState());
}

} // namespace spillway::views
