// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/schemas/schemaspage.h"

#include "model/base/text.h"
#include "views/schemas/consumerspane.h"
#include "views/schemas/examplepane.h"
#include "views/schemas/noticespane.h"
#include "views/schemas/registrypane.h"
#include "views/schemas/schemawords.h"
#include "views/theme/fonts.h"
#include "views/theme/tokens.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/splitview.h"
#include "views/widgets/tableview.h"

#include <QComboBox>
#include <QEvent>
#include <QFileInfo>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QSlider>
#include <QTabWidget>
#include <QTextBlock>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int leastPane = 116; // pixels: a table's head and three rows

enum Tab { ChangeTab, NoticeTab, RegistryTab };

ColumnSpec column(int number, const QString& title, int width)
{
    ColumnSpec spec;
    spec.column = number;
    spec.title = title;
    spec.width = width;
    return spec;
}

QPlainTextEdit* textPane(const QString& name, const QString& spoken, QWidget* parent)
{
    auto* pane = new QPlainTextEdit(parent);
    pane->setObjectName(name);
    pane->setAccessibleName(spoken);
    pane->setReadOnly(true);
    pane->setLineWrapMode(QPlainTextEdit::NoWrap);
    pane->setFont(monoFont(TextSize::Body));
    pane->setTabChangesFocus(true);
    return pane;
}

/// Shows this line with a ground of its own, and brings it into sight.
/// @param palette  of the page: while light and dark change, it knows before the panes in it do
void markLine(QPlainTextEdit& pane, int line, const QPalette& palette)
{
    const QTextBlock block = pane.document()->findBlockByNumber(line - 1);
    if (!block.isValid()) {
        pane.setExtraSelections({});
        return;
    }
    QTextEdit::ExtraSelection mark;
    mark.cursor = QTextCursor(block);
    mark.format.setBackground(tokensFor(palette).selection);
    mark.format.setProperty(QTextFormat::FullWidthSelection, true);
    pane.setExtraSelections({mark});
    pane.setTextCursor(QTextCursor(block));
    pane.centerCursor();
}

} // namespace

SchemasPage::SchemasPage(const ViewContext& context, SchemaSource& source)
    : Page(context, u"schemas"_s, tr("Schemas"), u"schemas"_s)
    , m_source(source)
    , m_events(4, [](const SchemaEventRow& row) { return row.eventType + u' ' + languageText(row.language); })
    , m_changes(5, [](const ChangeRow& row) { return row.number; })
    , m_policies(1 + static_cast<int>(allCompatibilityLevels.size()) - 1,
                 [](const PolicyRow& row) { return static_cast<int>(row.policy); })
    , m_load([this](Result<SchemaSheet> sheet) { showSheet(std::move(sheet)); })
    , m_stepLoad([this](Result<SchemaStep> step) { showStep(std::move(step)); })
{
    m_tabs = new QTabWidget(this);
    m_tabs->setObjectName(u"schemasTabs"_s);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(buildChanges(), tr("Changes"));
    m_notices = new NoticesPane(context, source, this);
    connect(m_notices, &NoticesPane::said, this, &Page::said);
    connect(m_notices, &NoticesPane::sent, this, &SchemasPage::askAgain);
    m_tabs->addTab(m_notices, tr("Notices"));
    m_registries = new RegistryPane(context, source, this);
    connect(m_registries, &RegistryPane::said, this, &Page::said);
    m_tabs->addTab(m_registries, tr("Registries"));
    connect(m_tabs, &QTabWidget::currentChanged, this, [this](int tab) {
        if (tab == RegistryTab)
            m_registries->enter();
    });
    setContent(m_tabs);
    headline().setSentence(tr("Comparing schema versions"));
    pane().showLoading(tr("Comparing schema versions"));
    addPageAction(tr("Compare an older version"), QKeySequence(Qt::Key_BracketLeft), [this] { moveVersion(-1); });
    addPageAction(tr("Compare a newer version"), QKeySequence(Qt::Key_BracketRight), [this] { moveVersion(1); });
    addPageAction(tr("Acknowledge for the chosen consumer"), QKeySequence(Qt::Key_A), [this] {
        if (m_tabs->currentIndex() == ChangeTab)
            m_consumers->acknowledge();
    });
    addPageAction(tr("Notices and messages to the teams"), QKeySequence(Qt::Key_N),
                  [this] { m_tabs->setCurrentIndex(NoticeTab); });
    addPageAction(tr("Compare with a registry"), QKeySequence(Qt::Key_R),
                  [this] { m_tabs->setCurrentIndex(RegistryTab); });
    addPageAction(tr("Export the notice days as a calendar"), {}, [this] { m_notices->exportCalendar(); });
    addPageAction(tr("Export the events as CSV"), QKeySequence(Qt::CTRL | Qt::Key_E),
                  [this] { m_eventView->exportCsv(); });
}

