// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/registrycompare.h"

#include "model/schema/schematext.h"

#include <algorithm>
#include <map>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// What a text says, with its language before it; a text that does not read stands for itself.
QByteArray meaningOf(SchemaLanguage language, const QByteArray& text)
{
    return registryWord(language).toUtf8() + '\n' + canonicalSchemaText(language, text).value_or(text);
}

struct Registered
{
    const RegistrySchema* schema = nullptr;
    QByteArray meaning;
    bool isTaken = false;
};

void compareEvent(const QString& event, const std::vector<const SchemaFile*>& files, std::vector<Registered> registered,
                  const SchemaFolder& folder, std::vector<RegistryDifference>& into)
{
    const auto add = [&](const SchemaFile* file, const RegistrySchema* schema, RegistryState state) {
        RegistryDifference difference{.subject = {}, .event = event, .file = {}, .state = state};
        if (file != nullptr) {
            difference.file = file->path;
            difference.fileVersion = file->version;
        }
        difference.subject = schema != nullptr ? schema->subject : registered.front().schema->subject;
        if (schema != nullptr) {
            difference.registryVersion = schema->version;
            difference.id = schema->id;
        }
        into.push_back(std::move(difference));
    };
    std::vector<const SchemaFile*> unmatched;
    for (const SchemaFile* file : files) {
        const QByteArray meaning = meaningOf(file->language, folder.read(file->path).value_or(QByteArray()));
        bool isFound = false;
        for (Registered& candidate : registered) {
            if (candidate.meaning != meaning)
                continue;
            isFound = true;
            candidate.isTaken = true;
            add(file, candidate.schema, RegistryState::Same);
            break;
        }
        if (!isFound)
            unmatched.push_back(file);
    }
    for (const SchemaFile* file : unmatched) {
        const auto twin = std::find_if(registered.begin(), registered.end(), [&](const Registered& candidate) {
            return !candidate.isTaken && candidate.schema->version == file->version;
        });
        if (twin == registered.end()) {
            add(file, nullptr, RegistryState::OnlyInFolder);
            continue;
        }
        twin->isTaken = true;
        add(file, twin->schema, RegistryState::Differs);
    }
    for (const Registered& rest : registered) {
        if (!rest.isTaken)
            add(nullptr, rest.schema, RegistryState::OnlyInRegistry);
    }
}

} // namespace

QString registryStateWord(RegistryState state)
{
    switch (state) {
    case RegistryState::Same:
        return u"same"_s;
    case RegistryState::OnlyInFolder:
        return u"onlyInFolder"_s;
    case RegistryState::OnlyInRegistry:
        return u"onlyInRegistry"_s;
    case RegistryState::Differs:
        return u"differs"_s;
    case RegistryState::NoEvent:
        return u"noEvent"_s;
    case RegistryState::NotRegistered:
        return u"notRegistered"_s;
    case RegistryState::Key:
        return u"key"_s;
    }
    return {};
}

bool isDrift(RegistryState state)
{
    return state != RegistryState::Same && state != RegistryState::Key;
}

std::optional<QString> eventOfSubject(const QString& subject, const SchemaFolder& folder, const Catalog& catalog)
{
    const auto isEvent = [&](const QString& name) { return folder.versionsOf(name) > 0; };
    if (isEvent(subject))
        return subject;
    const QString value = u"-value"_s;
    if (subject.endsWith(value)) {
        const QString topic = subject.chopped(value.size());
        QStringList events = catalog.eventTypesOfTopic(topic);
        events.removeIf([&](const QString& event) { return !isEvent(event); });
        if (events.size() == 1)
            return events.front();
        if (events.isEmpty() && isEvent(topic))
            return topic;
        return std::nullopt;
    }
    // <topic>-<event type>: topics have hyphens too, so every one is tried.
    for (qsizetype at = subject.indexOf(u'-'); at >= 0; at = subject.indexOf(u'-', at + 1)) {
        if (isEvent(subject.sliced(at + 1)))
            return subject.sliced(at + 1);
    }
    return std::nullopt;
}

std::vector<RegistryDifference> compareRegistry(const SchemaFolder& folder, const Catalog& catalog,
                                                const std::vector<RegistrySchema>& registered)
{
    std::map<QString, std::vector<const SchemaFile*>> files;
    for (const SchemaFile& file : folder.files()) {
        if (file.version > 0 || !file.eventType.isEmpty())
            files[file.eventType].push_back(&file);
    }
    for (auto& [event, versions] : files)
        std::sort(versions.begin(), versions.end(),
                  [](const SchemaFile* a, const SchemaFile* b) { return a->version < b->version; });

    std::map<std::pair<QString, QString>, std::vector<Registered>> bySubject; // by (event, subject)
    std::vector<RegistryDifference> differences, strangers;
    std::set<QString> known;
    for (const RegistrySchema& schema : registered) {
        const auto event = eventOfSubject(schema.subject, folder, catalog);
        if (event) {
            known.insert(*event);
            bySubject[{*event, schema.subject}].push_back({&schema, meaningOf(schema.language, schema.text), false});
            continue;
        }
        strangers.push_back(
            {.subject = schema.subject,
             .event = {},
             .file = {},
             .registryVersion = schema.version,
             .id = schema.id,
             .state = schema.subject.endsWith(u"-key"_s) ? RegistryState::Key : RegistryState::NoEvent});
    }
    for (const auto& [event, versions] : files) {
        for (auto& [named, schemas] : bySubject) {
            if (named.first == event)
                compareEvent(event, versions, schemas, folder, differences);
        }
        if (known.contains(event))
            continue;
        for (const SchemaFile* file : versions)
            differences.push_back({.subject = {},
                                   .event = event,
                                   .file = file->path,
                                   .fileVersion = file->version,
                                   .state = RegistryState::NotRegistered});
    }
    differences.insert(differences.end(), strangers.begin(), strangers.end());
    return differences;
}

} // namespace spillway
