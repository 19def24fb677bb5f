// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/catalog/catalogpage.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "views/catalog/catalogwidgets.h"
#include "views/catalog/eventpane.h"
#include "views/catalog/exchangepane.h"
#include "views/catalog/flowview.h"
#include "views/catalog/flowweights.h"
#include "views/catalog/registrationpane.h"
#include "views/catalog/teammatrixview.h"
#include "views/widgets/commandline.h"
#include "views/widgets/filterfield.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/splitview.h"
#include "views/widgets/tableview.h"

#include <QBuffer>
#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr std::array flowWeightKinds{FlowWeightKind::Equal, FlowWeightKind::Volume, FlowWeightKind::Lag,
                                     FlowWeightKind::DeadLetters, FlowWeightKind::Cost};

} // namespace

CatalogPage::CatalogPage(const ViewContext& context, CatalogSource& source)
    : Page(context, u"catalog"_s, tr("Catalog"), u"folder"_s)
    , m_source(source)
    , m_events(7, [](const EventRow& row) { return row.event().eventType; })
    , m_findings(4,
                 [](const FindingRow& row) {
                     return u"%1:%2:%3 %4 %5"_s.arg(row.finding.place.file)
                         .arg(row.finding.place.line)
                         .arg(row.finding.place.column)
                         .arg(row.finding.rule, row.more.isEmpty() ? row.finding.message : u"…"_s);
                 })
    , m_scorecard(7, [](const ScorecardRow& row) { return u"%1 %2 %3"_s.arg(row.phase).arg(row.item, row.scope); })
    , m_load([this](Result<std::shared_ptr<const CatalogPicture>> picture) { showPicture(std::move(picture)); })
    , m_apply([this](Result<bool> done) {
        Q_EMIT said(done ? tr("Written") : tr("Nothing was written: %1").arg(done.error().detail));
        refresh();
    })
{
    auto* content = new QWidget(this);
    m_tabs = new QTabWidget(content);
    m_tabs->setObjectName(u"catalogTabs"_s);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(buildEvents(), tr("Events"));
    m_tabs->addTab(buildFlow(), tr("Flow"));
    m_matrix = new TeamMatrixView(content);
    connect(m_matrix, &TeamMatrixView::eventActivated, this, &CatalogPage::open);
    m_tabs->addTab(m_matrix, tr("Teams"));
    m_tabs->addTab(buildFindings(), tr("Findings"));
    m_tabs->addTab(buildScorecard(), tr("Scorecard"));
    m_registration = new RegistrationPane(context, m_source, content);
    connect(m_registration, &RegistrationPane::said, this, &Page::said);
    connect(m_registration, &RegistrationPane::registered, this, [this](const QString& event) {
        open(event);
        refresh();
    });
    m_tabs->addTab(m_registration, tr("New event"));
    m_exchange = new ExchangePane(context, m_source, content);
    connect(m_exchange, &ExchangePane::said, this, &Page::said);
    connect(m_exchange, &ExchangePane::filesChanged, this, &CatalogPage::refresh);
    m_tabs->addTab(m_exchange, tr("Import and export"));
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_tabs, 1);
    m_command = new CommandLine({}, content);
    layout->addWidget(m_command);
    connect(m_tabs, &QTabWidget::currentChanged, this, &CatalogPage::showCommand);
    showCommand();
    setContent(content);
    headline().setSentence(tr("Reading the catalog"));
    pane().showLoading(tr("Reading the catalog"));
    addPageAction(tr("Search events"), QKeySequence(Qt::Key_Slash), [this] {
        m_tabs->setCurrentIndex(0);
        m_filter->startTyping();
    });
    addPageAction(tr("Register a new event"), {}, [this] { m_tabs->setCurrentWidget(m_registration); });
    addPageAction(tr("Import or export the catalog"), {}, [this] { m_tabs->setCurrentWidget(m_exchange); });
    addPageAction(tr("Export the flow as SVG"), {}, [this] { exportFlow(u"svg"_s); });
    addPageAction(tr("Export the flow as PNG"), {}, [this] { exportFlow(u"png"_s); });
    addPageAction(tr("Export the flow as DOT"), {}, [this] { exportFlow(u"dot"_s); });
    addPageAction(tr("Export the flow as Mermaid"), {}, [this] { exportFlow(u"mmd"_s); });
}

