// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/workbench.h"

#include "model/base/threadrank.h"
#include "views/alerts/alertspage.h"
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
#include "views/trail/trailpage.h"

#include <QCoreApplication>

#include <functional>
#include <thread>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

Workbench::Workbench(std::unique_ptr<OpenedWorkspace> opened)
    : m_opened(std::move(opened))
    , m_data(std::make_unique<ConsoleDataSource>(*m_opened->holder, m_opened->isDemo))
    , m_schemas(std::make_unique<ConsoleSchemaSource>(*m_opened->holder))
    , m_settings(std::make_unique<views::ViewSettings>(m_opened->holder->clock()))
    , m_catalog(std::make_unique<ConsoleCatalogSource>(*m_opened->holder))
    , m_cost(std::make_unique<ConsoleCostSource>(*m_opened->holder))
    , m_trail(std::make_unique<ConsoleTrailSource>(*m_opened->holder))
    , m_alerts(std::make_unique<ConsoleAlertSource>(*m_opened->holder))
{
    const views::ViewContext context{*m_data, *m_settings, m_prompter};
    m_window = std::make_unique<views::MainWindow>(context);
    // Each is made when it is shown first; the words are the pages' own.
    const auto add = [this](const QString& id, const char* page, const char* title, const QString& icon,
                            std::function<views::Page*()> make) {
        m_window->addPage({id, QCoreApplication::translate(page, title), icon}, std::move(make));
    };
    add(u"overview"_s, "spillway::views::OverviewPage", "Overview", u"overview"_s,
        [context] { return new views::OverviewPage(context); });
    add(u"lag"_s, "spillway::views::LagPage", "Lag", u"lag"_s, [context] { return new views::LagPage(context); });
    add(u"slos"_s, "spillway::views::SloPage", "SLOs", u"slos"_s, [context] { return new views::SloPage(context); });
    add(u"dead-letters"_s, "spillway::views::DeadLettersPage", "Dead letters", u"deadletters"_s,
        [context] { return new views::DeadLettersPage(context); });
    add(u"review"_s, "spillway::views::ReviewPage", "Review", u"review"_s,
        [context] { return new views::ReviewPage(context); });
    add(u"replays"_s, "spillway::views::ReplaysPage", "Replays", u"replays"_s,
        [context] { return new views::ReplaysPage(context); });
    add(u"trail"_s, "spillway::views::TrailPage", "Trail", u"trail"_s,
        [this, context] { return new views::TrailPage(context, *m_trail); });
    add(u"schemas"_s, "spillway::views::SchemasPage", "Schemas", u"schemas"_s,
        [this, context] { return new views::SchemasPage(context, *m_schemas); });
    add(u"cost"_s, "spillway::views::CostPage", "Cost", u"cost"_s,
        [this, context] { return new views::CostPage(context, *m_cost); });
    add(u"catalog"_s, "spillway::views::CatalogPage", "Catalog", u"folder"_s,
        [this, context] { return new views::CatalogPage(context, *m_catalog); });
    add(u"alerts"_s, "spillway::views::AlertsPage", "Alerts", u"alerts"_s,
        [this, context] { return new views::AlertsPage(context, *m_alerts); });
    m_window->addHelpPage({u"help"_s, QCoreApplication::translate("spillway::views::HelpPage", "Manual"), u"help"_s},
                          [context] { return new views::HelpPage(context); });
}

Workbench::~Workbench()
{
    m_window.reset();
    views::waitForLoads();
    m_opened->holder->collector().stop();
}

void Workbench::startCollecting()
{
    // Whoever looks goes first: letters are taken in with what the window leaves of the processor. Threads are as those
    // that start them; the writer runs already, and is told as its next task.
    views::letLoadsStepBack();
    Holder& holder = *m_opened->holder;
    (void)holder.samples().enqueue(
        [](Database&) -> Status {
            stepBack(ThreadRank::Intake);
            return {};
        },
        0);
    std::thread([&holder, data = m_data.get()] {
        stepBack(ThreadRank::Intake);
        // Another health of a connection is news like a new sample.
        holder.startCollecting([data](const ConnectionHealth&) { data->noteNews(); });
    }).join();
}

} // namespace spillway
