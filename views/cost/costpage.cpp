// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/cost/costpage.h"

#include "views/charts/stackedbars.h"
#include "views/charts/stackedcolumns.h"
#include "views/cost/changespanel.h"
#include "views/cost/costcolumns.h"
#include "views/cost/costwords.h"
#include "views/cost/invoicepanel.h"
#include "views/cost/savingspanel.h"
#include "views/cost/unitcostpanel.h"
#include "views/cost/whatifpanel.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/splitview.h"
#include "views/widgets/tableview.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QTabWidget>
#include <QTimeZone>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int decimals = 4;
constexpr std::size_t mostBars = 8;
constexpr std::size_t namedParts = 5; // what charts have colours for

double units(Money amount)
{
    return static_cast<double>(amount.micros) / 1e6;
}

ColumnSpec moneyColumn(int column, const QString& title, int role, bool isSigned)
{
    ColumnSpec spec = amountColumn(
        column, title,
        [role](const QModelIndex& index) {
            const QVariant micros = index.data(role);
            return micros.isValid() ? std::optional(Money{micros.toLongLong()}) : std::nullopt;
        },
        decimals, isSigned);
    spec.width = 88;
    return spec;
}

std::vector<ColumnSpec> partColumns(const CostPartTable& table, const std::function<CostDimension()>& dimension)
{
    ColumnSpec name = textColumn(
        CostPartTable::Name, CostPage::tr("Who or what"), 160,
        [&table, dimension](const QModelIndex& index) { return partText(table.part(index.row()), dimension()); });
    name.stretches = true;
    ColumnSpec share = textColumn(CostPartTable::Share, CostPage::tr("Share"), 68);
    share.align = CellAlign::Number;
    share.sortKey = [](const QModelIndex& index) { return index.data(CostPartTable::ValueRole); };
    return {name, moneyColumn(CostPartTable::Amount, CostPage::tr("Cost"), CostPartTable::MicrosRole, false),
            moneyColumn(CostPartTable::Previous, CostPage::tr("Before"), CostPartTable::MicrosRole, false),
            moneyColumn(CostPartTable::Change, CostPage::tr("Change"), CostPartTable::MicrosRole, true), share};
}

std::vector<ColumnSpec> lineColumns(const CostLineTable& table)
{
    ColumnSpec event = textColumn(CostLineTable::Event, CostPage::tr("Event"), 144);
    event.stretches = true;
    ColumnSpec team = textColumn(CostLineTable::Team, CostPage::tr("Team"), 116);
    team.stretches = true; // where the event has no column
    ColumnSpec service = textColumn(CostLineTable::Service, CostPage::tr("Service"), 110);
    service.startsHidden = true;
    ColumnSpec quantity =
        textColumn(CostLineTable::Quantity, CostPage::tr("Quantity"), 116, [&table](const QModelIndex& index) {
            const CostLine& line = table.line(index.row());
            return QString::number(static_cast<double>(line.quantity.nanos) / 1e9, 'g', 6) + u' ' +
                   priceUnitWord(line.unit);
        });
    quantity.align = CellAlign::Number;
    quantity.sortKey = [](const QModelIndex& index) { return index.data(CostLineTable::ValueRole); };
    return {event,
            team,
            service,
            textColumn(CostLineTable::RoleColumn, CostPage::tr("Role"), 80,
                       [&table](const QModelIndex& index) { return roleText(table.line(index.row()).role); }),
            textColumn(CostLineTable::Component, CostPage::tr("Component"), 84,
                       [&table](const QModelIndex& index) { return componentText(table.line(index.row()).component); }),
            quantity,
            textColumn(CostLineTable::Basis, CostPage::tr("Basis"), 72,
                       [&table](const QModelIndex& index) { return basisText(table.line(index.row()).basis); }),
            moneyColumn(CostLineTable::Amount, CostPage::tr("Cost"), CostLineTable::MicrosRole, false)};
}

} // namespace