QWidget* CatalogPage::buildEvents()
{
    auto* tab = new QWidget(this);
    m_filter = new FilterField(tab);
    m_filter->setObjectName(u"catalogSearch"_s);
    m_filter->setPlaceholder(tr("Search: order, owner:payment, tag:pii, field:customer_id, consumers>3"));
    m_filter->setCheck([](const QString& query) -> std::optional<FilterFault> {
        const auto read = parseCatalogQuery(query);
        if (read)
            return std::nullopt;
        const QString detail = read.error().detail; // "query, column N: …"
        return FilterFault{std::max(1, detail.section(u' ', 2, 2).chopped(1).toInt()), detail.section(u": "_s, 1)};
    });
    connect(m_filter, &FilterField::queryChanged, this, &CatalogPage::showEvents);
    m_eventView = new TableView(u"catalog-events"_s, context().prompter, tab);
    m_eventView->setAccessibleName(tr("Events"));
    const auto row = [this](const QModelIndex& index) -> const EventRow& { return m_events.at(index); };
    std::vector<ColumnSpec> columns;
    columns.push_back(
        textColumn(0, tr("Event"), 168, [row](const QModelIndex& i) { return row(i).event().eventType; }));
    columns.back().stretches = true;
    columns.push_back(textColumn(1, tr("Domain"), 80, [row](const QModelIndex& i) { return row(i).event().domain; }));
    columns.push_back(
        textColumn(2, tr("Owner"), 120, [row](const QModelIndex& i) { return row(i).event().producer.team; }));
    columns.push_back(textColumn(3, tr("Topic"), 128, [row](const QModelIndex& i) { return row(i).event().topic; }));
    columns.push_back(numberColumn(
        4, tr("Consumers"), 84,
        [row](const QModelIndex& i) { return QString::number(row(i).event().consumers.size()); },
        [row](const QModelIndex& i) { return QVariant(static_cast<qlonglong>(row(i).event().consumers.size())); }));
    columns.push_back(numberColumn(
        5, tr("Per day"), 80,
        [row](const QModelIndex& i) {
            const auto& volume = row(i).event().avgDailyVolume;
            return volume ? formatCount(*volume) : tr("not known");
        },
        [row](const QModelIndex& i) {
            return QVariant(static_cast<qlonglong>(row(i).event().avgDailyVolume.value_or(-1)));
        }));
    columns.push_back(textColumn(6, tr("Findings"), 104, [row](const QModelIndex& i) {
        return row(i).findings == 0 ? tr("none") : QString::number(row(i).findings);
    }));
    columns.back().mark = [row](const QModelIndex& i) -> std::optional<CellMark> {
        if (row(i).findings == 0)
            return CellMark{Tone::Ok, tr("none")};
        return CellMark{toneOf(row(i).worst), QString::number(row(i).findings)};
    };
    m_eventView->show(&m_events, std::move(columns));
    m_eventView->setRowKey([row](const QModelIndex& i) { return row(i).event().eventType; });
    connect(m_eventView, &TableView::currentRowChanged, this, &CatalogPage::showEvent);
    connect(m_eventView, &TableView::exportFailed, this, &Page::said);
    auto* split = new SplitView(u"catalog-events"_s, Qt::Horizontal, {7, 4}, tab);
    m_eventPane = new EventPane(context(), m_source, split);
    connect(m_eventPane, &EventPane::linkActivated, this, &Page::linkActivated);
    split->addWidget(m_eventView);
    split->addWidget(m_eventPane);
    auto* layout = new QVBoxLayout(tab);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->addWidget(m_filter);
    layout->addWidget(split, 1);
    return tab;
}

