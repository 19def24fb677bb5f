// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandfamily.h"
#include "app/ctl/optionwords.h"

namespace spillway::ctl {

namespace {

struct Words
{
    std::string folder, duration, group, window = "24h", failOn;
    bool once = false;
};

using Family = CommandFamily<Words>;

void addFiles(CLI::App& app, const Family& family)
{
    Words& words = family.words();
    auto* init = family.leaf(app, "init", "Write a commented workspace (never over an existing file)",
                             [](const Words& w) { return Init{text(w.folder)}; });
    init->add_option("DIR", words.folder, "Folder; default: here")->type_name("");
    family.leaf(app, "check", "Check files, connections, logins and rights; missing rights as kafka-acls lines",
                [](const Words&) { return Check{}; });
    auto* collect = family.leaf(app, "collect", "Sample lag, read processing logs and dead letters into the store",
                                [](const Words& w) {
                                    return Collect{w.once, durationOf(w.duration)};
                                });
    auto* once =
        collect->add_flag("--once", words.once, "Sample once, read up to the ends seen at the start, and exit");
    collect->add_option("--for", words.duration, "Collect for this long, like 30s; default: until stopped")
        ->type_name("DURATION")
        ->check(validDuration)
        ->excludes(once);
}

void addStanding(CLI::App& app, const Family& family)
{
    Words& words = family.words();
    auto* lag = family.leaf(app, "lag", "Lag of every group and partition at the last sample",
                            [](const Words& w) { return Lag{text(w.group)}; });
    lag->add_option("--group", words.group, "Only this consumer group")->type_name("GROUP");
    auto* slo = family.leaf(app, "slo", "Promises to consumers, and how they are kept", [](const Words& w) {
        return Slo{durationOf(w.window).value_or(Millis{0}), text(w.failOn)};
    });
    slo->add_option("--window", words.window, "Window up to now")
        ->type_name("DURATION")
        ->check(validDuration)
        ->capture_default_str();
    slo->add_option("--fail-on", words.failOn,
                    "Exit 1 when a promise is in this state (violated) or worse (atRisk takes both)")
        ->type_name("STATE")
        ->check(CLI::IsMember({"violated", "atRisk"}));
}

} // namespace

void addWorkspaceCommands(CLI::App& app, const Choose& choose)
{
    const Family family(choose);
    addFiles(app, family);
    addStanding(app, family);
}

} // namespace spillway::ctl
