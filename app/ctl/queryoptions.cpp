// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/queryoptions.h"

#include <CLI/CLI.hpp>

namespace spillway::ctl {

QueryOptions addQuery(CLI::App& command, std::string& query, std::string& view)
{
    return {command.add_option("--query", query, "Like: team:payment-team kind:transient age>24h \"gift wrap\"")
                ->type_name("QUERY"),
            command.add_option("--view", view, "A saved view, together with --query where both are given")
                ->type_name("NAME")};
}

void addRequiredQuery(CLI::App& command, std::string& query, std::string& view)
{
    const QueryOptions options = addQuery(command, query, view);
    options.query->required();
    // Options are read before anything required is missed.
    options.view->each([wanted = options.query](const std::string&) { wanted->required(false); });
}

void addQueryOrIds(CLI::App& command, std::string& query, std::string& view, CLI::Option& ids)
{
    const QueryOptions options = addQuery(command, query, view);
    options.query->excludes(&ids);
    options.view->excludes(&ids);
    command.parse_complete_callback([options, &ids] {
        if (ids.count() == 0 && options.query->count() == 0 && options.view->count() == 0)
            throw CLI::RequiredError(idOrQuery); // an empty query would be every letter: nobody means that by silence
    });
}

} // namespace spillway::ctl