QWidget* CatalogPage::buildFlow()
{
    auto* tab = new QWidget(this);
    m_flow = new FlowView(tab);
    m_weight = new QComboBox(tab);
    m_weight->setObjectName(u"flowWeight"_s);
    m_weight->setAccessibleName(tr("What makes an arrow thick"));
    for (const QString& word : {tr("Equal arrows"), tr("Volume"), tr("Lag"), tr("Dead letters"), tr("Cost")})
        m_weight->addItem(word);
    connect(m_weight, &QComboBox::currentIndexChanged, this, &CatalogPage::showWeights);
    m_steps = new QSpinBox(tab);
    m_steps->setAccessibleName(tr("Steps around the selected node"));
    m_steps->setRange(-1, 20);
    m_steps->setValue(-1);
    m_steps->setSpecialValueText(tr("Everything"));
    m_steps->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_steps->setSuffix(tr(" steps around"));
    connect(m_steps, &QSpinBox::valueChanged, this, [this](int steps) { m_flow->setSteps(steps); });
    m_flowText = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, tab);
    m_flowText->setObjectName(u"flowText"_s);
    m_flowText->setElided(true);
    connect(m_flow, &FlowView::selectionChanged, this, &CatalogPage::showFlowText);
    connect(m_flow, &FlowView::eventActivated, this, &CatalogPage::open);
    auto* save = new QPushButton(tr("Export SVG…"), tab);
    connect(save, &QPushButton::clicked, this, [this] { exportFlow(u"svg"_s); });
    auto* bar = new QHBoxLayout;
    bar->setSpacing(8);
    bar->addWidget(m_weight);
    bar->addWidget(m_steps);
    bar->addWidget(m_flowText, 1);
    bar->addWidget(save);
    auto* layout = new QVBoxLayout(tab);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->addLayout(bar);
    layout->addWidget(m_flow, 1);
    return tab;
}

QWidget* CatalogPage::buildFindings()
{
    auto* split = new SplitView(u"catalog-findings"_s, Qt::Horizontal, {3, 2}, this);
    m_findingView = new TableView(u"catalog-findings"_s, context().prompter, split);
    m_findingView->setAccessibleName(tr("Findings"));
    const auto row = [this](const QModelIndex& index) -> const FindingRow& { return m_findings.at(index); };
    std::vector<ColumnSpec> columns;
    columns.push_back(textColumn(0, tr("What is wrong"), 320, [row](const QModelIndex& i) {
        return row(i).more.isEmpty() ? row(i).finding.message
                                     : tr("%1 more like this").arg(formatCount(row(i).more.size()));
    }));
    columns.back().stretches = true;
    columns.push_back(textColumn(1, tr("Rule"), 168, [row](const QModelIndex& i) { return row(i).finding.rule; }));
    columns.push_back(textColumn(2, tr("Against"), 80,
                                 [row](const QModelIndex& i) { return row(i).isDrift ? tr("brokers") : tr("files"); }));
    columns.push_back(textColumn(3, tr("Severity"), 96,
                                 [row](const QModelIndex& i) { return lintSeverityWord(row(i).finding.severity); }));
    columns.back().mark = [row](const QModelIndex& i) -> std::optional<CellMark> {
        return CellMark{toneOf(row(i).finding.severity), lintSeverityWord(row(i).finding.severity)};
    };
    columns.back().sortKey = [row](const QModelIndex& i) {
        return QVariant(static_cast<int>(row(i).finding.severity));
    };
    m_findingView->show(&m_findings, std::move(columns));
    m_findingView->sortFirstBy(3, Qt::DescendingOrder);
    connect(m_findingView, &TableView::currentRowChanged, this, &CatalogPage::showFinding);
    connect(m_findingView, &TableView::exportFailed, this, &Page::said);
    auto* side = new QWidget(split);
    m_findingText = sheetLabel(u"findingText"_s, side);
    auto* button = new QPushButton(tr("Write the change…"), side);
    button->setObjectName(u"writeChange"_s);
    button->setEnabled(false);
    connect(button, &QPushButton::clicked, this, &CatalogPage::applyFix);
    m_fixButton = button;
    auto* layout = new QVBoxLayout(side);
    layout->addWidget(scrolled(m_findingText, side), 1);
    layout->addWidget(button, 0, Qt::AlignRight);
    split->addWidget(m_findingView);
    split->addWidget(side);
    return split;
}

