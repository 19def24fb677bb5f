// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/helpformat.h"

#include "app/ctl/usagefaults.h"

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

HelpFormat::HelpFormat()
{
    label("SUBCOMMAND", "COMMAND");
    label("Positionals", "Arguments");
}

std::string HelpFormat::make_option_opts(const CLI::Option* option) const
{
    if (option->get_type_size() == 0)
        return {};
    std::string out;
    const std::string type = option->get_type_name();
    if (const std::string name = type.substr(0, type.find(':')); !name.empty())
        out += " " + name;
    if (option->get_expected_max() == CLI::detail::expected_max_vector_size)
        out += " ...";
    return out;
}

std::string HelpFormat::make_option_desc(const CLI::Option* option) const
{
    QString out = QString::fromStdString(option->get_description());
    const QString wanted = wantedOf(QString::fromStdString(option->get_type_name()));
    // Where the description lists the words itself, it says what they mean.
    const QString first = wanted.startsWith(u"one of ") ? wanted.mid(7).section(u", "_s, 0, 0) : QString();
    if (!wanted.isEmpty() && (first.isEmpty() || !out.contains(first)))
        out += u" ("_s + wanted + u')';
    if (!option->get_default_str().empty())
        out += u"; default: "_s + QString::fromStdString(option->get_default_str());
    for (const CLI::Option* other : option->get_needs())
        out += u"; together with "_s + QString::fromStdString(other->get_name());
    for (const CLI::Option* other : option->get_excludes())
        out += u"; not with "_s + QString::fromStdString(other->get_name());
    if (option->get_required())
        out += u"; needed"_s;
    return out.toStdString();
}

} // namespace spillway::ctl
