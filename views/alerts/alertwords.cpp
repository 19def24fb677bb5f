// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/alerts/alertwords.h"

#include "model/base/text.h"

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString placed(UtcTime at, const TimeText& time, UtcTime now)
{
    return u"%1 %2, %3"_s.arg(time.brief(at, now), time.zoneName(at), time.relative(at, now));
}

} // namespace

QString AlertWords::headline(const AlertList& list)
{
    if (!list.evaluatedAt)
        return tr("Nothing was sampled yet");
    const auto of = [&list](AlertState state) {
        return std::count_if(list.open.begin(), list.open.end(),
                             [state](const Alert& alert) { return alert.state == state; });
    };
    const auto firing = of(AlertState::Firing);
    QStringList others;
    const auto add = [&others](std::ptrdiff_t count, const QString& one, const QString& many) {
        if (count > 0)
            others += count == 1 ? one : many.arg(formatCount(count));
    };
    add(of(AlertState::Acknowledged), tr("1 is looked after"), tr("%1 are looked after"));
    add(of(AlertState::Silenced), tr("1 is silenced"), tr("%1 are silenced"));
    add(of(AlertState::Muted), tr("1 is muted"), tr("%1 are muted"));
    add(of(AlertState::Pending), tr("1 is pending"), tr("%1 are pending"));
    const QString first = firing == 0   ? tr("No alert fires")
                          : firing == 1 ? tr("1 alert fires")
                                        : tr("%1 alerts fire").arg(formatCount(firing));
    return others.isEmpty() ? first : first + u"; "_s + others.join(u", "_s);
}

QString AlertWords::state(const Alert& alert, const std::vector<Alert>& all, const TimeText& time, UtcTime now)
{
    const Incident& incident = alert.incident;
    switch (alert.state) {
    case AlertState::Pending:
        return tr("pending: fires when it has lasted %1").arg(formatDuration(timingOf(incident.concern.rule).hold));
    case AlertState::Firing:
        return incident.firedAt ? tr("firing since %1").arg(placed(*incident.firedAt, time, now)) : tr("firing");
    case AlertState::Acknowledged:
    case AlertState::Silenced: {
        const AlertDecision& decision = *alert.decision;
        const QString what = alert.state == AlertState::Silenced ? tr("silenced by %1") : tr("acknowledged by %1");
        const QString until = decision.until ? tr(" until %1").arg(placed(*decision.until, time, now)) : QString();
        return u"%1%2: %3"_s.arg(what.arg(decision.actor), until, decision.reason);
    }
    case AlertState::Muted: {
        const auto by = std::find_if(all.begin(), all.end(),
                                     [&](const Alert& other) { return other.incident.id == incident.mutedBy; });
        return by == all.end() ? tr("muted") : tr("muted: %1").arg(by->incident.concern.summary);
    }
    case AlertState::Resolved:
        return incident.resolvedAt ? tr("resolved %1, after %2")
                                         .arg(placed(*incident.resolvedAt, time, now),
                                              formatDuration(*incident.resolvedAt - incident.openedAt))
                                   : tr("resolved");
    }
    return {};
}

QString AlertWords::told(const Alert& alert, const TimeText& time, UtcTime now)
{
    if (!alert.told)
        return {};
    const QString why = alert.told->detail.isEmpty() ? QString() : u": "_s + alert.told->detail;
    const QString before =
        alert.notifiedAt ? tr("; told before, %1").arg(placed(*alert.notifiedAt, time, now)) : QString();
    if (!alert.told->state)
        return tr("nobody can be told%1").arg(why);
    switch (*alert.told->state) {
    case NotifyState::Delivered:
        return alert.notifiedAt ? tr("told %1").arg(placed(*alert.notifiedAt, time, now)) : tr("told");
    case NotifyState::Queued:
    case NotifyState::Sending:
        return tr("its team is being told%1%2").arg(why, before);
    case NotifyState::Failed:
        return tr("its team could not be told%1%2").arg(why, before);
    case NotifyState::InDoubt:
        return tr("nobody knows whether its team was told%1%2").arg(why, before);
    }
    return {};
}

} // namespace spillway::views