CostPage::CostPage(const ViewContext& context, CostSource& source)
    : Page(context, u"cost"_s, tr("Cost"), u"cost"_s)
    , m_source(source)
    , m_load([this](Result<CostAnswer> answer) { showAnswer(std::move(answer)); })
    , m_forecast([this](Result<MonthForecast> forecast) {
        m_forecastText->setVisible(forecast.has_value());
        if (!forecast)
            return; // too few days are known yet
        m_forecastText->setText(forecastSentence(*forecast));
        const bool isOver = (forecast->budget && forecast->month() > *forecast->budget) ||
                            std::any_of(forecast->teams.begin(), forecast->teams.end(),
                                        [](const TeamForecast& team) { return team.month() > team.budget; });
        m_forecastText->setTone(isOver ? Tone::Warning : Tone::Neutral);
    })
    , m_export([this](Result<bool> done) {
        Q_EMIT said(done ? tr("The cost report is written") : tr("Not written: %1").arg(done.error().detail));
    })
{
    QWidget* controls = makeControls();
    setContent(makeContent(), {controls});
    headline().setSentence(tr("Reckoning the cost"));
    pane().showLoading(tr("Reckoning the cost"));
    addPageAction(tr("Export the cost report…"), QKeySequence(Qt::CTRL | Qt::Key_E), [this] { exportBill(); });
    addPageAction(tr("By team"), QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_T),
                  [this] { m_dimension->setCurrentIndex(0); });
    addPageAction(tr("By event"), QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_E),
                  [this] { m_dimension->setCurrentIndex(1); });
    addPageAction(tr("By component"), QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_C),
                  [this] { m_dimension->setCurrentIndex(2); });
    addPageAction(tr("The bill"), QKeySequence(Qt::ALT | Qt::Key_1), [this] { m_tabs->setCurrentIndex(0); });
    addPageAction(tr("What changed"), QKeySequence(Qt::ALT | Qt::Key_2), [this] { m_tabs->setCurrentIndex(1); });
    addPageAction(tr("What could be saved"), QKeySequence(Qt::ALT | Qt::Key_3), [this] { m_tabs->setCurrentIndex(2); });
    addPageAction(tr("What a million records cost"), QKeySequence(Qt::ALT | Qt::Key_4),
                  [this] { m_tabs->setCurrentIndex(3); });
    addPageAction(tr("Invoices"), QKeySequence(Qt::ALT | Qt::Key_5), [this] { m_tabs->setCurrentIndex(4); });
}

QComboBox* CostPage::makeChoice(const QString& objectName, const QString& accessibleName, QWidget* parent)
{
    auto* box = new QComboBox(parent);
    box->setObjectName(objectName);
    box->setAccessibleName(accessibleName);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    return box;
}

QWidget* CostPage::makeControls()
{
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    m_period = makeChoice(u"costPeriod"_s, tr("Period"), row);
    for (const CostPeriod period : costPeriods)
        m_period->addItem(periodText(period), static_cast<int>(period));
    m_period->setCurrentIndex(m_period->findData(static_cast<int>(CostPeriod::Last30Days)));
    m_zone = makeChoice(u"costZone"_s, tr("Time zone of the days"), row);
    m_zone->addItem(u"UTC"_s);
    const QString here = QString::fromLatin1(QTimeZone::systemTimeZoneId());
    if (!here.isEmpty() && here != u"UTC" && here != u"Etc/UTC")
        m_zone->addItem(here);
    m_dimension = makeChoice(u"costDimension"_s, tr("Cut by"), row);
    for (const CostDimension one : {CostDimension::Team, CostDimension::Event, CostDimension::Component})
        m_dimension->addItem(tr("By %1").arg(dimensionText(one).toLower()), static_cast<int>(one));
    m_policy = makeChoice(u"costPolicy"_s, tr("Who pays"), row);
    for (const AllocationPolicy policy : allocationPolicies)
        m_policy->addItem(policyText(policy), static_cast<int>(policy));
    m_idle = makeChoice(u"costIdle"_s, tr("Idle capacity"), row);
    for (const IdlePolicy policy : {IdlePolicy::Show, IdlePolicy::Proportional, IdlePolicy::Platform})
        m_idle->addItem(idleText(policy), static_cast<int>(policy));
    m_profile = makeChoice(u"costProfile"_s, tr("Pricing profile"), row);
    m_profile->hide();
    auto* save = new QPushButton(tr("Export…"), row);
    save->setObjectName(u"costExport"_s);
    connect(save, &QPushButton::clicked, this, &CostPage::exportBill);
    for (QWidget* one : std::initializer_list<QWidget*>{m_period, m_zone, m_dimension, m_policy, m_idle, m_profile})
        layout->addWidget(one);
    layout->addStretch(1);
    layout->addWidget(save);
    for (QComboBox* box : {m_period, m_zone, m_policy, m_idle, m_profile})
        connect(box, &QComboBox::currentIndexChanged, this, &CostPage::ask);
    connect(m_dimension, &QComboBox::currentIndexChanged, this, &CostPage::showDimension);
    return row;
}

