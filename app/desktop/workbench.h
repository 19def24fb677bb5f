// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/consolealertsource.h"
#include "app/desktop/consolecatalogsource.h"
#include "app/desktop/consolecostsource.h"
#include "app/desktop/consoledatasource.h"
#include "app/desktop/consoleschemasource.h"
#include "app/desktop/consoletrailsource.h"
#include "app/desktop/opening.h"
#include "views/shell/mainwindow.h"

namespace spillway {

/// An open workspace with its window: collects while it lives. UI thread.
class Workbench final
{
public:
    explicit Workbench(std::unique_ptr<OpenedWorkspace> opened);
    /// Loads under way end first, then the window goes, then collecting stops; replays are left for a resume.
    ~Workbench();
    Workbench(const Workbench&) = delete;
    Workbench& operator=(const Workbench&) = delete;

    [[nodiscard]] views::MainWindow& window() { return *m_window; }
    [[nodiscard]] views::SchemaSource& schemas() { return *m_schemas; }
    [[nodiscard]] ConsoleDataSource& data() { return *m_data; }
    [[nodiscard]] const Workspace& workspace() const { return m_opened->holder->context().workspace; }
    /// Follows all connections from now on.
    void startCollecting();

private:
    std::unique_ptr<OpenedWorkspace> m_opened;
    std::unique_ptr<ConsoleDataSource> m_data;
    std::unique_ptr<ConsoleSchemaSource> m_schemas;
    std::unique_ptr<views::ViewSettings> m_settings;
    std::unique_ptr<ConsoleCatalogSource> m_catalog;
    std::unique_ptr<ConsoleCostSource> m_cost;
    std::unique_ptr<ConsoleTrailSource> m_trail;
    std::unique_ptr<ConsoleAlertSource> m_alerts;
    views::DialogPrompter m_prompter;
    std::unique_ptr<views::MainWindow> m_window;
};

} // namespace spillway
