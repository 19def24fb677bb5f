// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/alerts/alertsource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

class QPushButton;
class QVBoxLayout;

namespace spillway::views {

class AlertRow;
class CommandLine;
class PayloadRescue;
class PlainTextLabel;

/// What fires, for how long, whose it is, and who looks after it. What Overview ranks, from its beginning to its end.
class AlertsPage final : public Page
{
    Q_OBJECT
public:
    /// @param source  outlives the page.
    AlertsPage(const ViewContext& context, AlertSource& source);
    void refresh() override;
    [[nodiscard]] bool isSettled() const override;
    void takeFocus() override;
    bool leave() override;

private:
    void showAlerts(Result<AlertList> list);
    void showRows();
    void fillRows(const std::vector<Alert>& alerts);
    void showEnded(bool ended);
    void step(const Alert& alert);
    void acknowledge(const Alert& alert);
    void silence(const Alert& alert);
    void undo(const Alert& alert);
    void moveFocus(int by);
    /// The row that has the keyboard; null: none.
    [[nodiscard]] AlertRow* focusedRow() const;

    AlertSource& m_source;
    std::optional<AlertList> m_list; // nullopt: none came yet
    bool m_isEnded = false;          // what ended is shown instead of what is open
    QPushButton* m_ended = nullptr;
    QVBoxLayout* m_layout = nullptr;
    PlainTextLabel* m_more = nullptr;
    CommandLine* m_command = nullptr;
    PayloadRescue* m_rescue = nullptr;
    std::vector<AlertRow*> m_rows;
    AsyncLoad<AlertList> m_load;
    AsyncLoad<AlertDecision> m_decide;
    AsyncLoad<bool> m_collect;
};

} // namespace spillway::views