QWidget* CostPage::makeContent()
{
    m_tabs = new QTabWidget(this);
    m_tabs->setObjectName(u"costTabs"_s);
    m_tabs->setDocumentMode(true);
    Prompter& prompter = context().prompter;
    m_changes = new ChangesPanel(m_source, prompter, m_tabs);
    m_savings = new SavingsPanel(m_source, prompter, m_tabs);
    m_units = new UnitCostPanel(prompter, m_tabs);
    m_invoices = new InvoicePanel(m_source, prompter, m_tabs);
    m_tabs->addTab(makeBill(m_tabs), tr("Bill"));
    m_tabs->addTab(m_changes, tr("What changed"));
    m_tabs->addTab(m_savings, tr("Savings"));
    m_tabs->addTab(m_units, tr("Unit cost"));
    m_tabs->addTab(m_invoices, tr("Invoices"));
    const auto showEvent = [this](const QString& eventType) {
        m_tabs->setCurrentIndex(0);
        open(eventType);
    };
    connect(m_changes, &ChangesPanel::eventChosen, this, showEvent);
    connect(m_units, &UnitCostPanel::eventChosen, this, showEvent);
    connect(m_changes, &ChangesPanel::said, this, &Page::said);
    connect(m_savings, &SavingsPanel::said, this, &Page::said);
    connect(m_units, &UnitCostPanel::said, this, &Page::said);
    connect(m_invoices, &InvoicePanel::said, this, &Page::said);
    const auto forget = [this] {
        m_askedChanges.reset();
        m_askedSavings.reset();
        ask();
    };
    connect(m_invoices, &InvoicePanel::imported, this, forget);
    connect(m_savings, &SavingsPanel::applied, this, forget);
    connect(m_tabs, &QTabWidget::currentChanged, this, [this] { askTab(false); });
    return m_tabs;
}

/// The tab in sight asks; the others when they come into sight. @param isNew  the data may be others
void CostPage::askTab(bool isNew)
{
    const CostRequest wanted = request();
    const auto need = [&](std::optional<CostRequest>& asked) {
        // What the tabs show does not depend on the sliders.
        CostRequest plain = wanted;
        plain.whatIf = {};
        const bool isNeeded = isNew || asked != plain;
        asked = plain;
        return isNeeded;
    };
    const QWidget* shown = m_tabs->currentWidget();
    if (shown == m_changes && need(m_askedChanges))
        m_changes->ask(*m_askedChanges);
    else if (shown == m_savings && need(m_askedSavings))
        m_savings->ask(*m_askedSavings);
    else if (shown == m_invoices)
        m_invoices->ask(wanted);
}

