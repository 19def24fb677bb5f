// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/desktop.h"
#include "views/deadletters/grouplist.h"
#include "views/start/startpage.h"
#include "views/widgets/plaintextlabel.h"

#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QImage>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

/// The whole program on the embedded broker, through its real widgets.
class DesktopTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cleanup() { views::waitForLoads(); }
    void filterSelectReplayConfirm();
    void aFaultyWorkspaceIsSaidWithItsPlace();
    void picturesNeedNoDisplay();
    void beingToldToEndItEndsAsByItsWindow_data();
    void beingToldToEndItEndsAsByItsWindow();
    void wrongArgumentsAreUsageErrors_data();
    void wrongArgumentsAreUsageErrors();
};

void DesktopTest::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(u"spillway-test"_s);
    QCoreApplication::setApplicationName(u"tst_desktop"_s);
    QSettings().clear();
}

void DesktopTest::filterSelectReplayConfirm()
{
    Desktop desktop({});
    desktop.showStart();
    QWidget* start = nullptr;
    for (QWidget* widget : QApplication::topLevelWidgets()) {
        if (widget->objectName() == u"start"_s)
            start = widget;
    }
    QVERIFY(start);
    QTest::keyClick(start->findChild<QPushButton*>(u"startDemo"_s), Qt::Key_Space);
    QTRY_VERIFY_WITH_TIMEOUT(desktop.workbench(), 60'000);
    views::MainWindow& window = desktop.workbench()->window();
    QTRY_VERIFY(window.isVisible());
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));

    // Filter.
    QTest::keyClick(&window, Qt::Key_4, Qt::ControlModifier);
    QCOMPARE(window.currentPage()->id(), u"dead-letters"_s);
    auto* edit = window.currentPage()->findChild<QLineEdit*>(u"filterEdit"_s);
    QTest::keyClicks(edit, u"kind:transient error~Mail"_s);
    QTest::keyClick(edit, Qt::Key_Return);
    auto* groups = window.findChild<views::GroupList*>(u"letterGroups"_s);
    const auto chosenCount = [groups] { return groups->current() ? groups->current()->openCount : 0; };
    QTRY_VERIFY_WITH_TIMEOUT(window.currentPage()->isSettled() && groups->count() == 1 && chosenCount() > 0, 60'000);
    const std::int64_t letters = chosenCount();

    // Select the group, replay it.
    groups->setFocus();
    QTest::keyClick(groups, Qt::Key_R);
    QTRY_VERIFY(window.findChild<QDialog*>(u"replaySheet"_s));
    auto* sheet = window.findChild<QDialog*>(u"replaySheet"_s);
    auto* run = sheet->findChild<QPushButton*>(u"replayRun"_s);
    QTRY_VERIFY_WITH_TIMEOUT(run->isEnabled(), 30'000);
    QVERIFY(
        sheet->findChild<views::PlainTextLabel*>(u"planMessages"_s)->fullText().startsWith(QString::number(letters)));
    QVERIFY(sheet->findChild<views::PlainTextLabel*>(u"planGuarantee"_s)
                ->fullText()
                .contains(u"at least once"_s)); // the demo's broker promises no more
    QTest::keyClick(run, Qt::Key_Space);
    auto* confirm = sheet->findChild<QDialog*>(u"confirmDialog"_s);
    QVERIFY(confirm);
    QTest::keyClick(confirm->findChild<QPushButton*>(u"confirmAccept"_s), Qt::Key_Space);

    // Its job runs and ends, and is what the screen shows.
    QTRY_COMPARE_WITH_TIMEOUT(window.currentPage()->id(), u"replays"_s, 30'000);
    auto* figures = window.findChild<views::PlainTextLabel*>(u"jobFigures"_s);
    const QString all = u"%1 of %1 sent"_s.arg(letters);
    QTRY_VERIFY2_WITH_TIMEOUT(figures->fullText().startsWith(all), qPrintable(figures->fullText()), 60'000);
    QTRY_VERIFY_WITH_TIMEOUT(
        window.findChild<views::PlainTextLabel*>(u"jobMeaning"_s)->fullText().contains(u"exactly once"_s), 60'000);
    window.close();
}

void DesktopTest::aFaultyWorkspaceIsSaidWithItsPlace()
{
    const QTemporaryDir folder;
    QFile file(folder.filePath(u"spillway.yaml"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("version: 1\nname: x\nconnections: nowhere\n");
    file.close();
    const auto opened =
        openWorkspace({.workspace = folder.path(), .stateFolder = folder.filePath(u"state"_s), .isDemo = false});
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::InvalidConfig);
    QVERIFY2(opened.error().detail.contains(u"spillway.yaml:3:"_s), qPrintable(opened.error().detail));
}

void DesktopTest::picturesNeedNoDisplay()
{
    const QTemporaryDir folder;
    QProcess program;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString& name : {u"QT_QPA_PLATFORM"_s, u"DISPLAY"_s, u"WAYLAND_DISPLAY"_s})
        environment.remove(name);
    environment.insert(u"XDG_STATE_HOME"_s, folder.filePath(u"xdg"_s));
    program.setProcessEnvironment(environment);
    program.start(QStringLiteral(SPILLWAY_PROGRAM), {u"--demo"_s, u"--snapshot"_s, folder.filePath(u"out"_s)});
    QVERIFY2(program.waitForFinished(180'000), "the pictures were not done in time");
    QVERIFY2(program.exitCode() == 0, program.readAllStandardError().constData());
    for (const QString& screen : {u"overview"_s, u"lag"_s, u"slos"_s, u"dead-letters"_s, u"replays"_s, u"cost"_s}) {
        const QImage light(folder.filePath(u"out/%1-light.png"_s.arg(screen)));
        const QImage dark(folder.filePath(u"out/%1-dark.png"_s.arg(screen)));
        QCOMPARE(light.size(), QSize(1440, 900));
        QCOMPARE(dark.size(), QSize(1440, 900));
        QVERIFY(light.pixelColor(5, 890).lightness() > 200);
        QVERIFY(dark.pixelColor(5, 890).lightness() < 60);
    }
}

void DesktopTest::beingToldToEndItEndsAsByItsWindow_data()
{
    QTest::addColumn<int>("signal");
    QTest::newRow("at log-out") << SIGTERM;
    QTest::newRow("by Ctrl+C where it was started") << SIGINT;
    QTest::newRow("when that terminal is closed") << SIGHUP;
}

void DesktopTest::beingToldToEndItEndsAsByItsWindow()
{
    QFETCH(int, signal);
    const QTemporaryDir folder;
    QProcess program;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"TMPDIR"_s, folder.path());
    environment.insert(u"XDG_CONFIG_HOME"_s, folder.filePath(u"config"_s));
    environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
    program.setProcessEnvironment(environment);
    program.start(QStringLiteral(SPILLWAY_PROGRAM), {u"--demo"_s});
    const auto demos = [&] { return QDir(folder.path()).entryList({u"spillway-*"_s}, QDir::Dirs); };
    // Its state stands, so it collects.
    QTRY_VERIFY_WITH_TIMEOUT(
        !demos().isEmpty() && QFile::exists(folder.filePath(demos().front() + u"/state/samples.sqlite"_s)), 60'000);
    QCOMPARE(::kill(static_cast<pid_t>(program.processId()), signal), 0);
    QVERIFY2(program.waitForFinished(60'000), "it goes on");
    QCOMPARE(program.exitStatus(), QProcess::NormalExit);
    QCOMPARE(program.exitCode(), 0);
    QVERIFY2(demos().isEmpty(), "the demo's folder stays");
}

void DesktopTest::wrongArgumentsAreUsageErrors_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::newRow("an unknown option") << QStringList{u"--colour"_s, u"--snapshot"_s, u"x"_s} << 2;
    QTest::newRow("pictures of nothing") << QStringList{u"--snapshot"_s, u"x"_s} << 2;
    QTest::newRow("a workspace that is not there")
        << QStringList{u"--snapshot"_s, u"x"_s, u"--workspace"_s, u"/nowhere"_s} << 2;
    QTest::newRow("its version") << QStringList{u"--version"_s} << 0;
    QTest::newRow("its help") << QStringList{u"--help"_s} << 0;
}

void DesktopTest::wrongArgumentsAreUsageErrors()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, exitCode);
    QProcess program;
    program.start(QStringLiteral(SPILLWAY_PROGRAM), arguments);
    QVERIFY(program.waitForFinished(30'000));
    QCOMPARE(program.exitCode(), exitCode);
    QVERIFY(!(program.readAllStandardError() + program.readAllStandardOutput()).isEmpty());
}

QTEST_MAIN(DesktopTest)
#include "tst_desktop.moc"
