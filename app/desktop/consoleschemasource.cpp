// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/consoleschemasource.h"

#include "app/console/registries.h"
#include "app/console/schemasamples.h"
#include "model/compatibility/schemaacks.h"
#include "model/notify/notifystore.h"
#include "model/schema/registrycompare.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDirIterator>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int mostNotifications = 10'000;
constexpr std::size_t mostSteps = 16; // kept

CompatibilityOptions optionsOf(const Context& context, UtcTime now)
{
    return {.catalog = &context.catalog,
            .today = QDateTime::fromMSecsSinceEpoch(now.time_since_epoch().count(), Qt::UTC).date()};
}

NotifySubject subjectOf(const QString& eventType, int version)
{
    return {.kind = NotifySubject::Kind::Schema, .name = eventType, .version = version};
}

} // namespace

/// Changes when a file of the folder comes, goes or is written, and every midnight (waivers expire).
QByteArray ConsoleSchemaSource::stampOfFolder() const
{
    const QDate today = optionsOf(m_holder.context(), m_holder.clock().now()).today;
    QCryptographicHash hash(QCryptographicHash::Sha1);
    hash.addData(today.toString(Qt::ISODate).toUtf8());
    QStringList lines;
    QDirIterator at(m_holder.context().workspace.schemasFolder, QDir::Files | QDir::Hidden,
                    QDirIterator::Subdirectories);
    while (at.hasNext()) {
        at.next();
        const QFileInfo info = at.fileInfo();
        lines += u"%1 %2 %3"_s.arg(info.filePath()).arg(info.lastModified().toMSecsSinceEpoch()).arg(info.size());
    }
    lines.sort();
    for (const QString& line : lines)
        hash.addData(line.toUtf8());
    return hash.result();
}

Result<SchemaSheet> ConsoleSchemaSource::schemas(std::stop_token)
{
    const Context& context = m_holder.context();
    const CompatibilityOptions options = optionsOf(context, m_holder.clock().now());
    // Every sample asks; comparing all versions anew is for when a file has changed.
    const QByteArray stamp = stampOfFolder();
    std::optional<SchemaSheet> sheet;
    {
        const std::lock_guard lock(m_mutex);
        if (stamp == m_stamp)
            sheet = m_sheet;
    }
    if (!sheet) {
        sheet = schemaSheetOf(context.workspace.schemasFolder, options);
        const std::lock_guard lock(m_mutex);
        if (stamp != m_stamp)
            m_steps.clear();
        m_stamp = stamp;
        m_sheet = sheet;
    }
    const auto acks = readSchemaAcks(context.ledgerFile());
    if (!acks)
        return tl::unexpected(acks.error());
    auto reader = m_holder.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    const auto outbox = notifications(*reader, mostNotifications);
    if (!outbox)
        return tl::unexpected(outbox.error());
    applySchemaAcks(*acks, sheet->impact);
    sheet->notices = noticesOf(sheet->impact, toldTimesOf(*outbox), sheet->today);
    return std::move(*sheet);
}

Result<SchemaStep> ConsoleSchemaSource::schemaStep(const QString& eventType, int from, int to, std::stop_token stop)
{
    const Context& context = m_holder.context();
    const UtcTime now = m_holder.clock().now();
    const QByteArray stamp = stampOfFolder();
    const std::tuple key(eventType, from, to);
    std::optional<SchemaStep> known;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_steps.find(key);
        if (stamp == m_stamp && found != m_steps.end())
            known = found->second;
    }
    if (!known) {
        auto made = schemaStepOf(context.workspace.schemasFolder, eventType, from, to, optionsOf(context, now));
        if (!made)
            return made;
        known = std::move(*made);
        const std::lock_guard lock(m_mutex);
        if (stamp == m_stamp) {
            if (m_steps.size() >= mostSteps)
                m_steps.clear();
            m_steps.emplace(key, *known);
        }
    }
    SchemaStep step = std::move(*known);
    if (step.impact.eventType.isEmpty())
        return step;
    auto reader = m_holder.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    std::vector<EventImpact> impact{step.impact};
    if (const Status played = playSamples(*reader, context.workspace.schemasFolder, now, impact, stop); !played)
        return tl::unexpected(played.error());
    const auto acks = readSchemaAcks(context.ledgerFile());
    if (!acks)
        return tl::unexpected(acks.error());
    applySchemaAcks(*acks, impact);
    const auto outbox = notifications(*reader, mostNotifications);
    if (!outbox)
        return tl::unexpected(outbox.error());
    step.impact = impact.front();
    step.notice = noticeOf(step.impact, toldTimesOf(*outbox), optionsOf(context, now).today);
    return step;
}

