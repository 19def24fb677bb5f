// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandline.h"

#include "app/ctl/alertoptions.h"
#include "app/ctl/helpformat.h"
#include "app/ctl/queryoptions.h"
#include "app/ctl/triageoptions.h"
#include "app/ctl/usagefaults.h"
#include "model/base/text.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

QString text(const std::string& s)
{
    return QString::fromStdString(s);
}

/// Plain strings as CLI11 fills them; turned into values once a command has been chosen.
struct Words
{
    std::string workspace, state, folder, duration, group, window = "24h", failOn, query, id, to, reason, assignee, out,
                                                           plan, canary, stopIf, settle, rate, confirm, job, profile,
                                                           from, timeZone, format, policy, idle, budget;
    std::string test;                   // dlq kinds
    std::string note, action, who, due; // review
    std::optional<std::string> team;    // review agenda
    std::optional<std::int64_t> seen;   // review decide
    std::string why, by, into, title;   // dlq groups
    std::string view, description;      // saved views
    std::string level, base;            // schema check
    std::vector<std::string> ids;
    std::vector<std::string> participants;
    std::string otherId;
    std::vector<std::string> dropHeaders, keepHeaders, dropSets; // replay plan
    bool allowUnknownDialect = false;                            // replay plan
    bool withOrigin = false, lastGood = false;
    std::optional<int> limit, version, port;
    std::string producerTeam, producerService, domain, topic; // catalog register
    bool startsSchema = false;                                // catalog register
    std::optional<int> schemaVersion;                         // catalog show
    std::optional<std::int64_t> volume, payloadBytes;
    std::optional<double> retentionDays;
    std::string maxBytes, since = "24h";                             // trail
    std::vector<std::string> fields, topics;                         // trail
    bool isBase64 = false, storedOnly = false, ownPartition = false; // trail
    std::string registry, subject;                                   // schema registry
    std::string what, name, digest;                                  // notify
    std::string patch;                                               // cost savings
    std::int64_t after = 0;                                          // audit export
    CostWhatIf whatIf;                                               // cost what-if
    bool json = false, write = false, verbose = false, demo = false, once = false, raw = false, reveal = false,
         rules = false, dryRun = false, replaces = false, fix = false, modelled = false, apply = false, byTeam = false;
};

std::string validDuration(const std::string& word)
{
    const auto duration = parseDuration(text(word));
    if (!duration)
        return duration.error().detail.toStdString();
    return duration->count() > 0 ? std::string() : "a duration must be longer than zero";
}

std::optional<Millis> durationOf(const std::string& word)
{
    if (word.empty())
        return std::nullopt;
    return parseDuration(text(word)).value_or(Millis{0});
}

constexpr const char* helpFooter =
    "Exit codes: 0 done; 1 the check found something, or a replay ended stopped, failed or cancelled;\n"
    "2 usage or configuration error, or a refused write; 3 a broker, file or server could not be reached or "
    "written.\n\n"
    "The workspace is ./spillway.yaml, then the parents' folders, unless --workspace says otherwise.\n"
    "State lies in $XDG_STATE_HOME/spillway/<name>-<hash>/ (usually ~/.local/state/spillway/), unless --state says "
    "otherwise.\n"
    "Data goes to stdout, messages to stderr.";

constexpr const char* commandFooter =
    "Taken here too: --workspace DIR|FILE, --state DIR, --json, --write, --verbose, --demo; see spillwayctl --help.";

constexpr const char* costFooter =
    "Of the bill, taken here too: --profile NAME, --from DAY, --to DAY, --time-zone TZ, --policy POLICY, --idle WAY,\n"
    "--modelled, --format text or json, --out FILE; see spillwayctl cost --help.\n";

class Parser
{
public:
    Parser()
    {
        m_app.name("spillwayctl");
        m_app.formatter(std::make_shared<HelpFormat>()); // commands made from here on have it too
        m_app.footer(helpFooter);                        // commands inherit it, until setFooters
        m_app.set_version_flag("--version", "spillwayctl " SPILLWAY_VERSION, "Print the version");
        m_app.require_subcommand(0, 1);
        m_app.fallthrough();
        m_app.add_option("--workspace", m_words.workspace, "Workspace: folder with spillway.yaml, or the file itself")
            ->type_name("DIR|FILE");
        m_app.add_option("--state", m_words.state, "Folder for samples and ledger")->type_name("DIR");
        m_app.add_flag("--json", m_words.json, "Print JSON (JSON lines where there are many)");
        m_app.add_flag("--write", m_words.write, "Allow a command that changes a broker");
        m_app.add_flag("--verbose", m_words.verbose, "Say more on stderr");
        m_app.add_flag("--demo", m_words.demo, "Use the embedded demo company instead of a workspace");
        addWorkspaceCommands();
        addReadCommands();
        addDeadLetterCommands();
        addReplayCommands();
        addTrail();
        addCost();
        addReview();
        addCatalog();
        addSchemas();
        addRegistries();
        addNotify();
        addAlertOptions(m_app, [this](std::function<Command()> make) { m_chosen = std::move(make); });
        addStore();
        auto* evaluate = group("evaluate", "Judge data from stdin by Spillway's rules");
        leaf(evaluate, "lag", "Lag state of one partition from JSON on stdin", [] { return Command{EvaluateLag{}}; });
        auto* audit = group("audit", "The ledger of decisions");
        leaf(audit, "verify", "Walk the hash chain and compare with ledger.head",
             [] { return Command{AuditVerify{}}; });
        auto* exported =
            leaf(audit, "export", "The ledger as JSON lines in the Elastic Common Schema, oldest first", [this] {
                return AuditExport{m_words.after, text(m_words.what), text(m_words.out)};
            });
        exported->add_option("--after", m_words.after, "Only entries after this one: where the last export ended")
            ->type_name("ENTRY")
            ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000'000}));
        exported->add_option("--type", m_words.what, "Only what begins so, like deadletter. or replay.")
            ->type_name("TYPE");
        exported->add_option("--out", m_words.out, "Write to this file, replaced whole, instead of stdout")
            ->type_name("FILE");
        setFooters(&m_app);
    }