QWidget* CatalogPage::buildScorecard()
{
    m_scorecardView = new TableView(u"catalog-scorecard"_s, context().prompter, this);
    m_scorecardView->setAccessibleName(tr("Scorecard"));
    const auto row = [this](const QModelIndex& index) -> const ScorecardRow& { return m_scorecard.at(index); };
    std::vector<ColumnSpec> columns;
    columns.push_back(textColumn(0, tr("What is measured"), 276,
                                 [row](const QModelIndex& i) { return scorecardItemTitle(row(i).item); }));
    columns.push_back(textColumn(1, tr("Phase"), 100, [row](const QModelIndex& i) {
        return u"%1 %2"_s.arg(row(i).phase).arg(scorecardPhaseWord(row(i).phase));
    }));
    columns.push_back(textColumn(2, tr("Scope"), 156, [row](const QModelIndex& i) { return row(i).scope; }));
    columns.push_back(numberColumn(
        3, tr("Value"), 72,
        [row](const QModelIndex& i) {
            const ScorecardRow& r = row(i);
            if (!r.value)
                return tr("not known");
            return QString::number(*r.value, 'f', 0) + (r.isCount || r.item == u"phase-reached" ? QString() : u" %"_s);
        },
        [row](const QModelIndex& i) { return QVariant(row(i).value.value_or(-1)); }));
    columns.push_back(textColumn(4, tr("Rests on"), 232, [row](const QModelIndex& i) { return row(i).evidence; }));
    columns.back().stretches = true;
    columns.push_back(textColumn(5, tr("Next step"), 220, [row](const QModelIndex& i) { return row(i).nextStep; }));
    columns.push_back(textColumn(6, tr("State"), 96, [row](const QModelIndex& i) {
        return row(i).isMet ? tr("met") : row(i).value ? tr("not met") : tr("unknown");
    }));
    columns.back().mark = [row](const QModelIndex& i) -> std::optional<CellMark> {
        if (row(i).isMet)
            return CellMark{Tone::Ok, tr("met")};
        return row(i).value ? CellMark{Tone::Warning, tr("not met")} : CellMark{Tone::Unknown, tr("unknown")};
    };
    m_scorecardView->show(&m_scorecard, std::move(columns));
    connect(m_scorecardView, &TableView::exportFailed, this, &Page::said);
    connect(m_scorecardView, &TableView::currentRowChanged, this, &CatalogPage::showScore);
    auto* side = new QWidget(this);
    m_scoreText = sheetLabel(u"scoreText"_s, side);
    m_scoreText->setContentsMargins(8, 8, 8, 8);
    m_scoreText->hide();
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_scorecardView, 1);
    layout->addWidget(m_scoreText);
    return side;
}

/// The table shortens its sentences; those of the row one stands on are there whole.
void CatalogPage::showScore()
{
    const QModelIndex current = m_scorecardView->currentSource();
    m_scoreText->setVisible(current.isValid());
    if (!current.isValid())
        return;
    const ScorecardRow& row = m_scorecard.at(current);
    QStringList lines{tr("%1 · %2").arg(scorecardItemTitle(row.item), row.scope)};
    if (!row.evidence.isEmpty())
        lines << tr("Rests on: %1").arg(row.evidence);
    if (!row.nextStep.isEmpty())
        lines << tr("Next step: %1").arg(row.nextStep);
    m_scoreText->setText(lines.join(u'\n'));
}

void CatalogPage::refresh()
{
    if (!m_picture)
        pane().showLoading(tr("Reading the catalog"));
    m_load.refresh([source = &m_source](std::stop_token stop) { return source->picture(stop); });
}

