// SPDX-License-Identifier: GPL-3.0-or-later
// Reads descriptors and writes what Backstage's own model says of them: one JSON object with `taken` (kind/name of each
// entity that passes all policies and the schema of its kind) and `refused` (the same with the reason).
const model = require("@backstage/catalog-model");
const documents = require("js-yaml").loadAll(require("fs").readFileSync(0, "utf8"));
const policies = model.EntityPolicies.allOf([
  new model.SchemaValidEntityPolicy(),
  new model.DefaultNamespaceEntityPolicy(),
  new model.NoForeignRootFieldsEntityPolicy(),
  new model.FieldFormatEntityPolicy(),
]);
const kinds = {
  API: model.apiEntityV1alpha1Validator,
  Component: model.componentEntityV1alpha1Validator,
  Domain: model.domainEntityV1alpha1Validator,
  Group: model.groupEntityV1alpha1Validator,
  Resource: model.resourceEntityV1alpha1Validator,
  System: model.systemEntityV1alpha1Validator,
};

async function judge(document) {
  const entity = await policies.enforce(document);
  if (!(await kinds[document.kind].check(entity))) throw new Error("its kind is not known in this apiVersion");
}

(async () => {
  const taken = [];
  const refused = [];
  for (const document of documents) {
    const name = `${document.kind}/${document.metadata && document.metadata.name}`;
    await judge(document).then(() => taken.push(name), (error) => refused.push(`${name}: ${error.message}`));
  }
  process.stdout.write(JSON.stringify({ taken, refused }));
})();
