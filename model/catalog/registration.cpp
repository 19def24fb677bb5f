// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/registration.h"

#include "model/catalog/catalogimport.h"
#include "model/workspace/issuelist.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

std::vector<ConsumerEntry> consumersOf(const Registration& registration, QStringList& faults)
{
    std::vector<ConsumerEntry> consumers;
    QStringList services;
    for (const QString& text : registration.consumers) {
        const QString team = text.section(u'/', 0, 0).trimmed();
        const QString service = text.section(u'/', 1).trimmed();
        if (team.isEmpty() || service.isEmpty() || service.contains(u'/'))
            faults += u"consumer %1 is no TEAM/SERVICE; write it like --consumer payment-team/payment-service"_s.arg(
                quoted(text));
        else if (services.contains(service))
            faults += u"consumer %1 is named twice; name each service once"_s.arg(quoted(service));
        else
            consumers.push_back({.team = team, .service = service, .consumerGroup = service, .sloObjective = 0});
        services += service;
    }
    return consumers;
}

} // namespace

Result<ImportedCatalog> registrationOf(const Registration& registration, const CatalogSources& sources)
{
    QStringList faults;
    const auto demand = [&faults](bool isThere, const QString& fact, const QString& option) {
        if (!isThere)
            faults += u"%1 is missing; give %2"_s.arg(fact, option);
    };
    const QString type = registration.eventType.trimmed();
    demand(!type.isEmpty(), u"the event's name"_s, u"it first, like order.shipped"_s);
    demand(!registration.producerTeam.trimmed().isEmpty(), u"the team that sends it"_s, u"--producer-team TEAM"_s);
    demand(!registration.producerService.trimmed().isEmpty(), u"the service that sends it"_s,
           u"--producer-service SERVICE"_s);
    demand(!registration.consumers.isEmpty(), u"who reads it"_s, u"--consumer TEAM/SERVICE, once for each"_s);
    demand(registration.volume.has_value(), u"how many are sent a day"_s, u"--volume N"_s);
    demand(registration.payloadBytes.has_value(), u"how large one is"_s, u"--payload-bytes N"_s);
    demand(registration.retentionDays.has_value(), u"how long they are kept"_s, u"--retention-days N"_s);
    if (registration.volume.value_or(0) < 0)
        faults += u"the volume is negative; write messages a day"_s;
    if (registration.payloadBytes.value_or(1) <= 0)
        faults += u"the payload's size is not above zero; write bytes"_s;
    if (!(registration.retentionDays.value_or(1) > 0))
        faults += u"the retention is not above zero; write days"_s;
    CatalogEvent event{.eventType = type};
    event.consumers = consumersOf(registration, faults);
    if (!sources.ownership.isNamed())
        faults += u"spillway.yaml names no file of ownership to write into; add 'ownership: FILE'"_s;
    if (!sources.catalog.isNamed())
        faults += u"spillway.yaml names no catalog to write into; add 'catalog: FILE'"_s;
    if (!faults.isEmpty())
        return fail(ErrorCode::InvalidConfig, faults.join(u'\n'));
    for (const JoinedEvent& known : sources.events) {
        if (known.eventType == type)
            return fail(ErrorCode::Conflict,
                        u"%1 is registered already, at %2:%3"_s.arg(quoted(type), known.place().file,
                                                                    QString::number(known.place().line)));
    }
    event.domain = registration.domain.isEmpty() ? type.section(u'.', 0, 0) : registration.domain;
    event.topic = registration.topic;
    event.avgDailyVolume = registration.volume;
    event.avgPayloadBytes = registration.payloadBytes;
    event.retentionDays = registration.retentionDays;
    event.producer.team = registration.producerTeam.trimmed();
    event.producer.service = registration.producerService.trimmed();
    // How a team is reached is known where it publishes something already.
    const ProducerEntry contact = sources.model.contactOf(event.producer.team);
    event.producer.slackChannel = contact.slackChannel;
    event.producer.oncallRotation = contact.oncallRotation;
    ImportedCatalog imported;
    imported.events.push_back(std::move(event));
    return imported;
}

} // namespace spillway