void CatalogPage::open(const QString& argument)
{
    m_wanted = argument;
    m_tabs->setCurrentIndex(0);
    m_filter->setQuery(argument.isEmpty() ? QString() : u"event="_s + argument);
    showEvents();
}

bool CatalogPage::isSettled() const
{
    return Page::isSettled() && !m_load.isRunning() && !m_apply.isRunning() && m_eventPane->isSettled() &&
           m_registration->isSettled() && m_exchange->isSettled();
}

void CatalogPage::takeFocus()
{
    if (m_tabs->currentIndex() == 0)
        m_eventView->setFocus();
    else
        m_tabs->currentWidget()->setFocus();
}

bool CatalogPage::leave()
{
    if (m_tabs->currentWidget() == m_exchange && m_exchange->stop())
        return true;
    if (m_flow->selected() >= 0 && m_tabs->currentIndex() == 1) {
        m_flow->select(-1);
        return true;
    }
    return false;
}

void CatalogPage::showPicture(Result<std::shared_ptr<const CatalogPicture>> picture)
{
    if (!picture) {
        pane().showFailure(tr("The catalog could not be read"), picture.error(),
                           {tr("Try again"), [this] { refresh(); }});
        return;
    }
    const std::shared_ptr<const CatalogPicture> before = m_picture; // the flow view still points at it
    m_picture = std::move(*picture);
    m_registration->offerNames(*m_picture);
    if (m_picture->events().empty() && !m_isBeginning) {
        showNone();
        return;
    }
    const qsizetype errors =
        m_picture->files->lint.count(LintSeverity::Error) + m_picture->drift.count(LintSeverity::Error);
    const qsizetype warnings =
        m_picture->files->lint.count(LintSeverity::Warning) + m_picture->drift.count(LintSeverity::Warning);
    headline().setSentence(
        errors + warnings == 0
            ? tr("%1 events; files and brokers agree").arg(formatCount(static_cast<qint64>(m_picture->events().size())))
            : tr("%1 events; %2 errors and %3 warnings in what is said of them")
                  .arg(formatCount(static_cast<qint64>(m_picture->events().size())))
                  .arg(errors)
                  .arg(warnings));
    const auto reached =
        std::count_if(m_picture->scorecard.begin(), m_picture->scorecard.end(),
                      [](const ScorecardRow& r) { return r.item == u"phase-met" && r.scope == u"all" && r.isMet; });
    headline().setDetail(tr("%1 of 4 governance phases are met today").arg(reached));
    if (!before || before->files != m_picture->files)
        m_flow->show(&m_picture->files->flow);
    showWeights();
    showEvents();

    std::vector<FindingRow> rows;
    const auto add = [&rows](const std::vector<CatalogFinding>& findings, bool isDrift) {
        for (const FindingLine& line : foldedFindings(findings)) {
            FindingRow& row = rows.emplace_back(FindingRow{.finding = findings[line.at], .isDrift = isDrift});
            for (std::size_t at = line.at; line.count > 1 && at < line.at + line.count; ++at)
                row.more << findings[at].message;
        }
    };
    const auto& ofFiles = m_picture->files->lint.findings;
    const auto& ofBrokers = m_picture->drift.findings;
    add(ofFiles, false);
    add(ofBrokers, true);
    m_findings.apply(std::move(rows));
    const qsizetype count = std::ssize(ofFiles) + std::ssize(ofBrokers);
    m_tabs->setTabText(3, count == 0 ? tr("Findings") : tr("Findings (%1)").arg(formatCount(count)));
    m_matrix->show(m_picture->matrix);
    m_scorecard.apply(m_picture->scorecard);
    showFinding();
    presentContent();
}

