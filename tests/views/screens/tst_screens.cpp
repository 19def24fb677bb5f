// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/folders.h"
#include "tests/support/manualclock.h"
#include "tests/views/fakecostsource.h"
#include "tests/views/fakedatasource.h"
#include "views/cost/costpage.h"
#include "views/deadletters/deadletterspage.h"
#include "views/help/helppage.h"
#include "views/lag/lagpage.h"
#include "views/overview/overviewpage.h"
#include "views/replays/replayspage.h"
#include "views/review/reviewpage.h"
#include "views/shell/mainwindow.h"
#include "views/slo/slopage.h"
#include "views/theme/theme.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"

#include <QApplication>
#include <QDir>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

/// Every screen in every state, over a company in memory. The pictures lie in the build's folder `screens` for people
/// to look at.
class ScreensTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void everyScreenAnswersInLightAndDark();
    void theSetupIsShownWithWhatMendsIt();
    void everyStateHasText_data();
    void everyStateHasText();

private:
    void build();
    test::ManualClock m_clock;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<test::FakeDataSource> m_source;
    test::FakeCostSource m_cost;
    std::unique_ptr<ViewSettings> m_settings;
    DialogPrompter m_prompter;
    std::unique_ptr<MainWindow> m_window;
};

void ScreensTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(u"spillway-test"_s);
    QCoreApplication::setApplicationName(u"tst_screens"_s);
    m_theme = std::make_unique<Theme>(*qobject_cast<QApplication*>(QCoreApplication::instance()));
    m_theme->setMode(Theme::Mode::Light);
}

void ScreensTest::init()
{
    QSettings().clear();
    m_source = std::make_unique<test::FakeDataSource>(m_clock.now());
    m_settings = std::make_unique<ViewSettings>(m_clock);
}

void ScreensTest::cleanup()
{
    m_window.reset();
    waitForLoads();
}

void ScreensTest::build()
{
    const ViewContext context{*m_source, *m_settings, m_prompter};
    m_window = std::make_unique<MainWindow>(context);
    m_window->addPage(new OverviewPage(context));
    m_window->addPage(new LagPage(context));
    m_window->addPage(new SloPage(context));
    m_window->addPage(new DeadLettersPage(context));
    m_window->addPage(new ReviewPage(context));
    m_window->addPage(new ReplaysPage(context));
    m_window->addPage(new CostPage(context, m_cost));
    m_window->addHelpPage(new HelpPage(context));
    m_window->resize(1440, 900);
    m_window->show();
}

void ScreensTest::everyScreenAnswersInLightAndDark()
{
    build();
    const QDir folder(test::buildFile(u"screens"_s));
    QVERIFY(folder.mkpath(u"."_s));
    for (const Theme::Mode mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
        m_theme->setMode(mode);
        for (Page* page : m_window->pages()) {
            m_window->showPage(page->id());
            QTRY_VERIFY2(page->isSettled(), qPrintable(page->id()));
            QCOMPARE(page->statePane().state(), StatePane::State::Content);
            QVERIFY(!page->headlineText().isEmpty());
            const QPixmap picture = m_window->grab();
            QCOMPARE(picture.size(), QSize(1440, 900));
            QVERIFY(picture.save(
                folder.filePath(page->id() + (mode == Theme::Mode::Dark ? u"-dark.png"_s : u"-light.png"_s))));
        }
    }
    m_theme->setMode(Theme::Mode::Light);
}

