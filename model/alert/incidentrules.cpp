// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/alert/incidentrules.h"

#include <algorithm>
#include <map>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

bool isBlind(Connectivity connectivity)
{
    switch (connectivity) {
    case Connectivity::Unknown:
    case Connectivity::Connecting:
    case Connectivity::Unreachable:
    case Connectivity::Unauthorised:
        return true;
    case Connectivity::Connected:
    case Connectivity::Degraded:
        return false;
    }
    return false;
}

/// Not whether it is there: nobody has asked yet.
bool isUnasked(Connectivity connectivity)
{
    return connectivity == Connectivity::Unknown || connectivity == Connectivity::Connecting;
}

QString keyOf(IncidentCause cause, const QString& subject)
{
    return incidentCauseWord(cause) + u':' + subject;
}

class Advance
{
public:
    Advance(std::vector<Incident> open, const IncidentObservation& seen, UtcTime now)
        : m_seen(seen)
        , m_now(now)
    {
        for (Incident& incident : open)
            m_open.emplace(incident.key, std::move(incident));
    }

    std::vector<Incident> run()
    {
        int place = 0;
        for (const Concern& concern : m_seen.concerns)
            take(concern, place++);
        for (auto at = m_open.begin(); at != m_open.end();)
            at = m_touched.contains(at->first) || endOf(at->second) ? std::next(at) : m_open.erase(at);
        mute();

        std::vector<Incident> all;
        for (auto& [key, incident] : m_open)
            all.push_back(std::move(incident));
        std::stable_sort(all.begin(), all.end(), [](const Incident& a, const Incident& b) {
            if (a.resolvedAt.has_value() != b.resolvedAt.has_value())
                return b.resolvedAt.has_value();
            if (a.concern.severity != b.concern.severity)
                return a.concern.severity < b.concern.severity;
            return a.place < b.place;
        });
        return all;
    }

private:
    [[nodiscard]] bool isHidden(const Concern& concern, const QString& connection) const
    {
        return causeOf(concern) != IncidentCause::Connection && m_seen.blindConnections.contains(connection);
    }

    [[nodiscard]] QString placeOf(const QString& key) const
    {
        const auto at = m_seen.places.find(key);
        return at == m_seen.places.end() ? QString() : at->second;
    }

    [[nodiscard]] Millis since(UtcTime at) const { return std::max(Millis{0}, m_now - at); }

    void take(const Concern& concern, int place)
    {
        const QString key = incidentKey(concern);
        if (!m_touched.insert(key).second)
            return; // a worse one of the same subject came before
        const auto at = m_open.find(key);
        if (isHidden(concern, placeOf(key))) {
            if (at == m_open.end())
                m_touched.erase(key); // old news opens nothing
            return;
        }
        if (at == m_open.end()) {
            Incident fresh{.id = incidentId(key),
                           .key = key,
                           .concern = concern,
                           .connection = placeOf(key),
                           .place = place,
                           .openedAt = m_now,
                           .gradedAt = m_now,
                           .seenAt = m_now};
            fire(fresh);
            m_open.emplace(key, std::move(fresh));
            return;
        }
        Incident& known = at->second;
        if (concern.rule == ConcernRule::PromiseUnknown && known.concern.rule != ConcernRule::PromiseUnknown)
            return; // no records do not mend a promise
        const bool isLess = concern.severity > known.concern.severity;
        if (isLess && known.firedAt && since(known.seenAt) < timingOf(known.concern.rule).keep)
            return;
        if (concern.severity < known.concern.severity)
            known.gradedAt = m_now;
        known.concern = concern;
        known.place = place;
        known.seenAt = m_now;
        fire(known);
    }

    void fire(Incident& incident) const
    {
        if (!incident.firedAt && since(incident.openedAt) >= timingOf(incident.concern.rule).hold)
            incident.firedAt = m_now;
    }

