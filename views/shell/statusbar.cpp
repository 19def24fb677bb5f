// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/statusbar.h"

#include "model/base/text.h"
#include "views/widgets/headline.h"
#include "views/widgets/plaintextlabel.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

PlainTextLabel* smallLabel(QWidget* parent)
{
    return new PlainTextLabel({}, TextSize::Small, PlainTextLabel::Ink::Muted, parent);
}

} // namespace

QString progressText(const JobProgress& progress)
{
    QStringList parts;
    parts << (progress.total ? StatusBar::tr("%1 of %2").arg(formatCount(progress.done), formatCount(*progress.total))
                             : formatCount(progress.done));
    if (progress.perSecond)
        parts << StatusBar::tr("%1/s").arg(formatCount(std::llround(*progress.perSecond)));
    if (progress.remaining)
        parts << StatusBar::tr("%1 left").arg(coarseDuration(*progress.remaining));
    return parts.join(u" · "_s);
}

StatusBar::StatusBar(const WorkspaceFacts& workspace, ViewSettings& settings, QWidget* parent)
    : QWidget(parent)
    , m_settings(settings)
{
    setFixedHeight(28);
    m_age = smallLabel(this);
    m_age->setObjectName(u"sampleAge"_s);
    m_said = smallLabel(this);
    m_said->setObjectName(u"said"_s);
    m_said->setElided(true);
    m_job = new QWidget(this);
    m_jobName = new QPushButton(m_job);
    m_jobName->setProperty("flat", true);
    m_jobName->setFont(uiFont(TextSize::Small));
    m_jobBar = new QProgressBar(m_job);
    m_jobBar->setTextVisible(false);
    m_jobBar->setFixedWidth(120);
    m_jobFigures = smallLabel(m_job);
    m_cancel = new QPushButton(tr("Cancel"), m_job);
    m_cancel->setProperty("flat", true);
    m_cancel->setObjectName(u"cancelJob"_s);
    m_cancel->setFont(uiFont(TextSize::Small));
    auto* jobLayout = new QHBoxLayout(m_job);
    jobLayout->setContentsMargins(0, 0, 0, 0);
    jobLayout->setSpacing(8);
    jobLayout->addWidget(m_jobName);
    jobLayout->addWidget(m_jobBar);
    jobLayout->addWidget(m_jobFigures);
    jobLayout->addWidget(m_cancel);
    m_job->hide();
    m_store = smallLabel(this);
    auto* folder = smallLabel(this);
    folder->setObjectName(u"stateFolder"_s);
    folder->setText(workspace.stateFolder);
    folder->setSelectable(true);
    folder->setFocusPolicy(Qt::NoFocus);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(24, 0, 24, 0);
    layout->setSpacing(16);
    layout->addWidget(m_age);
    layout->addWidget(m_said, 1);
    layout->addWidget(m_job);
    layout->addWidget(m_store);
    layout->addWidget(folder);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        if (!m_status.jobs.empty())
            Q_EMIT cancelAsked(m_status.jobs.back().id);
    });
    connect(m_jobName, &QPushButton::clicked, this, [this] {
        if (!m_status.jobs.empty())
            Q_EMIT jobActivated(m_status.jobs.back().id);
    });
}

void StatusBar::showStatus(const ConsoleStatus& status)
{
    m_status = status;
    m_job->setVisible(!status.jobs.empty());
    if (!status.jobs.empty()) {
        const RunningJob& job = status.jobs.back();
        const auto others = static_cast<int>(status.jobs.size()) - 1;
        m_jobName->setText(others > 0 ? tr("%1 and %n more", nullptr, others).arg(job.title) : job.title);
        const std::optional<double> fraction = job.progress.fraction();
        m_jobBar->setRange(0, fraction ? 1000 : 0);
        m_jobBar->setValue(fraction ? static_cast<int>(*fraction * 1000) : 0);
        m_jobFigures->setText(jobStateWord(job.state) + u" · "_s + progressText(job.progress));
        m_cancel->setVisible(job.canCancel);
        m_cancel->setAccessibleName(tr("Cancel: %1").arg(job.title));
    }
    m_store->setText(status.storeBytes ? tr("store %1").arg(formatSizeBytes(*status.storeBytes)) : QString());
    showAge();
}

void StatusBar::showAge()
{
    if (!m_status.lastSampleAt) {
        m_age->setText(tr("No sample yet"));
        m_age->setTone(Tone::Neutral);
        return;
    }
    const UtcTime now = m_settings.now();
    const bool isStale = now - *m_status.lastSampleAt > 3 * m_status.sampleInterval;
    m_age->setText((isStale ? tr("▲ stale:") + u' ' : QString()) +
                   tr("Last sample %1").arg(m_settings.timeText().both(*m_status.lastSampleAt, now)));
    m_age->setTone(isStale ? Tone::Warning : Tone::Neutral);
}

void StatusBar::say(const QString& sentence)
{
    m_said->setText(sentence);
}

QString StatusBar::ageText() const
{
    return m_age->fullText();
}

QString StatusBar::jobText() const
{
    return m_job->isHidden() ? QString() : m_jobName->text() + u' ' + m_jobFigures->fullText();
}

} // namespace spillway::views
