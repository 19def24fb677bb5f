// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/manualclock.h"
#include "tests/views/fakedatasource.h"
#include "views/catalog/catalogpage.h"
#include "views/catalog/flowview.h"
#include "views/widgets/filterfield.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/tableview.h"

#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
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
        picture->events = events;
        picture->index = CatalogIndex(events);
        picture->flow = FlowGraph(events);
        picture->texts = {YamlText(u"/w/cat.yaml"_s, "a: 1\n")};
        picture->folder = u"/w"_s;
        picture->lint.findings = findings;
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
    QString asked;
};

} // namespace

class CatalogPageTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void eventsAreFoundAndShown();
    void aFaultyQueryKeepsWhatWasShown();
    void changesAreShownAndWritten();
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
    const QString sheet = m_page->findChild<PlainTextLabel*>(u"eventSheet"_s)->fullText();
    QVERIFY2(sheet.contains(u"payment.completed"_s) && sheet.contains(u"on call rota"_s) &&
                 sheet.contains(u"1 services: mail"_s),
             qPrintable(sheet));
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
