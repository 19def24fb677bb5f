// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/decision.h"
#include "app/console/replayoperations.h"

#include <stop_token>

namespace spillway {

class Holder;

/// Carries a decision out and answers it; blocks until it is done, or until `stop`. Any thread.
[[nodiscard]] Result<Verdict> carryOut(Holder& holder, const Decision& decision, const AnswerSink& sink, Asker asker,
                                       std::stop_token stop);

} // namespace spillway
