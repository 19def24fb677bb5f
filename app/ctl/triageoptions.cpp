// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandfamily.h"
#include "app/ctl/optionwords.h"
#include "app/ctl/queryoptions.h"

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

struct Words
{
    std::string id, text, url, title, query, view, to, reason, until = "forever", kind, cause, fix, link,
                                                               safety = "withCare", file;
    std::vector<std::string> ids, add, remove;
    std::int64_t seq = 0;
    int limit = 100;
    bool isRemoved = false, future = false, preview = false, replaces = false;
};

using Family = CommandFamily<Words>;

std::string validUntil(const std::string& word)
{
    if (word == "forever" || word == "escalates")
        return {};
    const auto date = readArchiveDate(text(word));
    return date ? std::string() : date.error().detail.toStdString();
}

ArchiveAction archiveOf(const Words& words)
{
    ArchiveAction action{.ids = texts(words.ids),
                         .query = std::nullopt,
                         .until = ArchiveUntil::Forever,
                         .at = std::nullopt,
                         .future = words.future,
                         .reason = text(words.reason)};
    if (words.ids.empty())
        action.query = text(words.query);
    if (words.until == "escalates") {
        action.until = ArchiveUntil::Escalates;
    } else if (words.until != "forever") {
        action.until = ArchiveUntil::Date;
        if (const auto date = readArchiveDate(text(words.until)))
            action.at = *date;
    }
    return action;
}

DlqAct act(const char* command, TriageAction action)
{
    return {.action = std::move(action), .program = u"spillwayctl dlq "_s + QString::fromLatin1(command), .view = {}};
}

void addSubject(CLI::App& command, const Family& family)
{
    Words& words = family.words();
    command.add_option("ID", words.id, "A group's or a letter's id")->required()->type_name("");
}

void addGroup(CLI::App& command, const Family& family)
{
    Words& words = family.words();
    command.add_option("GROUP", words.id, "The group's id")->required()->type_name("");
}

void addReason(CLI::App& command, const Family& family, bool isRequired)
{
    Words& words = family.words();
    command.add_option("--reason", words.reason, "Why; stands in the ledger")->required(isRequired)->type_name("TEXT");
}

void addLetters(CLI::App& command, const Family& family)
{
    Words& words = family.words();
    auto* ids = command.add_option("ID", words.ids, "Letters by id; a group's id is its open letters")->type_name("");
    addQueryOrIds(command, words.query, words.view, *ids);
}

void addNotes(CLI::App& dlq, const Family& family)
{
    Words& words = family.words();
    CLI::App* comment =
        family.leaf(dlq, "comment", "Say something about a group or a letter; it stays for ever", [](const Words& w) {
            return act("comment", CommentAction{text(w.id), text(w.text)});
        });
    addSubject(*comment, family);
    comment->add_option("--text", words.text, "What there is to say")->required()->type_name("TEXT");

    CLI::App* tag = family.leaf(dlq, "tag", "Put words on groups or letters, or take them off", [](const Words& w) {
        return act("tag", TagAction{texts(w.ids), texts(w.add), texts(w.remove)});
    });
    tag->add_option("ID", words.ids, "Groups' or letters' ids")->required()->type_name("");
    tag->add_option("--add", words.add, "A word of letters, digits, - _ .")->type_name("WORD")->allow_extra_args(false);
    tag->add_option("--remove", words.remove, "A word to take off")->type_name("WORD")->allow_extra_args(false);

    CLI::App* link = family.leaf(dlq, "link", "Keep a web address with a group or a letter", [](const Words& w) {
        return act("link", LinkAction{text(w.id), text(w.url), text(w.title), w.isRemoved});
    });
    addSubject(*link, family);
    link->add_option("--url", words.url, "http or https; never opened by itself")->required()->type_name("URL");
    link->add_option("--title", words.title, "What it is")->type_name("TEXT");
    link->add_flag("--remove", words.isRemoved, "Take it away");

    CLI::App* notes =
        family.leaf(dlq, "notes", "Everything said of a group or a letter: kind and why, comments, tags, links",
                    [](const Words& w) { return DlqNotes{text(w.id)}; });
    addSubject(*notes, family);
    CLI::App* history = family.leaf(dlq, "history", "Decisions, newest first", [](const Words& w) {
        return DlqHistory{text(w.id), w.limit};
    });
    history->add_option("ID", words.id, "Of this group or letter; default: of everything")->type_name("");
    history->add_option("--limit", words.limit, "At most this many")
        ->type_name("N")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
}

