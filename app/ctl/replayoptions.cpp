// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandfamily.h"
#include "app/ctl/optionwords.h"
#include "app/ctl/queryoptions.h"

namespace spillway::ctl {

namespace {

struct Words
{
    std::string query, view, to, out, plan, canary, stopIf, settle, rate, confirm, job, reason;
    std::vector<std::string> dropHeaders, keepHeaders, dropSets;
    bool allowUnknownDialect = false;
};

using Family = CommandFamily<Words>;

void addConfirmation(CLI::App& command, const Family& family)
{
    Words& words = family.words();
    command.add_option("--confirm", words.confirm, "In production: the target topic, typed out")
        ->type_name("TARGET_TOPIC");
    command.add_option("--reason", words.reason, "In production: why; stands in the ledger")->type_name("TEXT");
}

} // namespace

void addReplayCommands(CLI::App& app, const Choose& choose)
{
    const Family family(choose);
    Words& words = family.words();
    auto* replay = Family::group(app, "replay", "Publish dead letters again, exactly once where the broker can");
    auto* plan =
        family.leaf(*replay, "plan", "Freeze open letters into a sealed plan; sends nothing", [](const Words& w) {
            return ReplayPlan{.query = text(w.query),
                              .view = text(w.view),
                              .to = text(w.to),
                              .out = text(w.out),
                              .headers = {.drop = texts(w.dropHeaders),
                                          .keep = texts(w.keepHeaders),
                                          .sets = texts(w.dropSets),
                                          .allowsUnknownDialects = w.allowUnknownDialect}};
        });
    addRequiredQuery(*plan, words.query, words.view);
    plan->add_option("--to", words.to, "Target topic; default: each letter's origin topic")->type_name("TOPIC");
    plan->add_option("--out", words.out, "Where to write the plan")->required()->type_name("PLAN");
    plan->add_option("--drop-header", words.dropHeaders,
                     "Leave this header behind too; a * at the end takes what begins so; may be given several times")
        ->type_name("PATTERN")
        ->allow_extra_args(false);
    plan->add_option("--keep-header", words.keepHeaders,
                     "Send this header whatever else says otherwise; may be given several times")
        ->type_name("PATTERN")
        ->allow_extra_args(false);
    plan->add_option("--drop-set", words.dropSets,
                     "Leave a ready-made set behind: trace or replicator; may be given several times")
        ->type_name("SET")
        ->allow_extra_args(false);
    plan->add_flag("--allow-unknown-dialect", words.allowUnknownDialect,
                   "Plan letters whose dialect file is gone too; the headers it wrote go along");

    auto* run = family.leaf(*replay, "run", "Run a plan (needs --write)", [](const Words& w) {
        return ReplayRun{.plan = text(w.plan),
                         .rate = text(w.rate),
                         .canary = text(w.canary),
                         .stopIf = text(w.stopIf),
                         .settle = text(w.settle),
                         .confirm = text(w.confirm),
                         .reason = text(w.reason)};
    });
    run->add_option("PLAN", words.plan, "The plan's file")->required()->type_name("");
    run->add_option("--rate", words.rate, "Messages per second")->type_name("N");
    run->add_option("--canary", words.canary, "Sizes of successive steps, like 1,10,all")->type_name("STEPS");
    run->add_option("--stop-if", words.stopIf, "Stop after a step in which more failed again, like 'failed>10%'")
        ->type_name("RULE");
    run->add_option("--settle", words.settle,
                    "Wait this long for outcomes after each step; 30s with --canary, else none")
        ->type_name("DURATION");
    addConfirmation(*run, family);

    auto* resume = family.leaf(*replay, "resume", "Go on with an interrupted job (needs --write)", [](const Words& w) {
        return ReplayResume{text(w.job), text(w.confirm), text(w.reason)};
    });
    resume->add_option("JOB", words.job, "The job's id")->required()->type_name("");
    addConfirmation(*resume, family);

    auto* status = family.leaf(*replay, "status", "One job, or all, newest first",
                               [](const Words& w) { return ReplayStatus{text(w.job)}; });
    status->add_option("JOB", words.job, "The job's id")->type_name("");
    auto* cancel = family.leaf(*replay, "cancel", "Stop a job after the batch it is sending",
                               [](const Words& w) { return ReplayCancel{text(w.job)}; });
    cancel->add_option("JOB", words.job, "The job's id")->required()->type_name("");
}

} // namespace spillway::ctl
