// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/folders.h"
#include "tests/support/manualclock.h"
#include "tests/views/fakedatasource.h"
#include "views/catalog/catalogpage.h"
#include "views/catalog/eventpane.h"
#include "views/catalog/flowview.h"
#include "views/catalog/flowweights.h"
#include "views/catalog/registrationpane.h"
#include "views/widgets/filterfield.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/tableview.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollArea>
#include <QSettings>
#include <QSignalSpy>
#include <QSlider>
#include <QStandardPaths>
#include <QTabWidget>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

JoinedEvent made(const QString& type, const QString& service, const QStringList& consumers)
{
    JoinedEvent event;
    event.eventType = type;
    event.domain = type.section(u'.', 0, 0);
    event.producer = {
        .team = service + u"-team"_s, .service = service, .slackChannel = u"#c"_s, .oncallRotation = u"rota"_s};
    for (const QString& consumer : consumers)
        event.consumers.push_back(
            {.team = consumer + u"-team"_s, .service = consumer, .group = consumer, .isOwned = true, .isListed = true});
    return event;
}

/// A company in memory; remembers what was to be written.
class FakeCatalog final : public CatalogSource
{
public:
    Result<std::shared_ptr<const CatalogPicture>> picture(std::stop_token) override
    {
        if (failure)
            return tl::unexpected<Error>(*failure);
        auto picture = std::make_shared<CatalogPicture>();
        if (!files || isChanged) {
            auto judged = std::make_shared<JudgedCatalog>();
            judged->sources.events = events;
            judged->sources.workspace.folder = u"/w"_s;
            judged->sources.workspace.schemasFolder = u"/w/schemas"_s;
            judged->sources.catalog.text = YamlText(u"/w/cat.yaml"_s, "a: 1\n");
            judged->index = CatalogIndex(events);
            judged->flow = FlowGraph(events);
            judged->lint.findings = findings;
            judged->costs = costs;
            judged->contacts = contacts;
            files = judged;
            isChanged = false;
        }
        picture->files = files;
        picture->slos = slos;
        picture->matrix = teamMatrix(events, slos);
        picture->scorecard = {{.phase = 1,
                               .item = u"phase-met"_s,
                               .scope = u"all"_s,
                               .value = 50,
                               .target = 100,
                               .isCount = false,
                               .isMet = false,
                               .evidence = u"1 of 2"_s,
                               .nextStep = u"do it"_s}};
        return std::shared_ptr<const CatalogPicture>(picture);
    }
    Result<EventVersion> version(const QString& eventType, std::optional<int> version, std::stop_token) override
    {
        asked += u"%1 v%2"_s.arg(eventType, version ? QString::number(*version) : u"newest"_s);
        if (eventType != u"order.created"_s || (version && *version > 3))
            return fail(ErrorCode::NotFound, u"no such schema"_s);
        EventVersion found{.eventType = eventType, .versions = {1, 2, 3}, .version = version.value_or(3)};
        found.fields = {{.path = u"field%1"_s.arg(found.version), .type = u"string"_s, .description = {}}};
        if (found.version > 1) {
            found.previous = found.version - 1;
            SchemaChange change{.eventType = eventType, .from = *found.previous, .to = found.version};
            change.difference.path = u"#/required/x"_s;
            change.difference.message = u"x is required now"_s;
            change.verdict = found.version == 3 ? ChangeVerdict::Breaking : ChangeVerdict::Compatible;
            found.changes = {change};
        }
        return found;
    }
    Result<EventHistory> history(const JoinedEvent& event, std::stop_token) override
    {
        ++histories;
        if (event.eventType != u"order.created"_s)
            return fail(ErrorCode::NotFound, u"/w lies in no Git repository"_s);
        return EventHistory{.commits = {{.commit = QString(40, u'a'),
                                         .at = UtcTime(Millis{1'000}),
                                         .author = u"Ann"_s,
                                         .subject = u"more"_s,
                                         .changes = {u"schema v2 added"_s}}},
                            .uncommitted = {},
                            .note = {}};
    }
    /// With the real rules, over files in memory.
    Result<std::shared_ptr<const PlannedRegistration>> planRegistration(const Registration& registration,
                                                                        std::stop_token) override
    {
        Workspace workspace;
        workspace.folder = u"/w"_s;
        workspace.ownershipFile = u"/w/own.yaml"_s;
        workspace.catalogFile = u"/w/cat.yaml"_s;
        workspace.schemasFolder = u"/w/schemas"_s;
        auto sources = catalogSourcesOf(workspace, "events: {} # ours\n", "catalog: []\n");
        auto planned = std::make_shared<PlannedRegistration>();
        planned->faults = registrationFaults(registration, *sources.value);
        if (!planned->faults.empty())
            return planned;
        const auto imported = registrationOf(registration, *sources.value);
        if (!imported)
            return tl::unexpected<Error>(imported.error());
        planned->change.sources = std::move(*sources.value);
        planned->change.plan = ::spillway::planImport(planned->change.sources, *imported);
        planned->change.whyNotWritable = whyNotWritable;
        planned->currency = u"EUR"_s;
        planned->costPerDay = Money{2'500'000};
        planned->costPerMonth = Money{76'041'667};
        if (registration.startsSchema)
            planned->schema = schemaStub(workspace, imported->events.front());
        return planned;
    }
    Result<QStringList> applyRegistration(const PlannedRegistration& planned) override
    {
        registered += planned.change.plan.edits.size() == 2 ? u"two edits"_s : u"others"_s;
        return QStringList{u"/w/own.yaml"_s};
    }
    Result<std::shared_ptr<const ExportPlan>> planExport(ExchangeForm form, const QString& path,
                                                         std::stop_token) override
    {
        asked += u"export %1 %2"_s.arg(static_cast<int>(form)).arg(path);
        if (path == u"/bad"_s)
            return fail(ErrorCode::InvalidConfig, u"/bad: name a file that ends in .json"_s);
        auto plan = std::make_shared<ExportPlan>();
        plan->exported.notes = {u"an Avro schema"_s};
        plan->files = plannedFiles;
        return plan;
    }
    Result<QStringList> writeExport(const ExportPlan&, bool replaces) override
    {
        asked += replaces ? u"write over"_s : u"write"_s;
        return QStringList{u"/out/a"_s};
    }
    Result<std::shared_ptr<const PlannedImport>> planImport(ExchangeForm, const QString& path, std::stop_token) override
    {
        asked += u"import "_s + path;
        Workspace workspace;
        workspace.folder = u"/w"_s;
        workspace.ownershipFile = u"/w/own.yaml"_s;
        workspace.catalogFile = u"/w/cat.yaml"_s;
        auto import = std::make_shared<PlannedImport>();
        import->sources = std::move(
            *catalogSourcesOf(workspace, "events: {}\n", "catalog:\n  - event_type: a.b\n    topic: t\n").value);
        ImportedCatalog told;
        told.events = {{.eventType = u"a.b"_s, .description = u"new words"_s, .topic = u"other"_s}};
        told.notes = {u"passed over"_s};
        import->plan = ::spillway::planImport(import->sources, told);
        import->notes = told.notes;
        return import;
    }
    Result<QStringList> applyImport(const PlannedImport& import) override
    {
        registered += u"%1 edits"_s.arg(import.plan.edits.size());
        return QStringList{u"/w/cat.yaml"_s};
    }
    Status apply(const std::vector<YamlText>&, const FixIt& fix, std::stop_token) override
    {
        applied += fix.title;
        return {};
    }
    Status write(const QString&, const QByteArray& bytes) override
    {
        written = bytes;
        return {};
    }
    std::vector<JoinedEvent> events;
    std::vector<CatalogFinding> findings;
    std::vector<SloRow> slos;
    std::map<QString, EventDayCost> costs;
    ContactLinks contacts;
    std::shared_ptr<const JudgedCatalog> files;
    bool isChanged = false;
    QStringList asked; // versions
    int histories = 0;
    QString whyNotWritable;
    std::vector<PlannedFile> plannedFiles;
    QStringList registered;
    std::optional<Error> failure;
    QStringList applied;
    QByteArray written;
};

class YesPrompter final : public Prompter
{
public:
    void confirm(QWidget*, const ConfirmRequest& request, std::function<void(ConfirmAnswer)> answer) override
    {
        asked = request.title;
        answer({.isAccepted = true, .reason = {}, .text = {}});
    }
    void chooseSaveFile(QWidget*, const QString&, const QString& suggestion, const QString&,
                        std::function<void(QString)> answer) override
    {
        answer(suggestion);
    }
    void chooseFolder(QWidget*, const QString&, std::function<void(QString)> answer) override { answer({}); }
    void openAddress(const QString& url) override { opened += url; }
    QString asked;
    QStringList opened;
};

/// For people to look at.
void savePicture(QWidget* widget, const QString& name)
{
    QVERIFY(QDir().mkpath(test::buildFile(u"screens"_s)));
    QVERIFY(widget->grab().save(test::buildFile(u"screens/"_s) + name));
}

/// With what is scrolled out of sight.
void saveWhole(QWidget* pane, const QString& name)
{
    savePicture(pane->findChild<QScrollArea*>()->widget(), name);
}

} // namespace

class CatalogPageTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void eventsAreFoundAndShown();
    void theSheetSaysWhatItCostsOrWhyNot();
    void versionsAreLeafedThrough();
    void aMissingVersionFallsBackToTheNewest();
    void newSamplesAskForNoHistory();
    void addressesAreShownBeforeTheyOpen();
    void teamsAndEventsStandInAMatrix();
    void unknownWeightsAreNotZero();
    void anEventIsRegistered();
    void filesThatCannotBeWrittenAreCopied();
    void anExportIsLookedAtFirst();
    void anImportIsLookedAtFirst();
    void typedNumbers_data();
    void typedNumbers();
    void aFaultyQueryKeepsWhatWasShown();
    void changesAreShownAndWritten();
    void manyAlikeAreOneRow();
    void theFlowIsWalkedByKeys();
    void onlyWhatIsInSightIsPainted();
    void emptyAndFailed();

private:
    void build();
    [[nodiscard]] TableView* table(const QString& name) const
    {
        for (auto* view : m_page->findChildren<TableView*>()) {
            if (view->accessibleName() == name)
                return view;
        }
        return nullptr;
    }
    [[nodiscard]] QString sheet() const
    {
        QString all;
        for (const auto* part : m_page->findChildren<PlainTextLabel*>(QRegularExpression(u"^eventPart"_s)))
            all += part->fullText() + u'\n';
        return all;
    }
    [[nodiscard]] QString text(const QString& name) const
    {
        return m_page->findChild<PlainTextLabel*>(name)->fullText();
    }
    test::ManualClock m_clock;
    std::unique_ptr<test::FakeDataSource> m_data;
    std::unique_ptr<ViewSettings> m_settings;
    FakeCatalog m_source;
    YesPrompter m_prompter;
    std::unique_ptr<CatalogPage> m_page;
};

void CatalogPageTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(u"spillway-test"_s);
    QCoreApplication::setApplicationName(u"tst_catalogpage"_s);
}

void CatalogPageTest::init()
{
    QSettings().clear();
    m_data = std::make_unique<test::FakeDataSource>(m_clock.now());
    m_settings = std::make_unique<ViewSettings>(m_clock);
    m_source = {};
    m_prompter = {};
    m_source.events = {made(u"order.created"_s, u"order"_s, {u"payment"_s, u"stock"_s}),
                       made(u"payment.completed"_s, u"payment"_s, {u"mail"_s})};
    CatalogFinding finding{.place = {u"/w/cat.yaml"_s, 1, 4},
                           .rule = u"volume-drift"_s,
                           .severity = LintSeverity::Warning,
                           .message = u"declares 1; write 2"_s,
                           .event = u"order.created"_s,
                           .evidence = u"seen on Monday"_s,
                           .fix = {}};
    finding.fix = FixIt{.title = u"set a to 2"_s,
                        .edits = {{.from = {u"/w/cat.yaml"_s, 1, 4}, .endLine = 1, .endColumn = 5, .text = u"2"_s}}};
    m_source.findings = {finding};
}

void CatalogPageTest::cleanup()
{
    m_page.reset();
    waitForLoads();
}

