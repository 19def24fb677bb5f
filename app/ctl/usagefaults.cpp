// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/usagefaults.h"

#include "app/ctl/queryoptions.h"
#include "model/base/text.h"
#include "model/workspace/issuelist.h"

#include <CLI/CLI.hpp>

#include <QRegularExpression>

#include <algorithm>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

namespace {

QString text(const std::string& s)
{
    return QString::fromStdString(s);
}

/// The program, then the commands that were understood.
std::vector<CLI::App*> chainOf(CLI::App& app)
{
    std::vector<CLI::App*> chain{&app};
    while (!chain.back()->get_subcommands().empty())
        chain.push_back(chain.back()->get_subcommands().front());
    return chain;
}

QString commandOf(const std::vector<CLI::App*>& chain)
{
    QStringList names;
    for (std::size_t at = 1; at < chain.size(); ++at)
        names += text(chain[at]->get_name());
    return names.join(u' ');
}

QStringList commandsOf(const CLI::App& app)
{
    QStringList names;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
        names += text(sub->get_name());
    names.sort();
    return names;
}

/// The option that an error of CLI11 is about: its words name it first, or last.
const CLI::Option* optionOf(const std::vector<CLI::App*>& chain, const QString& error)
{
    for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
        const CLI::App* app = *at;
        for (const CLI::Option* option : app->get_options()) {
            const QString name = text(option->get_name());
            if (error.startsWith(name + u':') || error.startsWith(name + u' ') ||
                error.startsWith(u"Could not convert: %1 = "_s.arg(name)) ||
                error.endsWith(u"is not an allowed value for "_s + name))
                return option;
        }
    }
    return nullptr;
}

/// Takes every mention of the option out, with its value.
bool takeOut(QStringList& words, const CLI::Option& option)
{
    const qsizetype before = words.size();
    if (option.get_lnames().empty()) {
        for (const std::string& value : option.results())
            words.removeOne(text(value));
        return words.size() < before;
    }
    const QString name = u"--"_s + text(option.get_lnames().front());
    for (qsizetype at = words.size() - 1; at >= 0; --at) {
        const bool hasValue = option.get_type_size() != 0 && words[at] == name && at + 1 < words.size() &&
                              !words[at + 1].startsWith(u"--"_s);
        if (words[at] == name || words[at].startsWith(name + u'='))
            words.remove(at, hasValue ? 2 : 1);
    }
    return words.size() < before;
}

QStringList membersOf(const QString& typeName)
{
    static const QRegularExpression set(u"\\{([^}]*)\\}"_s);
    const auto match = set.match(typeName);
    return match.hasMatch() ? match.captured(1).split(u',') : QStringList();
}

/// A value that cannot be one.
QString badValue(const CLI::Option& option, const QString& error)
{
    const QString name = text(option.get_name());
    const QString type = text(option.get_type_name());
    const QString value = option.results().empty() ? QString() : text(option.results().back());
    const QString wanted = wantedOf(type);
    if (!wanted.isEmpty())
        return u"%1 is %2%3; write %4"_s.arg(name, quoted(value), didYouMean(value, membersOf(type)), wanted);
    if (error.startsWith(name + u": "_s)) // a check of ours, which says it all
        return error;
    bool isNumber = false;
    value.toDouble(&isNumber);
    return u"%1 is %2; write a %3"_s.arg(name, quoted(value), isNumber ? u"whole number"_s : u"number"_s);
}

/// How an option is written: --limit N.
QString spelled(const CLI::Option& option)
{
    const QString type = text(option.get_type_name()).section(u':', 0, 0);
    return option.get_lnames().empty() || type.isEmpty() ? text(option.get_name())
                                                         : text(option.get_name()) + u' ' + type;
}

/// The option --query of a command that takes ids instead, where neither was given, nor a view; null: one was, or it is
/// no such command.
const CLI::Option* unchosenQuery(const CLI::App& command)
{
    const CLI::Option* query = command.get_option_no_throw("--query");
    const CLI::Option* view = command.get_option_no_throw("--view");
    if (query == nullptr || query->count() > 0 || view == nullptr || view->count() > 0)
        return nullptr;
    for (const CLI::Option* other : query->get_excludes()) {
        if (other->get_name() == "ID")
            return other->count() > 0 ? nullptr : query;
    }
    return nullptr;
}

