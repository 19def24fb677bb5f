// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/commandline.h"

#include "views/theme/icons.h"
#include "views/widgets/clipboard.h"
#include "views/widgets/plaintextlabel.h"

#include <QHBoxLayout>
#include <QToolButton>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

CommandLine::CommandLine(const QString& line, QWidget* parent)
    : QWidget(parent)
{
    m_text = new PlainTextLabel({}, TextSize::Small, PlainTextLabel::Ink::Muted, this);
    m_text->setFont(monoFont(TextSize::Small));
    m_text->setObjectName(u"commandLine"_s);
    m_text->setElided(true);
    auto* copy = new QToolButton(this);
    copy->setIcon(icon(u"copy"));
    copy->setAccessibleName(tr("Copy the command"));
    copy->setToolTip(plainToolTip(tr("Copy the command")));
    connect(copy, &QToolButton::clicked, this, [this] { copyText(m_line); });
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_text, 1);
    layout->addWidget(copy);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    setLine(line);
}

void CommandLine::setLine(const QString& line)
{
    m_line = line;
    m_text->setText(line);
    setVisible(!line.isEmpty());
}

} // namespace spillway::views