QWidget* SchemasPage::buildChanges()
{
    m_eventView = new TableView(u"schema-events"_s, context().prompter, this);
    m_eventView->setObjectName(u"schemaEvents"_s);
    m_eventView->setAccessibleName(tr("Events with a schema"));
    m_eventView->show(&m_events, eventColumns());
    m_eventView->setRowKey([this](const QModelIndex& index) { return m_events.at(index).eventType; });
    connect(m_eventView, &TableView::currentRowChanged, this, [this] { presentEvent(false); });
    connect(m_eventView, &TableView::exportFailed, this, &Page::said);
    auto* split = new SplitView(u"schemas"_s, Qt::Horizontal, {1, 2}, this);
    split->addWidget(m_eventView);
    split->addWidget(buildDetail());
    return split;
}

std::vector<ColumnSpec> SchemasPage::eventColumns() const
{
    ColumnSpec event = column(0, tr("Event"), 130);
    event.stretches = true;
    event.text = [this](const QModelIndex& index) { return visibleText(m_events.at(index).eventType); };
    ColumnSpec versions = column(1, tr("Versions"), 70);
    versions.text = [this](const QModelIndex& index) { return versionsText(m_events.at(index).versions); };
    versions.sortKey = [this](const QModelIndex& index) { return QVariant(m_events.at(index).versions.back()); };
    ColumnSpec consumers = column(2, tr("Consumers"), 82);
    consumers.align = CellAlign::Number;
    consumers.text = [this](const QModelIndex& index) { return QString::number(m_events.at(index).consumers); };
    consumers.sortKey = [this](const QModelIndex& index) { return QVariant(m_events.at(index).consumers); };
    ColumnSpec state = column(3, tr("Newest step"), 104);
    state.mark = [this](const QModelIndex& index) { return std::optional(eventMark(m_events.at(index))); };
    state.sortKey = [this](const QModelIndex& index) { return QVariant(-m_events.at(index).breaking); };
    return {event, versions, consumers, state};
}

std::vector<ColumnSpec> SchemasPage::changeColumns() const
{
    ColumnSpec what = column(0, tr("Change"), 240);
    what.stretches = true;
    what.text = [this](const QModelIndex& index) { return visibleText(m_changes.at(index).change.difference.message); };
    ColumnSpec path = column(1, tr("Path"), 190);
    path.isMono = true;
    path.text = [this](const QModelIndex& index) { return visibleText(m_changes.at(index).change.difference.path); };
    ColumnSpec place = column(2, tr("Line"), 52);
    place.align = CellAlign::Number;
    place.text = [this](const QModelIndex& index) {
        return QString::number(m_changes.at(index).change.difference.place.line);
    };
    place.sortKey = [this](const QModelIndex& index) {
        return QVariant(m_changes.at(index).change.difference.place.line);
    };
    ColumnSpec directions = column(3, tr("New reads old"), 100);
    directions.mark = [this](const QModelIndex& index) {
        return std::optional(directionMark(m_changes.at(index).change.difference.backward));
    };
    ColumnSpec forward = column(4, tr("Old reads new"), 100);
    forward.mark = [this](const QModelIndex& index) {
        return std::optional(directionMark(m_changes.at(index).change.difference.forward));
    };
    return {what, path, place, directions, forward};
}

std::vector<ColumnSpec> SchemasPage::policyColumns() const
{
    ColumnSpec policy = column(0, tr("Policy"), 124);
    policy.stretches = true;
    policy.text = [this](const QModelIndex& index) {
        return m_shown.language == SchemaLanguage::JsonSchema ? compatibilityPolicyWord(m_policies.at(index).policy)
                                                              : languageText(m_shown.language);
    };
    std::vector<ColumnSpec> specs{policy};
    for (const CompatibilityLevel level : allCompatibilityLevels) {
        if (level == CompatibilityLevel::None)
            continue;
        QString title = compatibilityLevelWord(level);
        const bool isOverAll = title.endsWith(u"_TRANSITIVE"_s);
        title = title.section(u'_', 0, 0);
        title = title.left(1) + title.sliced(1).toLower();
        ColumnSpec spec = column(static_cast<int>(specs.size()), isOverAll ? tr("%1, all").arg(title) : title, 92);
        spec.mark = [this, level](const QModelIndex& index) {
            const auto& broken = m_policies.at(index).broken;
            const bool isBroken = std::find(broken.begin(), broken.end(), level) != broken.end();
            return std::optional(isBroken ? CellMark{Tone::Critical, tr("breaks")} : CellMark{Tone::Ok, tr("holds")});
        };
        specs.push_back(std::move(spec));
    }
    return specs;
}

