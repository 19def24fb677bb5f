// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/cost/whatifpanel.h"

#include "views/cost/costwords.h"
#include "views/widgets/plaintextlabel.h"

#include <QGridLayout>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int step = 10; // per cent

} // namespace

WhatIfPanel::WhatIfPanel(QWidget* parent)
    : QWidget(parent)
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(4);
    grid->addWidget(new PlainTextLabel(tr("What if"), TextSize::Title, PlainTextLabel::Ink::Text, this), 0, 0, 1, 3);
    const auto slider = [&](int row, const QString& name, const QString& objectName, int least, int most,
                            PlainTextLabel*& text) {
        auto* made = new QSlider(Qt::Horizontal, this);
        made->setObjectName(objectName);
        made->setRange(least, most);
        made->setAccessibleName(name);
        text = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, this);
        text->setMinimumWidth(72);
        grid->addWidget(new PlainTextLabel(name, TextSize::Body, PlainTextLabel::Ink::Text, this), row, 0);
        grid->addWidget(made, row, 1);
        grid->addWidget(text, row, 2);
        connect(made, &QSlider::valueChanged, this, &WhatIfPanel::told);
        return made;
    };
    m_volume = slider(1, tr("Volume"), u"whatIfVolume"_s, 1, 30, m_volumeText);
    m_retention = slider(2, tr("Retention"), u"whatIfRetention"_s, 1, 30, m_retentionText);
    m_copies = slider(3, tr("Copies"), u"whatIfCopies"_s, 1, 5, m_copiesText);
    m_result = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, this);
    m_result->setObjectName(u"whatIfResult"_s);
    m_result->setWordWrap(true);
    grid->addWidget(m_result, 4, 0, 1, 2);
    auto* back = new QPushButton(tr("As it is"), this);
    back->setObjectName(u"whatIfReset"_s);
    connect(back, &QPushButton::clicked, this, &WhatIfPanel::reset);
    grid->addWidget(back, 4, 2);
    grid->setColumnStretch(1, 1);
    m_volume->setValue(100 / step);
    m_retention->setValue(100 / step);
    showSimulation(std::nullopt, {});
}

CostWhatIf WhatIfPanel::whatIf() const
{
    CostWhatIf asked{.volumePercent = m_volume->value() * step,
                     .retentionPercent = m_retention->value() * step,
                     .replication = std::nullopt};
    if (m_copies->value() != m_replication)
        asked.replication = m_copies->value();
    return asked;
}

void WhatIfPanel::setReplication(int copies)
{
    const bool isAsItWas = m_copies->value() == m_replication;
    m_replication = copies;
    if (!isAsItWas)
        return;
    const QSignalBlocker silent(m_copies);
    m_copies->setValue(copies);
    m_copiesText->setText(QString::number(copies));
}

void WhatIfPanel::reset()
{
    {
        const QSignalBlocker one(m_volume);
        const QSignalBlocker two(m_retention);
        const QSignalBlocker three(m_copies);
        m_volume->setValue(100 / step);
        m_retention->setValue(100 / step);
        m_copies->setValue(m_replication);
    }
    told();
}

void WhatIfPanel::told()
{
    m_volumeText->setText(tr("%1 %").arg(m_volume->value() * step));
    m_retentionText->setText(tr("%1 %").arg(m_retention->value() * step));
    m_copiesText->setText(QString::number(m_copies->value()));
    Q_EMIT changed();
}

void WhatIfPanel::showSimulation(const std::optional<CostSimulation>& simulation, const QString& currency)
{
    if (!simulation) {
        m_result->setText(tr("Move a slider to see what the bill would be."));
        return;
    }
    const Money change{simulation->thenTotal.micros - simulation->nowTotal.micros};
    QStringList parts;
    for (const CostComponent component : costComponents) {
        const std::size_t at = componentIndex(component);
        const Money one{simulation->then[at].micros - simulation->now[at].micros};
        if (one.micros != 0)
            parts << tr("%1 %2%3").arg(componentText(component), one.micros > 0 ? u"+"_s : QString(),
                                       moneyText(one, 2));
    }
    m_result->setText(tr("%1 %4 instead of %2 %4: %3 %4%5%6")
                          .arg(moneyText(simulation->thenTotal, 2), moneyText(simulation->nowTotal, 2),
                               (change.micros > 0 ? u"+"_s : QString()) + moneyText(change, 2), currency,
                               parts.isEmpty() ? QString() : u" ("_s + parts.join(u", "_s) + u')',
                               simulation->isCalibrated ? tr("; by the factors of invoices") : QString()));
}

} // namespace spillway::views
