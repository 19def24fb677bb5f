// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/viewsettings.h"

#include <QSettings>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

const QString zoneKey = u"view/zone"_s;
const QString spanKey = u"view/spanMs"_s;

} // namespace

ViewSettings::ViewSettings(const Clock& clock, QObject* parent)
    : QObject(parent)
    , m_clock(clock)
    , m_span(3'600'000)
{
    const QSettings settings;
    const QByteArray id = settings.value(zoneKey).toByteArray(); // an empty id would be the system's zone
    if (const QTimeZone zone(id); !id.isEmpty() && zone.isValid())
        m_timeText = TimeText(zone);
    if (const qint64 span = settings.value(spanKey).toLongLong(); span > 0)
        m_span = Millis{span};
}

void ViewSettings::setZone(const QTimeZone& zone)
{
    if (m_timeText.zone() == zone)
        return;
    m_timeText = TimeText(zone);
    QSettings().setValue(zoneKey, zone.id());
    Q_EMIT timeTextChanged();
}

void ViewSettings::setSpan(Millis span)
{
    if (m_span == span)
        return;
    m_span = span;
    QSettings().setValue(spanKey, static_cast<qint64>(span.count()));
    Q_EMIT spanChanged();
}

void ViewSettings::setLive(bool isLive)
{
    if (m_isLive == isLive)
        return;
    m_isLive = isLive;
    Q_EMIT liveChanged(isLive);
}

} // namespace spillway::views
