// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/startactions.h"
#include "app/desktop/workbench.h"
#include "views/theme/theme.h"

#include <QPointer>

namespace spillway {

/// From the start page to a workspace. UI thread.
class Desktop final : public QObject
{
    Q_OBJECT
public:
    explicit Desktop(QString stateFolder);
    ~Desktop() override;

    /// The window to begin with, where no workspace was named.
    void showStart();
    /// Opens in the pool, then shows the window; a failure stands on the start page.
    void open(const OpenRequest& request);

    [[nodiscard]] Workbench* workbench() const { return m_workbench.get(); }

private:
    void takeOver(Result<std::shared_ptr<std::unique_ptr<OpenedWorkspace>>> opened);

    QString m_stateFolder;
    WorkspaceStartActions m_actions;
    views::DialogPrompter m_prompter;
    std::unique_ptr<views::StartPage> m_start;
    std::unique_ptr<Workbench> m_workbench;
    OpenRequest m_request;
    // The pointer to a pointer: an answer must be copyable on its way between threads.
    views::AsyncLoad<std::shared_ptr<std::unique_ptr<OpenedWorkspace>>> m_load;
};

} // namespace spillway
