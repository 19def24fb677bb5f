// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandfamily.h"
#include "app/ctl/optionwords.h"

namespace spillway::ctl {

namespace {

struct Words
{
    std::string folder, policy, level, base, format, out;
    std::string eventType, consumer, note; // ack
    std::string registry, subject, id;
    std::optional<int> version, port;
};

using Family = CommandFamily<Words>;

void addCheckOptions(CLI::App& check, const Family& family)
{
    Words& words = family.words();
    check.add_option("DIR", words.folder, "Folder of schemas; default: the workspace's")->type_name("");
    check.add_option("--policy", words.policy, "Whose rules; default: house where there is a rules' file")
        ->type_name("POLICY")
        ->check(CLI::IsMember({"confluent-strict", "confluent-lenient", "optional-friendly", "seed", "house"}));
    check.add_option("--level", words.level, "What must hold; default: by the rules' file, else BACKWARD")
        ->type_name("LEVEL")
        ->check(CLI::IsMember(
            {"BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE", "NONE"},
            CLI::ignore_case));
    check.add_option("--base", words.base, "Only what changed since HEAD and this Git revision parted")
        ->type_name("REV");
}

void addChecks(CLI::App& schema, const Family& family)
{
    Words& words = family.words();
    auto* check =
        family.leaf(schema, "check", "Whether consumers survive each change of a schema; exit 1 where they do not",
                    [](const Words& w) {
                        return SchemaCheckCommand{text(w.folder), text(w.policy), text(w.level),
                                                  text(w.base),   text(w.format), text(w.out)};
                    });
    auto* impact = family.leaf(
        schema, "impact", "Whom the changes break, who must be told, and what real messages say", [](const Words& w) {
            return SchemaImpact{{text(w.folder), text(w.policy), text(w.level), text(w.base), {}, {}}, text(w.out)};
        });
    impact->add_option("--calendar", words.out, "Also write the notice dates, as iCalendar")->type_name("FILE");
    auto* ack = family.leaf(
        schema, "ack", "Put on record that a consumer is ready for a version of an event", [](const Words& w) {
            return SchemaAcknowledge{text(w.eventType), w.version.value_or(0), text(w.consumer), text(w.note)};
        });
    ack->add_option("EVENT", words.eventType, "The event's type")->required()->type_name("");
    ack->add_option("VERSION", words.version, "Its version, like 3")
        ->required()
        ->type_name("")
        ->check(CLI::PositiveNumber);
    ack->add_option("--consumer", words.consumer, "The consumer's service")->required()->type_name("SERVICE");
    ack->add_option("--note", words.note, "What there is to say about it")->type_name("TEXT");
    for (CLI::App* command : {check, impact})
        addCheckOptions(*command, family);
    check->add_option("--format", words.format, "text, json, sarif, junit or github (workflow commands)")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"text", "json", "sarif", "junit", "github"}));
    check->add_option("--out", words.out, "Write to this file instead of stdout")->type_name("FILE");
}

void addRegistries(CLI::App& schema, const Family& family)
{
    Words& words = family.words();
    auto* registry = Family::group(schema, "registry", "Registries that the workspace names");
    auto* list = family.leaf(*registry, "list", "Subjects and their versions",
                             [](const Words& w) { return RegistryList{text(w.registry)}; });
    auto* show = family.leaf(*registry, "show", "A schema, by subject or by id", [](const Words& w) {
        return RegistryShow{text(w.registry), text(w.subject), w.version, text(w.id)};
    });
    auto* subject = show->add_option("SUBJECT", words.subject, "The subject")->type_name("");
    show->add_option("--version", words.version, "This version instead of the newest")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    show->add_option("--id", words.id, "A schema's number or GUID, as payloads bear it")
        ->type_name("ID")
        ->excludes(subject);
    auto* compare =
        family.leaf(*registry, "compare", "Hold the registry against the folder of schemas; 1 where they differ",
                    [](const Words& w) { return RegistryCompare{text(w.registry)}; });
    auto* serve = family.leaf(schema, "serve", "Serve the folder of schemas as a registry, to this machine only",
                              [](const Words& w) {
                                  return SchemaServe{text(w.folder), w.port.value_or(0)};
                              });
    serve->add_option("DIR", words.folder, "Folder of schemas; default: the workspace's")->type_name("");
    serve->add_option("--port", words.port, "Port on 127.0.0.1; default: one that is free, which is printed")
        ->type_name("N")
        ->check(CLI::Range(1, 65535));
    for (CLI::App* command : {list, show, compare})
        command->add_option("--registry", words.registry, "Which, where the workspace names several")
            ->type_name("NAME");
}

} // namespace

void addSchemaCommands(CLI::App& app, const Choose& choose)
{
    const Family family(choose);
    CLI::App* schema = Family::group(app, "schema", "Schemas of events");
    addChecks(*schema, family);
    addRegistries(*schema, family);
}

} // namespace spillway::ctl
