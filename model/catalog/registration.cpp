// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/registration.h"

#include "model/catalog/catalogimport.h"
#include "model/catalog/schemastub.h"
#include "model/workspace/issuelist.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

struct ReaderName
{
    QString team;
    QString service;
    [[nodiscard]] bool isWhole() const { return !team.isEmpty() && !service.isEmpty() && !service.contains(u'/'); }
};

/// TEAM/SERVICE
ReaderName readerOf(const QString& text)
{
    return {text.section(u'/', 0, 0).trimmed(), text.section(u'/', 1).trimmed()};
}

/// Of a registration without faults.
std::vector<ConsumerEntry> consumersOf(const Registration& registration)
{
    std::vector<ConsumerEntry> consumers;
    for (const QString& text : registration.consumers) {
        const ReaderName reader = readerOf(text);
        consumers.push_back(
            {.team = reader.team, .service = reader.service, .consumerGroup = reader.service, .sloObjective = 0});
    }
    return consumers;
}

class FaultFinder
{
public:
    void demand(RegistrationField field, bool isThere, const QString& fact, const QString& option)
    {
        if (!isThere)
            m_faults.push_back({field, true, u"%1 is missing"_s.arg(fact), u"give %1"_s.arg(option)});
    }
    void refuse(RegistrationField field, bool isWrong, const QString& message, const QString& remedy)
    {
        if (isWrong)
            m_faults.push_back({field, false, message, remedy});
    }
    void lookAtConsumers(const QStringList& consumers)
    {
        QStringList services;
        for (const QString& text : consumers) {
            const ReaderName reader = readerOf(text);
            refuse(RegistrationField::Consumers, !reader.isWhole(),
                   u"consumer %1 is no TEAM/SERVICE"_s.arg(quoted(text)),
                   u"write it like --consumer payment-team/payment-service"_s);
            refuse(RegistrationField::Consumers, reader.isWhole() && services.contains(reader.service),
                   u"consumer %1 is named twice"_s.arg(quoted(reader.service)), u"name each service once"_s);
            services += reader.service;
        }
    }
    std::vector<RegistrationFault> take() { return std::move(m_faults); }

private:
    std::vector<RegistrationFault> m_faults;
};

} // namespace

std::vector<RegistrationFault> registrationFaults(const Registration& registration, const CatalogSources& sources)
{
    using Field = RegistrationField;
    FaultFinder faults;
    faults.demand(Field::Event, !registration.eventType.trimmed().isEmpty(), u"the event's name"_s,
                  u"it first, like order.shipped"_s);
    faults.demand(Field::ProducerTeam, !registration.producerTeam.trimmed().isEmpty(), u"the team that sends it"_s,
                  u"--producer-team TEAM"_s);
    faults.demand(Field::ProducerService, !registration.producerService.trimmed().isEmpty(),
                  u"the service that sends it"_s, u"--producer-service SERVICE"_s);
    faults.demand(Field::Consumers, !registration.consumers.isEmpty(), u"who reads it"_s,
                  u"--consumer TEAM/SERVICE, once for each"_s);
    faults.demand(Field::Volume, registration.volume.has_value(), u"how many are sent a day"_s, u"--volume N"_s);
    faults.demand(Field::PayloadBytes, registration.payloadBytes.has_value(), u"how large one is"_s,
                  u"--payload-bytes N"_s);
    faults.demand(Field::RetentionDays, registration.retentionDays.has_value(), u"how long they are kept"_s,
                  u"--retention-days N"_s);
    faults.refuse(Field::Volume, registration.volume.value_or(0) < 0, u"the volume is negative"_s,
                  u"write messages a day"_s);
    faults.refuse(Field::PayloadBytes, registration.payloadBytes.value_or(1) <= 0,
                  u"the payload's size is not above zero"_s, u"write bytes"_s);
    faults.refuse(Field::RetentionDays, !(registration.retentionDays.value_or(1) > 0),
                  u"the retention is not above zero"_s, u"write days"_s);
    faults.lookAtConsumers(registration.consumers);
    faults.refuse(Field::Files, !sources.ownership.isNamed(),
                  u"spillway.yaml names no file of ownership to write into"_s, u"add 'ownership: FILE'"_s);
    faults.refuse(Field::Files, !sources.catalog.isNamed(), u"spillway.yaml names no catalog to write into"_s,
                  u"add 'catalog: FILE'"_s);
    return faults.take();
}

Result<ImportedCatalog> registrationOf(const Registration& registration, const CatalogSources& sources)
{
    QStringList lines;
    for (const RegistrationFault& fault : registrationFaults(registration, sources))
        lines += fault.toString();
    if (!lines.isEmpty())
        return fail(ErrorCode::InvalidConfig, lines.join(u'\n'));
    const QString type = registration.eventType.trimmed();
    for (const JoinedEvent& known : sources.events) {
        if (known.eventType == type)
            return fail(ErrorCode::Conflict,
                        u"%1 is registered already, at %2:%3"_s.arg(quoted(type), known.place().file,
                                                                    QString::number(known.place().line)));
    }
    CatalogEvent event{.eventType = type};
    event.consumers = consumersOf(registration);
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
    if (registration.startsSchema) {
        if (const auto stub = schemaStub(sources.workspace, event)) {
            event.schemaPath = stub->path;
            event.currentVersion = 1;
        }
    }
    ImportedCatalog imported;
    imported.events.push_back(std::move(event));
    return imported;
}

} // namespace spillway
