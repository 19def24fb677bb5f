// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connectors/schemaserver/schemaserver.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <stdexcept>

namespace spillway::test {

/// A folder of schemas in three languages, and a server of it.
class ServedFolder
{
public:
    explicit ServedFolder(RegistryJudge judge = {})
        : m_judge(std::move(judge))
    {
        write(
            "order/order.created.v1.avsc",
            R"({"type":"record","name":"OrderCreated","namespace":"acme.orders","fields":[{"name":"order_id","type":"string"},{"name":"amount_cents","type":"long"}]})");
        write(
            "order/order.created.v2.avsc",
            R"({"type":"record","name":"OrderCreated","namespace":"acme.orders","fields":[{"name":"order_id","type":"string"},{"name":"amount_cents","type":"long"},{"name":"gift","type":"boolean","default":false}]})");
        write(
            "payment/payment.made.v10.json",
            R"({"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"payment_id":{"type":"string"},"amount":{"type":"number"}},"required":["payment_id"]})");
        write("payment/payment.made.v9.json",
              R"({"$schema":"http://json-schema.org/draft-07/schema#","type":"object"})");
        write("customer/address.v1.json",
              R"({"$schema":"http://json-schema.org/draft-07/schema#","type":"object","required":["city"]})");
        write(
            "customer/customer.moved.v1.json",
            R"({"$schema":"http://json-schema.org/draft-07/schema#","properties":{"to":{"$ref":"address.v1.json"}}})");
        write("ship/shipment.sent.v1.proto",
              "syntax = \"proto3\";\npackage acme;\nmessage ShipmentSent { string parcel = 1; }\n");
        // The very words of payment.made v9, under another name and with a number that a registry gave it.
        write("other/thing.done.v1.json",
              R"({ "type": "object", "$schema": "http://json-schema.org/draft-07/schema#" })");
        write(
            "_ids/4711.avsc",
            R"({"name":"acme.orders.OrderCreated","type":"record","fields":[{"type":"string","name":"order_id"},{"name":"amount_cents","type":"long"}]})");
        write("broken/never.read.v1.json", "{");
    }

    void write(const char* path, const QByteArray& text) const
    {
        const QString file = m_dir.filePath(QString::fromUtf8(path));
        QDir().mkpath(file.section(u'/', 0, -2));
        QFile out(file);
        if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size())
            throw std::runtime_error("cannot write a schema");
    }

    [[nodiscard]] std::shared_ptr<const FolderRegistry> registry() const
    {
        CatalogEvent order;
        order.eventType = QStringLiteral("order.created");
        order.topic = QStringLiteral("orders");
        return std::make_shared<const FolderRegistry>(SchemaFolder(m_dir.path()), Catalog({}, {order}, {}),
                                                      QStringLiteral("BACKWARD"), m_judge);
    }

    [[nodiscard]] std::unique_ptr<SchemaServer> serve() const
    {
        auto server = SchemaServer::start(0, [registry = registry()] { return registry; });
        if (!server)
            throw std::runtime_error(server.error().detail.toStdString());
        return std::move(*server);
    }

private:
    QTemporaryDir m_dir;
    RegistryJudge m_judge;
};

} // namespace spillway::test