Result<bool> ConsoleSchemaSource::acknowledge(const SchemaAck& ack, std::stop_token)
{
    const Status done = m_holder.records().acknowledgeSchema(
        {.eventType = ack.eventType, .version = ack.version, .consumer = ack.consumer, .note = ack.note});
    if (!done)
        return tl::unexpected(done.error());
    return true;
}

Result<NotifyPreview> ConsoleSchemaSource::previewNews(const QString& eventType, int version, std::stop_token stop)
{
    auto reader = m_holder.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    return previewNotifications(*reader, m_holder.context(), subjectOf(eventType, version), m_holder.clock().now(),
                                std::move(stop));
}

Result<std::vector<Notification>> ConsoleSchemaSource::sendNews(const QString& eventType, int version,
                                                                const QString& digest, std::stop_token stop)
{
    return m_holder.notifications().send(subjectOf(eventType, version), digest, std::move(stop));
}

Result<std::vector<Notification>> ConsoleSchemaSource::news(std::stop_token)
{
    auto reader = m_holder.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    return notifications(*reader, mostNotifications);
}

Result<std::vector<Notification>> ConsoleSchemaSource::retryNews(const QString& id, std::stop_token stop)
{
    return m_holder.notifications().retry(id, std::move(stop));
}

QStringList ConsoleSchemaSource::registries() const
{
    QStringList names;
    for (const RegistrySettings& settings : m_holder.context().workspace.registries)
        names += settings.name;
    return names;
}

Result<views::RegistryPicture> ConsoleSchemaSource::compareRegistry(const QString& registry, std::stop_token stop)
{
    const Context& context = m_holder.context();
    if (context.workspace.schemasFolder.isEmpty())
        return fail(ErrorCode::InvalidConfig,
                    u"the workspace names no folder of schemas to compare with; add schemas: schemas/"_s);
    const Registries registries(context.workspace);
    const auto source = registries.find(registry);
    if (!source)
        return tl::unexpected(source.error());
    const auto registered = readRegistry(**source, std::move(stop));
    if (!registered)
        return tl::unexpected(registered.error());
    return views::RegistryPicture{
        .registry = registry,
        .rows = spillway::compareRegistry(SchemaFolder(context.workspace.schemasFolder), context.catalog, *registered)};
}

Result<views::RegistryTexts> ConsoleSchemaSource::registryTexts(const QString& registry, const RegistryDifference& row,
                                                                std::stop_token stop)
{
    const Context& context = m_holder.context();
    views::RegistryTexts texts;
    if (!row.file.isEmpty()) {
        const SchemaFolder folder(context.workspace.schemasFolder);
        texts.file = folder.read(row.file);
        for (const SchemaFile& file : folder.files()) {
            if (file.path == row.file)
                texts.language = file.language;
        }
    }
    if (row.registryVersion) {
        const Registries registries(context.workspace);
        const auto source = registries.find(registry);
        if (!source)
            return tl::unexpected(source.error());
        auto schema = (*source)->schema(row.subject, row.registryVersion, std::move(stop));
        if (!schema)
            return tl::unexpected(schema.error());
        texts.language = schema->language;
        texts.registered = std::move(schema->text);
    }
    return texts;
}

} // namespace spillway