QWidget* SchemasPage::buildDetail()
{
    m_detail = new QWidget(this);
    m_name = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, m_detail);
    m_name->setFont(uiFont(TextSize::Title, true));
    m_name->setElided(true);
    m_name->setObjectName(u"schemaName"_s);
    m_meaning = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, m_detail);
    m_meaning->setWordWrap(true);
    m_meaning->setObjectName(u"schemaMeaning"_s);
    m_changeView = new TableView(u"schema-changes"_s, context().prompter, m_detail);
    m_changeView->setObjectName(u"schemaChanges"_s);
    m_changeView->setAccessibleName(tr("Changes between the two versions"));
    m_changeView->show(&m_changes, changeColumns());
    connect(m_changeView, &TableView::currentRowChanged, this, [this] { showChange(); });
    m_example = new ExamplePane(m_detail);
    m_command = new CommandLine({}, m_detail);
    m_comparison = new QWidget(m_detail);
    auto* comparison = new QVBoxLayout(m_comparison);
    comparison->setContentsMargins(0, 0, 0, 0);
    comparison->setSpacing(8);
    comparison->addWidget(buildVersions());
    m_changeView->setMinimumHeight(leastPane);
    comparison->addWidget(m_changeView, 3);
    comparison->addWidget(m_example);
    comparison->addWidget(buildTexts(), 4);
    comparison->addWidget(buildConsequences(), 3);
    auto* layout = new QVBoxLayout(m_detail);
    layout->setContentsMargins(16, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_name);
    layout->addWidget(m_meaning);
    layout->addWidget(m_comparison, 1);
    layout->addStretch(0);
    layout->addWidget(m_command);
    return m_detail;
}

QWidget* SchemasPage::buildVersions()
{
    auto* row = new QWidget(this);
    m_from = new QComboBox(row);
    m_from->setObjectName(u"fromVersion"_s);
    m_from->setAccessibleName(tr("Older version"));
    connect(m_from, &QComboBox::currentIndexChanged, this, [this] { askStep(); });
    m_to = new QSlider(Qt::Horizontal, row);
    m_to->setObjectName(u"toVersion"_s);
    m_to->setAccessibleName(tr("Newer version"));
    m_to->setPageStep(1);
    m_to->setTickPosition(QSlider::TicksBelow);
    m_to->setTickInterval(1);
    connect(m_to, &QSlider::valueChanged, this, [this](int index) {
        // The step before is what one looks for; another one can be chosen after.
        const QSignalBlocker quiet(m_from);
        m_from->setCurrentIndex(index - 1);
        askStep();
    });
    m_toText = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, row);
    m_toText->setObjectName(u"toVersionText"_s);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(new PlainTextLabel(tr("From"), TextSize::Body, PlainTextLabel::Ink::Muted, row));
    layout->addWidget(m_from);
    layout->addWidget(new PlainTextLabel(tr("to"), TextSize::Body, PlainTextLabel::Ink::Muted, row));
    layout->addWidget(m_toText);
    layout->addWidget(m_to, 1);
    return row;
}

QWidget* SchemasPage::buildTexts()
{
    auto* split = new SplitView(u"schema-texts"_s, Qt::Horizontal, {1, 1}, this);
    const auto side = [&](PlainTextLabel*& name, QPlainTextEdit*& text, const QString& object, const QString& spoken) {
        auto* pane = new QWidget(split);
        name = new PlainTextLabel({}, TextSize::Small, PlainTextLabel::Ink::Muted, pane);
        name->setElided(true);
        text = textPane(object, spoken, pane);
        auto* layout = new QVBoxLayout(pane);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(4);
        layout->addWidget(name);
        layout->addWidget(text, 1);
        split->addWidget(pane);
    };
    side(m_oldName, m_oldText, u"oldSchema"_s, tr("Older version's text"));
    side(m_newName, m_newText, u"newSchema"_s, tr("Newer version's text"));
    return split;
}

