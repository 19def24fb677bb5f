// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/cost/costsource.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/rowtable.h"

#include <QWidget>

namespace spillway::views {

class CommandLine;
class PlainTextLabel;
class StatePane;
class Prompter;
class TableView;

/// Why events cost more or less than in as many days before, whose they are and since when; and odd days. Asks when it
/// comes into sight. UI thread.
class ChangesPanel final : public QWidget
{
    Q_OBJECT
public:
    /// @param source, prompter  outlive this
    ChangesPanel(CostSource& source, Prompter& prompter, QWidget* parent = nullptr);
    void ask(const CostRequest& request);
    [[nodiscard]] bool isSettled() const { return !m_load.isRunning(); }

Q_SIGNALS:
    void eventChosen(const QString& eventType);
    void said(const QString& sentence);

private:
    void show(Result<CostChangesSheet> sheet);

    CostSource& m_source;
    RowTable<CostChange, QString> m_changes;
    RowTable<EventAnomaly, QString> m_anomalies;
    PlainTextLabel* m_title = nullptr;
    PlainTextLabel* m_days = nullptr;
    PlainTextLabel* m_oddNote = nullptr;  ///< where there are no odd days
    PlainTextLabel* m_oddTitle = nullptr; ///< where there are
    TableView* m_changeView = nullptr;
    TableView* m_anomalyView = nullptr;
    StatePane* m_pane = nullptr; ///< around what changed
    CommandLine* m_command = nullptr;
    CostRequest m_request;
    AsyncLoad<CostChangesSheet> m_load;
};

} // namespace spillway::views
