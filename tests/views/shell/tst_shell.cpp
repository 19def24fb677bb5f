// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/manualclock.h"
#include "tests/views/fakedatasource.h"
#include "views/help/helppage.h"
#include "views/help/manualview.h"
#include "views/shell/mainwindow.h"
#include "views/shell/statusbar.h"
#include "views/shell/topbar.h"
#include "views/widgets/statebadge.h"

#include <QComboBox>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>
#include <QToolButton>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

class PlainPage final : public Page
{
public:
    PlainPage(const ViewContext& context, const QString& id)
        : Page(context, id, id, u"lag"_s)
    {
        setContent(new QWidget);
        pane().showContent();
        addPageAction(u"Do the thing of "_s + id, QKeySequence(Qt::Key_D), [this] { ++done; });
    }
    void refresh() override { ++refreshed; }
    void open(const QString& argument) override { opened = argument; }
    bool leave() override { return ++left == 1; }
    using Page::addPageAction;
    int refreshed = 0;
    int done = 0;
    int left = 0;
    QString opened;
};

} // namespace

class ShellTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void theEnvironmentStandsInWords();
    void numbersLeadToPages();
    void newsReachThePageInSightUnlessPaused();
    void aConnectionHasADotAndAWord();
    void oldDataSayTheirAge();
    void aJobShowsHowFarItIs();
    void thePaletteKnowsThePagesActions();
    void questionMarkShowsTheKeys();
    void allKeysAreWithinTheWindow_data();
    void allKeysAreWithinTheWindow();
    void escapeStepsOut();
    void linksLeadToThePageTheyName();
    void spanAndZoneAreRemembered();
    void theManualOpensAndItsLinksStayInside();
    void aPageIsMadeWhenItIsShownFirst();

private:
    test::ManualClock m_clock;
    std::unique_ptr<test::FakeDataSource> m_source;
    std::unique_ptr<ViewSettings> m_settings;
    DialogPrompter m_prompter;
    std::unique_ptr<MainWindow> m_window;
    PlainPage* m_first = nullptr;
    PlainPage* m_second = nullptr;
};

void ShellTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(u"spillway-test"_s);
    QCoreApplication::setApplicationName(u"tst_shell"_s);
}

void ShellTest::init()
{
    QSettings().clear();
    m_source = std::make_unique<test::FakeDataSource>(m_clock.now());
    m_settings = std::make_unique<ViewSettings>(m_clock);
    const ViewContext context{*m_source, *m_settings, m_prompter};
    m_window = std::make_unique<MainWindow>(context);
    m_first = new PlainPage(context, u"first"_s);
    m_second = new PlainPage(context, u"second"_s);
    m_window->addPage(m_first);
    m_window->addPage(m_second);
    m_window->addHelpPage(new HelpPage(context));
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
}

void ShellTest::cleanup()
{
    m_window.reset();
    waitForLoads();
}

void ShellTest::theEnvironmentStandsInWords()
{
    QCOMPARE(m_window->findChild<QWidget*>(u"environmentBadge"_s)->accessibleName(), u"production"_s);
    QVERIFY(m_window->windowTitle().contains(u"production"_s));
    QCOMPARE(m_window->findChild<QWidget*>(u"environmentLine"_s)->height(), 3);
}

