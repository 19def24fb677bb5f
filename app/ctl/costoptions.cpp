// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandfamily.h"
#include "app/ctl/optionwords.h"

namespace spillway::ctl {

namespace {

struct Words
{
    std::string profile, from, to, timeZone, format, out, policy, idle; // the bill
    std::string budget, against, patch, file, focusVersion, id, reason;
    std::vector<std::string> ids;
    CostWhatIf whatIf;
    bool modelled = false, apply = false;
};

using Family = CommandFamily<Words>;

constexpr const char* costFooter =
    "Of the bill, taken here too: --profile NAME, --from DAY, --to DAY, --time-zone TZ, --policy POLICY, --idle WAY,\n"
    "--modelled, --format text or json, --out FILE; see spillwayctl cost --help.\n";

Cost costOf(const Words& words)
{
    return Cost{.profile = text(words.profile),
                .from = text(words.from),
                .to = text(words.to),
                .timeZone = text(words.timeZone),
                .format = text(words.format),
                .out = text(words.out),
                .policy = text(words.policy),
                .idle = text(words.idle),
                .isModelled = words.modelled};
}

/// Options of the bill itself are the parent's.
void addAnalyses(CLI::App& cost, const Family& family)
{
    Words& words = family.words();
    using Kind = CostAnalysis::Kind;
    const auto analysis = [&](const char* name, const char* help, Kind kind) {
        auto* sub = family.leaf(cost, name, help, [kind](const Words& w) {
            return CostAnalysis{.kind = kind,
                                .cost = costOf(w),
                                .budget = text(w.budget),
                                .against = text(w.against),
                                .simulate = texts(w.ids),
                                .out = text(w.out),
                                .patch = text(w.patch),
                                .apply = w.apply,
                                .whatIf = w.whatIf};
        });
        sub->footer(std::string(costFooter).append(commandFooter));
        return sub;
    };
    analysis("lines", "Every line of the bill with its quantity and what that rests on", Kind::Lines);
    analysis("compare", "The same bill under every policy, side by side", Kind::Compare);
    auto* changes = analysis("changes", "Why events cost more or less than in as many days before", Kind::Changes);
    changes->add_option("--against", words.against, "An earlier event-catalog.yaml to compare with instead")
        ->type_name("FILE");
    analysis("anomalies", "Days on which events cost otherwise than their weekdays; exit 1 when there are some",
             Kind::Anomalies);
    auto* forecast = analysis("forecast", "What the rest of the month will cost", Kind::Forecast);
    forecast->add_option("--budget", words.budget, "Of the month; says whether it will be kept")->type_name("AMOUNT");
    analysis("unit", "What a million records of each event cost", Kind::Unit);
    auto* savings =
        analysis("savings", "What could be paid less for, and how; --out FILE writes the changes", Kind::Savings);
    savings->add_option("--simulate", words.ids, "Reckon the bill with these changes made")
        ->type_name("ID")
        ->allow_extra_args(false);
    savings->add_option("--patch", words.patch, "The edits of the workspace's files for git apply; - prints it")
        ->type_name("FILE");
    savings->add_flag("--apply", words.apply, "Make the edits of those named with --simulate");
    auto* whatIf = analysis("what-if", "What the bill would be with other volumes, retention or copies", Kind::WhatIf);
    whatIf->add_option("--volume", words.whatIf.volumePercent, "Per cent of every event's records; default 100")
        ->type_name("PERCENT")
        ->check(CLI::Range(0, 1000));
    whatIf->add_option("--retention", words.whatIf.retentionPercent, "Per cent of every retention; default 100")
        ->type_name("PERCENT")
        ->check(CLI::Range(0, 1000));
    whatIf->add_option("--copies", words.whatIf.replication, "Stored copies; default: the profile's")
        ->type_name("N")
        ->check(CLI::Range(1, 9));
}

void addInvoices(CLI::App& cost, const Family& family)
{
    Words& words = family.words();
    auto* invoice = Family::group(cost, "invoice", "What providers billed");
    auto* import = family.leaf(
        *invoice, "import", "Keep an invoice: FOCUS CSV, AWS CUR CSV, Confluent JSON or plain CSV", [](const Words& w) {
            return CostInvoiceImport{text(w.file), text(w.profile)};
        });
    import->add_option("FILE", words.file, "The invoice")->required()->type_name("");
    family.leaf(*invoice, "list", "Invoices that were imported", [](const Words&) { return CostInvoices{}; });
    auto* remove =
        family.leaf(*invoice, "remove", "Take an invoice back: bills are reckoned without it", [](const Words& w) {
            return CostInvoiceRemove{text(w.id), text(w.profile), text(w.reason)};
        });
    remove->add_option("ID", words.id, "The invoice, as the list shows it")->required()->type_name("");
    remove->add_option("--reason", words.reason, "Why; kept in the ledger")->required()->type_name("TEXT");
}

void addFocus(CLI::App& cost, const Family& family)
{
    Words& words = family.words();
    auto* validate = family.leaf(cost, "validate", "Judge anyone's FOCUS file; exit 1 on an error", [](const Words& w) {
        return CostValidate{text(w.file), text(w.focusVersion)};
    });
    validate->add_option("FILE", words.file, "A Cost and Usage file in CSV")->required()->type_name("");
    validate->add_option("--focus-version", words.focusVersion, "1.0 to 1.4; default: told from its columns")
        ->type_name("VERSION")
        ->check(CLI::IsMember({"1.0", "1.1", "1.2", "1.3", "1.4"}));
}

} // namespace

void addCostCommands(CLI::App& app, const Choose& choose)
{
    const Family family(choose);
    Words& words = family.words();
    auto* cost = family.leaf(app, "cost", "What each team's events cost", [](const Words& w) { return costOf(w); });
    cost->add_option("--profile", words.profile, "Pricing profile; default: the workspace's, else seed")
        ->type_name("NAME");
    auto* from = cost->add_option("--from", words.from, "First day, like 2026-11-01")->type_name("DAY");
    auto* to = cost->add_option("--to", words.to, "Last day, included")->type_name("DAY");
    from->needs(to);
    to->needs(from);
    cost->add_option("--time-zone", words.timeZone, "Whose days; default UTC")->type_name("TZ");
    auto* format =
        cost->add_option("--format", words.format,
                         "text, json, csv, xlsx, pdf, html, focus, focus-1.3 or focus-1.4; default: by FILE's ending")
            ->type_name("FORMAT")
            ->check(CLI::IsMember(
                {"text", "json", "csv", "xlsx", "pdf", "html", "focus", "focus-1.2", "focus-1.3", "focus-1.4"}));
    auto* out = cost->add_option("--out", words.out, "Write to this file, replaced whole, instead of stdout")
                    ->type_name("FILE");
    cost->add_option("--policy", words.policy, "Who pays: profile, producer, consumer, even, mix or platform")
        ->type_name("POLICY");
    cost->add_option("--idle", words.idle, "What becomes of idle capacity: show, proportional or platform")
        ->type_name("WAY");
    cost->add_flag("--modelled", words.modelled, "As the rates say, without calibration by invoices");
    addFocus(*cost, family);
    addAnalyses(*cost, family);
    addInvoices(*cost, family);
    for (CLI::App* command : {cost->get_subcommand("validate"), cost->get_subcommand("invoice")}) {
        command->excludes(format);
        command->excludes(out);
    }
}

} // namespace spillway::ctl