    /// nullopt: an option at fault was taken out of the words, and what is left has to be read by a parser of its own.
    std::optional<std::variant<CommandLine, Refusal>> parse(QStringList& words, UsageFaults& faults)
    {
        askForHelp(words);
        std::vector<std::string> reversed;
        for (auto at = words.crbegin(); at != words.crend(); ++at)
            reversed.push_back(at->toStdString());
        try {
            m_app.parse(reversed);
            faults.noteEmpty(m_app);
        } catch (const CLI::Success& asked) {
            if (!faults.isEmpty())
                return Refusal{.text = faults.report(), .global = {}};
            std::ostringstream out;
            std::ostringstream err;
            m_app.exit(asked, out, err);
            return Refusal{.exitCode = 0,
                           .text = text(out.str()),
                           .isHelp = dynamic_cast<const CLI::CallForHelp*>(&asked) != nullptr,
                           .global = globalsAsWritten()};
        } catch (const CLI::ParseError& error) {
            if (faults.note(m_app, error, words))
                return std::nullopt;
        }
        if (!faults.isEmpty())
            return Refusal{.text = faults.report(), .global = {}};
        GlobalOptions global{.workspace = text(m_words.workspace),
                             .state = text(m_words.state),
                             .json = m_words.json,
                             .write = m_words.write,
                             .verbose = m_words.verbose,
                             .demo = m_words.demo};
        if (!m_chosen) {
            if (global.demo)
                return CommandLine{global, Demo{}};
            return Refusal{.text = u"A command is required.\n"_s + text(m_app.help()), .global = {}};
        }
        return CommandLine{global, m_chosen()};
    }

private:
    using Make = std::function<Command()>;

    /// `help` is a command's place, not its name: help dlq list, dlq help.
    void askForHelp(QStringList& words) const
    {
        const CLI::App* app = &m_app;
        for (qsizetype at = 0; at < words.size(); ++at) {
            const QString& word = words[at];
            if (word.startsWith(u'-')) {
                at += word == u"--workspace" || word == u"--state" ? 1 : 0;
                continue;
            }
            const auto all = app->get_subcommands([](const CLI::App*) { return true; });
            if (word == u"help" && !all.empty() && app->get_require_subcommand_min() + (app == &m_app ? 1 : 0) > 0) {
                words.removeAt(at);
                words += u"--help"_s;
                return;
            }
            const auto sub = std::find_if(all.begin(), all.end(),
                                          [&](const CLI::App* one) { return text(one->get_name()) == word; });
            if (sub == all.end())
                return;
            app = *sub;
        }
    }

    /// As they stand in the call, also where reading it went no further.
    GlobalOptions globalsAsWritten() const
    {
        const auto written = [this](const char* name) {
            const CLI::Option* option = m_app.get_option(name);
            return option->results().empty() ? QString() : text(option->results().back());
        };
        GlobalOptions global;
        global.workspace = written("--workspace");
        global.state = written("--state");
        global.demo = m_app.get_option("--demo")->count() > 0;
        return global;
    }

    static void setFooters(CLI::App* app)
    {
        for (CLI::App* sub : app->get_subcommands([](CLI::App*) { return true; })) {
            if (sub->get_footer() == helpFooter) // inherited
                sub->footer(commandFooter);
            setFooters(sub);
        }
    }

    CLI::App* group(const char* name, const char* help)
    {
        const auto known = m_app.get_subcommands([name](CLI::App* app) { return app->get_name() == name; });
        if (!known.empty())
            return known.front();
        auto* sub = m_app.add_subcommand(name, help);
        sub->require_subcommand(1);
        sub->fallthrough();
        return sub;
    }
    CLI::App* leaf(CLI::App* parent, const char* name, const char* help, Make make)
    {
        auto* sub = parent->add_subcommand(name, help);
        sub->fallthrough();
        sub->callback([this, sub, make = std::move(make)] {
            // A command that has commands of its own is called after them.
            if (sub->get_subcommands().empty())
                m_chosen = make;
        });
        return sub;
    }

    void addWorkspaceCommands()
    {
        auto* init = leaf(&m_app, "init", "Write a commented workspace (never over an existing file)",
                          [this] { return Init{text(m_words.folder)}; });
        init->add_option("DIR", m_words.folder, "Folder; default: here")->type_name("");
        leaf(&m_app, "check", "Check files, connections, logins and rights; missing rights as kafka-acls lines",
             [] { return Check{}; });
        auto* collect =
            leaf(&m_app, "collect", "Sample lag, read processing logs and dead letters into the store", [this] {
                return Collect{m_words.once, durationOf(m_words.duration)};
            });
        auto* once =
            collect->add_flag("--once", m_words.once, "Sample once, read up to the ends seen at the start, and exit");
        collect->add_option("--for", m_words.duration, "Collect for this long, like 30s; default: until stopped")
            ->type_name("DURATION")
            ->check(validDuration)
            ->excludes(once);
    }

    void addReadCommands()
    {
        auto* lag = leaf(&m_app, "lag", "Lag of every group and partition at the last sample",
                         [this] { return Lag{text(m_words.group)}; });
        lag->add_option("--group", m_words.group, "Only this consumer group")->type_name("GROUP");
        auto* slo = leaf(&m_app, "slo", "Promises to consumers, and how they are kept", [this] {
            return Slo{durationOf(m_words.window).value_or(Millis{0}), text(m_words.failOn)};
        });
        slo->add_option("--window", m_words.window, "Window up to now")
            ->type_name("DURATION")
            ->check(validDuration)
            ->capture_default_str();
        slo->add_option("--fail-on", m_words.failOn,
                        "Exit 1 when a promise is in this state (violated) or worse (atRisk takes both)")
            ->type_name("STATE")
            ->check(CLI::IsMember({"violated", "atRisk"}));
    }

    static std::string validSince(const std::string& word)
    {
        return word == "all" ? std::string() : validDuration(word);
    }
    static std::string validSize(const std::string& word)
    {
        const auto size = parseSizeBytes(text(word));
        if (!size)
            return size.error().detail.toStdString();
        return *size > 0 ? std::string() : "a size must be above zero";
    }

