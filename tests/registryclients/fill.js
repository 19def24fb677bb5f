// SPDX-License-Identifier: GPL-3.0-or-later
// Fills a registry through two clients that are not ours, and makes payloads with them. One JSON document on stdout.
//   node fill.js http://127.0.0.1:PORT/apis/ccompat/v7
const { SchemaRegistry, SchemaType } = require("@kafkajs/confluent-schema-registry");
const { SchemaRegistryClient } = require("@confluentinc/schemaregistry");

const order = JSON.stringify({
  type: "record", name: "OrderCreated", namespace: "acme.orders",
  fields: [{ name: "order_id", type: "string" }, { name: "amount_cents", type: "long" }],
});
const order2 = JSON.stringify({
  type: "record", name: "OrderCreated", namespace: "acme.orders",
  fields: [{ name: "order_id", type: "string" }, { name: "amount_cents", type: "long" },
           { name: "gift", type: "boolean", default: false }],
});
const payment = JSON.stringify({
  $schema: "http://json-schema.org/draft-07/schema#", type: "object",
  properties: { payment_id: { type: "string" }, amount: { type: "number", minimum: 0 } }, required: ["payment_id"],
});
const shipment = 'syntax = "proto3";\npackage acme;\nmessage ShipmentSent { string parcel = 1; int64 grams = 2; }\n';
const address = JSON.stringify({ $schema: "http://json-schema.org/draft-07/schema#", type: "object",
  properties: { city: { type: "string" } }, required: ["city"] });
const customer = JSON.stringify({ $schema: "http://json-schema.org/draft-07/schema#", type: "object",
  properties: { address: { $ref: "address.json" } } });

(async () => {
  const host = process.argv[2];
  const kafkajs = new SchemaRegistry({ host });
  const confluent = SchemaRegistryClient.newClient({ baseURLs: [host] });
  const avro = await kafkajs.register({ type: SchemaType.AVRO, schema: order }, { subject: "orders-value" });
  const avro2 = await kafkajs.register({ type: SchemaType.AVRO, schema: order2 }, { subject: "orders-value" });
  const json = await kafkajs.register({ type: SchemaType.JSON, schema: payment }, { subject: "payment.made" });
  const proto = await kafkajs.register({ type: SchemaType.PROTOBUF, schema: shipment }, { subject: "shipments-shipment.sent" });
  await confluent.register("address", { schema: address, schemaType: "JSON" });
  const referring = await confluent.register("customer", { schema: customer, schemaType: "JSON",
    references: [{ name: "address.json", subject: "address", version: 1 }] });
  const encode = async (id, value) => (await kafkajs.encode(id, value)).toString("base64");
  const prefixed = Buffer.alloc(5); prefixed.writeInt32BE(referring, 1);
  console.log(JSON.stringify({
    avro: { id: avro.id, payload: await encode(avro.id, { order_id: "o-1", amount_cents: 1250 }) },
    avro2: { id: avro2.id, payload: await encode(avro2.id, { order_id: "o-2", amount_cents: 99, gift: true }) },
    json: { id: json.id, payload: await encode(json.id, { payment_id: "p-1", amount: 19.99 }) },
    proto: { id: proto.id, payload: await encode(proto.id, { parcel: "p-7", grams: 1500 }) },
    referring: { id: referring, payload: Buffer.concat([prefixed, Buffer.from('{"address":{}}')]).toString("base64") },
  }));
})().catch((error) => { console.error(error); process.exit(1); });
