// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "app/console/decision.h"

#include <memory>
#include <stop_token>

/// One process holds a state at a time, some only for a moment: how another gets hold of it, or has it asked.
namespace spillway {

class Holder;

/// Holder::acquire, waiting a few seconds for a process that came for a moment only.
[[nodiscard]] Result<std::unique_ptr<Holder>> acquireSoon(const Context& context, const QString& program,
                                                          std::stop_token stop);

/// Carries a decision out wherever it can be: in this process when it gets hold of the state, else in the process that
/// holds it. Where that one is only just starting or ending, this is tried again for some seconds.
[[nodiscard]] Result<Verdict> decideAnywhere(const Context& context, const QString& program, const Decision& decision,
                                             const AnswerSink& sink, std::stop_token stop);

} // namespace spillway
