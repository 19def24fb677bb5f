// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/consolestatus.h"
#include "views/shell/viewsettings.h"

#include <QWidget>

class QProgressBar;
class QPushButton;

namespace spillway::views {

class PlainTextLabel;

/// Age of the last sample, the job under way with progress and cancel, size of the store, folder of the state.
class StatusBar final : public QWidget
{
    Q_OBJECT
public:
    StatusBar(const WorkspaceFacts& workspace, ViewSettings& settings, QWidget* parent = nullptr);
    void showStatus(const ConsoleStatus& status);
    /// The age grows without news: once a second at most.
    void showAge();
    void say(const QString& sentence);
    [[nodiscard]] QString ageText() const;
    [[nodiscard]] QString jobText() const;

Q_SIGNALS:
    void cancelAsked(const QString& jobId);
    void jobActivated(const QString& jobId);

private:
    ViewSettings& m_settings;
    ConsoleStatus m_status;
    PlainTextLabel* m_age = nullptr;
    PlainTextLabel* m_said = nullptr;
    QWidget* m_job = nullptr;
    QPushButton* m_jobName = nullptr;
    QProgressBar* m_jobBar = nullptr;
    PlainTextLabel* m_jobFigures = nullptr;
    QPushButton* m_cancel = nullptr;
    PlainTextLabel* m_store = nullptr;
};

/// "1 200 of 2 410 · 240/s · 5 s left", as far as it is known.
[[nodiscard]] QString progressText(const JobProgress& progress);

} // namespace spillway::views