QWidget* CostPage::makeBill(QWidget* parent)
{
    auto* content = new QWidget(parent);
    m_columns = new StackedColumns(content);
    m_columns->setObjectName(u"costColumns"_s);
    m_bars = new StackedBars(content);
    m_bars->setObjectName(u"costBars"_s);

    m_view = new TableView(u"cost-parts"_s, context().prompter, content);
    m_view->setObjectName(u"costParts"_s);
    m_view->setAccessibleName(tr("Cost, cut as chosen"));
    m_view->show(&m_parts, partColumns(m_parts, [this] { return dimension(); }));
    m_view->setRowKey(
        [](const QModelIndex& index) { return index.siblingAtColumn(CostPartTable::Name).data().toString(); });
    connect(m_view, &TableView::currentRowChanged, this, &CostPage::showLines);
    connect(m_view, &TableView::exportFailed, this, &Page::said);

    auto* detail = new QWidget(content);
    auto* detailLayout = new QVBoxLayout(detail);
    detailLayout->setContentsMargins(16, 0, 0, 0);
    detailLayout->setSpacing(8);
    m_lineTitle = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, detail);
    m_lineTitle->setObjectName(u"costLineTitle"_s);
    m_lineView = new TableView(u"cost-lines"_s, context().prompter, detail);
    m_lineView->setObjectName(u"costLines"_s);
    m_lineView->setAccessibleName(tr("Who takes part, and what it rests on"));
    m_lineView->show(&m_lines, lineColumns(m_lines));
    connect(m_lineView, &TableView::rowActivated, this, [this] {
        const QModelIndex index = m_lineView->currentSource();
        if (index.isValid() && !m_lines.line(index.row()).eventType.isEmpty())
            open(m_lines.line(index.row()).eventType);
    });
    m_whatIf = new WhatIfPanel(detail);
    connect(m_whatIf, &WhatIfPanel::changed, this, &CostPage::ask);
    detailLayout->addWidget(m_lineTitle);
    detailLayout->addWidget(m_lineView, 1);
    detailLayout->addWidget(m_whatIf);

    auto* split = new SplitView(u"cost"_s, Qt::Horizontal, {17, 24}, content);
    split->addWidget(m_view);
    split->addWidget(detail);

    m_forecastText = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, content);
    m_forecastText->setObjectName(u"costForecast"_s);
    m_forecastText->setWordWrap(true);
    m_forecastText->hide();
    m_basis = new PlainTextLabel({}, TextSize::Small, PlainTextLabel::Ink::Muted, content);
    m_basis->setObjectName(u"costBasis"_s);
    m_basis->setWordWrap(true);
    m_command = new CommandLine(u"spillwayctl cost"_s, content);
    m_command->setObjectName(u"costCommand"_s);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 12, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_forecastText);
    layout->addWidget(m_columns);
    layout->addWidget(m_bars);
    layout->addWidget(split, 1);
    layout->addWidget(m_basis);
    layout->addWidget(m_command);
    return content;
}

CostRequest CostPage::request() const
{
    return {.period = static_cast<CostPeriod>(m_period->currentData().toInt()),
            .timeZone = m_zone->currentText(),
            .profile = m_profile->currentIndex() > 0 ? m_profile->currentText() : QString(),
            .policy = static_cast<AllocationPolicy>(m_policy->currentData().toInt()),
            .idle = static_cast<IdlePolicy>(m_idle->currentData().toInt()),
            .whatIf = m_whatIf->whatIf()};
}

CostDimension CostPage::dimension() const
{
    return static_cast<CostDimension>(m_dimension->currentData().toInt());
}

void CostPage::ask()
{
    m_load.ask([&source = data(), wanted = request()](std::stop_token stop) { return source.cost(wanted, stop); });
    m_forecast.ask(
        [&source = m_source, wanted = request()](std::stop_token stop) { return source.forecast(wanted, stop); });
    askTab(false);
}

void CostPage::refresh()
{
    if (m_parts.rowCount() == 0)
        pane().showLoading(tr("Reckoning the cost"));
    m_load.refresh([&source = data(), wanted = request()](std::stop_token stop) { return source.cost(wanted, stop); });
    m_forecast.refresh(
        [&source = m_source, wanted = request()](std::stop_token stop) { return source.forecast(wanted, stop); });
}

