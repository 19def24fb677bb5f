// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandfamily.h"
#include "app/ctl/optionwords.h"

namespace spillway::ctl {

namespace {

struct Words
{
    std::string file, id, reason;
    std::int64_t after = 0; // audit export
    std::string type, out;
    bool replaces = false, dryRun = false, compacts = false;
};

using Family = CommandFamily<Words>;

void addStore(CLI::App& app, const Family& family)
{
    Words& words = family.words();
    auto* store = Family::group(app, "store", "Care of the two files that hold the state");
    auto* backup = family.leaf(*store, "backup", "Both files in one, as of one instant; also while a collector runs",
                               [](const Words& w) {
                                   return StoreBackup{text(w.file), w.replaces};
                               });
    backup->add_option("FILE", words.file, "The backup, best called .tar.zst; kept as it is where it exists")
        ->required()
        ->type_name("");
    backup->add_flag("--force", words.replaces, "Replace FILE where it exists");
    auto* restore = family.leaf(*store, "restore", "Put a backup into a state folder that is empty or not there",
                                [](const Words& w) { return StoreRestore{text(w.file)}; });
    restore->add_option("FILE", words.file, "What store backup wrote")->required()->type_name("");
    family.leaf(*store, "check", "Examine both files; exit 1 when something is wrong",
                [](const Words&) { return StoreCheck{}; });
    auto* prune =
        family.leaf(*store, "prune", "Drop now what retention in spillway.yaml no longer keeps", [](const Words& w) {
            return StorePrune{w.dryRun, w.compacts};
        });
    prune->add_flag("--dry-run", words.dryRun, "Only say what would be dropped");
    prune->add_flag("--compact", words.compacts,
                    "Give the room back to the disk; needs as much of it again, and others wait to write meanwhile");
    auto* purge = family.leaf(*store, "purge", "Erase what one letter says, for good: payload, key, headers, message",
                              [](const Words& w) {
                                  return StorePurge{text(w.id), text(w.reason)};
                              });
    purge->add_option("ID", words.id, "The letter, as dlq list prints it")->required()->type_name("");
    purge->add_option("--reason", words.reason, "Why; kept in the ledger")->required()->type_name("TEXT");
}

void addAudit(CLI::App& app, const Family& family)
{
    Words& words = family.words();
    auto* audit = Family::group(app, "audit", "The ledger of decisions");
    family.leaf(*audit, "verify", "Walk the hash chain and compare with ledger.head",
                [](const Words&) { return AuditVerify{}; });
    auto* exported = family.leaf(
        *audit, "export", "The ledger as JSON lines in the Elastic Common Schema, oldest first", [](const Words& w) {
            return AuditExport{w.after, text(w.type), text(w.out)};
        });
    exported->add_option("--after", words.after, "Only entries after this one: where the last export ended")
        ->type_name("ENTRY")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000'000}));
    exported->add_option("--type", words.type, "Only what begins so, like deadletter. or replay.")->type_name("TYPE");
    exported->add_option("--out", words.out, "Write to this file, replaced whole, instead of stdout")
        ->type_name("FILE");
}

} // namespace

void addStateCommands(CLI::App& app, const Choose& choose)
{
    const Family family(choose);
    addStore(app, family);
    auto* evaluate = Family::group(app, "evaluate", "Judge data from stdin by Spillway's rules");
    family.leaf(*evaluate, "lag", "Lag state of one partition from JSON on stdin",
                [](const Words&) { return EvaluateLag{}; });
    addAudit(app, family);
}

} // namespace spillway::ctl
