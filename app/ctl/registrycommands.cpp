// SPDX-License-Identifier: GPL-3.0-or-later
// `schema registry …`
#include "app/console/registries.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "model/base/jsonwriter.h"
#include "model/base/text.h"

#include <QUuid>

#include <algorithm>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

void writeSchema(JsonWriter& json, const QString& registry, const RegistrySchema& schema)
{
    json.beginObject()
        .field(u"registry", registry)
        .field(u"subject", schema.subject.isEmpty() ? std::nullopt : std::optional(schema.subject))
        .field(u"version", schema.version == 0 ? std::nullopt : std::optional(schema.version))
        .field(u"id", schema.id)
        .field(u"guid", schema.guid.isEmpty() ? std::nullopt : std::optional(schema.guid))
        .field(u"schemaType", registryWord(schema.language));
    json.key(u"references").beginArray();
    for (const SchemaReference& reference : schema.references)
        json.beginObject()
            .field(u"name", reference.name)
            .field(u"subject", reference.subject)
            .field(u"version", reference.version)
            .endObject();
    json.endArray().field(u"schema", QString::fromUtf8(schema.text)).endObject();
}

int list(Session& session, SchemaSource& source, bool& isFirst, JsonWriter& json)
{
    const auto subjects = source.subjects(session.stop());
    if (!subjects)
        return refuse(subjects.error());
    for (const QString& subject : *subjects) {
        const auto versions = source.versions(subject, session.stop());
        if (!versions && versions.error().code == ErrorCode::NotFound)
            continue; // deleted since
        if (!versions)
            return refuse(versions.error());
        const auto latest = source.schema(subject, std::nullopt, session.stop());
        if (!latest && latest.error().code != ErrorCode::NotFound && latest.error().code != ErrorCode::Unsupported)
            return refuse(latest.error());
        if (session.options().json) {
            json.beginObject().field(u"registry", source.name()).field(u"subject", subject);
            json.key(u"versions").beginArray();
            for (const int version : *versions)
                json.value(version);
            json.endArray()
                .field(u"id", latest ? latest->id : std::nullopt)
                .field(u"schemaType", latest ? std::optional(registryWord(latest->language)) : std::nullopt)
                .endObject();
            continue;
        }
        QStringList numbers;
        for (const int version : *versions)
            numbers += QString::number(version);
        if (std::exchange(isFirst, false))
            printText(u"%1  %2  %3  %4"_s.arg(u"Registry"_s.leftJustified(14), u"Subject"_s.leftJustified(44),
                                              u"Type"_s.leftJustified(8), u"Versions"_s));
        printText(u"%1  %2  %3  %4"_s.arg(
            visibleText(source.name()).leftJustified(14), visibleText(subject).leftJustified(44),
            (latest ? registryWord(latest->language) : u"?"_s).leftJustified(8), numbers.join(u", "_s)));
    }
    return Done;
}

QString differenceText(const RegistryDifference& difference)
{
    const auto version = [](const std::optional<int>& number) { return number ? QString::number(*number) : u"–"_s; };
    return u"%1  %2  %3  %4"_s.arg(
        registryStateWord(difference.state).leftJustified(15),
        visibleText(difference.event.isEmpty() ? difference.subject : difference.event).leftJustified(40),
        u"file v%1, registry v%2"_s.arg(version(difference.fileVersion), version(difference.registryVersion))
            .leftJustified(26),
        visibleText(difference.file.isEmpty() ? difference.subject : difference.file));
}

} // namespace

int run(Session& session, const RegistryList& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    const Registries registries(context->workspace);
    std::vector<SchemaSource*> asked;
    if (!command.registry.isEmpty() || registries.all().empty()) {
        const auto source = registries.find(command.registry);
        if (!source)
            return refuse(source.error());
        asked.push_back(*source);
    } else {
        for (const auto& source : registries.all())
            asked.push_back(source.get());
    }
    JsonWriter json;
    json.beginArray();
    int worst = Done;
    bool isFirst = true;
    for (SchemaSource* source : asked)
        worst = std::max(worst, list(session, *source, isFirst, json));
    json.endArray();
    // A registry that could not be read is no empty one.
    if (session.options().json && (worst == Done || json.json() != "[]"))
        printLine(json.json());
    return worst;
}

int run(Session& session, const RegistryShow& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    const Registries registries(context->workspace);
    const auto source = registries.find(command.registry);
    if (!source)
        return refuse(source.error());
    Result<RegistrySchema> schema = fail(ErrorCode::InvalidConfig, u"write a SUBJECT, or --id with a schema's id"_s);
    if (!command.id.isEmpty()) {
        bool isNumber = false;
        (void)command.id.toUInt(&isNumber);
        const bool isGuid = !QUuid::fromString(command.id).isNull();
        if (!isNumber && !isGuid)
            return refuse({ErrorCode::InvalidConfig, u"--id is neither a number nor a GUID"_s});
        schema = (*source)->schemaOf(
            {.kind = isNumber ? WireFormat::Kind::ConfluentId : WireFormat::Kind::ConfluentGuid, .id = command.id},
            session.stop());
    } else if (!command.subject.isEmpty()) {
        schema = (*source)->schema(command.subject, command.version, session.stop());
    }
    if (!schema)
        return refuse(schema.error());
    if (!session.options().json)
        return print(visibleBytes(schema->text, true).toUtf8() + '\n') ? Done : OutOfReach;
    JsonWriter json;
    writeSchema(json, (*source)->name(), *schema);
    return printLine(json.json()) ? Done : OutOfReach;
}

int run(Session& session, const RegistryCompare& command)
{
    const Context* context = session.context();
    if (!context)
        return Usage;
    if (context->workspace.schemasFolder.isEmpty())
        return refuse({ErrorCode::InvalidConfig,
                       u"the workspace names no folder of schemas to compare with; add schemas: schemas/"_s});
    const Registries registries(context->workspace);
    const auto source = registries.find(command.registry);
    if (!source)
        return refuse(source.error());
    const auto registered = readRegistry(**source, session.stop());
    if (!registered)
        return refuse(registered.error());
    const auto differences =
        compareRegistry(SchemaFolder(context->workspace.schemasFolder), context->catalog, *registered);
    const auto drifted = std::count_if(differences.begin(), differences.end(),
                                       [](const RegistryDifference& each) { return isDrift(each.state); });
    if (session.options().json) {
        JsonWriter json;
        json.beginArray();
        const auto orNull = [](const QString& text) { return text.isEmpty() ? std::nullopt : std::optional(text); };
        for (const RegistryDifference& each : differences)
            json.beginObject()
                .field(u"registry", (*source)->name())
                .field(u"subject", orNull(each.subject))
                .field(u"event", orNull(each.event))
                .field(u"file", orNull(each.file))
                .field(u"fileVersion", each.fileVersion)
                .field(u"registryVersion", each.registryVersion)
                .field(u"id", each.id)
                .field(u"state", registryStateWord(each.state))
                .endObject();
        json.endArray();
        printLine(json.json());
    } else {
        for (const RegistryDifference& each : differences) {
            if (isDrift(each.state) || session.options().verbose)
                printText(differenceText(each));
        }
        printText(drifted == 0 ? u"Folder and registry agree: %1 versions"_s.arg(differences.size())
                               : u"%1 of %2 differ"_s.arg(drifted).arg(differences.size()));
    }
    return drifted == 0 ? Done : Found;
}

} // namespace spillway::ctl