QWidget* SchemasPage::buildConsequences()
{
    auto* tabs = new QTabWidget(this);
    tabs->setObjectName(u"schemaConsequences"_s);
    tabs->setDocumentMode(true);
    m_consumers = new ConsumersPane(context(), m_source, tabs);
    connect(m_consumers, &ConsumersPane::said, this, &Page::said);
    connect(m_consumers, &ConsumersPane::acknowledged, this, &SchemasPage::askAgain);
    connect(m_consumers, &ConsumersPane::tellWanted, this, [this] {
        m_tabs->setCurrentIndex(NoticeTab);
        m_notices->choose(m_step.eventType, m_step.to);
    });
    m_policyView = new TableView(u"schema-policies"_s, context().prompter, tabs);
    m_policyView->setObjectName(u"schemaPolicies"_s);
    m_policyView->setAccessibleName(tr("Levels that hold, by policy"));
    m_policyView->show(&m_policies, policyColumns());
    tabs->setCornerWidget(m_consumers->actions());
    tabs->setMinimumHeight(leastPane + 40);
    tabs->addTab(m_consumers, tr("Consumers"));
    tabs->addTab(m_policyView, tr("Levels by policy"));
    return tabs;
}

void SchemasPage::refresh()
{
    // Each sample is news, and schemas hardly ever change: an answer under way is new enough. Asking again each time
    // would never end where comparing takes longer than a sample.
    if (m_load.isRunning() || m_stepLoad.isRunning())
        return;
    if (m_events.rowCount() == 0)
        pane().showLoading(tr("Comparing schema versions"));
    m_load.refresh([&source = m_source](std::stop_token stop) { return source.schemas(stop); });
}

void SchemasPage::askAgain()
{
    // What is under way may have been read before the decision: its answer is followed by another one.
    m_load.refresh([&source = m_source](std::stop_token stop) { return source.schemas(stop); });
    askStep();
}

bool SchemasPage::leave()
{
    if (m_tabs->currentIndex() == ChangeTab)
        return false;
    m_tabs->setCurrentIndex(ChangeTab);
    m_eventView->setFocus();
    return true;
}

void SchemasPage::open(const QString& argument)
{
    if (argument == u"notices" || argument == u"registries") {
        m_tabs->setCurrentIndex(argument == u"notices" ? NoticeTab : RegistryTab);
        refresh();
        return;
    }
    m_tabs->setCurrentIndex(ChangeTab);
    m_wanted = argument;
    refresh();
    selectWanted();
}

bool SchemasPage::isSettled() const
{
    return Page::isSettled() && !m_load.isRunning() && !m_stepLoad.isRunning() && !m_consumers->isBusy() &&
           !m_notices->isBusy() && !m_registries->isBusy();
}

void SchemasPage::takeFocus()
{
    m_eventView->setFocus();
}

void SchemasPage::showSheet(Result<SchemaSheet> sheet)
{
    if (!sheet) {
        pane().showFailure(tr("The schemas could not be compared"), sheet.error(),
                           {tr("Try again"), [this] { refresh(); }});
        return;
    }
    if (sheet->events.empty()) {
        m_events.replace({});
        m_shown = {};
        headline().setSentence(tr("No event has a schema here"));
        headline().setDetail({});
        pane().showEmpty(
            sheet->folder.isEmpty() ? tr("The workspace names no schemas") : tr("The folder holds no schema"),
            tr("Name the folder as schemas: in spillway.yaml, and call files EVENT.v1.json, .avsc or .proto."),
            {tr("Read how schemas are found"), [this] {
                 Q_EMIT linkActivated({u"help"_s, u"schemas"_s});
             }});
        return;
    }
    headline().setSentence(schemasHeadline(*sheet));
    headline().setDetail(sheet->notes.isEmpty() ? tr("By the level and policy that the folder's rules set")
                                                : visibleText(sheet->notes.mid(0, 2).join(u"; ")));
    const auto overdue = std::count_if(sheet->notices.begin(), sheet->notices.end(),
                                       [](const SchemaNotice& notice) { return notice.state == NoticeState::Overdue; });
    m_tabs->setTabText(NoticeTab, overdue > 0              ? tr("Notices (%1 overdue)").arg(overdue)
                                  : sheet->notices.empty() ? tr("Notices")
                                                           : tr("Notices (%1)").arg(sheet->notices.size()));
    m_notices->show(std::move(sheet->notices), sheet->today);
    m_events.apply(std::move(sheet->events));
    presentContent();
    selectWanted();
    if (!m_eventView->currentIndex().isValid())
        m_eventView->selectRow(0);
    else
        presentEvent(true);
}

