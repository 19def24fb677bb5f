// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/headline.h"

#include "views/widgets/plaintextlabel.h"

#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

Headline::Headline(QWidget* parent)
    : QWidget(parent)
{
    m_sentence = new PlainTextLabel({}, TextSize::Display, PlainTextLabel::Ink::Text, this);
    m_sentence->setFont(uiFont(TextSize::Display, true));
    m_sentence->setWordWrap(true);
    m_sentence->setObjectName(u"headline"_s);
    m_detail = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_detail->setWordWrap(true);
    m_detail->setObjectName(u"headlineDetail"_s);
    m_detail->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_sentence);
    layout->addWidget(m_detail);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
}

void Headline::setSentence(const QString& sentence)
{
    m_sentence->setText(sentence);
}

void Headline::setDetail(const QString& detail)
{
    m_detail->setText(detail);
    m_detail->setVisible(!detail.isEmpty());
}

QString Headline::sentence() const
{
    return m_sentence->fullText();
}

QFrame* hairline(Qt::Orientation orientation, QWidget* parent)
{
    auto* line = new QFrame(parent);
    line->setProperty("hairline", true);
    if (orientation == Qt::Horizontal)
        line->setFixedHeight(1);
    else
        line->setFixedWidth(1);
    return line;
}

} // namespace spillway::views
