// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/session.h"

#include "app/console/holder.h"
#include "app/ctl/output.h"

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

Result<Database> Session::reader()
{
    const Context* workspace = context();
    Q_ASSERT(workspace);
    if (QFile::exists(workspace->samplesFile()))
        return Database::open(workspace->samplesFile(), Database::Access::Reader);
    say(u"spillwayctl: nothing was collected yet in %1; run: spillwayctl collect --once"_s.arg(workspace->stateFolder));
    auto empty = Database::open(u":memory:"_s, Database::Access::Writer);
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