    /// Of one that no concern speaks of any more. False: forget it.
    bool endOf(Incident& incident) const
    {
        if (m_seen.unknown.contains(incident.key) || isHidden(incident.concern, incident.connection))
            return true;
        if (!incident.firedAt)
            return false;
        if (since(incident.seenAt) >= timingOf(incident.concern.rule).keep)
            incident.resolvedAt = m_now;
        return true;
    }

    /// The incident of a connection that is down; nullopt: it is not, or answers at least in part.
    [[nodiscard]] std::optional<QString> downOf(const QString& connection) const
    {
        const auto at = m_open.find(keyOf(IncidentCause::Connection, connection));
        if (at == m_open.end() || at->second.resolvedAt || at->second.concern.severity != Severity::Critical)
            return std::nullopt;
        return at->second.id;
    }

    /// The first of them where all are down.
    [[nodiscard]] std::optional<QString> downOfAll(const std::set<QString>& connections) const
    {
        std::optional<QString> first;
        for (const QString& connection : connections) {
            const auto down = downOf(connection);
            if (!down)
                return std::nullopt;
            if (!first)
                first = down;
        }
        return first;
    }

    [[nodiscard]] std::optional<QString> explanationOf(const Incident& incident) const
    {
        switch (causeOf(incident.concern)) {
        case IncidentCause::Group:
        case IncidentCause::Pointers:
        case IncidentCause::Leaving:
        case IncidentCause::Setup:
            return incident.connection.isEmpty() ? std::nullopt : downOf(incident.connection);
        case IncidentCause::Letters:
            return downOfAll(m_seen.letterConnections);
        case IncidentCause::Collection:
            return downOfAll(m_seen.connections);
        case IncidentCause::Connection:
        case IncidentCause::Promise: // its records may come from elsewhere
        case IncidentCause::Replay:
        case IncidentCause::Store:
            return std::nullopt;
        }
        return std::nullopt;
    }

    void mute()
    {
        for (auto& [key, incident] : m_open)
            incident.mutedBy = incident.resolvedAt ? std::nullopt : explanationOf(incident);
    }

    const IncidentObservation& m_seen;
    UtcTime m_now;
    std::map<QString, Incident> m_open; // by key
    std::set<QString> m_touched;        // keys that a concern spoke of
};

} // namespace

IncidentObservation observeIncidents(const OverviewFacts& facts, const Catalog& catalog,
                                     const AlertThresholds& thresholds, UtcTime now)
{
    IncidentObservation seen{.concerns = rankConcerns(facts, catalog, thresholds, now)};
    for (const ConnectionHealth& health : facts.connections) {
        seen.connections.insert(health.connection);
        seen.places.emplace(keyOf(IncidentCause::Connection, health.connection), health.connection);
        if (isBlind(health.connectivity))
            seen.blindConnections.insert(health.connection);
        if (isUnasked(health.connectivity))
            seen.unknown.insert(keyOf(IncidentCause::Connection, health.connection));
    }
    for (const GroupFinding& group : facts.groups) {
        const QString key = keyOf(IncidentCause::Group, group.connection + u'/' + group.group);
        seen.places.emplace(key, group.connection);
        if (group.state == LagState::Unknown)
            seen.unknown.insert(key);
    }
    for (const DoctorFinding& finding : facts.setup)
        seen.places.emplace(keyOf(IncidentCause::Setup, finding.id), finding.connection);
    for (const ChannelOutlook& channel : facts.channels) {
        const QString subject = channel.connection + u'/' + channel.channel;
        seen.places.emplace(keyOf(IncidentCause::Pointers, subject), channel.connection);
        seen.places.emplace(keyOf(IncidentCause::Leaving, subject), channel.connection);
        if (channel.open > 0)
            seen.letterConnections.insert(channel.connection);
    }
    return seen;
}

std::vector<Incident> advanceIncidents(std::vector<Incident> open, const IncidentObservation& seen, UtcTime now)
{
    return Advance(std::move(open), seen, now).run();
}

} // namespace spillway
