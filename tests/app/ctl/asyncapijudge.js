// SPDX-License-Identifier: GPL-3.0-or-later
// Reads an AsyncAPI document and writes what its parser finds and what it read: one JSON object with `errors`, `channels`
// (addresses), `operations` (action, channel address, messages) and `messages` (name, whether it has a payload).
const { Parser } = require("@asyncapi/parser");
const text = require("fs").readFileSync(0, "utf8");
new Parser().parse(text).then(({ document, diagnostics }) => {
  const errors = diagnostics.filter((d) => d.severity === 0).map((d) => `${d.path.join("/")}: ${d.message}`);
  const all = (list) => (list ? list.all() : []);
  process.stdout.write(JSON.stringify({
    errors,
    channels: all(document && document.channels()).map((c) => c.address()),
    operations: all(document && document.operations()).map((o) => ({
      action: o.action(),
      channel: o.channels().all()[0].address(),
      messages: o.messages().all().map((m) => m.name()),
    })),
    messages: all(document && document.components().messages()).map((m) => ({ name: m.name(), hasPayload: m.hasPayload() })),
  }));
});