void CostPage::open(const QString& argument)
{
    m_tabs->setCurrentIndex(0);
    m_wanted = argument;
    const int byEvent = m_dimension->findData(static_cast<int>(CostDimension::Event));
    if (m_dimension->currentIndex() == byEvent)
        showDimension();
    else
        m_dimension->setCurrentIndex(byEvent);
}

bool CostPage::leave()
{
    if (m_tabs->currentIndex() != 0) {
        m_tabs->setCurrentIndex(0);
        return true;
    }
    if (!m_whatIf->whatIf().isNothing()) {
        m_whatIf->reset();
        return true;
    }
    if (dimension() != CostDimension::Team) {
        m_dimension->setCurrentIndex(0);
        return true;
    }
    return false;
}

bool CostPage::isSettled() const
{
    return Page::isSettled() && !m_load.isRunning() && !m_forecast.isRunning() && !m_export.isRunning() &&
           m_changes->isSettled() && m_savings->isSettled() && m_invoices->isSettled();
}

void CostPage::takeFocus()
{
    if (m_tabs->currentIndex() == 0)
        m_view->setFocus();
    else
        m_tabs->currentWidget()->setFocus();
}

void CostPage::offerProfiles(const QStringList& profiles)
{
    QStringList known;
    for (int i = 1; i < m_profile->count(); ++i)
        known << m_profile->itemText(i);
    if (known == profiles)
        return;
    const QSignalBlocker silent(m_profile);
    const QString chosen = m_profile->currentIndex() > 0 ? m_profile->currentText() : QString();
    m_profile->clear();
    m_profile->addItem(tr("The workspace's prices"));
    m_profile->addItems(profiles);
    m_profile->setCurrentIndex(std::max(0, m_profile->findText(chosen)));
    m_profile->setVisible(profiles.size() > 1);
}

void CostPage::showAnswer(Result<CostAnswer> answer)
{
    if (!answer) {
        pane().showFailure(tr("The cost could not be reckoned"), answer.error(),
                           {tr("Try again"), [this] { refresh(); }});
        return;
    }
    m_answer = std::move(*answer);
    const CostBill& bill = m_answer.bill;
    offerProfiles(m_answer.profiles);
    if (bill.pricedEvents == 0) {
        headline().setSentence(tr("No event can be priced yet"));
        headline().setDetail({});
        m_parts.show({}, nullptr, dimension());
        m_lines.clear();
        pane().showEmpty(tr("No event has a volume and a size"),
                         tr("Cost is reckoned from avg_daily_volume and avg_payload_bytes in event-catalog.yaml. Name "
                            "the file as catalog: in spillway.yaml."),
                         {tr("Read how cost is reckoned"), [this] {
                              Q_EMIT linkActivated({u"help"_s, u"cost"_s});
                          }});
        return;
    }
    headline().setSentence(costHeadline(bill, m_answer.previous ? &*m_answer.previous : nullptr));
    headline().setDetail(bill.range ? tr("%1 to %2, %3")
                                          .arg(bill.range->first.toString(Qt::ISODate),
                                               bill.range->last.toString(Qt::ISODate), bill.range->timeZone)
                                    : tr("One day at the catalog's volumes, in %1").arg(bill.currency));
    m_whatIf->setReplication(bill.segments.empty() ? 1 : bill.segments.back().profile.replication);
    m_whatIf->showSimulation(m_answer.simulation, bill.currency);
    m_basis->setText(costBasis(bill));
    m_command->setLine(costCommand(request(), bill));
    m_units->show(request(), bill);
    showDimension();
    presentContent();
}

void CostPage::showDimension()
{
    m_parts.show(m_answer.bill, m_answer.previous ? &*m_answer.previous : nullptr, dimension());
    showChart();
    if (!m_wanted.isEmpty()) {
        for (int row = 0; row < m_parts.rowCount(); ++row) {
            if (m_parts.part(row).name != m_wanted)
                continue;
            const QModelIndex shown = m_view->presented().mapFromSource(m_parts.index(row, 0));
            m_view->setCurrentIndex(shown);
        }
        m_wanted.clear();
    } else if (!m_view->currentSource().isValid() && m_view->model()->rowCount() > 0) {
        m_view->setCurrentIndex(m_view->model()->index(0, 0));
    }
    showLines();
}

