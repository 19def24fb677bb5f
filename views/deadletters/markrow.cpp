// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/markrow.h"

#include "model/base/text.h"
#include "views/theme/icons.h"
#include "views/widgets/plaintextlabel.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int rowPixels = 28;
constexpr int longestShown = 480; // pixels of an address; the whole one is asked about before it is opened

} // namespace

MarkRow::MarkRow(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(u"markRow"_s);
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFixedHeight(rowPixels);
    m_content = new QWidget(scroll);
    m_row = new QHBoxLayout(m_content);
    m_row->setContentsMargins(0, 0, 0, 0);
    m_row->setSpacing(4);
    scroll->setWidget(m_content);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);
    setVisible(false);
}

void MarkRow::show(const QStringList& tags, const std::vector<LinkMark>& links, const QString& known)
{
    setVisible(!tags.isEmpty() || !links.empty() || !known.isEmpty());
    if (tags == m_tags && links == m_links && known == m_known)
        return;
    m_tags = tags;
    m_links = links;
    m_known = known;
    clear();
    for (const QString& tag : tags) {
        auto* word = new QPushButton(visibleText(tag), m_content);
        word->setObjectName(u"tag"_s);
        word->setFlat(true);
        word->setIcon(icon(u"tag"));
        word->setAccessibleName(tr("Show what bears the tag %1").arg(tag));
        connect(word, &QPushButton::clicked, this, [this, tag] { Q_EMIT tagChosen(tag); });
        m_row->addWidget(word);
        addCross(*m_row, tr("Take the tag %1 off").arg(tag), [this, tag] { Q_EMIT tagRemoved(tag); });
    }
    if (!known.isEmpty())
        addLink({known, tr("Known error")});
    for (const LinkMark& link : links) {
        addLink(link);
        addCross(*m_row, tr("Take the link %1 away").arg(visibleText(link.url)),
                 [this, url = link.url] { Q_EMIT linkRemoved(url); });
    }
    m_row->addStretch(1);
}

void MarkRow::addLink(const LinkMark& link)
{
    const QString address = visibleText(link.url);
    const QString text = link.title.isEmpty() ? address : visibleText(link.title) + u" · "_s + address;
    auto* open = new QPushButton(m_content);
    open->setObjectName(u"link"_s);
    open->setFlat(true);
    open->setIcon(icon(u"link"));
    open->setText(QFontMetrics(open->font()).elidedText(text, Qt::ElideMiddle, longestShown).replace(u'&', u"&&"_s));
    open->setAccessibleName(tr("Open the link %1").arg(text));
    open->setToolTip(plainToolTip(text));
    connect(open, &QPushButton::clicked, this, [this, link] { Q_EMIT linkChosen(link.url, link.title); });
    m_row->addWidget(open);
}

void MarkRow::clear()
{
    while (QLayoutItem* item = m_row->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->setObjectName({});
            widget->deleteLater(); // its own click may be what changes the row
        }
        delete item;
    }
}

void MarkRow::addCross(QHBoxLayout& row, const QString& name, const std::function<void()>& run)
{
    auto* cross = new QToolButton(m_content);
    cross->setObjectName(u"markRemove"_s);
    cross->setIcon(icon(u"close"));
    cross->setIconSize(QSize(10, 10));
    cross->setAutoRaise(true);
    cross->setAccessibleName(name);
    cross->setToolTip(plainToolTip(name));
    connect(cross, &QToolButton::clicked, this, run);
    row.addWidget(cross);
    row.addSpacing(8);
}

} // namespace spillway::views