    void addTrail()
    {
        auto* trail = leaf(&m_app, "trail", "What happened to one key or id: across topics, in time order", [this] {
            TrailCommand command{.key = text(m_words.id), .isBase64 = m_words.isBase64};
            if (m_words.since != "all")
                command.since = durationOf(m_words.since);
            command.limit = m_words.limit.value_or(command.limit);
            command.maxBytes = parseSizeBytes(text(m_words.maxBytes)).value_or(command.maxBytes);
            for (const std::string& field : m_words.fields)
                command.fields += text(field);
            for (const std::string& topic : m_words.topics)
                command.topics += text(topic);
            command.storedOnly = m_words.storedOnly;
            command.ownPartitionOnly = m_words.ownPartition;
            return command;
        });
        trail->add_option("KEY", m_words.id, "A record's key, or an id that records bear")->required()->type_name("");
        trail->add_option("--since", m_words.since, "How far back topics and logs are read; all: as far as there is")
            ->type_name("DURATION")
            ->check(validSince)
            ->capture_default_str();
        trail->add_option("--limit", m_words.limit, "At most this many entries; default: 1000")
            ->type_name("N")
            ->check(CLI::Range(1, 1'000'000));
        trail->add_option("--max-bytes", m_words.maxBytes, "Read at most so much from brokers and files; default: 1GiB")
            ->type_name("SIZE")
            ->check(validSize);
        trail->add_option("--field", m_words.fields, "Where else the key may stand: payload.order.id, header.X-Order")
            ->type_name("FIELD")
            ->allow_extra_args(false);
        trail->add_option("--topic", m_words.topics, "A topic besides the catalog's")
            ->type_name("TOPIC")
            ->allow_extra_args(false);
        trail->add_flag("--base64", m_words.isBase64, "KEY is base64, for keys that are no text");
        auto* stored = trail->add_flag("--stored", m_words.storedOnly, "Only what is stored; asks no broker");
        trail
            ->add_flag("--own-partition", m_words.ownPartition,
                       "Of each topic only the partition where a Java client puts the key")
            ->excludes(stored);
    }

    void addDeadLetterCommands()
    {
        auto* dlq = group("dlq", "Dead letters");
        auto* groups = leaf(dlq, "groups", "Groups of dead letters that failed alike", [this] {
            return DlqGroups{text(m_words.query), text(m_words.why), text(m_words.view)};
        });
        const QueryOptions wanted = addQuery(*groups, m_words.query, m_words.view);
        groups->add_option("--why", m_words.why, "Why this group's letters are one group")
            ->type_name("ID")
            ->excludes(wanted.query)
            ->excludes(wanted.view);
        addGroupCommands(dlq);
        auto* list = leaf(dlq, "list", "Dead letters, newest first", [this] {
            return DlqList{text(m_words.query), text(m_words.view), durationOf(m_words.duration), m_words.limit};
        });
        addQuery(*list, m_words.query, m_words.view);
        list->add_option("--limit", m_words.limit, "At most this many; default: all")
            ->type_name("N")
            ->check(CLI::Range(1, 100'000'000));
        list->add_option("--time-limit", m_words.duration, "Stop looking after this long, like 10s; default: never")
            ->type_name("DURATION")
            ->check(validDuration);
        addViews(dlq);
        auto* show = leaf(dlq, "show", "One dead letter: headers, payload, error", [this] {
            return DlqShow{text(m_words.id), m_words.raw, m_words.reveal, text(m_words.reason)};
        });
        show->add_option("ID", m_words.id, "The letter's id")->required()->type_name("");
        auto* raw = show->add_flag("--raw", m_words.raw,
                                   "The payload's bytes and nothing else; of a masked workspace put on record");
        addReveal(show, raw);
        auto* take = leaf(dlq, "export", "Dead letters as a file, masked as they are shown", [this] {
            return DlqExport{.query = text(m_words.query),
                             .view = text(m_words.view),
                             .out = text(m_words.out),
                             .reveal = m_words.reveal,
                             .reason = text(m_words.reason)};
        });
        addRequiredQuery(*take, m_words.query, m_words.view);
        take->add_option("--out", m_words.out, "FILE.jsonl, FILE.csv or FILE.xlsx; replaced whole, or left as it was")
            ->required()
            ->type_name("FILE");
        addReveal(take);
        auto* kinds = leaf(dlq, "kinds", "Which rule sorts what is stored into transient, schema, business", [this] {
            return DlqKinds{text(m_words.query), text(m_words.view), text(m_words.test), m_words.rules};
        });
        addQuery(*kinds, m_words.query, m_words.view);
        kinds->add_option("--test", m_words.test, "Say what this rules' file would change; changes nothing")
            ->type_name("FILE");
        kinds->add_flag("--rules", m_words.rules, "List the rules in their order");
        leaf(dlq, "channels", "Dead-letter topics: how long they keep letters, and what is lost next",
             [] { return Command{DlqChannels{}}; });
        auto* rescue = leaf(dlq, "rescue", "Copy the payloads that pointers only point to, before they expire", [this] {
            return DlqRescue{.ids = idsAsText(), .query = queryUnlessIds(), .view = text(m_words.view)};
        });
        addLetters(*rescue);
        auto* reread = leaf(dlq, "reread", "Read a channel's stored letters again, after its mapping changed", [this] {
            return DlqReread{text(m_words.id), text(m_words.group)};
        });
        reread->add_option("CHANNEL", m_words.id, "The dead-letter topic")->required()->type_name("");
        reread->add_option("--connection", m_words.group, "Where several connections have one of this name")
            ->type_name("NAME");
        leaf(dlq, "doctor", "What is set up so that letters get lost or say too little; exit 1 on an error",
             [] { return Command{DlqDoctor{}}; });
        auto* origin = leaf(dlq, "origin", "The record a dead letter was made from, read from its topic", [this] {
            return DlqOrigin{text(m_words.id), m_words.raw};
        });
        origin->add_option("ID", m_words.id, "The letter's id")->required()->type_name("");
        origin->add_flag("--raw", m_words.raw, "The payload's bytes and nothing else");
        auto* diff =
            leaf(dlq, "diff", "A dead letter against its origin, the last good one of its key, or another", [this] {
                return DlqDiff{text(m_words.id), text(m_words.otherId), m_words.lastGood};
            });
        diff->add_option("ID", m_words.id, "The letter's id")->required()->type_name("");
        auto* other = diff->add_option("ID2", m_words.otherId, "Another letter's id")->type_name("");
        auto* withOrigin =
            diff->add_flag("--origin", m_words.withOrigin, "Against the record it was made from; the default");
        auto* lastGood = diff->add_flag("--last-good", m_words.lastGood,
                                        "Against the last record of its key, before it, that no letter was made from");
        other->excludes(withOrigin)->excludes(lastGood);
        withOrigin->excludes(lastGood);
        addTriageOptions(*dlq, [this](std::function<Command()> make) { m_chosen = std::move(make); });
        auto* triage = leaf(dlq, "triage", "Decide on dead letters", [this] {
            return DlqTriage{.ids = idsAsText(),
                             .query = queryUnlessIds(),
                             .view = text(m_words.view),
                             .to = text(m_words.to),
                             .reason = text(m_words.reason),
                             .assignee = text(m_words.assignee)};
        });
        addLetters(*triage);
        triage->add_option("--to", m_words.to, "State: new, assigned, parked, archived, resolved or lost")
            ->required()
            ->type_name("STATE");
        triage->add_option("--reason", m_words.reason, "Why; stands in the ledger")->required()->type_name("TEXT");
        triage->add_option("--assign", m_words.assignee, "Team or person who looks after it")->type_name("WHO");
    }