bool isRepeated(const CLI::Option& option)
{
    return !option.get_lnames().empty() && option.get_type_size() == 1 && option.get_expected_max() == 1 &&
           option.results().size() > 1;
}

/// Given without anything in it, mostly a variable of a script that is not set. Nobody means by it what leaving the
/// option out means. An empty query is one: all of it.
bool isGivenEmpty(const CLI::Option& option)
{
    const std::vector<std::string>& given = option.results();
    return !option.get_lnames().empty() && option.get_lnames().front() != "query" && option.get_type_size() > 0 &&
           option.count() > 0 && std::any_of(given.begin(), given.end(), [](const auto& word) { return word.empty(); });
}

QString repeated(const CLI::Option& option)
{
    const auto times = std::ssize(option.results());
    return u"%1 is given %2; write it once"_s.arg(text(option.get_name()),
                                                  times == 2 ? u"twice"_s : u"%1 times"_s.arg(times));
}

} // namespace

QString wantedOf(const QString& typeName)
{
    if (const QStringList members = membersOf(typeName); !members.isEmpty())
        return members.size() == 1 ? members.front() : u"one of "_s + members.join(u", "_s);
    static const QRegularExpression range(u"(INT|UINT) in \\[(-?[0-9]+) - (-?[0-9]+)\\]"_s);
    if (const auto match = range.match(typeName); match.hasMatch())
        return u"a whole number from %1 to %2"_s.arg(match.captured(2), match.captured(3));
    return typeName.endsWith(u"POSITIVE"_s) ? u"a whole number above 0"_s : QString();
}

void UsageFaults::add(const QString& fault)
{
    const QString shown = visibleText(fault);
    if (!m_faults.contains(shown))
        m_faults += shown;
}

bool UsageFaults::note(CLI::App& app, const CLI::ParseError& error, QStringList& words)
{
    const std::vector<CLI::App*> chain = chainOf(app);
    m_command = commandOf(chain);
    const QString said = text(error.what());
    const CLI::Option* option = optionOf(chain, said);
    const auto other = [&](const QString& verb) { return said.section(u' ' + verb + u' ', 1); };
    if (option == nullptr && dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) // a command that takes it not
        add(u"%1 takes no %2; leave it out"_s.arg(m_command, other(u"excludes"_s)));
    if (option == nullptr || dynamic_cast<const CLI::RequiredError*>(&error) != nullptr ||
        dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
        noteRest(app, said);
        return false;
    }
    const QString name = text(option->get_name());
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
        add(isRepeated(*option) ? repeated(*option) : u"%1 lacks its value; write %2"_s.arg(name, spelled(*option)));
    } else if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) {
        if (!m_settled.contains(other(u"excludes"_s)))
            add(u"%1 and %2 do not go together; leave one of them out"_s.arg(name, other(u"excludes"_s)));
    } else if (dynamic_cast<const CLI::RequiresError*>(&error) != nullptr) {
        if (!m_settled.contains(other(u"requires"_s)))
            add(u"%1 needs %2 too; add it"_s.arg(name, other(u"requires"_s)));
    } else {
        add(badValue(*option, said));
    }
    m_settled += name;
    if (takeOut(words, *option))
        return true;
    noteRest(app, QString());
    return false;
}

void UsageFaults::noteEmpty(CLI::App& app)
{
    const std::vector<CLI::App*> chain = chainOf(app);
    m_command = commandOf(chain);
    for (const CLI::App* known : chain) {
        for (const CLI::Option* option : known->get_options()) {
            if (isGivenEmpty(*option) && !m_settled.contains(text(option->get_name())))
                add(u"%1 is empty; write %2%3"_s.arg(text(option->get_name()), spelled(*option),
                                                     option->get_required() ? QString() : u", or leave it out"_s));
        }
    }
}