void ScreensTest::theSetupIsShownWithWhatMendsIt()
{
    m_source->setup = {{.id = u"compacted:orders:a.DLT"_s,
                        .rule = DoctorRule::Compacted,
                        .severity = DoctorSeverity::Error,
                        .connection = u"orders"_s,
                        .subject = u"a.DLT"_s,
                        .sentence = u"a.DLT is compacted"_s,
                        .evidence = u"cleanup.policy contains compact"_s,
                        .remedy = u"Let it delete by age instead"_s,
                        .command = u"kafka-configs --alter a.DLT"_s}};
    Concern setup = m_source->overview.front();
    setup.id = u"misconfigured:compacted:orders:a.DLT"_s;
    setup.action = {.screen = ConcernScreen::Setup,
                    .filter = u"compacted:orders:a.DLT"_s,
                    .label = u"Look at the setup"_s,
                    .command = u"kafka-configs --alter a.DLT"_s};
    Concern expires = setup;
    expires.id = u"payloadExpires:orders/a.DLT"_s;
    expires.action = {.screen = ConcernScreen::DeadLetters,
                      .filter = u"channel:a.DLT"_s,
                      .label = u"Rescue 2 payloads"_s,
                      .command = {},
                      .rescues = true};
    m_source->overview = {setup, expires};
    build();
    m_window->showPage(u"overview"_s);
    Page* page = m_window->currentPage();
    QTRY_VERIFY(page->isSettled());
    auto* pane = page->findChild<QWidget*>(u"setup"_s);
    QVERIFY(!pane->isVisible());
    const auto click = [&](const QString& text) {
        for (auto* button : page->findChildren<QPushButton*>()) {
            if (button->isVisible() && button->text() == text) {
                QTest::mouseClick(button, Qt::LeftButton);
                return true;
            }
        }
        return false;
    };
    QVERIFY(click(u"Look at the setup"_s));
    QTRY_VERIFY(pane->isVisible() && page->isSettled());
    QStringList texts;
    for (const auto* label : pane->findChildren<PlainTextLabel*>())
        texts << label->fullText();
    for (const QString& text :
         {u"a.DLT is compacted"_s, u"orders · cleanup.policy contains compact"_s, u"→ Let it delete by age instead"_s})
        QVERIFY2(texts.contains(text), qPrintable(texts.join(u'\n')));
    QStringList commands;
    for (const auto* line : pane->findChildren<CommandLine*>())
        commands << line->line();
    QCOMPARE(commands, (QStringList{u"kafka-configs --alter a.DLT"_s, u"spillwayctl dlq doctor"_s}));
    QVERIFY(m_window->grab().save(test::buildFile(u"screens/overview-setup.png"_s)));
    QVERIFY(page->leave());
    QVERIFY(!pane->isVisible());

    m_source->rescue = {.rescued = 2, .bytes = 17};
    QSignalSpy said(page, &Page::said);
    QVERIFY(click(u"Rescue 2 payloads"_s));
    QTRY_VERIFY(!said.isEmpty());
    QCOMPARE(said.last().first().toString(), u"2 payloads rescued (17 B)"_s);
    QCOMPARE(m_source->intents().last(), u"rescue |channel:a.DLT"_s);
}

void ScreensTest::everyStateHasText_data()
{
    QTest::addColumn<QString>("state");
    QTest::newRow("nothing is there: why, and what to do") << u"empty"_s;
    QTest::newRow("it failed: what, why, and what to do") << u"failed"_s;
    QTest::newRow("it is old: how old") << u"stale"_s;
}

void ScreensTest::everyStateHasText()
{
    QFETCH(QString, state);
    if (state == u"empty"_s)
        m_source->empty();
    if (state == u"failed"_s)
        m_source->failWith(Error{ErrorCode::Unreachable, u"samples.sqlite is not there"_s});
    build();
    for (Page* page : m_window->pages()) {
        m_window->showPage(page->id());
        QTRY_VERIFY2(page->isSettled(), qPrintable(page->id()));
        if (state == u"stale"_s) {
            m_clock.advance(Millis{600'000});
            QTRY_VERIFY2(page->statePane().isStale(), qPrintable(page->id()));
        }
        const QString text = page->statePane().stateText();
        QVERIFY2(!text.isEmpty(), qPrintable(page->id()));
        if (state == u"failed"_s)
            QVERIFY2(text.contains(u"samples.sqlite is not there"_s), qPrintable(page->id() + text));
        QVERIFY(m_window->grab().save(test::buildFile(u"screens/"_s) + page->id() + u'-' + state + u".png"_s));
    }
}

QTEST_MAIN(ScreensTest)
#include "tst_screens.moc"