    QStringList idsAsText() const
    {
        QStringList ids;
        for (const std::string& id : m_words.ids)
            ids += text(id);
        return ids;
    }
    std::optional<QString> queryUnlessIds() const
    {
        return m_words.ids.empty() ? std::optional(text(m_words.query)) : std::nullopt;
    }
    /// Letters by id, or by a query.
    void addLetters(CLI::App& command)
    {
        auto* ids = command.add_option("ID", m_words.ids, "Letters by id")->type_name("");
        addQueryOrIds(command, m_words.query, m_words.view, *ids);
    }

    void addGroupCommands(CLI::App* dlq)
    {
        auto* pivot = leaf(dlq, "pivot", "Dead letters counted by one or two of their fields", [this] {
            return DlqPivot{text(m_words.by), text(m_words.query), text(m_words.view)};
        });
        pivot->add_option("--by", m_words.by, "Like: consumer or team,kind")->required()->type_name("FIELD[,FIELD]");
        addQuery(*pivot, m_words.query, m_words.view);

        auto* merge = leaf(dlq, "merge", "Show groups, and the letters they will get, within another", [this] {
            return DlqMerge{idsAsText(), text(m_words.into), text(m_words.reason)};
        });
        merge->add_option("ID", m_words.ids, "Groups by id")->required()->type_name("");
        merge->add_option("--into", m_words.into, "The group that stays")->required()->type_name("ID");
        addReason(merge);

        auto* split = leaf(dlq, "split", "Make a group of its own of letters", [this] {
            return DlqSplit{.ids = idsAsText(),
                            .query = queryUnlessIds(),
                            .view = text(m_words.view),
                            .title = text(m_words.title),
                            .reason = text(m_words.reason)};
        });
        addLetters(*split);
        split->add_option("--title", m_words.title, "The new group's title")->required()->type_name("TEXT");
        addReason(split);

        auto* unmerge = leaf(dlq, "unmerge", "Take a merge or a split back", [this] {
            return DlqUnmerge{idsAsText(), text(m_words.reason)};
        });
        unmerge->add_option("ID", m_words.ids, "Groups that were merged, split off, or merged into")
            ->required()
            ->type_name("");
        addReason(unmerge);

        auto* regroup = leaf(dlq, "regroup", "Group everything that is stored by the rules as they are now", [this] {
            return DlqRegroup{m_words.dryRun, text(m_words.reason)};
        });
        auto* dryRun = regroup->add_flag("--dry-run", m_words.dryRun, "Only say what would join, split and move");
        regroup->add_option("--reason", m_words.reason, "Why; stands in the ledger")
            ->type_name("TEXT")
            ->excludes(dryRun);
        regroup->parse_complete_callback([this] {
            if (!m_words.dryRun && m_words.reason.empty())
                throw CLI::RequiredError("--dry-run or --reason");
        });
    }
    void addReason(CLI::App* command)
    {
        command->add_option("--reason", m_words.reason, "Why; stands in the ledger")->required()->type_name("TEXT");
    }

    void addViews(CLI::App* dlq)
    {
        leaf(dlq, "views", "Saved views: queries with a name, files in the workspace",
             [] { return Command{DlqViews{}}; });
        auto* view = dlq->add_subcommand("view", "A saved view");
        view->require_subcommand(1);
        view->fallthrough();
        auto* save =
            leaf(view, "save", "Save a query under a name, as a file in the workspace's folder queries/", [this] {
                return DlqViewSave{.name = text(m_words.view),
                                   .query = text(m_words.query),
                                   .description = text(m_words.description),
                                   .replaces = m_words.replaces};
            });
        save->add_option("NAME", m_words.view, "The view's name")->required()->type_name("");
        save->add_option("--query", m_words.query, "Which letters it is about")->required()->type_name("QUERY");
        save->add_option("--description", m_words.description, "What it is for")->type_name("TEXT");
        save->add_flag("--replace", m_words.replaces, "Replace the view of this name");
    }

    /// @param raw  a flag that shows what is masked as well, and needs no reason; null: there is none
    void addReveal(CLI::App* command, CLI::Option* raw = nullptr)
    {
        auto* reveal = command->add_flag("--reveal", m_words.reveal, "Without masks; put on record with its reason");
        auto* reason = command->add_option("--reason", m_words.reason, "Why; stands in the ledger")->type_name("TEXT");
        reveal->needs(reason);
        if (raw == nullptr)
            reason->needs(reveal);
        else
            command->parse_complete_callback([raw, reveal, reason] {
                if (reason->count() > 0 && reveal->count() == 0 && raw->count() == 0)
                    throw CLI::RequiresError("--reason", "--reveal");
            });
    }

