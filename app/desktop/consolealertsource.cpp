// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/consolealertsource.h"

#include "app/console/alertoperations.h"
#include "model/alert/alertnews.h"

#include <map>

namespace spillway {

namespace {

constexpr int mostEnded = 100;

/// Whom to call is as ownership.yaml says now, not as it said when the alert was seen.
void addContacts(std::vector<Alert>& alerts, const Catalog& catalog)
{
    std::map<QString, ProducerEntry> contacts; // by team: looking one up walks the catalog
    for (Alert& alert : alerts) {
        Concern& concern = alert.incident.concern;
        if (!concern.team)
            continue;
        auto at = contacts.find(*concern.team);
        if (at == contacts.end())
            at = contacts.emplace(*concern.team, catalog.contactOf(*concern.team)).first;
        concern.oncall = at->second.oncallRotation;
        concern.channel = at->second.slackChannel;
    }
}

} // namespace

Result<AlertList> ConsoleAlertSource::alerts(std::stop_token /*stop*/)
{
    auto reader = m_holder.reader();
    if (!reader)
        return tl::unexpected<Error>(reader.error());
    auto list = readAlerts(*reader, m_holder.clock().now(), mostEnded);
    if (!list)
        return list;
    const auto context = m_holder.contextNow();
    for (std::vector<Alert>* alerts : {&list->open, &list->resolved}) {
        addContacts(*alerts, context->catalog);
        noteUnreached(*alerts, context->workspace, context->catalog);
        maskAlerts(*alerts, context->masker, MaskPurpose::View);
    }
    return list;
}

Result<AlertDecision> ConsoleAlertSource::acknowledge(const AlertAck& ack, std::stop_token /*stop*/)
{
    return m_holder.alerts().acknowledge(ack);
}

Result<AlertDecision> ConsoleAlertSource::silence(const AlertSilence& silence, std::stop_token /*stop*/)
{
    return m_holder.alerts().silence(silence);
}

Result<AlertDecision> ConsoleAlertSource::undo(std::int64_t seq, const QString& reason, std::stop_token /*stop*/)
{
    return m_holder.alerts().undo(seq, reason);
}

} // namespace spillway
