// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/commandline.h"

#include "app/ctl/commandfamily.h"
#include "app/ctl/helpformat.h"
#include "app/ctl/optionwords.h"
#include "app/ctl/usagefaults.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr const char* helpFooter =
    "Exit codes: 0 done; 1 the check found something, or a replay ended stopped, failed or cancelled;\n"
    "2 usage or configuration error, or a refused write; 3 a broker, file or server could not be reached or "
    "written.\n\n"
    "The workspace is ./spillway.yaml, then the parents' folders, unless --workspace says otherwise.\n"
    "State lies in $XDG_STATE_HOME/spillway/<name>-<hash>/ (usually ~/.local/state/spillway/), unless --state says "
    "otherwise.\n"
    "Data goes to stdout, messages to stderr.";

/// What stands before or beside a command.
struct Words
{
    std::string workspace, state;
    bool json = false, write = false, verbose = false, demo = false;
};

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
        const Choose choose = [this](std::function<Command()> make) { m_chosen = std::move(make); };
        for (const auto add : {addWorkspaceCommands, addLetterCommands, addReplayCommands, addTrailCommand,
                               addCostCommands, addReviewCommands, addCatalogCommands, addSchemaCommands,
                               addNotifyCommands, addAlertCommands, addStateCommands})
            add(m_app, choose);
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

    CLI::App m_app{"Lag, promises, dead letters, replays and cost of event-driven systems"};
    Words m_words;
    std::function<Command()> m_chosen;
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