    void addReplayCommands()
    {
        auto* replay = group("replay", "Publish dead letters again, exactly once where the broker can");
        auto* plan = leaf(replay, "plan", "Freeze open letters into a sealed plan; sends nothing", [this] {
            const auto texts = [](const std::vector<std::string>& words) {
                QStringList list;
                for (const std::string& word : words)
                    list += text(word);
                return list;
            };
            return ReplayPlan{.query = text(m_words.query),
                              .view = text(m_words.view),
                              .to = text(m_words.to),
                              .out = text(m_words.out),
                              .headers = {.drop = texts(m_words.dropHeaders),
                                          .keep = texts(m_words.keepHeaders),
                                          .sets = texts(m_words.dropSets),
                                          .allowsUnknownDialects = m_words.allowUnknownDialect}};
        });
        addRequiredQuery(*plan, m_words.query, m_words.view);
        plan->add_option("--to", m_words.to, "Target topic; default: each letter's origin topic")->type_name("TOPIC");
        plan->add_option("--out", m_words.out, "Where to write the plan")->required()->type_name("PLAN");
        plan->add_option(
                "--drop-header", m_words.dropHeaders,
                "Leave this header behind too; a * at the end takes what begins so; may be given several times")
            ->type_name("PATTERN")
            ->allow_extra_args(false);
        plan->add_option("--keep-header", m_words.keepHeaders,
                         "Send this header whatever else says otherwise; may be given several times")
            ->type_name("PATTERN")
            ->allow_extra_args(false);
        plan->add_option("--drop-set", m_words.dropSets,
                         "Leave a ready-made set behind: trace or replicator; may be given several times")
            ->type_name("SET")
            ->allow_extra_args(false);
        plan->add_flag("--allow-unknown-dialect", m_words.allowUnknownDialect,
                       "Plan letters whose dialect file is gone too; the headers it wrote go along");

        auto* run = leaf(replay, "run", "Run a plan (needs --write)", [this] {
            return ReplayRun{.plan = text(m_words.plan),
                             .rate = text(m_words.rate),
                             .canary = text(m_words.canary),
                             .stopIf = text(m_words.stopIf),
                             .settle = text(m_words.settle),
                             .confirm = text(m_words.confirm),
                             .reason = text(m_words.reason)};
        });
        run->add_option("PLAN", m_words.plan, "The plan's file")->required()->type_name("");
        run->add_option("--rate", m_words.rate, "Messages per second")->type_name("N");
        run->add_option("--canary", m_words.canary, "Sizes of successive steps, like 1,10,all")->type_name("STEPS");
        run->add_option("--stop-if", m_words.stopIf, "Stop after a step in which more failed again, like 'failed>10%'")
            ->type_name("RULE");
        run->add_option("--settle", m_words.settle,
                        "Wait this long for outcomes after each step; 30s with --canary, else none")
            ->type_name("DURATION");
        addConfirmation(run);

        auto* resume = leaf(replay, "resume", "Go on with an interrupted job (needs --write)", [this] {
            return ReplayResume{text(m_words.job), text(m_words.confirm), text(m_words.reason)};
        });
        resume->add_option("JOB", m_words.job, "The job's id")->required()->type_name("");
        addConfirmation(resume);

        auto* status =
            leaf(replay, "status", "One job, or all, newest first", [this] { return ReplayStatus{text(m_words.job)}; });
        status->add_option("JOB", m_words.job, "The job's id")->type_name("");
        auto* cancel = leaf(replay, "cancel", "Stop a job after the batch it is sending",
                            [this] { return ReplayCancel{text(m_words.job)}; });
        cancel->add_option("JOB", m_words.job, "The job's id")->required()->type_name("");
    }

    void addCatalog()
    {
        auto* catalog = group("catalog", "Who publishes and consumes what, and whether the files say the truth");
        auto* lint =
            leaf(catalog, "lint", "Judge ownership, catalog and schemas; 1 on a finding of severity error", [this] {
                return CatalogLint{text(m_words.format), text(m_words.out), m_words.fix};
            });
        addFindingsOptions(lint);
        lint->add_flag("--fix", m_words.fix, "Write the safe changes into the files first; comments are kept");
        auto* drift = leaf(catalog, "drift", "What the files declare against what was observed; 1 on an error", [this] {
            return CatalogDrift{text(m_words.format), text(m_words.out), m_words.apply};
        });
        addFindingsOptions(drift);
        drift->add_flag("--apply", m_words.apply,
                        "Write the measured numbers into the catalog first; comments are kept");
        auto* exported = leaf(catalog, "export", "The catalog as AsyncAPI, EventCatalog or Backstage has it", [this] {
            return CatalogExportCommand{text(m_words.format), text(m_words.out), m_words.replaces};
        });
        addExchangeFormat(exported);
        exported->add_option("--out", m_words.out, "File (.json, .yaml), or the folder of an EventCatalog")
            ->required()
            ->type_name("PATH");
        exported->add_flag("--replace", m_words.replaces, "Write over files that say something else");
        auto* imported =
            leaf(catalog, "import", "What another catalog tells and ours does not; 1 on a conflict", [this] {
                return CatalogImportCommand{text(m_words.folder), text(m_words.format), m_words.apply};
            });
        imported->add_option("PATH", m_words.folder, "The file or folder to read")->required()->type_name("");
        addExchangeFormat(imported);
        imported->add_flag("--apply", m_words.apply, "Write it into ownership and catalog; comments are kept");
        addRegistration(catalog);
        leaf(&m_app, "scorecard", "The four phases of governance, measured", [] { return Command{Scorecard{}}; });
        auto* search = leaf(catalog, "search", "Events by name, field, owner, tag, description",
                            [this] { return CatalogSearch{text(m_words.query)}; });
        search->add_option("Q", m_words.query, "Like: owner:payment tag:pii field:customer_id consumers>3")
            ->type_name("");
        auto* show = leaf(catalog, "show",
                          "Everything about one event: owner, consumers, cost, schema, history from Git", [this] {
                              return CatalogShow{text(m_words.id), m_words.schemaVersion};
                          });
        show->add_option("EVENT", m_words.id, "Its name, like order.created")->required()->type_name("");
        show->add_option("--schema-version", m_words.schemaVersion, "This version of its schema; default: the newest")
            ->type_name("N");
        leaf(catalog, "teams", "Teams and events: who publishes and reads what, and how promises stand",
             [] { return Command{CatalogTeams{}}; });
        leaf(catalog, "rules", "Every rule of lint and drift, with its severity",
             [] { return Command{CatalogRules{}}; });
    }

    /// Nothing is required here, so that the command can name all that is missing at once.
    void addRegistration(CLI::App* catalog)
    {
        auto* command =
            leaf(catalog, "register", "A new event: its facts, what it will cost, the lines to write", [this] {
                Registration wanted{.eventType = text(m_words.id),
                                    .producerTeam = text(m_words.producerTeam),
                                    .producerService = text(m_words.producerService),
                                    .consumers = {},
                                    .volume = m_words.volume,
                                    .payloadBytes = m_words.payloadBytes,
                                    .retentionDays = m_words.retentionDays,
                                    .domain = text(m_words.domain),
                                    .topic = text(m_words.topic),
                                    .startsSchema = m_words.startsSchema};
                for (const std::string& consumer : m_words.ids)
                    wanted.consumers += text(consumer);
                return CatalogRegister{std::move(wanted), m_words.apply};
            });
        command->add_option("EVENT", m_words.id, "Its name, like order.shipped")->type_name("");
        command->add_option("--producer-team", m_words.producerTeam, "The team that sends it")->type_name("TEAM");
        command->add_option("--producer-service", m_words.producerService, "The service that sends it")
            ->type_name("SERVICE");
        command->add_option("--consumer", m_words.ids, "Who reads it; once for each")
            ->type_name("TEAM/SERVICE")
            ->allow_extra_args(false);
        command->add_option("--volume", m_words.volume, "Messages a day")->type_name("N");
        command->add_option("--payload-bytes", m_words.payloadBytes, "Bytes of one message")->type_name("N");
        command->add_option("--retention-days", m_words.retentionDays, "Days it is kept")->type_name("N");
        command->add_option("--domain", m_words.domain, "Default: the first word of its name")->type_name("NAME");
        command->add_option("--topic", m_words.topic, "Where it flows")->type_name("TOPIC");
        command->add_flag("--start-schema", m_words.startsSchema, "Begin version 1 of its schema where schemas lie");
        command->add_flag("--apply", m_words.apply, "Write it into ownership and catalog; comments are kept");
    }