void CatalogPage::showNone()
{
    headline().setSentence(tr("No event is listed yet"));
    m_flow->show(nullptr);
    pane().showEmpty(tr("No event is listed"),
                     tr("Events come from ownership.yaml and event-catalog.yaml; name them in spillway.yaml."),
                     {tr("Register the first event"), [this] {
                          m_isBeginning = true;
                          m_tabs->setCurrentWidget(m_registration);
                          presentContent();
                      }});
}

void CatalogPage::showEvents()
{
    if (!m_picture)
        return;
    const auto query = parseCatalogQuery(m_filter->query());
    if (!query)
        return; // the field says what is wrong
    QHash<QString, std::pair<qsizetype, LintSeverity>> findings;
    for (const LintResult* result : {&m_picture->files->lint, &m_picture->drift}) {
        for (const CatalogFinding& finding : result->findings) {
            auto& [count, worst] = findings[finding.event];
            ++count;
            worst = std::max(worst, finding.severity);
        }
    }
    std::vector<EventRow> rows;
    for (const std::size_t at : m_picture->files->index.find(*query)) {
        const JoinedEvent& event = m_picture->events()[at];
        const auto found = findings.value(event.eventType, {0, LintSeverity::Info});
        rows.push_back({.files = m_picture->files, .at = at, .findings = found.first, .worst = found.second});
    }
    bool isSame = m_events.rowCount() == static_cast<int>(rows.size());
    for (std::size_t i = 0; i < rows.size() && isSame; ++i)
        isSame = m_events.row(static_cast<int>(i)) == rows[i];
    if (!isSame)
        m_events.replace(std::move(rows));
    if (m_events.rowCount() > 0 && !m_eventView->currentIndex().isValid())
        m_eventView->selectRow(0);
    showEvent();
}

void CatalogPage::showEvent()
{
    const QModelIndex current = m_eventView->currentSource();
    if (!m_picture || !current.isValid()) {
        m_eventPane->showNothing(m_events.rowCount() == 0 ? tr("No event fits the search.") : QString());
        return;
    }
    m_eventPane->show(m_picture, m_events.at(current).event().eventType);
    showCommand();
}

/// What the tab in sight shows; the last two say theirs themselves.
void CatalogPage::showCommand()
{
    QString line;
    switch (m_tabs->currentIndex()) {
    case 0: {
        const QModelIndex current = m_eventView->currentSource();
        line = current.isValid() ? u"spillwayctl catalog show "_s + shellQuoted(m_events.at(current).event().eventType)
                                 : u"spillwayctl catalog search"_s;
        break;
    }
    case 2:
        line = u"spillwayctl catalog teams"_s;
        break;
    case 4:
        line = u"spillwayctl scorecard"_s;
        break;
    default:
        line = u"spillwayctl catalog lint"_s;
    }
    m_command->setLine(line);
    m_command->setVisible(m_tabs->currentIndex() < 5);
}

void CatalogPage::showFinding()
{
    const QModelIndex current = m_findingView->currentSource();
    m_fixButton->setEnabled(false);
    if (!m_picture || !current.isValid()) {
        m_findingText->setText(m_findings.rowCount() == 0 ? tr("Files and brokers agree.") : QString());
        return;
    }
    const FindingRow& row = m_findings.at(current);
    const CatalogFinding& finding = row.finding;
    if (!row.more.isEmpty()) {
        constexpr qsizetype mostTold = 200;
        QStringList told{placeText(m_picture->files->sources.workspace.folder, finding.place), QString()};
        told << row.more.first(std::min(row.more.size(), mostTold));
        if (row.more.size() > mostTold)
            told << tr("and %1 more").arg(formatCount(row.more.size() - mostTold));
        m_findingText->setText(told.join(u'\n'));
        return;
    }
    QStringList lines{placeText(m_picture->files->sources.workspace.folder, finding.place), QString(), finding.message};
    if (!finding.evidence.isEmpty())
        lines << QString() << finding.evidence;
    if (finding.fix) {
        lines << QString() << tr("Change: %1").arg(finding.fix->title);
        for (const TextEdit& edit : finding.fix->edits) {
            for (const YamlText& text : m_picture->files->sources.texts()) {
                if (text.file() == edit.from.file)
                    lines << editDiff(text, edit);
            }
        }
        m_fixButton->setEnabled(!m_apply.isRunning());
    }
    m_findingText->setText(lines.join(u'\n'));
}

