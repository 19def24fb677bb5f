// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace CLI {
class App;
class Option;
} // namespace CLI

namespace spillway::ctl {

/// Which letters a command is about, said the same way everywhere.
struct QueryOptions
{
    CLI::Option* query = nullptr;
    CLI::Option* view = nullptr;
};

/// Adds `--query` and `--view`; neither means every letter. `query` and `view` outlive the command.
QueryOptions addQuery(CLI::App& command, std::string& query, std::string& view);
/// The same, for a command where nobody means every letter by silence: one of the two has to be there.
void addRequiredQuery(CLI::App& command, std::string& query, std::string& view);
/// The same, for a command that takes letters by name instead: `ids`, or one of the two. Sets the command's
/// `parse_complete_callback`.
void addQueryOrIds(CLI::App& command, std::string& query, std::string& view, CLI::Option& ids);

/// How the three ways are called where all of them are missing.
inline constexpr const char* idOrQuery = "an ID, --query or --view";

} // namespace spillway::ctl