    void addExchangeFormat(CLI::App* command)
    {
        command->add_option("--format", m_words.format, "asyncapi, eventcatalog or backstage")
            ->required()
            ->type_name("FORMAT")
            ->check(CLI::IsMember({"asyncapi", "eventcatalog", "backstage"}));
    }

    void addFindingsOptions(CLI::App* command)
    {
        command->add_option("--format", m_words.format, "text, json or sarif")
            ->type_name("FORMAT")
            ->check(CLI::IsMember({"text", "json", "sarif"}));
        command->add_option("--out", m_words.out, "Write to this file instead of stdout")->type_name("FILE");
    }

    void addReview()
    {
        auto* review = group("review", "The weekly meeting about dead letters");
        auto* agenda = leaf(review, "agenda", "What the meeting looks at, and what it decided so far", [this] {
            return ReviewAgenda{m_words.team ? std::optional(text(*m_words.team)) : std::nullopt, m_words.byTeam};
        });
        agenda->add_option("--team", m_words.team, "Only this team's groups; empty: those that nobody owns")
            ->type_name("TEAM");
        agenda->add_flag("--by-team", m_words.byTeam, "Team by team");
        auto* open = leaf(review, "open", "Begin a review with the agenda as it stands", [this] {
            ReviewOpen command;
            for (const std::string& name : m_words.participants)
                command.participants += text(name);
            return command;
        });
        open->add_option("--with", m_words.participants, "Who is there; may be given several times")->type_name("NAME");
        auto* decide =
            leaf(review, "decide", "Decide on a group; archive and assign also move its open letters", [this] {
                return ReviewDecide{.group = text(m_words.group),
                                    .verdict = text(m_words.to),
                                    .note = text(m_words.note),
                                    .action = text(m_words.action),
                                    .who = text(m_words.who),
                                    .due = text(m_words.due),
                                    .seen = m_words.seen};
            });
        decide->add_option("GROUP", m_words.group, "The group's id")->required()->type_name("");
        decide->add_option("--decision", m_words.to, "replay, fixFirst, archive, assign or watch")
            ->required()
            ->type_name("WORD");
        decide->add_option("--note", m_words.note, "Why; stands in the minutes")->type_name("TEXT");
        decide->add_option("--action", m_words.action, "What somebody is to do")->type_name("TEXT");
        decide->add_option("--who", m_words.who, "Who does it")->type_name("WHO");
        decide->add_option("--due", m_words.due, "Until when, like 2026-12-03")->type_name("DAY");
        decide
            ->add_option("--seen", m_words.seen,
                         "Not where the group has another word than that of this event; 0: not where it has one")
            ->type_name("SEQ");
        leaf(review, "close", "End the review; what is undecided is carried over",
             [] { return Command{ReviewClose{}}; });
        auto* minutes = leaf(review, "minutes", "Minutes of the open review, else of the last one", [this] {
            return ReviewMinutes{text(m_words.id), text(m_words.out)};
        });
        minutes->add_option("REVIEW", m_words.id, "Another review, like r-2026-11-26")->type_name("");
        minutes
            ->add_option("--out", m_words.out, "Write to this file (.md, .html or .pdf) instead of Markdown to stdout")
            ->type_name("FILE");
        auto* report = group("report", "Documents about the workspace");
        auto* weekly = leaf(report, "weekly", "The last seven days of dead letters, as a document",
                            [this] { return ReportWeekly{text(m_words.out)}; });
        weekly->add_option("--out", m_words.out, "The file: .pdf, .html or .md")->required()->type_name("FILE");
    }

    void addRegistries()
    {
        auto* registry = group("schema", "Schemas and their registries")
                             ->add_subcommand("registry", "Registries that the workspace names");
        registry->require_subcommand(1);
        registry->fallthrough();
        auto* list = leaf(registry, "list", "Subjects and their versions",
                          [this] { return RegistryList{text(m_words.registry)}; });
        auto* show = leaf(registry, "show", "A schema, by subject or by id", [this] {
            return RegistryShow{text(m_words.registry), text(m_words.subject), m_words.version, text(m_words.id)};
        });
        auto* subject = show->add_option("SUBJECT", m_words.subject, "The subject")->type_name("");
        show->add_option("--version", m_words.version, "This version instead of the newest")
            ->type_name("N")
            ->check(CLI::PositiveNumber);
        show->add_option("--id", m_words.id, "A schema's number or GUID, as payloads bear it")
            ->type_name("ID")
            ->excludes(subject);
        auto* compare =
            leaf(registry, "compare", "Hold the registry against the folder of schemas; 1 where they differ",
                 [this] { return RegistryCompare{text(m_words.registry)}; });
        auto* serve = leaf(group("schema", ""), "serve",
                           "Serve the folder of schemas as a registry, to this machine only", [this] {
                               return SchemaServe{text(m_words.folder), m_words.port.value_or(0)};
                           });
        serve->add_option("DIR", m_words.folder, "Folder of schemas; default: the workspace's")->type_name("");
        serve->add_option("--port", m_words.port, "Port on 127.0.0.1; default: one that is free, which is printed")
            ->type_name("N")
            ->check(CLI::Range(1, 65535));
        for (CLI::App* command : {list, show, compare})
            command->add_option("--registry", m_words.registry, "Which, where the workspace names several")
                ->type_name("NAME");
    }