void ShellTest::numbersLeadToPages()
{
    QCOMPARE(m_window->currentPage(), m_first);
    QTest::keyClick(m_window.get(), Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(m_window->currentPage(), m_second);
    QTest::keyClick(m_window.get(), Qt::Key_F1);
    QCOMPARE(m_window->currentPage()->id(), u"help"_s);
}

void ShellTest::newsReachThePageInSightUnlessPaused()
{
    const int before = m_first->refreshed;
    const int other = m_second->refreshed;
    Q_EMIT m_source->changed();
    QCOMPARE(m_first->refreshed, before + 1);
    QCOMPARE(m_second->refreshed, other);
    m_window->findChild<QToolButton*>(u"liveButton"_s)->click();
    Q_EMIT m_source->changed();
    QCOMPARE(m_first->refreshed, before + 1);
    m_window->findChild<QToolButton*>(u"liveButton"_s)->click();
    QCOMPARE(m_first->refreshed, before + 2);
}

void ShellTest::aConnectionHasADotAndAWord()
{
    m_source->current.connections = {{.connection = u"orders"_s,
                                      .connectivity = Connectivity::Unauthorised,
                                      .lastError = Error{ErrorCode::Unauthorised, u"SASL login failed for spillway"_s},
                                      .lastContact = {}}};
    Q_EMIT m_source->changed();
    const auto badgeNow = [this] { return m_window->findChild<StateBadge*>(u"connection-orders"_s); };
    QTRY_VERIFY(badgeNow() && badgeNow()->tone() == Tone::Critical); // another list of connections makes other badges
    const auto* badge = badgeNow();
    QVERIFY(badge->word().contains(u"access refused"_s));
    QVERIFY(badge->toolTip().contains(u"SASL login failed"_s));
}

void ShellTest::oldDataSayTheirAge()
{
    m_source->current.lastSampleAt = m_clock.now();
    Q_EMIT m_source->changed();
    auto* bar = m_window->findChild<StatusBar*>();
    QTRY_VERIFY(bar->ageText().contains(u"just now"_s));
    QVERIFY(!m_first->statePane().isStale());
    m_clock.advance(Millis{240'000});
    QTRY_VERIFY(bar->ageText().contains(u"stale"_s));
    QVERIFY(m_first->statePane().isStale());
    QVERIFY(m_first->statePane().stateText().contains(u"4\u00A0min ago"_s));
}

void ShellTest::aJobShowsHowFarItIs()
{
    RunningJob job{
        .id = u"j1"_s, .title = u"Replay 2 messages"_s, .state = JobState::Running, .progress = {}, .canCancel = true};
    job.progress.done = 1;
    job.progress.total = 2;
    job.progress.perSecond = 1;
    job.progress.remaining = Millis{1000};
    m_source->current.jobs = {job};
    Q_EMIT m_source->changed();
    auto* bar = m_window->findChild<StatusBar*>();
    QTRY_VERIFY(bar->jobText().contains(u"1 of 2"_s));
    QVERIFY(bar->jobText().contains(u"running"_s));
    QSignalSpy cancel(bar, &StatusBar::cancelAsked);
    bar->findChild<QPushButton*>(u"cancelJob"_s)->click();
    QCOMPARE(cancel.value(0).value(0).toString(), u"j1"_s);
}

void ShellTest::thePaletteKnowsThePagesActions()
{
    QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
    auto* edit = m_window->findChild<QLineEdit*>(u"paletteEdit"_s);
    QVERIFY(edit->isVisible());
    QTest::keyClicks(edit, u"thing"_s);
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(m_first->done, 1);
    QVERIFY(!edit->isVisible());
}

void ShellTest::questionMarkShowsTheKeys()
{
    auto* before = m_window->findChild<QComboBox*>(u"spanChoice"_s);
    before->setFocus();
    QCOMPARE(m_window->focusWidget(), before);
    QTest::keyClick(m_window.get(), Qt::Key_Question);
    auto* sheet = m_window->findChild<QWidget*>(u"keySheet"_s);
    QVERIFY(sheet->isVisible());
    QTest::keyClick(sheet, Qt::Key_Escape);
    QVERIFY(!sheet->isVisible());
    QCOMPARE(m_window->focusWidget(), before); // else the screen's keys would be without effect
}

void ShellTest::allKeysAreWithinTheWindow_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("isScrolled");
    QTest::newRow("a desk's screen shows them in several columns") << QSize(1440, 900) << false;
    QTest::newRow("in a small window they scroll") << QSize(1024, 560) << true;
}

void ShellTest::allKeysAreWithinTheWindow()
{
    QFETCH(const QSize, size);
    QFETCH(const bool, isScrolled);
    for (int i = 0; i < 40; ++i)
        m_first->addPageAction(u"Something that the page does, number %1"_s.arg(i),
                               QKeySequence(Qt::CTRL | Qt::ALT | static_cast<Qt::Key>(Qt::Key_A + i % 26)), [] {});
    m_window->resize(size);
    QTRY_COMPARE(m_window->size(), size);
    QTest::keyClick(m_window.get(), Qt::Key_Question);
    auto* sheet = m_window->findChild<QWidget*>(u"keySheet"_s);
    QVERIFY(sheet->parentWidget()->rect().contains(sheet->geometry()));
    auto* bar = sheet->findChild<QScrollArea*>(u"keyLines"_s)->verticalScrollBar();
    QCOMPARE(sheet->findChild<QScrollArea*>(u"keyLines"_s)->horizontalScrollBar()->maximum(), 0);
    QCOMPARE(bar->maximum() > 0, isScrolled);
    QTest::keyClick(sheet, Qt::Key_End);
    QCOMPARE(bar->value(), bar->maximum());
    QCOMPARE(sheet->isVisible(), isScrolled); // where nothing scrolls it is a key as any other
    if (isScrolled)
        QTest::keyClick(sheet, Qt::Key_Escape);
    QVERIFY(!sheet->isVisible());
}

void ShellTest::escapeStepsOut()
{
    QTest::keyClick(m_window.get(), Qt::Key_Escape);
    QCOMPARE(m_first->left, 1);
}

void ShellTest::linksLeadToThePageTheyName()
{
    Q_EMIT m_first->linkActivated({u"second"_s, u"team:a"_s});
    QCOMPARE(m_window->currentPage(), m_second);
    QCOMPARE(m_second->opened, u"team:a"_s);
}

void ShellTest::spanAndZoneAreRemembered()
{
    auto* span = m_window->findChild<QComboBox*>(u"spanChoice"_s);
    span->setCurrentIndex(span->count() - 1);
    m_settings->setZone(QTimeZone("Asia/Seoul"));
    const ViewSettings again(m_clock);
    QCOMPARE(again.span(), Millis{720LL * 3'600'000});
    QCOMPARE(again.timeText().zone().id(), QByteArray("Asia/Seoul"));
}

void ShellTest::theManualOpensAndItsLinksStayInside()
{
    QTest::keyClick(m_window.get(), Qt::Key_F1);
    auto* contents = m_window->findChild<QListWidget*>(u"manualContents"_s);
    QVERIFY(contents->count() > 5);
    auto* text = m_window->findChild<ManualView*>(u"manualText"_s);
    QVERIFY(text->toPlainText().size() > 100);
    QVERIFY(text->loadResource(QTextDocument::ImageResource, QUrl(u"file:///etc/passwd"_s)).isNull());
    QVERIFY(text->loadResource(QTextDocument::ImageResource, QUrl(u"http://x/y.png"_s)).isNull());
    QSignalSpy asked(text, &ManualView::pageAsked);
    Q_EMIT text->anchorClicked(QUrl(u"https://example.com/lag.md"_s));
    QCOMPARE(asked.size(), 0);
    Q_EMIT text->anchorClicked(QUrl(u"lag.md"_s));
    QCOMPARE(asked.size(), 1);
}

void ShellTest::aPageIsMadeWhenItIsShownFirst()
{
    const ViewContext context{*m_source, *m_settings, m_prompter};
    int made = 0;
    PlainPage* third = nullptr;
    m_window->addPage({u"third"_s, u"The third"_s, u"lag"_s}, [&] {
        ++made;
        return third = new PlainPage(context, u"third"_s);
    });
    QVERIFY(m_window->findChild<QWidget*>(u"rail-third"_s)); // it stands in the rail all the same
    QCOMPARE(made, 0);
    QTest::keyClick(m_window.get(), Qt::Key_3, Qt::ControlModifier);
    QCOMPARE(made, 1);
    QCOMPARE(m_window->currentPage(), static_cast<Page*>(third));
    QCOMPARE(third->refreshed, 1);
    m_window->showPage(u"first"_s);
    Q_EMIT third->linkActivated({u"third"_s, u"again"_s}); // its links are followed
    QCOMPARE(made, 1);
    QCOMPARE(third->opened, u"again"_s);
    QCOMPARE(m_window->pages(), (std::vector<Page*>{m_first, m_second, third}));
}

QTEST_MAIN(ShellTest)
#include "tst_shell.moc"
