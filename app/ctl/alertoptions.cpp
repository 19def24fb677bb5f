// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandfamily.h"
#include "app/ctl/optionwords.h"
#include "model/base/text.h"

namespace spillway::ctl {

namespace {

struct Words
{
    std::string id, rule, team, connection, until, reason, failOn;
    std::int64_t seq = 0;
    bool resolved = false;
};

using Family = CommandFamily<Words>;

std::string validUntil(const std::string& word)
{
    if (parseRfc3339(word))
        return {};
    const auto duration = parseDuration(text(word));
    if (duration && duration->count() > 0)
        return {};
    return "write how long from now, like 2h, or a time, like 2026-12-01T09:00:00Z";
}

void addReason(CLI::App& command, Words& words)
{
    command.add_option("--reason", words.reason, "Why; stands in the ledger")->required()->type_name("TEXT");
}

CLI::Option* addUntil(CLI::App& command, Words& words, const char* help)
{
    return command.add_option("--until", words.until, help)->type_name("TIME|DURATION")->check(validUntil);
}

} // namespace

void addAlertCommands(CLI::App& app, const Choose& choose)
{
    const Family family(choose);
    Words& words = family.words();
    CLI::App* alerts = family.leaf(app, "alerts", "What needs somebody, the most severe first", [](const Words& w) {
        return Alerts{text(w.team), w.resolved, text(w.failOn)};
    });
    alerts->require_subcommand(0, 1);
    alerts->add_option("--team", words.team, "Only what this team owns")->type_name("TEAM");
    alerts->add_flag("--resolved", words.resolved, "What ended, the last first, instead of what is open");
    alerts->add_option("--fail-on", words.failOn, "Exit 1 when one so severe or worse is firing")
        ->type_name("SEVERITY")
        ->check(CLI::IsMember({"critical", "warning", "info"}));

    CLI::App* ack = family.leaf(*alerts, "ack", "Say that somebody looks after an alert", [](const Words& w) {
        return AlertAcknowledge{text(w.id), text(w.until), text(w.reason)};
    });
    ack->add_option("ID", words.id, "The alert's id, or how it begins")->required()->type_name("");
    addUntil(*ack, words, "Until then, or for so long; default: until it is resolved");
    addReason(*ack, words);

    CLI::App* silence =
        family.leaf(*alerts, "silence", "Have alerts not told for a while: one, or all that fit", [](const Words& w) {
            return AlertSilenceCommand{text(w.id),         text(w.rule),  text(w.team),
                                       text(w.connection), text(w.until), text(w.reason)};
        });
    silence->add_option("ID", words.id, "Only the alert of this id")->type_name("");
    silence->add_option("--rule", words.rule, "Only alerts of this rule, like groupBehind")->type_name("RULE");
    silence->add_option("--team", words.team, "Only what this team owns")->type_name("TEAM");
    silence->add_option("--connection", words.connection, "Only what was seen on this connection")->type_name("NAME");
    addUntil(*silence, words, "Until then, or for so long; 90d at most")->required();
    addReason(*silence, words);

    CLI::App* undo = family.leaf(*alerts, "undo", "Take an acknowledgement or a silence back", [](const Words& w) {
        return AlertUndo{w.seq, text(w.reason)};
    });
    undo->add_option("SEQ", words.seq, "The event's number, as alerts decisions prints it")
        ->required()
        ->type_name("")
        ->check(CLI::PositiveNumber);
    addReason(*undo, words);

    family.leaf(*alerts, "decisions", "Acknowledgements and silences, newest first",
                [](const Words&) { return AlertDecisions{}; });
}

} // namespace spillway::ctl