void CostPage::showChart()
{
    const CostBill& bill = m_answer.bill;
    const bool hasDays = !bill.slices.empty();
    m_columns->setVisible(hasDays);
    m_bars->setVisible(!hasDays);
    const CostHistory history = costHistory(bill, dimension(), namedParts);
    if (hasDays) {
        ColumnsData shown{.labels = {},
                          .parts = {},
                          .amounts = {},
                          .previous = {},
                          .previousName = tr("the days before"),
                          .unit = bill.currency};
        for (const QDate& day : history.days)
            shown.labels << day.toString(u"MM-dd"_s);
        for (const CostPart& part : history.parts) {
            shown.parts << partText(part, dimension());
            std::vector<double> amounts;
            for (const Money amount : part.byDay)
                amounts.push_back(units(amount));
            shown.amounts.push_back(std::move(amounts));
        }
        if (m_answer.previous) {
            const CostHistory before = costHistory(*m_answer.previous, CostDimension::Component, costComponentCount);
            shown.previous.assign(before.days.size(), 0.0);
            for (const CostPart& part : before.parts) {
                for (std::size_t day = 0; day < before.days.size(); ++day)
                    shown.previous[day] += units(part.byDay[day]);
            }
        }
        m_columns->setData(std::move(shown));
        return;
    }
    std::vector<StackedBar> bars;
    for (const CostPart& part : costHistory(bill, dimension(), mostBars).parts) {
        StackedBar bar{.name = partText(part, dimension()), .parts = {}, .totalText = moneyText(part.total, decimals)};
        bar.parts = {std::max(units(part.total), 0.0)};
        bars.push_back(std::move(bar));
    }
    m_bars->setBars({tr("Cost, %1").arg(bill.currency)}, std::move(bars));
}

void CostPage::showLines()
{
    const QModelIndex index = m_view->currentSource();
    if (!index.isValid() || index.row() >= m_parts.rowCount()) {
        m_lines.clear();
        m_lineTitle->setText({});
        return;
    }
    const CostPart& part = m_parts.part(index.row());
    m_lines.show(m_answer.bill, dimension(), part);
    // what the choice says already needs no column, so that money is always in sight
    const bool isNamed = part.kind == CostPart::Kind::Named;
    m_lineView->setColumnShown(CostLineTable::Team, !isNamed || dimension() != CostDimension::Team);
    m_lineView->setColumnShown(CostLineTable::Event, !isNamed || dimension() != CostDimension::Event);
    m_lineView->setColumnShown(CostLineTable::Component, !isNamed || dimension() != CostDimension::Component);
    m_lineTitle->setText(
        tr("%1: %2 %3").arg(partText(part, dimension()), moneyText(part.total, 2), m_answer.bill.currency));
}

void CostPage::exportBill()
{
    context().prompter.chooseSaveFile(
        this, tr("Export the cost report"), u"cost.xlsx"_s,
        tr("Workbook (*.xlsx);;PDF (*.pdf);;Web page (*.html);;CSV by team (*.csv);;FOCUS 1.2 (*.focus.csv);;FOCUS 1.3 "
           "(*.focus-1.3.csv);;FOCUS 1.4 (*.focus-1.4.csv);;JSON (*.json)"),
        [this](const QString& file) {
            if (file.isEmpty())
                return;
            QString format;
            for (const QString& focus : {u"focus"_s, u"focus-1.3"_s, u"focus-1.4"_s}) {
                if (file.endsWith(u'.' + focus + u".csv"_s, Qt::CaseInsensitive))
                    format = focus;
            }
            m_export.ask([&source = data(), wanted = request(), file, format](std::stop_token stop) -> Result<bool> {
                const Status written = source.exportCost(wanted, file, format, stop);
                if (!written)
                    return tl::unexpected(written.error());
                return true;
            });
        });
}

} // namespace spillway::views
