// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/commandline.h"

#include <functional>

namespace CLI {
class App;
}

/// The families of commands, in the order in which `spillwayctl --help` lists them. Each declares its options beside
/// the commands that they make; none knows another.
namespace spillway::ctl {

/// Gets what makes the command, once its words are read.
using Choose = std::function<void(std::function<Command()>)>;

/// `init`, `check`, `collect`, `lag`, `slo`.
void addWorkspaceCommands(CLI::App& app, const Choose& choose);
/// `dlq`.
void addLetterCommands(CLI::App& app, const Choose& choose);
/// `replay`.
void addReplayCommands(CLI::App& app, const Choose& choose);
/// `trail`.
void addTrailCommand(CLI::App& app, const Choose& choose);
/// `cost`.
void addCostCommands(CLI::App& app, const Choose& choose);
/// `review`, `report`.
void addReviewCommands(CLI::App& app, const Choose& choose);
/// `catalog`, `scorecard`.
void addCatalogCommands(CLI::App& app, const Choose& choose);
/// `schema` and its registries.
void addSchemaCommands(CLI::App& app, const Choose& choose);
/// `notify`.
void addNotifyCommands(CLI::App& app, const Choose& choose);
/// `alerts`.
void addAlertCommands(CLI::App& app, const Choose& choose);
/// `store`, `evaluate`, `audit`.
void addStateCommands(CLI::App& app, const Choose& choose);

/// Of `dlq`: `comment`, `tag`, `link`, `notes`, `history`, `assign`, `archive`, `undo`, `known`.
void addTriageCommands(CLI::App& dlq, const Choose& choose);

} // namespace spillway::ctl
