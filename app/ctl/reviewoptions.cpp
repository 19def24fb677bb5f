// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandfamily.h"
#include "app/ctl/optionwords.h"

namespace spillway::ctl {

namespace {

struct Words
{
    std::string id, group, to, note, action, who, due, out;
    std::optional<std::string> team;  // agenda
    std::optional<std::int64_t> seen; // decide
    std::vector<std::string> participants;
    bool byTeam = false;
};

using Family = CommandFamily<Words>;

} // namespace

void addReviewCommands(CLI::App& app, const Choose& choose)
{
    const Family family(choose);
    Words& words = family.words();
    auto* review = Family::group(app, "review", "The weekly meeting about dead letters");
    auto* agenda =
        family.leaf(*review, "agenda", "What the meeting looks at, and what it decided so far", [](const Words& w) {
            return ReviewAgenda{w.team ? std::optional(text(*w.team)) : std::nullopt, w.byTeam};
        });
    agenda->add_option("--team", words.team, "Only this team's groups; empty: those that nobody owns")
        ->type_name("TEAM");
    agenda->add_flag("--by-team", words.byTeam, "Team by team");
    auto* open = family.leaf(*review, "open", "Begin a review with the agenda as it stands",
                             [](const Words& w) { return ReviewOpen{texts(w.participants)}; });
    open->add_option("--with", words.participants, "Who is there; may be given several times")->type_name("NAME");
    auto* decide = family.leaf(*review, "decide", "Decide on a group; archive and assign also move its open letters",
                               [](const Words& w) {
                                   return ReviewDecide{.group = text(w.group),
                                                       .verdict = text(w.to),
                                                       .note = text(w.note),
                                                       .action = text(w.action),
                                                       .who = text(w.who),
                                                       .due = text(w.due),
                                                       .seen = w.seen};
                               });
    decide->add_option("GROUP", words.group, "The group's id")->required()->type_name("");
    decide->add_option("--decision", words.to, "replay, fixFirst, archive, assign or watch")
        ->required()
        ->type_name("WORD");
    decide->add_option("--note", words.note, "Why; stands in the minutes")->type_name("TEXT");
    decide->add_option("--action", words.action, "What somebody is to do")->type_name("TEXT");
    decide->add_option("--who", words.who, "Who does it")->type_name("WHO");
    decide->add_option("--due", words.due, "Until when, like 2026-12-03")->type_name("DAY");
    decide
        ->add_option("--seen", words.seen,
                     "Not where the group has another word than that of this event; 0: not where it has one")
        ->type_name("SEQ");
    family.leaf(*review, "close", "End the review; what is undecided is carried over",
                [](const Words&) { return ReviewClose{}; });
    auto* minutes =
        family.leaf(*review, "minutes", "Minutes of the open review, else of the last one", [](const Words& w) {
            return ReviewMinutes{text(w.id), text(w.out)};
        });
    minutes->add_option("REVIEW", words.id, "Another review, like r-2026-11-26")->type_name("");
    minutes->add_option("--out", words.out, "Write to this file (.md, .html or .pdf) instead of Markdown to stdout")
        ->type_name("FILE");
    auto* report = Family::group(app, "report", "Documents about the workspace");
    auto* weekly = family.leaf(*report, "weekly", "The last seven days of dead letters, as a document",
                               [](const Words& w) { return ReportWeekly{text(w.out)}; });
    weekly->add_option("--out", words.out, "The file: .pdf, .html or .md")->required()->type_name("FILE");
}

} // namespace spillway::ctl