    void addNotify()
    {
        auto* notify = group("notify", "Telling teams by Slack and webhooks");
        auto* preview = leaf(notify, "preview", "Exactly what would be sent, to whom", [this] {
            return NotifyPreviewCommand{text(m_words.what), text(m_words.name), m_words.version};
        });
        auto* send = leaf(notify, "send", "Send what the preview showed; what does not arrive is tried again", [this] {
            return NotifySend{text(m_words.what), text(m_words.name), m_words.version, text(m_words.digest)};
        });
        for (CLI::App* command : {preview, send}) {
            command->add_option("WHAT", m_words.what, "schema: teams that read an event; review: teams it decided on")
                ->required()
                ->type_name("")
                ->check(CLI::IsMember({"schema", "review"}));
            command->add_option("NAME", m_words.name, "The event's type; a review, default the last closed one")
                ->type_name("");
            command->add_option("--version", m_words.version, "This version of the schema instead of the newest")
                ->type_name("N")
                ->check(CLI::PositiveNumber);
        }
        send->add_option("--digest", m_words.digest, "The preview's digest: what you have seen")->type_name("DIGEST");
        leaf(notify, "status", "What was sent, what waits, what failed; newest first",
             [] { return Command{NotifyStatus{}}; });
        auto* retry = leaf(notify, "retry", "Send a message again that failed or is in doubt",
                           [this] { return NotifyRetry{text(m_words.id)}; });
        retry->add_option("ID", m_words.id, "The message's id")->required()->type_name("");
    }

    void addConfirmation(CLI::App* command)
    {
        command->add_option("--confirm", m_words.confirm, "In production: the target topic, typed out")
            ->type_name("TARGET_TOPIC");
        command->add_option("--reason", m_words.reason, "In production: why; stands in the ledger")->type_name("TEXT");
    }

    void addSchemaOptions(CLI::App* check)
    {
        check->add_option("DIR", m_words.folder, "Folder of schemas; default: the workspace's")->type_name("");
        check->add_option("--policy", m_words.policy, "Whose rules; default: house where there is a rules' file")
            ->type_name("POLICY")
            ->check(CLI::IsMember({"confluent-strict", "confluent-lenient", "optional-friendly", "seed", "house"}));
        check->add_option("--level", m_words.level, "What must hold; default: by the rules' file, else BACKWARD")
            ->type_name("LEVEL")
            ->check(CLI::IsMember(
                {"BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE", "NONE"},
                CLI::ignore_case));
        check->add_option("--base", m_words.base, "Only what changed since HEAD and this Git revision parted")
            ->type_name("REV");
    }

    void addSchemas()
    {
        auto* schema = group("schema", "Schemas of events");
        auto* check = leaf(
            schema, "check", "Whether consumers survive each change of a schema; exit 1 where they do not", [this] {
                return SchemaCheckCommand{text(m_words.folder), text(m_words.policy), text(m_words.level),
                                          text(m_words.base),   text(m_words.format), text(m_words.out)};
            });
        auto* impact =
            leaf(schema, "impact", "Whom the changes break, who must be told, and what real messages say", [this] {
                return SchemaImpact{
                    {text(m_words.folder), text(m_words.policy), text(m_words.level), text(m_words.base), {}, {}},
                    text(m_words.out)};
            });
        impact->add_option("--calendar", m_words.out, "Also write the notice dates, as iCalendar")->type_name("FILE");
        auto* ack = leaf(schema, "ack", "Put on record that a consumer is ready for a version of an event", [this] {
            return SchemaAcknowledge{text(m_words.plan), m_words.version.value_or(0), text(m_words.to),
                                     text(m_words.note)};
        });
        ack->add_option("EVENT", m_words.plan, "The event's type")->required()->type_name("");
        ack->add_option("VERSION", m_words.version, "Its version, like 3")
            ->required()
            ->type_name("")
            ->check(CLI::PositiveNumber);
        ack->add_option("--consumer", m_words.to, "The consumer's service")->required()->type_name("SERVICE");
        ack->add_option("--note", m_words.note, "What there is to say about it")->type_name("TEXT");
        for (CLI::App* command : {check, impact})
            addSchemaOptions(command);
        check->add_option("--format", m_words.format, "text, json, sarif, junit or github (workflow commands)")
            ->type_name("FORMAT")
            ->check(CLI::IsMember({"text", "json", "sarif", "junit", "github"}));
        check->add_option("--out", m_words.out, "Write to this file instead of stdout")->type_name("FILE");
    }

    void addCost()
    {
        auto* cost = leaf(&m_app, "cost", "What each team's events cost", [this] { return costOf(); });
        cost->add_option("--profile", m_words.profile, "Pricing profile; default: the workspace's, else seed")
            ->type_name("NAME");
        auto* from = cost->add_option("--from", m_words.from, "First day, like 2026-11-01")->type_name("DAY");
        auto* to = cost->add_option("--to", m_words.to, "Last day, included")->type_name("DAY");
        from->needs(to);
        to->needs(from);
        cost->add_option("--time-zone", m_words.timeZone, "Whose days; default UTC")->type_name("TZ");
        auto* format =
            cost->add_option(
                    "--format", m_words.format,
                    "text, json, csv, xlsx, pdf, html, focus, focus-1.3 or focus-1.4; default: by FILE's ending")
                ->type_name("FORMAT")
                ->check(CLI::IsMember(
                    {"text", "json", "csv", "xlsx", "pdf", "html", "focus", "focus-1.2", "focus-1.3", "focus-1.4"}));
        auto* out = cost->add_option("--out", m_words.out, "Write to this file, replaced whole, instead of stdout")
                        ->type_name("FILE");
        cost->add_option("--policy", m_words.policy, "Who pays: profile, producer, consumer, even, mix or platform")
            ->type_name("POLICY");
        cost->add_option("--idle", m_words.idle, "What becomes of idle capacity: show, proportional or platform")
            ->type_name("WAY");
        cost->add_flag("--modelled", m_words.modelled, "As the rates say, without calibration by invoices");
        addFocus(cost);
        addCostAnalyses(cost);
        for (CLI::App* command : {cost->get_subcommand("validate"), cost->get_subcommand("invoice")}) {
            command->excludes(format);
            command->excludes(out);
        }
    }

    Cost costOf() const
    {
        return Cost{.profile = text(m_words.profile),
                    .from = text(m_words.from),
                    .to = text(m_words.to),
                    .timeZone = text(m_words.timeZone),
                    .format = text(m_words.format),
                    .out = text(m_words.out),
                    .policy = text(m_words.policy),
                    .idle = text(m_words.idle),
                    .isModelled = m_words.modelled};
    }

