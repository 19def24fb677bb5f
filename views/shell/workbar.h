// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/job/progress.h"
#include "views/shell/viewsettings.h"
#include "views/shell/workprogress.h"

#include <QTimer>
#include <QWidget>

#include <memory>
#include <optional>

class QProgressBar;
class QPushButton;

namespace spillway::views {

class PlainTextLabel;

/// One line over a page's foot while long work runs: what it is, how far, how fast, how long still, and a way to stop
/// it. Work that ends within 300 ms is never shown.
class WorkBar final : public QWidget
{
    Q_OBJECT
public:
    explicit WorkBar(const ViewSettings& settings, QWidget* parent = nullptr);

    /// @param what  "Exporting the group"
    /// @return where the working thread tells how far it is; it may outlive this bar.
    [[nodiscard]] std::shared_ptr<WorkProgress> begin(const QString& what);
    void end();
    [[nodiscard]] bool isWorking() const { return m_meter.has_value(); }

Q_SIGNALS:
    void cancelAsked();

private:
    void tick();

    const ViewSettings& m_settings;
    PlainTextLabel* m_what = nullptr;
    QProgressBar* m_bar = nullptr;
    PlainTextLabel* m_figures = nullptr;
    QPushButton* m_cancel = nullptr;
    std::shared_ptr<WorkProgress> m_progress; // second owner: the work, which may end after the reader left
    std::optional<ProgressMeter> m_meter;     // while something runs
    QTimer m_tick;
};

} // namespace spillway::views
