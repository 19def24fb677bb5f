// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/commandline.h"

#include <functional>

namespace CLI {
class App;
}

namespace spillway::ctl {

/// The options of `alerts` and its commands.
/// @param choose  gets what makes the command, once its words are read.
void addAlertOptions(CLI::App& app, const std::function<void(std::function<Command()>)>& choose);

} // namespace spillway::ctl
