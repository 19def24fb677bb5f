// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/catalog/lintscene.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace spillway::test {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto ownership = R"(# who owns what
events:
  order.created:
    producer:
      team: order-team # the shop
      service: order-service
      slack_channel: '#order'
      oncall_rotation: order-oncall
    consumers:
      - team: payment-team
        service: payment-service
        slo_processing_time_ms: 500
        slack_channel: '#payment'
        fields: [order_id, lines.sku]
  order.cancelled:
    producer: { team: order-team, service: order-service, slack_channel: '#order', oncall_rotation: order-oncall }
    consumers:
      - { team: payment-team, service: payment-service, slo_processing_time_ms: 500 }
)";
constexpr auto catalog = R"(# what there is
catalog:
  - event_type: order.created
    domain: order
    description: 'Published when an order is made.' # keep
    schema_path: schemas/order/order.created.v2.json
    current_version: 2
    topic: order-events
    partition_key: order_id
    avg_daily_volume: 1000
    avg_payload_bytes: 800
    retention_days: 7
    producer:
      service: order-service
      team: order-team
    consumers:
      - service: payment-service
        team: payment-team
    tags: ['critical']
    created_at: '2024-06-15'
    last_schema_change: '2025-11-20'
  - event_type: order.cancelled
    domain: order
    description: 'Published when an order is cancelled.'
    schema_path: schemas/order/order.cancelled.v1.json
    current_version: 1
    topic: order-events
    partition_key: order_id
    avg_daily_volume: 100
    avg_payload_bytes: 300
    retention_days: 7
    producer: { service: order-service, team: order-team }
    consumers:
      - { service: payment-service, team: payment-team }
    tags: [transactional]
)";

} // namespace

LintScene::LintScene()
{
    write(u"ownership.yaml"_s, ownership);
    write(u"event-catalog.yaml"_s, catalog);
    write(u"schemas/order/order.created.v1.json"_s, "{}");
    write(
        u"schemas/order/order.created.v2.json"_s,
        R"({"type":"object","properties":{"order_id":{"type":"string"},"lines":{"type":"array","items":{"$ref":"#/$defs/line"}}},
"$defs":{"line":{"type":"object","properties":{"sku":{"type":"string"},"parts":{"type":"array","items":{"$ref":"#/$defs/line"}}}}}})");
    write(u"schemas/order/order.cancelled.v1.json"_s, R"({"properties":{"order_id":{"type":"string"}}})");
    workspace.folder = m_folder.path();
    workspace.file = path(u"spillway.yaml"_s);
    workspace.ownershipFile = path(u"ownership.yaml"_s);
    workspace.catalogFile = path(u"event-catalog.yaml"_s);
    ConnectionSettings connection;
    connection.name = u"orders"_s;
    connection.deadLetters.push_back(DeadLetterTopic{.selector = {.topic = u"order-events.DLT"_s, .pattern = {}}});
    workspace.connections.push_back(connection);
}

void LintScene::write(const QString& name, const QByteArray& text) const
{
    QDir().mkpath(QFileInfo(path(name)).absolutePath());
    QFile file(path(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write the test's own file");
}

QByteArray LintScene::read(const QString& name) const
{
    QFile file(path(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void LintScene::change(const QString& name, const QByteArray& before, const QByteArray& after) const
{
    QByteArray text = read(name);
    const qsizetype at = text.indexOf(before);
    if (at < 0)
        qFatal("the test's own file does not have what it replaces: %s", before.constData());
    text.replace(at, before.size(), after);
    write(name, text);
}

CatalogSources LintScene::sources() const
{
    Checked<CatalogSources> read = readCatalogSources(workspace);
    if (!read.value)
        qFatal("the test's own files cannot be read: %s", qPrintable(read.issues.front().toString()));
    return std::move(*read.value);
}

LintResult LintScene::lint() const
{
    const Checked<LintPolicy> policy = readLintPolicy(workspace);
    if (!policy.value)
        qFatal("the test's own policy cannot be read: %s", qPrintable(policy.issues.front().toString()));
    return lintCatalog(sources(), *policy.value, QDate(2026, 11, 26));
}

} // namespace spillway::test
