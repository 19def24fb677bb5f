// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/overview/payloadrescue.h"

#include "views/shell/workbar.h"
#include "views/widgets/statepane.h"

namespace spillway::views {

PayloadRescue::PayloadRescue(DataSource& source, const ViewSettings& settings, QWidget* page)
    : QObject(page)
    , m_source(source)
    , m_load([this](Result<RescueReport> report) {
        m_work->end();
        Q_EMIT said(report ? rescueText(*report) : failureSentence(report.error()));
        Q_EMIT ended();
    })
{
    m_work = new WorkBar(settings, page);
    connect(m_work, &WorkBar::cancelAsked, this, [this] {
        m_load.cancel();
        m_work->end();
        Q_EMIT said(tr("Stopped; what was copied until then stays"));
        Q_EMIT ended();
    });
}

QWidget* PayloadRescue::bar() const
{
    return m_work;
}

void PayloadRescue::start(const QString& query)
{
    const auto progress = m_work->begin(tr("Rescuing payloads"));
    m_load.ask([&source = m_source, query, progress](std::stop_token stop) {
        return source.rescueLetters({}, query, progress.get(), stop);
    });
}

} // namespace spillway::views
