// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/commandfamilies.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace spillway::ctl {

/// Stands below a command's own help.
inline constexpr const char* commandFooter =
    "Taken here too: --workspace DIR|FILE, --state DIR, --json, --write, --verbose, --demo; see spillwayctl --help.";

/// The commands of one family, with the words that their options are read into: one command at a time is read, so all
/// of a family share theirs. `Words` are plain strings and numbers as CLI11 fills them. A heavy header: the families'.
template<class Words>
class CommandFamily
{
public:
    using Make = std::function<Command(const Words&)>;

    explicit CommandFamily(Choose choose)
        : m_choose(std::move(choose))
    {
    }

    /// What options are bound to. They live as long as CLI11's tree.
    [[nodiscard]] Words& words() const { return *m_words; }

    /// A command that says nothing without one of its own.
    static CLI::App* group(CLI::App& parent, const char* name, const char* help)
    {
        CLI::App* sub = parent.add_subcommand(name, help);
        sub->require_subcommand(1);
        sub->fallthrough();
        return sub;
    }

    /// A command; `make` makes it a value once its words are read.
    CLI::App* leaf(CLI::App& parent, const char* name, const char* help, Make make) const
    {
        CLI::App* sub = parent.add_subcommand(name, help);
        sub->fallthrough();
        sub->callback([sub, choose = m_choose, make = std::move(make), words = m_words] {
            // A command that has commands of its own is called after them.
            if (sub->get_subcommands().empty())
                choose([make, words] { return make(*words); });
        });
        return sub;
    }

private:
    Choose m_choose;
    std::shared_ptr<Words> m_words = std::make_shared<Words>(); // second owner: the callbacks, as long as CLI11's tree
};

} // namespace spillway::ctl
