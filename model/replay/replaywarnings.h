// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/replay/replayplan.h"
#include "model/store/database.h"

#include <QHash>
#include <QStringList>

#include <functional>

namespace spillway {

/// What a person should read before a plan is run, a line each: letters that an earlier replay sent and that were
/// confirmed; groups of which somebody said that replaying them is not safe, with how many letters of them are in the
/// plan and the fix that was named. It blocks nothing: who said so may have had another moment in mind.
/// @param groups  of the letters that the plan was made from, by the letter's id; others are not looked for
[[nodiscard]] Result<QStringList> replayWarnings(Database& reader, const QHash<QString, QString>& groups,
                                                 const ReplayPlan& plan);

/// Letters of a plan whose dialect is not known any more, and which were allowed all the same: a line each dialect.
/// @param isKnown  PlanWorld::isDialectKnown
[[nodiscard]] QStringList unknownDialectWarnings(const ReplayPlan& plan,
                                                 const std::function<bool(const QString&, const QString&)>& isKnown);

} // namespace spillway
