// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandfamily.h"
#include "app/ctl/optionwords.h"
#include "app/ctl/queryoptions.h"

namespace spillway::ctl {

namespace {

struct Words
{
    std::string id, otherId, query, view, why, by, into, title, duration, reason, out, to, assignee, connection,
        description;
    std::string test; // kinds
    std::vector<std::string> ids;
    std::optional<int> limit;
    bool raw = false, reveal = false, rules = false, dryRun = false, replaces = false, lastGood = false,
         withOrigin = false;
};

using Family = CommandFamily<Words>;

std::optional<QString> queryUnlessIds(const Words& words)
{
    return words.ids.empty() ? std::optional(text(words.query)) : std::nullopt;
}

/// Letters by id, or by a query.
void addLetters(CLI::App& command, const Family& family)
{
    Words& words = family.words();
    auto* ids = command.add_option("ID", words.ids, "Letters by id")->type_name("");
    addQueryOrIds(command, words.query, words.view, *ids);
}

void addReason(CLI::App& command, const Family& family)
{
    Words& words = family.words();
    command.add_option("--reason", words.reason, "Why; stands in the ledger")->required()->type_name("TEXT");
}

CLI::Option* addRaw(CLI::App& command, const Family& family)
{
    return command.add_flag("--raw", family.words().raw,
                            "The payload's bytes and nothing else; of a masked workspace put on record");
}

/// @param raw  a flag that shows what is masked as well, and needs no reason; null: there is none
void addReveal(CLI::App& command, const Family& family, CLI::Option* raw = nullptr)
{
    Words& words = family.words();
    auto* reveal = command.add_flag("--reveal", words.reveal, "Without masks; put on record with its reason");
    auto* reason = command.add_option("--reason", words.reason, "Why; stands in the ledger")->type_name("TEXT");
    reveal->needs(reason);
    if (raw == nullptr)
        reason->needs(reveal);
    else
        command.parse_complete_callback([raw, reveal, reason] {
            if (reason->count() > 0 && reveal->count() == 0 && raw->count() == 0)
                throw CLI::RequiresError("--reason", "--reveal");
        });
}

void addGroups(CLI::App& dlq, const Family& family)
{
    Words& words = family.words();
    auto* pivot = family.leaf(dlq, "pivot", "Dead letters counted by one or two of their fields", [](const Words& w) {
        return DlqPivot{text(w.by), text(w.query), text(w.view)};
    });
    pivot->add_option("--by", words.by, "Like: consumer or team,kind")->required()->type_name("FIELD[,FIELD]");
    addQuery(*pivot, words.query, words.view);

    auto* merge =
        family.leaf(dlq, "merge", "Show groups, and the letters they will get, within another", [](const Words& w) {
            return DlqMerge{texts(w.ids), text(w.into), text(w.reason)};
        });
    merge->add_option("ID", words.ids, "Groups by id")->required()->type_name("");
    merge->add_option("--into", words.into, "The group that stays")->required()->type_name("ID");
    addReason(*merge, family);

    auto* split = family.leaf(dlq, "split", "Make a group of its own of letters", [](const Words& w) {
        return DlqSplit{.ids = texts(w.ids),
                        .query = queryUnlessIds(w),
                        .view = text(w.view),
                        .title = text(w.title),
                        .reason = text(w.reason)};
    });
    addLetters(*split, family);
    split->add_option("--title", words.title, "The new group's title")->required()->type_name("TEXT");
    addReason(*split, family);

    auto* unmerge = family.leaf(dlq, "unmerge", "Take a merge or a split back", [](const Words& w) {
        return DlqUnmerge{texts(w.ids), text(w.reason)};
    });
    unmerge->add_option("ID", words.ids, "Groups that were merged, split off, or merged into")
        ->required()
        ->type_name("");
    addReason(*unmerge, family);

    auto* regroup =
        family.leaf(dlq, "regroup", "Group everything that is stored by the rules as they are now", [](const Words& w) {
            return DlqRegroup{w.dryRun, text(w.reason)};
        });
    auto* dryRun = regroup->add_flag("--dry-run", words.dryRun, "Only say what would join, split and move");
    regroup->add_option("--reason", words.reason, "Why; stands in the ledger")->type_name("TEXT")->excludes(dryRun);
    regroup->parse_complete_callback([&words] {
        if (!words.dryRun && words.reason.empty())
            throw CLI::RequiredError("--dry-run or --reason");
    });
}

void addViews(CLI::App& dlq, const Family& family)
{
    Words& words = family.words();
    family.leaf(dlq, "views", "Saved views: queries with a name, files in the workspace",
                [](const Words&) { return DlqViews{}; });
    auto* view = Family::group(dlq, "view", "A saved view");
    auto* save = family.leaf(*view, "save", "Save a query under a name, as a file in the workspace's folder queries/",
                             [](const Words& w) {
                                 return DlqViewSave{.name = text(w.view),
                                                    .query = text(w.query),
                                                    .description = text(w.description),
                                                    .replaces = w.replaces};
                             });
    save->add_option("NAME", words.view, "The view's name")->required()->type_name("");
    save->add_option("--query", words.query, "Which letters it is about")->required()->type_name("QUERY");
    save->add_option("--description", words.description, "What it is for")->type_name("TEXT");
    save->add_flag("--replace", words.replaces, "Replace the view of this name");
}

void addLists(CLI::App& dlq, const Family& family)
{
    Words& words = family.words();
    auto* groups = family.leaf(dlq, "groups", "Groups of dead letters that failed alike", [](const Words& w) {
        return DlqGroups{text(w.query), text(w.why), text(w.view)};
    });
    const QueryOptions wanted = addQuery(*groups, words.query, words.view);
    groups->add_option("--why", words.why, "Why this group's letters are one group")
        ->type_name("ID")
        ->excludes(wanted.query)
        ->excludes(wanted.view);
    addGroups(dlq, family);
    auto* list = family.leaf(dlq, "list", "Dead letters, newest first", [](const Words& w) {
        return DlqList{text(w.query), text(w.view), durationOf(w.duration), w.limit};
    });
    addQuery(*list, words.query, words.view);
    list->add_option("--limit", words.limit, "At most this many; default: all")
        ->type_name("N")
        ->check(CLI::Range(1, 100'000'000));
    list->add_option("--time-limit", words.duration, "Stop looking after this long, like 10s; default: never")
        ->type_name("DURATION")
        ->check(validDuration);
    addViews(dlq, family);
}

void addShown(CLI::App& dlq, const Family& family)
{
    Words& words = family.words();
    auto* show = family.leaf(dlq, "show", "One dead letter: headers, payload, error", [](const Words& w) {
        return DlqShow{text(w.id), w.raw, w.reveal, text(w.reason)};
    });
    show->add_option("ID", words.id, "The letter's id")->required()->type_name("");
    addReveal(*show, family, addRaw(*show, family));
    auto* take = family.leaf(dlq, "export", "Dead letters as a file, masked as they are shown", [](const Words& w) {
        return DlqExport{.query = text(w.query),
                         .view = text(w.view),
                         .out = text(w.out),
                         .reveal = w.reveal,
                         .reason = text(w.reason)};
    });
    addRequiredQuery(*take, words.query, words.view);
    take->add_option("--out", words.out, "FILE.jsonl, FILE.csv or FILE.xlsx; replaced whole, or left as it was")
        ->required()
        ->type_name("FILE");
    addReveal(*take, family);
    auto* kinds = family.leaf(dlq, "kinds", "Which rule sorts what is stored into transient, schema, business",
                              [](const Words& w) {
                                  return DlqKinds{text(w.query), text(w.view), text(w.test), w.rules};
                              });
    addQuery(*kinds, words.query, words.view);
    kinds->add_option("--test", words.test, "Say what this rules' file would change; changes nothing")
        ->type_name("FILE");
    kinds->add_flag("--rules", words.rules, "List the rules in their order");
}

void addChannels(CLI::App& dlq, const Family& family)
{
    Words& words = family.words();
    family.leaf(dlq, "channels", "Dead-letter topics: how long they keep letters, and what is lost next",
                [](const Words&) { return DlqChannels{}; });
    auto* rescue = family.leaf(
        dlq, "rescue", "Copy the payloads that pointers only point to, before they expire", [](const Words& w) {
            return DlqRescue{.ids = texts(w.ids), .query = queryUnlessIds(w), .view = text(w.view)};
        });
    addLetters(*rescue, family);
    auto* reread = family.leaf(dlq, "reread", "Read a channel's stored letters again, after its mapping changed",
                               [](const Words& w) {
                                   return DlqReread{text(w.id), text(w.connection)};
                               });
    reread->add_option("CHANNEL", words.id, "The dead-letter topic")->required()->type_name("");
    reread->add_option("--connection", words.connection, "Where several connections have one of this name")
        ->type_name("NAME");
    family.leaf(dlq, "doctor", "What is set up so that letters get lost or say too little; exit 1 on an error",
                [](const Words&) { return DlqDoctor{}; });
}

void addComparisons(CLI::App& dlq, const Family& family)
{
    Words& words = family.words();
    auto* origin =
        family.leaf(dlq, "origin", "The record a dead letter was made from, read from its topic", [](const Words& w) {
            return DlqOrigin{text(w.id), w.raw, w.reveal, text(w.reason)};
        });
    origin->add_option("ID", words.id, "The letter's id")->required()->type_name("");
    addReveal(*origin, family, addRaw(*origin, family));
    auto* diff = family.leaf(dlq, "diff", "A dead letter against its origin, the last good one of its key, or another",
                             [](const Words& w) {
                                 return DlqDiff{text(w.id), text(w.otherId), w.lastGood};
                             });
    diff->add_option("ID", words.id, "The letter's id")->required()->type_name("");
    auto* other = diff->add_option("ID2", words.otherId, "Another letter's id")->type_name("");
    auto* withOrigin = diff->add_flag("--origin", words.withOrigin, "Against the record it was made from; the default");
    auto* lastGood = diff->add_flag("--last-good", words.lastGood,
                                    "Against the last record of its key, before it, that no letter was made from");
    other->excludes(withOrigin)->excludes(lastGood);
    withOrigin->excludes(lastGood);
}

void addTriage(CLI::App& dlq, const Family& family)
{
    Words& words = family.words();
    auto* triage = family.leaf(dlq, "triage", "Decide on dead letters", [](const Words& w) {
        return DlqTriage{.ids = texts(w.ids),
                         .query = queryUnlessIds(w),
                         .view = text(w.view),
                         .to = text(w.to),
                         .reason = text(w.reason),
                         .assignee = text(w.assignee)};
    });
    addLetters(*triage, family);
    triage->add_option("--to", words.to, "State: new, assigned, parked, archived, resolved or lost")
        ->required()
        ->type_name("STATE");
    triage->add_option("--reason", words.reason, "Why; stands in the ledger")->required()->type_name("TEXT");
    triage->add_option("--assign", words.assignee, "Team or person who looks after it")->type_name("WHO");
}

} // namespace

void addLetterCommands(CLI::App& app, const Choose& choose)
{
    const Family family(choose);
    CLI::App* dlq = Family::group(app, "dlq", "Dead letters");
    addLists(*dlq, family);
    addShown(*dlq, family);
    addChannels(*dlq, family);
    addComparisons(*dlq, family);
    addTriageCommands(*dlq, choose);
    addTriage(*dlq, family);
}

} // namespace spillway::ctl
