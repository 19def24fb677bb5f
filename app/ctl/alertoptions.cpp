// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/alertoptions.h"

#include "model/base/text.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

struct Words
{
    std::string id, rule, team, connection, until, reason, failOn;
    std::int64_t seq = 0;
    bool resolved = false;
};

QString text(const std::string& word)
{
    return QString::fromStdString(word);
}

std::string validUntil(const std::string& word)
{
    if (parseRfc3339(word))
        return {};
    const auto duration = parseDuration(text(word));
    if (duration && duration->count() > 0)
        return {};
    return "write how long from now, like 2h, or a time, like 2026-12-01T09:00:00Z";
}

using Choose = std::function<void(std::function<Command()>)>;
using Shared = std::shared_ptr<Words>; // second owner: the callbacks, as long as CLI11's tree

CLI::App* leaf(CLI::App& parent, const char* name, const char* help, const Choose& choose, const Shared& words,
               const std::function<Command(const Words&)>& make)
{
    CLI::App* sub = parent.add_subcommand(name, help);
    sub->fallthrough();
    sub->callback([=] { choose([make, words] { return make(*words); }); });
    return sub;
}

void addReason(CLI::App& command, const Shared& words)
{
    command.add_option("--reason", words->reason, "Why; stands in the ledger")->required()->type_name("TEXT");
}

CLI::Option* addUntil(CLI::App& command, const Shared& words, const char* help)
{
    return command.add_option("--until", words->until, help)->type_name("TIME|DURATION")->check(validUntil);
}

} // namespace

void addAlertOptions(CLI::App& app, const std::function<void(std::function<Command()>)>& choose)
{
    const auto words = std::make_shared<Words>();
    CLI::App* alerts = app.add_subcommand("alerts", "What needs somebody, the most severe first");
    alerts->require_subcommand(0, 1);
    alerts->fallthrough();
    alerts->add_option("--team", words->team, "Only what this team owns")->type_name("TEAM");
    alerts->add_flag("--resolved", words->resolved, "What ended, the last first, instead of what is open");
    alerts->add_option("--fail-on", words->failOn, "Exit 1 when one so severe or worse is firing")
        ->type_name("SEVERITY")
        ->check(CLI::IsMember({"critical", "warning", "info"}));
    alerts->callback([choose, alerts, words] {
        if (alerts->get_subcommands().empty())
            choose([words] { return Alerts{text(words->team), words->resolved, text(words->failOn)}; });
    });

    CLI::App* ack = leaf(*alerts, "ack", "Say that somebody looks after an alert", choose, words, [](const Words& w) {
        return AlertAcknowledge{text(w.id), text(w.until), text(w.reason)};
    });
    ack->add_option("ID", words->id, "The alert's id, or how it begins")->required()->type_name("");
    addUntil(*ack, words, "Until then, or for so long; default: until it is resolved");
    addReason(*ack, words);

    CLI::App* silence = leaf(*alerts, "silence", "Have alerts not told for a while: one, or all that fit", choose,
                             words, [](const Words& w) {
                                 return AlertSilenceCommand{text(w.id),         text(w.rule),  text(w.team),
                                                            text(w.connection), text(w.until), text(w.reason)};
                             });
    silence->add_option("ID", words->id, "Only the alert of this id")->type_name("");
    silence->add_option("--rule", words->rule, "Only alerts of this rule, like groupBehind")->type_name("RULE");
    silence->add_option("--team", words->team, "Only what this team owns")->type_name("TEAM");
    silence->add_option("--connection", words->connection, "Only what was seen on this connection")->type_name("NAME");
    addUntil(*silence, words, "Until then, or for so long; 90d at most")->required();
    addReason(*silence, words);

    CLI::App* undo =
        leaf(*alerts, "undo", "Take an acknowledgement or a silence back", choose, words, [](const Words& w) {
            return AlertUndo{w.seq, text(w.reason)};
        });
    undo->add_option("SEQ", words->seq, "The event's number, as alerts decisions prints it")
        ->required()
        ->type_name("")
        ->check(CLI::PositiveNumber);
    addReason(*undo, words);

    leaf(*alerts, "decisions", "Acknowledgements and silences, newest first", choose, words,
         [](const Words&) { return AlertDecisions{}; });
}

} // namespace spillway::ctl