void addDecisions(CLI::App& dlq, const Family& family)
{
    Words& words = family.words();
    CLI::App* assign = family.leaf(dlq, "assign", "Give letters to a team or a person", [](const Words& w) {
        DlqTriage triage{.ids = texts(w.ids),
                         .query = std::nullopt,
                         .view = text(w.view),
                         .to = u"assigned"_s,
                         .reason = text(w.reason),
                         .assignee = text(w.to)};
        if (w.ids.empty())
            triage.query = text(w.query);
        return triage;
    });
    addLetters(*assign, family);
    assign->add_option("--to", words.to, "Team or person who looks after it")
        ->required()
        ->type_name("WHO")
        ->check([](const std::string& who) {
            return text(who).trimmed().isEmpty() ? std::string("it is empty; write a team or a person") : std::string();
        });
    addReason(*assign, family, true);

    CLI::App* archive =
        family.leaf(dlq, "archive", "Put letters away, for ever or until something happens", [](const Words& w) {
            DlqAct archiving = act("archive", archiveOf(w));
            archiving.view = text(w.view);
            return archiving;
        });
    addLetters(*archive, family);
    archive->add_option("--until", words.until, "forever, escalates, or a day like 2026-12-24 (UTC)")
        ->type_name("WHEN")
        ->check(validUntil)
        ->capture_default_str();
    archive->add_flag("--future", words.future, "With forever: what arrives of the same fingerprint, too");
    addReason(*archive, family, true);

    CLI::App* undo =
        family.leaf(dlq, "undo", "Take a decision back: the last one, or that of an event", [](const Words& w) {
            const auto seq = w.seq > 0 ? std::optional(w.seq) : std::nullopt;
            return w.preview ? Command(DlqUndoPreview{seq}) : Command(act("undo", UndoAction{seq, text(w.reason)}));
        });
    undo->add_option("SEQ", words.seq, "The event's number, as dlq history prints it")
        ->type_name("")
        ->check(CLI::PositiveNumber);
    undo->add_flag("--preview", words.preview, "Only say what would be taken back");
    addReason(*undo, family, false);
}

void addKnown(CLI::App& dlq, const Family& family)
{
    Words& words = family.words();
    CLI::App* known = family.leaf(dlq, "known", "Known errors: what groups turned out to be",
                                  [](const Words&) { return DlqKnown{}; });
    known->require_subcommand(0, 1);
    family.leaf(*known, "list", "All of them, newest first", [](const Words&) { return DlqKnown{}; });
    CLI::App* show =
        family.leaf(*known, "show", "The known error of a group", [](const Words& w) { return DlqKnown{text(w.id)}; });
    addGroup(*show, family);
    CLI::App* set = family.leaf(
        *known, "set", "Decide what a group is; its letters follow, also those to come", [](const Words& w) {
            KnownError error{.kind = FailureKind::Unknown,
                             .cause = text(w.cause),
                             .fix = text(w.fix),
                             .link = text(w.link),
                             .safety = ReplaySafety::WithCare};
            error.kind = failureKindFromWord(text(w.kind)).value_or(FailureKind::Unknown);
            error.safety = replaySafetyFromWord(text(w.safety)).value_or(ReplaySafety::WithCare);
            return act("known set", KnownErrorAction{text(w.id), error, text(w.reason)});
        });
    addGroup(*set, family);
    set->add_option("--kind", words.kind, "transient, schema, business or unknown")
        ->required()
        ->type_name("KIND")
        ->check(CLI::IsMember({"transient", "schema", "business", "unknown"}));
    set->add_option("--cause", words.cause, "What went wrong")->type_name("TEXT");
    set->add_option("--fix", words.fix, "What to do")->type_name("TEXT");
    set->add_option("--link", words.link, "Where more stands; http or https")->type_name("URL");
    set->add_option("--safe-to-replay", words.safety, "yes, no or withCare")
        ->type_name("WORD")
        ->check(CLI::IsMember({"yes", "no", "withCare"}))
        ->capture_default_str();
    addReason(*set, family, true);
    CLI::App* forget = family.leaf(*known, "forget", "The rules' word counts again", [](const Words& w) {
        return act("known forget", KnownErrorAction{text(w.id), std::nullopt, text(w.reason)});
    });
    addGroup(*forget, family);
    addReason(*forget, family, true);
    CLI::App* exported = family.leaf(*known, "export", "All of them as a file: for Git, or for another Spillway",
                                     [](const Words& w) { return DlqKnownExport{text(w.file)}; });
    exported->add_option("--out", words.file, ".yaml, .yml or .json")->required()->type_name("FILE");
    CLI::App* imported = family.leaf(*known, "import", "Take known errors over from such a file", [](const Words& w) {
        return DlqKnownImport{text(w.file), text(w.reason), w.replaces, w.preview};
    });
    imported->add_option("FILE", words.file, "As known export writes it")->required()->type_name("");
    imported->add_flag("--replace", words.replaces, "Also where somebody said something else here");
    imported->add_flag("--dry-run", words.preview, "Only say what would be taken over");
    addReason(*imported, family, false);
}

} // namespace

void addTriageCommands(CLI::App& dlq, const Choose& choose)
{
    const Family family(choose);
    addNotes(dlq, family);
    addDecisions(dlq, family);
    addKnown(dlq, family);
}

} // namespace spillway::ctl
