// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "app/console/decision.h"
#include "app/ctl/commandline.h"
#include "model/store/database.h"

#include <QTemporaryDir>

#include <optional>
#include <stop_token>

namespace spillway::ctl {

/// What one run of spillwayctl knows: its options, and the workspace once a command asks for it.
class Session
{
public:
    Session(GlobalOptions options, std::stop_token stop)
        : m_options(std::move(options))
        , m_stop(std::move(stop))
    {
    }

    [[nodiscard]] const GlobalOptions& options() const { return m_options; }
    [[nodiscard]] std::stop_token stop() const { return m_stop; }

    /// Reads the workspace. Without one, or with errors in it, everything wrong has been said; exit 2.
    [[nodiscard]] const Context* context();
    /// What was noticed in the workspace's files, on stderr.
    void sayIssues() const;
    /// Uses this context from now on (the demo's).
    void adopt(Context context) { m_context = std::move(context); }

    /// The samples, read-only. Nothing collected yet: an empty store, and a word on stderr.
    [[nodiscard]] Result<Database> reader();

    /// Has a decision carried out here or by the process that holds the state. Says what went wrong.
    /// @return the exit code.
    [[nodiscard]] int decide(const QString& program, const Decision& decision,
                             const std::function<bool(const QByteArray&)>& data);

private:
    GlobalOptions m_options;
    std::stop_token m_stop;
    std::optional<Context> m_context;
    std::optional<QTemporaryDir> m_scratch; // for the empty store of a workspace nothing was collected for
    std::vector<FileIssue> m_issues;        // of the workspace's files; warnings only where there is a context
};

} // namespace spillway::ctl