    /// Options of the bill itself are the parent's.
    void addCostAnalyses(CLI::App* cost)
    {
        using Kind = CostAnalysis::Kind;
        const auto analysis = [this, cost](const char* name, const char* help, Kind kind) {
            auto* sub = leaf(cost, name, help, [this, kind] {
                CostAnalysis chosen{.kind = kind,
                                    .cost = costOf(),
                                    .budget = text(m_words.budget),
                                    .against = text(m_words.plan),
                                    .simulate = {},
                                    .out = text(m_words.out),
                                    .patch = text(m_words.patch),
                                    .apply = m_words.apply,
                                    .whatIf = m_words.whatIf};
                for (const std::string& id : m_words.ids)
                    chosen.simulate += text(id);
                return chosen;
            });
            sub->footer(std::string(costFooter).append(commandFooter));
            return sub;
        };
        analysis("lines", "Every line of the bill with its quantity and what that rests on", Kind::Lines);
        analysis("compare", "The same bill under every policy, side by side", Kind::Compare);
        auto* changes = analysis("changes", "Why events cost more or less than in as many days before", Kind::Changes);
        changes->add_option("--against", m_words.plan, "An earlier event-catalog.yaml to compare with instead")
            ->type_name("FILE");
        analysis("anomalies", "Days on which events cost otherwise than their weekdays; exit 1 when there are some",
                 Kind::Anomalies);
        auto* forecast = analysis("forecast", "What the rest of the month will cost", Kind::Forecast);
        forecast->add_option("--budget", m_words.budget, "Of the month; says whether it will be kept")
            ->type_name("AMOUNT");
        analysis("unit", "What a million records of each event cost", Kind::Unit);
        auto* savings =
            analysis("savings", "What could be paid less for, and how; --out FILE writes the changes", Kind::Savings);
        savings->add_option("--simulate", m_words.ids, "Reckon the bill with these changes made")
            ->type_name("ID")
            ->allow_extra_args(false);
        savings->add_option("--patch", m_words.patch, "The edits of the workspace's files for git apply; - prints it")
            ->type_name("FILE");
        savings->add_flag("--apply", m_words.apply, "Make the edits of those named with --simulate");
        auto* whatIf =
            analysis("what-if", "What the bill would be with other volumes, retention or copies", Kind::WhatIf);
        whatIf->add_option("--volume", m_words.whatIf.volumePercent, "Per cent of every event's records; default 100")
            ->type_name("PERCENT")
            ->check(CLI::Range(0, 1000));
        whatIf->add_option("--retention", m_words.whatIf.retentionPercent, "Per cent of every retention; default 100")
            ->type_name("PERCENT")
            ->check(CLI::Range(0, 1000));
        whatIf->add_option("--copies", m_words.whatIf.replication, "Stored copies; default: the profile's")
            ->type_name("N")
            ->check(CLI::Range(1, 9));
        auto* invoice = cost->add_subcommand("invoice", "What providers billed");
        invoice->require_subcommand(1);
        invoice->fallthrough();
        auto* import =
            leaf(invoice, "import", "Keep an invoice: FOCUS CSV, AWS CUR CSV, Confluent JSON or plain CSV", [this] {
                return CostInvoiceImport{text(m_words.folder), text(m_words.profile)};
            });
        import->add_option("FILE", m_words.folder, "The invoice")->required()->type_name("");
        leaf(invoice, "list", "Invoices that were imported", [] { return CostInvoices{}; });
        auto* remove = leaf(invoice, "remove", "Take an invoice back: bills are reckoned without it", [this] {
            return CostInvoiceRemove{text(m_words.id), text(m_words.profile), text(m_words.reason)};
        });
        remove->add_option("ID", m_words.id, "The invoice, as the list shows it")->required()->type_name("");
        remove->add_option("--reason", m_words.reason, "Why; kept in the ledger")->required()->type_name("TEXT");
    }

    void addStore()
    {
        auto* store = group("store", "Care of the two files that hold the state");
        auto* backup =
            leaf(store, "backup", "Both files in one, as of one instant; also while a collector runs", [this] {
                return StoreBackup{text(m_words.out), m_words.replaces};
            });
        backup->add_option("FILE", m_words.out, "The backup, best called .tar.zst; kept as it is where it exists")
            ->required()
            ->type_name("");
        backup->add_flag("--force", m_words.replaces, "Replace FILE where it exists");
        auto* restore = leaf(store, "restore", "Put a backup into a state folder that is empty or not there",
                             [this] { return StoreRestore{text(m_words.plan)}; });
        restore->add_option("FILE", m_words.plan, "What store backup wrote")->required()->type_name("");
        leaf(store, "check", "Examine both files; exit 1 when something is wrong",
             [] { return Command{StoreCheck{}}; });
        auto* prune = leaf(store, "prune", "Drop now what retention in spillway.yaml no longer keeps", [this] {
            return StorePrune{m_words.dryRun, m_words.apply};
        });
        prune->add_flag("--dry-run", m_words.dryRun, "Only say what would be dropped");
        prune->add_flag(
            "--compact", m_words.apply,
            "Give the room back to the disk; needs as much of it again, and others wait to write meanwhile");
        auto* purge =
            leaf(store, "purge", "Erase what one letter says, for good: payload, key, headers, message", [this] {
                return StorePurge{text(m_words.id), text(m_words.reason)};
            });
        purge->add_option("ID", m_words.id, "The letter, as dlq list prints it")->required()->type_name("");
        purge->add_option("--reason", m_words.reason, "Why; kept in the ledger")->required()->type_name("TEXT");
    }

    void addFocus(CLI::App* cost)
    {
        auto* validate = leaf(cost, "validate", "Judge anyone's FOCUS file; exit 1 on an error", [this] {
            return CostValidate{text(m_words.plan), text(m_words.format)};
        });
        validate->add_option("FILE", m_words.plan, "A Cost and Usage file in CSV")->required()->type_name("");
        validate->add_option("--focus-version", m_words.format, "1.0 to 1.4; default: told from its columns")
            ->type_name("VERSION")
            ->check(CLI::IsMember({"1.0", "1.1", "1.2", "1.3", "1.4"}));
    }

    CLI::App m_app{"Lag, promises, dead letters, replays and cost of event-driven systems"};
    Words m_words;
    Make m_chosen;
};

} // namespace

std::variant<CommandLine, Refusal> parseCommandLine(const QStringList& arguments)
{
    QStringList words = arguments;
    UsageFaults faults;
    for (;;) { // each turn takes words away
        if (auto parsed = Parser().parse(words, faults))
            return std::move(*parsed);
    }
}

} // namespace spillway::ctl
