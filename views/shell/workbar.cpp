// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/workbar.h"

#include "views/shell/statusbar.h"
#include "views/widgets/plaintextlabel.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int tickMs = 300;
constexpr int barPixels = 160;
constexpr int barSteps = 1000;

} // namespace

WorkBar::WorkBar(const ViewSettings& settings, QWidget* parent)
    : QWidget(parent)
    , m_settings(settings)
{
    m_what = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, this);
    m_bar = new QProgressBar(this);
    m_bar->setTextVisible(false);
    m_bar->setFixedWidth(barPixels);
    m_figures = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_figures->setObjectName(u"workFigures"_s);
    m_cancel = new QPushButton(tr("Cancel"), this);
    m_cancel->setObjectName(u"cancelWork"_s);
    connect(m_cancel, &QPushButton::clicked, this, &WorkBar::cancelAsked);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_what);
    layout->addWidget(m_bar);
    layout->addWidget(m_figures, 1);
    layout->addWidget(m_cancel);
    m_tick.setInterval(tickMs);
    connect(&m_tick, &QTimer::timeout, this, &WorkBar::tick);
    hide();
}

std::shared_ptr<WorkProgress> WorkBar::begin(const QString& what)
{
    m_what->setText(what);
    m_cancel->setAccessibleName(tr("Cancel: %1").arg(what));
    m_figures->setText({});
    m_progress = std::make_shared<WorkProgress>();
    m_meter.emplace(m_settings.now());
    m_tick.start();
    return m_progress;
}

void WorkBar::end()
{
    m_tick.stop();
    m_meter.reset();
    m_progress.reset();
    hide();
}

void WorkBar::tick()
{
    const std::int64_t total = m_progress->total;
    const UtcTime now = m_settings.now();
    m_meter->setTotal(total < 0 ? std::nullopt : std::optional(total));
    m_meter->record(m_progress->done, now);
    const JobProgress progress = m_meter->at(now);
    const std::optional<double> fraction = progress.fraction();
    m_bar->setRange(0, fraction ? barSteps : 0);
    m_bar->setValue(fraction ? static_cast<int>(*fraction * barSteps) : 0);
    m_figures->setText(progressText(progress));
    show();
}

} // namespace spillway::views