void CatalogPageTest::build()
{
    m_page = std::make_unique<CatalogPage>(ViewContext{*m_data, *m_settings, m_prompter}, m_source);
    m_page->resize(1200, 800);
    m_page->show();
    m_page->refresh();
    QTRY_VERIFY(m_page->isSettled());
}

void CatalogPageTest::eventsAreFoundAndShown()
{
    build();
    QCOMPARE(m_page->headlineText(), u"2 events; 0 errors and 1 warnings in what is said of them"_s);
    auto* view = table(u"Events"_s);
    QVERIFY(view);
    QCOMPARE(view->model()->rowCount(), 2);
    m_page->findChild<FilterField*>(u"catalogSearch"_s)->setQuery(u"consumer:mail"_s);
    m_page->open(u"payment.completed"_s);
    QCOMPARE(view->model()->rowCount(), 1);
    QVERIFY2(sheet().contains(u"mail (mail-team)"_s) && sheet().contains(u"1 services: mail"_s), qPrintable(sheet()));
    QVERIFY(text(u"eventOwner"_s).contains(u"on call rota"_s));
}

void CatalogPageTest::theSheetSaysWhatItCostsOrWhyNot()
{
    EventDayCost cost{.currency = u"EUR"_s, .day = Money{1'500'000}, .month = Money{45'625'000}};
    cost.byBasis[static_cast<std::size_t>(QuantityBasis::Assumed)] = cost.day;
    cost.teams = {{u"order-team"_s, Money{500'000}}, {u"payment-team"_s, Money{1'000'000}}};
    m_source.costs = {{u"order.created"_s, cost}};
    build();
    m_page->open(u"order.created"_s);
    const QString known = sheet();
    QVERIFY2(known.contains(u"1.50 EUR a day, 45.63 EUR a month, partly by what the pricing profile assumes"_s) &&
                 known.contains(u"payment-team 1.00, order-team 0.50"_s),
             qPrintable(known));
    m_page->open(u"payment.completed"_s);
    QVERIFY2(sheet().contains(u"not known: the event is not in the catalog"_s), qPrintable(sheet()));
    QTRY_VERIFY(m_page->isSettled());
}

void CatalogPageTest::versionsAreLeafedThrough()
{
    build();
    m_page->open(u"order.created"_s);
    QTRY_VERIFY(m_page->isSettled());
    auto* slider = m_page->findChild<QSlider*>(u"eventVersion"_s);
    QCOMPARE(slider->maximum(), 2);
    QCOMPARE(slider->value(), 2);
    QVERIFY2(text(u"eventChanges"_s).contains(u"1 may break readers"_s) &&
                 text(u"eventChanges"_s).contains(u"breaks: x is required now (#/required/x)"_s),
             qPrintable(text(u"eventChanges"_s)));
    slider->setFocus();
    QTest::keyClick(slider, Qt::Key_Left);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(text(u"eventVersionText"_s), u"v2 of v1–v3"_s);
    QVERIFY(text(u"eventFields"_s).contains(u"field2"_s));
    QVERIFY(text(u"eventChanges"_s).contains(u"none breaks"_s));
    QTest::keyClick(slider, Qt::Key_Left);
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY(text(u"eventChanges"_s).contains(u"The first version"_s));
    saveWhole(m_page->findChild<EventPane*>(), u"catalog-event.png"_s);
    QSignalSpy link(m_page.get(), &Page::linkActivated);
    m_page->findChild<QPushButton*>(u"openSchemas"_s)->click();
    QCOMPARE(link.size(), 1);
    QCOMPARE(link.first().first().value<PageLink>(), (PageLink{u"schemas"_s, u"order.created"_s}));
    // Another event has none, and says so.
    m_page->open(u"payment.completed"_s);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(text(u"eventChanges"_s), u"no such schema"_s);
    QVERIFY(!slider->isVisible());
}

/// The catalog may name a version that is not there.
void CatalogPageTest::aMissingVersionFallsBackToTheNewest()
{
    m_source.events[0].currentVersion = 9;
    build();
    m_page->open(u"order.created"_s);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(text(u"eventVersionText"_s), u"v3 of v1–v3"_s);
}

void CatalogPageTest::newSamplesAskForNoHistory()
{
    build();
    m_page->open(u"order.created"_s);
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY2(text(u"eventHistory"_s).contains(u"Ann"_s) && text(u"eventHistory"_s).contains(u"schema v2 added"_s),
             qPrintable(text(u"eventHistory"_s)));
    const int before = m_source.histories;
    const qsizetype versions = m_source.asked.size();
    m_page->refresh();
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(m_source.histories, before); // the files are the same
    QCOMPARE(m_source.asked.size(), versions);
    m_source.isChanged = true;
    m_page->refresh();
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(m_source.histories, before + 1);
    m_page->open(u"payment.completed"_s);
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY(text(u"eventHistory"_s).contains(u"lies in no Git repository"_s));
}

void CatalogPageTest::addressesAreShownBeforeTheyOpen()
{
    m_source.contacts.oncallRotation = u"https://on.example/{name}"_s;
    build();
    m_page->open(u"order.created"_s);
    QTRY_VERIFY(m_page->isSettled());
    auto* button = m_page->findChild<QPushButton*>(u"openOnCall"_s);
    QVERIFY(button);
    QVERIFY(!m_page->findChild<QPushButton*>(u"openChannel"_s)); // nobody said where the channel is
    button->click();
    QVERIFY(m_prompter.asked.contains(u"Open this address"_s));
    QCOMPARE(m_prompter.opened, QStringList{u"https://on.example/rota"_s});
}

void CatalogPageTest::teamsAndEventsStandInAMatrix()
{
    m_source.events[0].consumers[0].sloProcessingTimeMs = 500;
    m_source.slos = {{.consumer = u"payment"_s, .eventType = u"order.created"_s, .state = SloState::Violated}};
    build();
    m_page->findChild<QTabWidget*>(u"catalogTabs"_s)->setCurrentIndex(2);
    auto* view = m_page->findChild<QTableView*>(u"teamMatrix"_s);
    QAbstractItemModel* model = view->model();
    const QAbstractItemModelTester tester(model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model->rowCount(), 2);
    QCOMPARE(model->columnCount(), 5); // the count, mail, order, payment, stock
    QCOMPARE(model->headerData(3, Qt::Horizontal).toString(), u"payment-team\n1 out, 1 in, 1 broken"_s);
    QCOMPARE(model->headerData(0, Qt::Vertical).toString(), u"order.created"_s);
    QCOMPARE(model->index(0, 3).data().toString(), u"reads: broken"_s);
    QCOMPARE(model->index(1, 3).data().toString(), u"publishes"_s);
    QVERIFY(!model->index(1, 2).data().isValid());
    QVERIFY(!model->index(0, 5).isValid());
    // By mail's column: what it reads comes first.
    view->sortByColumn(1, Qt::AscendingOrder);
    QCOMPARE(model->headerData(0, Qt::Vertical).toString(), u"payment.completed"_s);
    view->sortByColumn(0, Qt::DescendingOrder);
    QCOMPARE(model->headerData(0, Qt::Vertical).toString(), u"order.created"_s);
    view->setCurrentIndex(model->index(0, 3));
    QVERIFY2(text(u"matrixSentence"_s)
                 .contains(u"payment-team reads order.created with payment; its worst promise: broken"_s),
             qPrintable(text(u"matrixSentence"_s)));
    // The place survives a change.
    m_source.slos.front().state = SloState::Met;
    m_page->refresh();
    QTRY_COMPARE(model->index(0, 3).data().toString(), u"reads: met"_s);
    QCOMPARE(view->currentIndex(), model->index(0, 3));
    QTest::keyClick(view, Qt::Key_Return);
    QCOMPARE(m_page->findChild<QTabWidget*>(u"catalogTabs"_s)->currentIndex(), 0);
    QCOMPARE(table(u"Events"_s)->model()->rowCount(), 1);
}

void CatalogPageTest::unknownWeightsAreNotZero()
{
    m_source.costs = {{u"order.created"_s, EventDayCost{.currency = u"EUR"_s, .day = Money{2'000'000}}}};
    build();
    const auto picture = *m_source.picture({});
    const FlowWeights cost = flowWeights(*picture, FlowWeightKind::Cost);
    QCOMPARE(cost.shares.value(u"order.created"_s), 1.0);
    QVERIFY(!cost.shares.contains(u"payment.completed"_s));
    QCOMPARE(cost.words.value(u"order.created"_s), u"2.00 EUR a day"_s);
    QCOMPARE(cost.words.value(u"payment.completed"_s), u"not known"_s);
    QCOMPARE(cost.unknown, 1);
    QCOMPARE(flowWeights(*picture, FlowWeightKind::Lag).unknown, 2); // no group was seen
    QCOMPARE(flowWeights(*picture, FlowWeightKind::DeadLetters).unknown, 0);
    m_page->findChild<QTabWidget*>(u"catalogTabs"_s)->setCurrentIndex(1);
    m_page->findChild<QComboBox*>(u"flowWeight"_s)->setCurrentIndex(4);
    QCOMPARE(text(u"flowText"_s), u"Dashed: not known of 1 events"_s);
    QVERIFY(!m_page->findChild<FlowView*>()->image().isNull());
}

void CatalogPageTest::anEventIsRegistered()
{
    build();
    auto* tabs = m_page->findChild<QTabWidget*>(u"catalogTabs"_s);
    tabs->setCurrentIndex(5);
    auto* event = m_page->findChild<QLineEdit*>(u"registerEvent"_s);
    auto* write = m_page->findChild<QPushButton*>(u"registerWrite"_s);
    QVERIFY(!write->isEnabled());
    event->setFocus();
    QTest::keyClicks(event, u"order.shipped"_s);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(text(u"registerHeadline"_s), u"6 facts are missing"_s);
    QCOMPARE(text(u"registerEventFault"_s), QString());
    QCOMPARE(text(u"registerTeamFault"_s), u"needed"_s);
    m_page->findChild<QComboBox*>(u"registerTeam"_s)->setEditText(u"order-team"_s);
    m_page->findChild<QComboBox*>(u"registerService"_s)->setEditText(u"order"_s);
    m_page->findChild<QLineEdit*>(u"registerReaders"_s)->setText(u"stock-team/stock, mail"_s);
    m_page->findChild<QLineEdit*>(u"registerVolume"_s)->setText(u"100 000"_s);
    m_page->findChild<QLineEdit*>(u"registerBytes"_s)->setText(u"much"_s);
    m_page->findChild<QLineEdit*>(u"registerDays"_s)->setText(u"7"_s);
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY2(text(u"registerReadersFault"_s).contains(u"is no TEAM/SERVICE"_s),
             qPrintable(text(u"registerReadersFault"_s)));
    QVERIFY2(text(u"registerBytesFault"_s).contains(u"no whole number"_s), qPrintable(text(u"registerBytesFault"_s)));
    m_page->findChild<QLineEdit*>(u"registerReaders"_s)->setText(u"stock-team/stock, mail-team/mail"_s);
    m_page->findChild<QLineEdit*>(u"registerBytes"_s)->setText(u"1200"_s);
    m_page->findChild<QCheckBox*>(u"registerSchema"_s)->setChecked(true);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(text(u"registerHeadline"_s), u"Expected cost: 2.50 EUR a day, 76.04 EUR a month"_s);
    const QString change = text(u"registerChange"_s);
    QVERIFY2(change.contains(u"+ events: # ours\n"_s) && change.contains(u"+ catalog:\n"_s) &&
                 change.contains(u"avg_daily_volume: 100000"_s) &&
                 change.contains(u"schemas/order/order.shipped.v1.json, new:"_s) &&
                 change.contains(u"\"const\": \"order.shipped\""_s),
             qPrintable(change));
    QVERIFY(write->isEnabled());
    savePicture(m_page.get(), u"catalog-register.png"_s);
    write->click();
    QTRY_COMPARE(m_source.registered, QStringList{u"two edits"_s});
    QVERIFY(m_prompter.asked.contains(u"Write order.shipped into the files?"_s));
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(tabs->currentIndex(), 0); // where it stands now
}

void CatalogPageTest::filesThatCannotBeWrittenAreCopied()
{
    m_source.events.clear();
    m_source.findings.clear();
    m_source.whyNotWritable = u"/w/own.yaml cannot be written here"_s;
    build();
    auto* next = m_page->findChild<QPushButton*>(u"stateNextStep"_s);
    QVERIFY(next);
    QCOMPARE(next->text(), u"Register the first event"_s);
    next->click();
    QCOMPARE(m_page->findChild<QTabWidget*>(u"catalogTabs"_s)->currentIndex(), 5);
    m_page->findChild<QLineEdit*>(u"registerEvent"_s)->setText(u"a.b"_s);
    m_page->findChild<QComboBox*>(u"registerTeam"_s)->setEditText(u"t"_s);
    m_page->findChild<QComboBox*>(u"registerService"_s)->setEditText(u"s"_s);
    m_page->findChild<QLineEdit*>(u"registerReaders"_s)->setText(u"u/r"_s);
    m_page->findChild<QLineEdit*>(u"registerVolume"_s)->setText(u"1e6"_s);
    m_page->findChild<QLineEdit*>(u"registerBytes"_s)->setText(u"12"_s);
    m_page->findChild<QLineEdit*>(u"registerDays"_s)->setText(u"0.5"_s);
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY(!m_page->findChild<QPushButton*>(u"registerWrite"_s)->isEnabled());
    QVERIFY(m_page->findChild<QPushButton*>(u"registerCopy"_s)->isEnabled());
    QVERIFY2(text(u"registerWhy"_s).contains(u"put it into a pull request"_s), qPrintable(text(u"registerWhy"_s)));
}

void CatalogPageTest::anExportIsLookedAtFirst()
{
    using Standing = PlannedFile::Standing;
    build();
    m_page->findChild<QTabWidget*>(u"catalogTabs"_s)->setCurrentIndex(6);
    auto* path = m_page->findChild<QLineEdit*>(u"exchangePath"_s);
    auto* write = m_page->findChild<QPushButton*>(u"exchangeWrite"_s);
    auto* replaces = m_page->findChild<QCheckBox*>(u"exchangeReplaces"_s);
    QVERIFY(!write->isEnabled() && !m_page->findChild<QPushButton*>(u"exchangeLook"_s)->isEnabled());
    m_page->findChild<QComboBox*>(u"exchangeForm"_s)->setCurrentIndex(1);
    m_source.plannedFiles = {
        {u"/out/a"_s, Standing::New}, {u"/out/b"_s, Standing::Same}, {u"/out/c"_s, Standing::Other}};
    path->setText(u"/out"_s);
    QTest::keyClick(path, Qt::Key_Return);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(m_source.asked.last(), u"export 1 /out"_s);
    QCOMPARE(text(u"exchangeHeadline"_s), u"3 files: 1 new, 1 the same, 1 say something else"_s);
    QVERIFY(text(u"exchangeText"_s).contains(u"Says something else:\n/out/c"_s));
    QVERIFY(text(u"exchangeDetails"_s).contains(u"Left out: an Avro schema"_s));
    QVERIFY(!write->isEnabled() && text(u"exchangeWhy"_s).contains(u"written over"_s));
    replaces->setChecked(true);
    QVERIFY(write->isEnabled());
    write->click();
    QTRY_COMPARE(m_source.asked.last(), u"write over"_s);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(text(u"exchangeHeadline"_s), u"1 files written"_s);
    m_source.plannedFiles = {{u"/out/a"_s, Standing::New}, {u"/out/x"_s, Standing::Blocked}};
    QTest::keyClick(path, Qt::Key_Return);
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY(!write->isEnabled() && text(u"exchangeText"_s).contains(u"In the way:\n/out/x"_s));
    path->setText(u"/bad"_s);
    QTest::keyClick(path, Qt::Key_Return);
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY(text(u"exchangeDetails"_s).contains(u"name a file"_s));
}

void CatalogPageTest::anImportIsLookedAtFirst()
{
    build();
    m_page->findChild<QTabWidget*>(u"catalogTabs"_s)->setCurrentIndex(6);
    m_page->findChild<QComboBox*>(u"exchangeDirection"_s)->setCurrentIndex(1);
    auto* path = m_page->findChild<QLineEdit*>(u"exchangePath"_s);
    path->setText(u"/in.json"_s);
    QTest::keyClick(path, Qt::Key_Return);
    QTRY_VERIFY(m_page->isSettled());
    const QString change = text(u"exchangeText"_s);
    QVERIFY2(change.contains(u"conflict:"_s) && change.contains(u"+     description: 'new words'"_s) &&
                 change.contains(u"note: passed over"_s),
             qPrintable(change));
    auto* write = m_page->findChild<QPushButton*>(u"exchangeWrite"_s);
    QVERIFY(write->isEnabled());
    write->click();
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY2(m_source.registered.size() == 1 && m_source.registered.first() != u"0 edits"_s,
             qPrintable(m_source.registered.join(u',')));
    QVERIFY(!write->isEnabled()); // not twice
}

void CatalogPageTest::typedNumbers_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<double>("number"); // -1: none
    QTest::newRow("digits") << u"12"_s << 12.0;
    QTest::newRow("spaces between thousands, thin ones too") << u"1 000\u2009000"_s << 1e6;
    QTest::newRow("a power of ten") << u"1e6"_s << 1e6;
    QTest::newRow("a fraction") << u"0.5"_s << 0.5;
    QTest::newRow("nothing") << QString() << -1.0;
    QTest::newRow("a word") << u"many"_s << -1.0;
    QTest::newRow("beyond all numbers") << u"1e999"_s << -1.0;
}

void CatalogPageTest::typedNumbers()
{
    QFETCH(QString, typed);
    QTEST(typedNumber(typed).value_or(-1), "number");
}

void CatalogPageTest::aFaultyQueryKeepsWhatWasShown()
{
    build();
    auto* field = m_page->findChild<FilterField*>(u"catalogSearch"_s);
    field->setQuery(u"ownr:x"_s);
    QVERIFY2(field->faultText().contains(u"there is no field"_s), qPrintable(field->faultText()));
    QCOMPARE(table(u"Events"_s)->model()->rowCount(), 2);
}

void CatalogPageTest::changesAreShownAndWritten()
{
    build();
    m_page->findChild<QTabWidget*>(u"catalogTabs"_s)->setCurrentIndex(3);
    table(u"Findings"_s)->selectRow(0);
    const QString text = m_page->findChild<PlainTextLabel*>(u"findingText"_s)->fullText();
    QVERIFY2(text.contains(u"seen on Monday"_s) && text.contains(u"- a: 1\n+ a: 2"_s), qPrintable(text));
    auto* button = m_page->findChild<QPushButton*>(u"writeChange"_s);
    QVERIFY(button->isEnabled());
    button->click();
    QTRY_COMPARE(m_source.applied, QStringList{u"set a to 2"_s});
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY(m_prompter.asked.contains(u"Write this change"_s));
}

void CatalogPageTest::manyAlikeAreOneRow()
{
    for (int topic = 0; topic < 130; ++topic)
        m_source.findings.push_back({.place = {u"/w/spillway.yaml"_s, 1, 1},
                                     .rule = u"topic-undeclared"_s,
                                     .severity = LintSeverity::Warning,
                                     .message = u"topic 'x%1' is no event's"_s.arg(topic),
                                     .event = {},
                                     .evidence = {},
                                     .fix = {}});
    build();
    auto* tabs = m_page->findChild<QTabWidget*>(u"catalogTabs"_s);
    tabs->setCurrentIndex(3);
    TableView* findings = table(u"Findings"_s);
    QCOMPARE(findings->model()->rowCount(), 12); // another one, ten of these, and the rest
    QVERIFY2(tabs->tabText(3).contains(u"131"), qPrintable(tabs->tabText(3)));
    int folded = -1;
    for (int row = 0; row < 12; ++row) {
        if (findings->model()->index(row, 0).data().toString() == u"120 more like this"_s)
            folded = row;
    }
    QVERIFY(folded >= 0);
    findings->selectRow(folded);
    const QString text = m_page->findChild<PlainTextLabel*>(u"findingText"_s)->fullText();
    QVERIFY2(text.contains(u"'x10'"_s) && text.contains(u"'x129'"_s) && !text.contains(u"'x9'"_s), qPrintable(text));
    QVERIFY(!m_page->findChild<QPushButton*>(u"writeChange"_s)->isEnabled());
}

void CatalogPageTest::theFlowIsWalkedByKeys()
{
    build();
    m_page->findChild<QTabWidget*>(u"catalogTabs"_s)->setCurrentIndex(1);
    auto* flow = m_page->findChild<FlowView*>();
    const FlowGraph graph(m_source.events);
    flow->select(graph.find(FlowNode::Kind::Service, u"order"_s));
    QVERIFY(m_page->findChild<PlainTextLabel*>(u"flowText"_s)
                ->fullText()
                .contains(u"3 services depend on order: mail, payment, stock"_s));
    QTest::keyClick(flow, Qt::Key_Right);
    QCOMPARE(flow->selected(), graph.find(FlowNode::Kind::Event, u"order.created"_s));
    flow->setSteps(1);
    QCOMPARE(flow->shown().size(), std::size_t{4}); // order, itself, payment, stock
    QSignalSpy opened(flow, &FlowView::eventActivated);
    QTest::keyClick(flow, Qt::Key_Return);
    QCOMPARE(opened.size(), 1);
    QCOMPARE(m_page->findChild<QTabWidget*>(u"catalogTabs"_s)->currentIndex(), 0);
    QVERIFY(!flow->image().isNull());
    // The frame of the focus leaves the graph in sight.
    m_page->findChild<QTabWidget*>(u"catalogTabs"_s)->setCurrentIndex(1);
    m_page->activateWindow();
    flow->setFocus();
    QTRY_VERIFY(flow->hasFocus());
    const QImage shown = flow->grab().toImage();
    const QRgb ground = shown.pixel(shown.width() - 3, shown.height() - 3);
    qsizetype marks = 0;
    for (int y = 2; y < shown.height() - 2; ++y) {
        for (int x = 2; x < shown.width() - 2; ++x)
            marks += shown.pixel(x, y) != ground ? 1 : 0;
    }
    QVERIFY(marks > 100);
}

/// Five thousand nodes: figures are looked at with -callgrind or -walltime, what is painted is asserted.
void CatalogPageTest::onlyWhatIsInSightIsPainted()
{
    std::vector<JoinedEvent> events;
    for (int i = 0; i < 4'000; ++i)
        events.push_back(made(u"d%1.e%2"_s.arg(i % 40).arg(i), u"s%1"_s.arg(i % 1'000),
                              {u"s%1"_s.arg((i * 7 + 1) % 1'000), u"s%1"_s.arg((i * 3 + 2) % 1'000)}));
    const FlowGraph graph(events);
    QCOMPARE(graph.nodes().size(), std::size_t{5'000});
    FlowView view;
    view.resize(1200, 800);
    view.show(&graph);
    view.grab();
    QCOMPARE(view.paintedNodes(), 5'000);
    QBENCHMARK
    {
        view.grab(); // all of it
    }
    view.select(2'000);
    for (int i = 0; i < 20; ++i)
        QTest::keyClick(&view, Qt::Key_Plus);
    view.grab();
    QVERIFY(view.paintedNodes() < 500);
}

void CatalogPageTest::emptyAndFailed()
{
    m_source.events.clear();
    m_source.findings.clear();
    build();
    QVERIFY(m_page->statePane().stateText().contains(u"No event is listed"_s));
    m_source.failure = Error{ErrorCode::InvalidConfig, u"event-catalog.yaml:1:1: it is empty"_s};
    m_page->refresh();
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY(m_page->statePane().stateText().contains(u"event-catalog.yaml:1:1"_s));
}

QTEST_MAIN(CatalogPageTest)
#include "tst_catalogpage.moc"
