// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/consoleschemasource.h"

#include "app/console/schemasamples.h"
#include "model/compatibility/schemaacks.h"

#include <QDateTime>

namespace spillway {

namespace {

CompatibilityOptions optionsOf(const Context& context, UtcTime now)
{
    return {.catalog = &context.catalog,
            .today = QDateTime::fromMSecsSinceEpoch(now.time_since_epoch().count(), Qt::UTC).date()};
}

} // namespace

Result<SchemaSheet> ConsoleSchemaSource::schemas(std::stop_token)
{
    const Context& context = m_holder.context();
    return schemaSheetOf(context.workspace.schemasFolder, optionsOf(context, m_holder.clock().now()));
}

Result<SchemaStep> ConsoleSchemaSource::schemaStep(const QString& eventType, int from, int to, std::stop_token stop)
{
    const Context& context = m_holder.context();
    const UtcTime now = m_holder.clock().now();
    auto step = schemaStepOf(context.workspace.schemasFolder, eventType, from, to, optionsOf(context, now));
    if (!step || step->impact.eventType.isEmpty())
        return step;
    auto reader = m_holder.reader();
    if (!reader)
        return tl::unexpected(reader.error());
    std::vector<EventImpact> impact{step->impact};
    if (const Status played = playSamples(*reader, context.workspace.schemasFolder, now, impact, stop); !played)
        return tl::unexpected(played.error());
    const auto acks = readSchemaAcks(context.ledgerFile());
    if (!acks)
        return tl::unexpected(acks.error());
    applySchemaAcks(*acks, impact);
    step->impact = impact.front();
    return step;
}

} // namespace spillway
