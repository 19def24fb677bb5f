// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/importfacts.h"

#include "model/workspace/issuelist.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

const YamlNode* child(const YamlNode* map, QStringView key)
{
    return map != nullptr && map->kind == YamlNode::Kind::Map ? map->find(key) : nullptr;
}

QString textOf(const YamlNode* map, QStringView key)
{
    const YamlNode* value = child(map, key);
    return value != nullptr && value->kind == YamlNode::Kind::Scalar ? value->text : QString();
}

void forEach(const YamlNode* map, const std::function<void(const QString& key, const YamlNode& value)>& use)
{
    if (map == nullptr || map->kind != YamlNode::Kind::Map)
        return;
    for (const YamlNode::Entry& entry : map->entries)
        use(entry.key->text, *entry.value);
}

void fill(QString& into, const QString& from)
{
    if (into.isEmpty())
        into = from;
}

CatalogEvent& ImportFacts::event(const QString& type)
{
    const auto known = m_index.constFind(type);
    if (known != m_index.constEnd())
        return m_events[*known];
    m_index.insert(type, m_events.size());
    CatalogEvent& fresh = m_events.emplace_back();
    fresh.eventType = type;
    return fresh;
}

void ImportFacts::produces(CatalogEvent& event, const QString& service, const QString& team)
{
    if (!event.producer.service.isEmpty() && event.producer.service != service) {
        note(u"%1 is sent by %2 and by %3; the first one is taken"_s.arg(
            quoted(event.eventType), quoted(event.producer.service), quoted(service)));
        return;
    }
    event.producer.service = service;
    fill(event.producer.team, team);
}

void ImportFacts::consumes(CatalogEvent& event, ConsumerEntry consumer)
{
    const bool isKnown = std::any_of(event.consumers.begin(), event.consumers.end(),
                                     [&](const ConsumerEntry& known) { return known.service == consumer.service; });
    if (!isKnown)
        event.consumers.push_back(std::move(consumer));
}

void ImportFacts::note(const QString& what)
{
    if (!m_notes.contains(what))
        m_notes += what;
}

QString ImportFacts::notANumber(QStringView key, const QString& text)
{
    return u"%1 is %2, which is no number that fits; it is passed over"_s.arg(key.toString(), quoted(text));
}

ImportedCatalog ImportFacts::take()
{
    ImportedCatalog imported;
    for (CatalogEvent& event : m_events) {
        if (event.eventType.isEmpty())
            note(u"an event without a name is passed over"_s);
        else
            imported.events.push_back(std::move(event));
    }
    imported.notes = m_notes;
    return imported;
}

} // namespace spillway
