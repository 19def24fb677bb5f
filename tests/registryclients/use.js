// SPDX-License-Identifier: GPL-3.0-or-later
// Uses a read-only registry through two clients that are not ours, unmodified. One JSON document on stdout.
//   node use.js http://127.0.0.1:PORT
const { SchemaRegistry, SchemaType } = require("@kafkajs/confluent-schema-registry");
const { SchemaRegistryClient } = require("@confluentinc/schemaregistry");

const said = async (work) => {
  try { return { value: await work() }; } catch (error) {
    return { status: error.status ?? null, code: error.errorCode ?? error.code ?? null };
  }
};

(async () => {
  const host = process.argv[2];
  const kafkajs = new SchemaRegistry({ host });
  const confluent = SchemaRegistryClient.newClient({ baseURLs: [host] });
  const out = {};
  out.subjects = await confluent.getAllSubjects();
  out.versions = await confluent.getAllVersions("order.created");
  const latest = await confluent.getLatestSchemaMetadata("order.created");
  out.latest = { id: latest.id, version: latest.version, schema: latest.schema };
  out.byTopic = (await confluent.getLatestSchemaMetadata("orders-value")).id;
  out.bySubjectAndId = (await confluent.getBySubjectAndId("order.created", latest.id)).schema;
  out.idOfText = await confluent.getId("order.created", { schema: latest.schema });
  out.versionOfText = await confluent.getVersion("order.created", { schema: latest.schema });
  out.customer = await confluent.getSchemaMetadata("customer.moved", 1);
  out.compatibility = await said(() => confluent.testSubjectCompatibility("order.created", { schema: latest.schema }));
  out.level = await said(() => confluent.getDefaultCompatibility());
  out.setLevel = await said(() => confluent.updateDefaultCompatibility("NONE"));
  out.remove = await said(() => confluent.deleteSubject("order.created"));
  out.registerNew = await said(() => confluent.register("order.created", { schema: '"string"' }));
  out.registerSame = await said(() => confluent.register("order.created", { schema: latest.schema }));

  const id = await kafkajs.getLatestSchemaId("order.created");
  out.kafkajsId = id;
  out.kafkajsVersion = await kafkajs.getRegistryId("order.created", 1);
  const bytes = await kafkajs.encode(id, { order_id: "o-9", amount_cents: 5, gift: true });
  out.payload = bytes.toString("base64");
  out.decoded = await kafkajs.decode(bytes);
  out.kafkajsSame = await said(() => kafkajs.register({ type: SchemaType.AVRO, schema: latest.schema },
    { subject: "order.created" }));
  out.kafkajsNew = await said(() => kafkajs.register({ type: SchemaType.AVRO,
    schema: '{"type":"record","name":"X","fields":[]}' }, { subject: "order.created" }));
  const json = await kafkajs.getLatestSchemaId("payment.made");
  out.json = await kafkajs.decode(await kafkajs.encode(json, { payment_id: "p", amount: 3 }));
  out.jsonRefused = await said(() => kafkajs.encode(json, { amount: 3 }));
  console.log(JSON.stringify(out));
})().catch((error) => { console.error(error); process.exit(1); });
