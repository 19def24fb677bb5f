// SPDX-License-Identifier: GPL-3.0-or-later
// Reads lines of {"schema": …, "documents": [texts]} and answers each with a list: true, false, or null where ajv itself
// refuses the schema. Formats are asserted with --formats, else they are notes.
const readline = require("readline");
const addFormats = require("ajv-formats");
const options = { allErrors: false, strict: false, validateFormats: process.argv.includes("--formats"), logger: false };
const makers = {
  "http://json-schema.org/draft-04/schema#": () => new (require("ajv-draft-04"))(options),
  "http://json-schema.org/draft-07/schema#": () => new (require("ajv"))(options),
  "https://json-schema.org/draft/2019-09/schema": () => new (require("ajv/dist/2019"))(options),
  "https://json-schema.org/draft/2020-12/schema": () => new (require("ajv/dist/2020"))(options),
};
const drafts = {};
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { schema, documents } = JSON.parse(line);
  const draft = schema.$schema || "https://json-schema.org/draft/2020-12/schema";
  drafts[draft] ||= options.validateFormats ? addFormats(makers[draft]()) : makers[draft]();
  let validate;
  try {
    validate = drafts[draft].compile(schema);
  } catch (error) {
    process.stderr.write(error.message + "\n");
  }
  const judge = (text) => {
    try {
      return validate ? validate(JSON.parse(text)) : null;
    } catch (error) {
      return null; // a circle that asks nothing in between: ajv goes round for ever
    }
  };
  console.log(JSON.stringify(documents.map(judge)));
  drafts[draft].removeSchema();
});
