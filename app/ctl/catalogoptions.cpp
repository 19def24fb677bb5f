// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandfamily.h"
#include "app/ctl/optionwords.h"

namespace spillway::ctl {

namespace {

struct Words
{
    std::string id, query, format, out, path;
    std::string producerTeam, producerService, domain, topic; // register, and the next three lines
    std::vector<std::string> consumers;
    std::optional<std::int64_t> volume, payloadBytes;
    std::optional<double> retentionDays;
    bool startsSchema = false;
    std::optional<int> schemaVersion; // show
    bool fix = false, apply = false, replaces = false;
};

using Family = CommandFamily<Words>;

void addExchangeFormat(CLI::App& command, const Family& family)
{
    Words& words = family.words();
    command.add_option("--format", words.format, "asyncapi, eventcatalog or backstage")
        ->required()
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"asyncapi", "eventcatalog", "backstage"}));
}

void addFindingsOptions(CLI::App& command, const Family& family)
{
    Words& words = family.words();
    command.add_option("--format", words.format, "text, json or sarif")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"text", "json", "sarif"}));
    command.add_option("--out", words.out, "Write to this file instead of stdout")->type_name("FILE");
}

/// Nothing is required here, so that the command can name all that is missing at once.
void addRegistration(CLI::App& catalog, const Family& family)
{
    Words& words = family.words();
    auto* command = family.leaf(catalog, "register", "A new event: its facts, what it will cost, the lines to write",
                                [](const Words& w) {
                                    return CatalogRegister{{.eventType = text(w.id),
                                                            .producerTeam = text(w.producerTeam),
                                                            .producerService = text(w.producerService),
                                                            .consumers = texts(w.consumers),
                                                            .volume = w.volume,
                                                            .payloadBytes = w.payloadBytes,
                                                            .retentionDays = w.retentionDays,
                                                            .domain = text(w.domain),
                                                            .topic = text(w.topic),
                                                            .startsSchema = w.startsSchema},
                                                           w.apply};
                                });
    command->add_option("EVENT", words.id, "Its name, like order.shipped")->type_name("");
    command->add_option("--producer-team", words.producerTeam, "The team that sends it")->type_name("TEAM");
    command->add_option("--producer-service", words.producerService, "The service that sends it")->type_name("SERVICE");
    command->add_option("--consumer", words.consumers, "Who reads it; once for each")
        ->type_name("TEAM/SERVICE")
        ->allow_extra_args(false);
    command->add_option("--volume", words.volume, "Messages a day")->type_name("N");
    command->add_option("--payload-bytes", words.payloadBytes, "Bytes of one message")->type_name("N");
    command->add_option("--retention-days", words.retentionDays, "Days it is kept")->type_name("N");
    command->add_option("--domain", words.domain, "Default: the first word of its name")->type_name("NAME");
    command->add_option("--topic", words.topic, "Where it flows")->type_name("TOPIC");
    command->add_flag("--start-schema", words.startsSchema, "Begin version 1 of its schema where schemas lie");
    command->add_flag("--apply", words.apply, "Write it into ownership and catalog; comments are kept");
}

} // namespace

void addCatalogCommands(CLI::App& app, const Choose& choose)
{
    const Family family(choose);
    Words& words = family.words();
    auto* catalog =
        Family::group(app, "catalog", "Who publishes and consumes what, and whether the files say the truth");
    auto* lint = family.leaf(*catalog, "lint", "Judge ownership, catalog and schemas; 1 on a finding of severity error",
                             [](const Words& w) {
                                 return CatalogLint{text(w.format), text(w.out), w.fix};
                             });
    addFindingsOptions(*lint, family);
    lint->add_flag("--fix", words.fix, "Write the safe changes into the files first; comments are kept");
    auto* drift = family.leaf(*catalog, "drift", "What the files declare against what was observed; 1 on an error",
                              [](const Words& w) {
                                  return CatalogDrift{text(w.format), text(w.out), w.apply};
                              });
    addFindingsOptions(*drift, family);
    drift->add_flag("--apply", words.apply, "Write the measured numbers into the catalog first; comments are kept");
    auto* exported = family.leaf(*catalog, "export", "The catalog as AsyncAPI, EventCatalog or Backstage has it",
                                 [](const Words& w) {
                                     return CatalogExportCommand{text(w.format), text(w.out), w.replaces};
                                 });
    addExchangeFormat(*exported, family);
    exported->add_option("--out", words.out, "File (.json, .yaml), or the folder of an EventCatalog")
        ->required()
        ->type_name("PATH");
    exported->add_flag("--replace", words.replaces, "Write over files that say something else");
    auto* imported = family.leaf(*catalog, "import", "What another catalog tells and ours does not; 1 on a conflict",
                                 [](const Words& w) {
                                     return CatalogImportCommand{text(w.path), text(w.format), w.apply};
                                 });
    imported->add_option("PATH", words.path, "The file or folder to read")->required()->type_name("");
    addExchangeFormat(*imported, family);
    imported->add_flag("--apply", words.apply, "Write it into ownership and catalog; comments are kept");
    addRegistration(*catalog, family);
    family.leaf(app, "scorecard", "The four phases of governance, measured", [](const Words&) { return Scorecard{}; });
    auto* search = family.leaf(*catalog, "search", "Events by name, field, owner, tag, description",
                               [](const Words& w) { return CatalogSearch{text(w.query)}; });
    search->add_option("Q", words.query, "Like: owner:payment tag:pii field:customer_id consumers>3")->type_name("");
    auto* show =
        family.leaf(*catalog, "show", "Everything about one event: owner, consumers, cost, schema, history from Git",
                    [](const Words& w) {
                        return CatalogShow{text(w.id), w.schemaVersion};
                    });
    show->add_option("EVENT", words.id, "Its name, like order.created")->required()->type_name("");
    show->add_option("--schema-version", words.schemaVersion, "This version of its schema; default: the newest")
        ->type_name("N");
    family.leaf(*catalog, "teams", "Teams and events: who publishes and reads what, and how promises stand",
                [](const Words&) { return CatalogTeams{}; });
    family.leaf(*catalog, "rules", "Every rule of lint and drift, with its severity",
                [](const Words&) { return CatalogRules{}; });
}

} // namespace spillway::ctl