void CatalogPage::applyFix()
{
    const QModelIndex current = m_findingView->currentSource();
    if (!m_picture || !current.isValid() || !m_findings.at(current).more.isEmpty() ||
        !m_findings.at(current).finding.fix)
        return;
    const FixIt fix = *m_findings.at(current).finding.fix;
    const auto picture = m_picture;
    ConfirmRequest request{
        .title = tr("Write this change into the file?"),
        .consequence = tr("Only the lines shown change; comments stay. Git has the file as it was."),
        .facts = {{tr("Change"), fix.title},
                  {tr("File"), placeText(picture->files->sources.workspace.folder, fix.edits.front().from)}},
        .typeToConfirm = {},
        .asksText = {},
        .asksReason = false,
        .actionText = tr("Write the change"),
        .commandLine = {}};
    context().prompter.confirm(this, request, [this, fix, picture](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        m_fixButton->setEnabled(false);
        m_apply.ask([source = &m_source, picture, fix](std::stop_token stop) -> Result<bool> {
            const Status done = source->apply(picture->files->sources.texts(), fix, stop);
            if (!done)
                return tl::unexpected<Error>(done.error());
            return true;
        });
    });
}

void CatalogPage::showWeights()
{
    if (!m_picture)
        return;
    const int chosen = std::clamp(m_weight->currentIndex(), 0, static_cast<int>(flowWeightKinds.size()) - 1);
    FlowWeights weights = flowWeights(*m_picture, flowWeightKinds[static_cast<std::size_t>(chosen)]);
    m_unknownWeights = weights.unknown;
    m_flow->setWeights(std::move(weights.shares), std::move(weights.words));
    showFlowText(m_flow->selected());
}

void CatalogPage::showFlowText(int node)
{
    if (!m_picture)
        return;
    const FlowGraph& flow = m_picture->files->flow;
    if (node < 0 || node >= static_cast<int>(flow.nodes().size())) {
        m_flowText->setText(m_unknownWeights == 0
                                ? QString()
                                : tr("Dashed: not known of %1 events").arg(formatCount(m_unknownWeights)));
        return;
    }
    const QString& name = flow.nodes()[static_cast<std::size_t>(node)].name;
    const QStringList reached = flow.blastRadius(node);
    m_flowText->setText(reached.isEmpty()
                            ? tr("No service depends on %1").arg(name)
                            : tr("%1 services depend on %2: %3").arg(reached.size()).arg(name, reached.join(u", "_s)));
}

void CatalogPage::exportFlow(const QString& form)
{
    if (!m_picture)
        return;
    context().prompter.chooseSaveFile(
        this, tr("Export the flow"), u"flow."_s + form, u"*."_s + form, [this, form](const QString& file) {
            if (file.isEmpty() || !m_picture)
                return;
            const auto weight = [this](const QString& event) { return m_flow->weightWord(event); };
            QByteArray bytes;
            if (form == u"svg") {
                bytes = flowAsSvg(m_picture->files->flow, m_flow->shown());
            } else if (form == u"dot") {
                bytes = flowAsDot(m_picture->files->flow, m_flow->shown(), weight).toUtf8();
            } else if (form == u"mmd") {
                bytes = flowAsMermaid(m_picture->files->flow, m_flow->shown(), weight).toUtf8();
            } else {
                QBuffer buffer(&bytes);
                buffer.open(QIODevice::WriteOnly);
                m_flow->image().save(&buffer, "PNG");
            }
            m_apply.ask([source = &m_source, file, bytes](std::stop_token) -> Result<bool> {
                const Status done = source->write(file, bytes);
                if (!done)
                    return tl::unexpected<Error>(done.error());
                return true;
            });
        });
}

} // namespace spillway::views
