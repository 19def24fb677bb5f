// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/holding.h"

#include "app/console/answer.h"
#include "app/console/carryout.h"
#include "app/console/holder.h"
#include "model/job/waiter.h"

#include <QDeadlineTimer>

namespace spillway {

namespace {

/// Processes that come for a moment need about a tenth of a second each.
constexpr Millis momentarily{10'000};
constexpr Millis betweenTries{50};

} // namespace

Result<std::unique_ptr<Holder>> acquireSoon(const Context& context, const QString& program, std::stop_token stop)
{
    SystemWaiter waiter;
    const QDeadlineTimer deadline(momentarily);
    while (true) {
        auto holder = Holder::acquire(context, program);
        if (holder || holder.error().code != ErrorCode::Conflict || deadline.hasExpired() ||
            !waiter.waitFor(betweenTries, stop))
            return holder;
    }
}

Result<Verdict> decideAnywhere(const Context& context, const QString& program, const Decision& decision,
                               const AnswerSink& sink, std::stop_token stop)
{
    SystemWaiter waiter;
    const QDeadlineTimer deadline(momentarily);
    while (true) {
        auto holder = Holder::acquire(context, program);
        if (holder) {
            auto verdict = carryOut(**holder, decision, sink, Asker::ThisProcess, stop);
            (*holder)->finishServing(stop);
            return verdict;
        }
        if (holder.error().code != ErrorCode::Conflict)
            return tl::unexpected(holder.error());
        Error why;
        if (auto verdict = ask(context.stateFolder, decision, sink, stop, why))
            return std::move(*verdict);
        // The holder is only just starting or ending.
        if (deadline.hasExpired() || !waiter.waitFor(betweenTries, stop))
            return tl::unexpected(why);
    }
}

} // namespace spillway