void SchemasPage::selectWanted()
{
    if (m_wanted.isEmpty())
        return;
    for (int row = 0; row < m_events.rowCount(); ++row) {
        if (m_events.row(row).eventType != m_wanted)
            continue;
        m_wanted.clear();
        m_eventView->selectRow(m_eventView->presented().mapFromSource(m_events.index(row, 0)).row());
        return;
    }
}

void SchemasPage::presentEvent(bool isSame)
{
    const QModelIndex current = m_eventView->currentSource();
    m_detail->setVisible(current.isValid());
    if (!current.isValid()) {
        m_shown = {};
        return;
    }
    const SchemaEventRow row = m_events.at(current);
    const bool isOther =
        row.eventType != m_shown.eventType || row.versions != m_shown.versions || row.language != m_shown.language;
    m_shown = row;
    m_name->setText(visibleText(row.eventType));
    m_meaning->setText(visibleText(eventMeaning(row)));
    m_command->setLine(u"spillwayctl schema check"_s);
    const bool canCompare = row.versions.size() > 1;
    m_comparison->setVisible(canCompare);
    if (!canCompare)
        return;
    if (isOther) {
        const QSignalBlocker quietFrom(m_from);
        const QSignalBlocker quietTo(m_to);
        m_from->clear();
        for (const int version : row.versions)
            m_from->addItem(u"v%1"_s.arg(version));
        const int last = static_cast<int>(row.versions.size()) - 1;
        m_to->setRange(1, last);
        m_to->setValue(last);
        m_to->setEnabled(last > 1);
        m_from->setCurrentIndex(last - 1);
    }
    if (isOther || isSame)
        askStep();
}

void SchemasPage::moveVersion(int by)
{
    m_to->setValue(m_to->value() + by);
}

void SchemasPage::askStep()
{
    const auto version = [this](int index) {
        const int last = static_cast<int>(m_shown.versions.size()) - 1;
        return m_shown.versions[static_cast<std::size_t>(std::clamp(index, 0, last))];
    };
    if (m_shown.versions.size() < 2)
        return;
    const int to = version(m_to->value());
    const int from = version(m_from->currentIndex());
    m_toText->setText(u"v%1"_s.arg(to));
    const auto work = [&source = m_source, event = m_shown.eventType, from, to](std::stop_token stop) {
        return source.schemaStep(event, from, to, stop);
    };
    if (m_step.eventType == m_shown.eventType && m_step.from == from && m_step.to == to)
        m_stepLoad.refresh(work);
    else
        m_stepLoad.ask(work);
}

void SchemasPage::showStep(Result<SchemaStep> step)
{
    if (!step) {
        m_step = {};
        m_changes.replace({});
        m_policies.replace({});
        m_oldText->clear();
        m_newText->clear();
        m_example->say(visibleText(step.error().detail, true));
        m_consumers->show({}, {});
        return;
    }
    if (*step == m_step)
        return;
    const bool isOther = step->eventType != m_step.eventType || step->from != m_step.from || step->to != m_step.to;
    m_step = std::move(*step);
    std::vector<ChangeRow> rows;
    for (const SchemaChange& change : m_step.changes)
        rows.push_back({static_cast<int>(rows.size()), change});
    m_oldName->setText(visibleText(m_step.oldFile));
    m_newName->setText(visibleText(m_step.newFile));
    m_oldText->setPlainText(visibleText(m_step.oldText, true));
    m_newText->setPlainText(visibleText(m_step.newText, true));
    m_consumers->show(m_step.impact, m_step.notice);
    m_policies.replace(m_step.policies);
    if (isOther)
        m_changes.replace(std::move(rows));
    else
        m_changes.apply(std::move(rows));
    if (m_changes.rowCount() > 0 && !m_changeView->currentIndex().isValid())
        m_changeView->selectRow(0);
    showChange();
}

void SchemasPage::showChange()
{
    const QModelIndex current = m_changeView->currentSource();
    if (!current.isValid()) {
        m_example->say(m_changes.rowCount() == 0 ? tr("Nothing that matters to readers changed.") : QString());
        m_oldText->setExtraSelections({});
        m_newText->setExtraSelections({});
        return;
    }
    const SchemaChange& change = m_changes.at(current).change;
    const SchemaDifference& difference = change.difference;
    m_example->show(change, m_step.from, m_step.to);
    markLine(*m_oldText, difference.oldPlace.line, palette());
    markLine(*m_newText, difference.place.line, palette());
}

/// Marks have a colour, and light and dark may change while the texts stand.
void SchemasPage::changeEvent(QEvent* event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_changeView)
        showChange();
}

} // namespace spillway::views
