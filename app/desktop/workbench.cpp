// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/workbench.h"

#include "views/catalog/catalogpage.h"
#include "views/cost/costpage.h"
#include "views/deadletters/deadletterspage.h"
#include "views/help/helppage.h"
#include "views/lag/lagpage.h"
#include "views/overview/overviewpage.h"
#include "views/replays/replayspage.h"
#include "views/review/reviewpage.h"
#include "views/schemas/schemaspage.h"
#include "views/slo/slopage.h"

namespace spillway {

Workbench::Workbench(std::unique_ptr<OpenedWorkspace> opened)
    : m_opened(std::move(opened))
    , m_data(std::make_unique<ConsoleDataSource>(*m_opened->holder, m_opened->isDemo))
    , m_schemas(std::make_unique<ConsoleSchemaSource>(*m_opened->holder))
    , m_settings(std::make_unique<views::ViewSettings>(m_opened->holder->clock()))
    , m_catalog(std::make_unique<ConsoleCatalogSource>(*m_opened->holder))
{
    const views::ViewContext context{*m_data, *m_settings, m_prompter};
    m_window = std::make_unique<views::MainWindow>(context);
    m_window->addPage(new views::OverviewPage(context));
    m_window->addPage(new views::LagPage(context));
    m_window->addPage(new views::SloPage(context));
    m_window->addPage(new views::DeadLettersPage(context));
    m_window->addPage(new views::ReviewPage(context));
    m_window->addPage(new views::ReplaysPage(context));
    m_window->addPage(new views::SchemasPage(context, *m_schemas));
    m_window->addPage(new views::CostPage(context));
    m_window->addPage(new views::CatalogPage(context, *m_catalog));
    m_window->addHelpPage(new views::HelpPage(context));
}

Workbench::~Workbench()
{
    m_window.reset();
    views::waitForLoads();
    m_opened->holder->collector().stop();
}

void Workbench::startCollecting()
{
    // Another health of a connection is news like a new sample.
    m_opened->holder->startCollecting([data = m_data.get()](const ConnectionHealth&) { data->noteNews(); });
}

} // namespace spillway
