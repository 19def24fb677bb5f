// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/session.h"

#include "app/console/holder.h"
#include "app/console/holding.h"
#include "app/ctl/output.h"
#include "model/alert/alertdecisions.h"
#include "model/deadletter/groupdecisions.h"
#include "model/deadletter/triage.h"
#include "model/ledger/ledger.h"
#include "model/notify/notifyevents.h"
#include "model/replay/replayprojection.h"
#include "model/store/projection.h"
#include "model/store/schemaage.h"
#include "model/store/statedirectory.h"

#include <QFile>

namespace spillway::ctl {
using namespace Qt::Literals::StringLiterals;

const Context* Session::context()
{
    if (!m_context) {
        Checked<Context> opened = openContext(m_options.workspace, m_options.state);
        m_context = std::move(opened.value);
        m_issues = std::move(opened.issues);
        if (!m_context || m_options.verbose)
            sayIssues();
    }
    return m_context ? &*m_context : nullptr;
}

void Session::sayIssues() const
{
    (void)reportIssues(m_issues);
}

namespace {

/// Whether the samples are of a release before: who holds them first brings them up to date.
bool isOfOlderRelease(const Context& context)
{
    if (!QFile::exists(context.samplesFile()))
        return false;
    auto samples = Database::open(context.samplesFile(), Database::Access::Reader);
    return samples && isOfOlderSchema(*samples, u":/migrations/samples"_s).value_or(false);
}

/// Whether the ledger holds decisions that the samples do not show yet: who made them died in between.
bool isBehindLedger(const Context& context)
{
    if (!QFile::exists(context.ledgerFile()))
        return false;
    auto samples = Database::open(context.samplesFile(), Database::Access::Reader);
    if (!samples)
        return false;
    for (const auto& [projection, events] :
         {std::pair(replayProjectionName(), u"replay."_s), std::pair(triageProjectionName(), u"deadletter."_s),
          std::pair(triageProjectionName(), reviewWordType), std::pair(groupProjectionName(), groupEventPrefix()),
          std::pair(notifyProjectionName(), u"notify."_s), std::pair(alertProjectionName(), u"alert."_s)}) {
        const auto applied = appliedSeq(*samples, projection);
        const auto more =
            applied ? readLedger(context.ledgerFile(), *applied, 1, events) : Result<std::vector<LedgerEvent>>();
        if (more && !more->empty())
            return true;
    }
    return false;
}

} // namespace

Result<Database> Session::reader()
{
    const Context* workspace = context();
    Q_ASSERT(workspace);
    if (const Status readable = readableState(workspace->stateFolder); !readable)
        return tl::unexpected<Error>(readable.error());
    // A process that begins applies what is missing; where none runs, that is us. Somebody who was quicker does it too.
    if (!namedHolder(workspace->stateFolder) && (isOfOlderRelease(*workspace) || isBehindLedger(*workspace)))
        (void)Holder::acquire(*workspace, u"spillwayctl"_s);
    if (QFile::exists(workspace->samplesFile()))
        return Database::open(workspace->samplesFile(), Database::Access::Reader);
    say(u"spillwayctl: nothing was collected yet in %1; run: spillwayctl collect --once"_s.arg(workspace->stateFolder));
    // A reader makes no state folder: nothing at all stands in a folder of its own until the program ends.
    if (!m_scratch)
        m_scratch.emplace();
    auto empty = Database::open(m_scratch->filePath(u"samples.sqlite"_s), Database::Access::Writer);
    if (!empty)
        return empty;
    if (const Status status = empty->migrate(u":/migrations/samples"_s); !status)
        return tl::unexpected(status.error());
    return empty;
}

int Session::decide(const QString& program, const Decision& decision,
                    const std::function<bool(const QByteArray&)>& data)
{
    const Context* workspace = context();
    if (!workspace)
        return Usage;
    const AnswerSink sink{.data = data, .note = [](const QString& text) { say(text); }};
    const auto verdict = decideAnywhere(*workspace, program, decision, sink, m_stop);
    return verdict ? verdict->exitCode : refuse(verdict.error());
}

} // namespace spillway::ctl
