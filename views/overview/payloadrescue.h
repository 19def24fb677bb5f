// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/datasource.h"
#include "views/widgets/asyncload.h"

#include <QObject>

class QWidget;

namespace spillway::views {

class ViewSettings;
class WorkBar;

/// Copies the payloads of pointers at a click, wherever a concern's next step says so: one at a time, with its progress
/// over the page's foot and a way to stop it.
class PayloadRescue final : public QObject
{
    Q_OBJECT
public:
    /// @param page  on which it shows how far it is
    PayloadRescue(DataSource& source, const ViewSettings& settings, QWidget* page);
    /// For the page's foot; hidden while nothing runs.
    [[nodiscard]] QWidget* bar() const;
    /// @param query  finds the letters; another rescue under way ends, and what was copied until then stays
    void start(const QString& query);
    [[nodiscard]] bool isRunning() const { return m_load.isRunning(); }

Q_SIGNALS:
    void said(const QString& sentence);
    void ended(); ///< done, failed or stopped: what is shown of the letters is old

private:
    DataSource& m_source;
    WorkBar* m_work = nullptr;
    AsyncLoad<RescueReport> m_load;
};

} // namespace spillway::views