void UsageFaults::noteRest(CLI::App& app, const QString& error)
{
    for (const CLI::App* known : chainOf(app)) {
        for (const CLI::Option* option : known->get_options()) {
            if (isRepeated(*option))
                add(repeated(*option));
        }
    }
    noteEmpty(app);
    const bool isUnderstood = noteStrangers(app);
    if (isUnderstood && !noteMissing(app, error) && m_faults.isEmpty())
        add(error);
}

/// False: there is no such command, so that nothing can be said of its options.
bool UsageFaults::noteStrangers(CLI::App& app)
{
    const std::vector<CLI::App*> chain = chainOf(app);
    const CLI::App& last = *chain.back();
    const QStringList commands = commandsOf(last);
    const QString who = m_command.isEmpty() ? u"spillwayctl"_s : m_command;
    QStringList options;
    for (const CLI::App* known : chain) {
        for (const CLI::Option* option : known->get_options()) {
            for (const std::string& name : option->get_lnames())
                options += u"--"_s + text(name);
        }
    }
    bool isValue = false; // of an option that nobody knows
    for (const std::string& remaining : app.remaining(true)) {
        const QString word = text(remaining);
        if (word.startsWith(u'-') && word.size() > 1) {
            add(u"%1 has no option %2%3; leave it out, or correct it"_s.arg(
                who, quoted(word.section(u'=', 0, 0)), didYouMean(word.section(u'=', 0, 0), options)));
            isValue = !word.contains(u'=');
        } else if (!commands.isEmpty() && !isValue) {
            const auto full = [&](const QString& name) {
                return quoted(m_command.isEmpty() ? name : m_command + u' ' + name);
            };
            const QString near = didYouMean(word, commands).section(u'\'', 1, 1);
            add(u"there is no command %1; write %2"_s.arg(
                full(word), near.isEmpty() ? u"one of "_s + commands.join(u", "_s) : full(near)));
            return false;
        } else {
            if (!isValue)
                add(u"%1 takes no argument %2; leave it out"_s.arg(who, quoted(word)));
            isValue = false;
        }
    }
    return true;
}

bool UsageFaults::noteMissing(CLI::App& app, const QString& error)
{
    const std::vector<CLI::App*> chain = chainOf(app);
    const QString who = m_command.isEmpty() ? u"spillwayctl"_s : m_command;
    bool isSaid = false;
    for (const CLI::App* known : chain) {
        for (const CLI::Option* option : known->get_options()) {
            if (!option->get_required() || option->count() > 0 || m_settled.contains(text(option->get_name())))
                continue;
            add(option->get_lnames().empty()
                    ? u"%1: %2 is missing; add it: %3"_s.arg(who, spelled(*option), text(option->get_description()))
                    : u"%1: %2 is missing; add %3"_s.arg(who, text(option->get_name()), spelled(*option)));
            isSaid = isSaid || error == text(option->get_name()) + u" is required"_s;
        }
    }
    if (const CLI::Option* query = unchosenQuery(*chain.back());
        query != nullptr && !m_settled.contains(u"--query"_s) && !m_settled.contains(u"--view"_s)) {
        add(u"%1: %2 is missing; add one"_s.arg(who, QString::fromLatin1(idOrQuery)));
        isSaid = true;
    }
    if (isSaid || !error.endsWith(u" is required"_s))
        return isSaid;
    const QString what = error.chopped(12);
    const QStringList commands = commandsOf(*chain.back());
    if (what == u"A subcommand")
        add(u"%1 needs a command behind it; write one of %2"_s.arg(who, commands.join(u", "_s)));
    else if (!m_settled.contains(what))
        add(u"%1: %2 is missing; add one"_s.arg(who, what));
    return true;
}

QString UsageFaults::report() const
{
    QString out;
    for (const QString& fault : m_faults)
        out += u"spillwayctl: %1\n"_s.arg(fault);
    return out + u"See: spillwayctl %1--help"_s.arg(m_command.isEmpty() ? QString() : m_command + u' ');
}

} // namespace spillway::ctl
