// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/decision.h"

#include <functional>
#include <optional>
#include <stop_token>

/// Decisions and their answers on the holder's local socket. An answer is lines: `{"data":…}` and `{"note":"…"}` as
/// they come, then
/// `{"verdict":{"exit":n}}` or `{"error":{"code":n,"detail":"…"}}`.
namespace spillway {

/// The holder's side: reads the request, has it carried out, sends what comes.
void answer(const QByteArray& request, const std::function<bool(QByteArray line)>& reply,
            const std::function<Result<Verdict>(const Decision&, const AnswerSink&)>& carryOut);

/// The other side. An error is the decision's own, or TimedOut: the holder went away in the middle.
/// @param why  set where nothing is returned
/// @return nullopt: nobody listened there, so nothing was asked.
[[nodiscard]] std::optional<Result<Verdict>> ask(const QString& stateFolder, const Decision& decision,
                                                 const AnswerSink& sink, std::stop_token stop, Error& why);

} // namespace spillway
