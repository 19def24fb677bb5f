// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/start/startpage.h"
#include "views/widgets/plaintextlabel.h"

#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

class FakeActions final : public StartActions
{
public:
    [[nodiscard]] Result<ConnectionTest> testConnection(const QString& servers, std::stop_token) override
    {
        if (servers == u"down:9092"_s)
            return ConnectionTest{.isOk = false, .steps = {u"address: failed. down:9092 does not answer"_s}};
        return ConnectionTest{.isOk = true, .steps = {u"address: ok. 3 brokers"_s}};
    }
    [[nodiscard]] Result<QString> create(const NewWorkspace& workspace) override
    {
        if (workspace.folder == u"/taken"_s)
            return fail(ErrorCode::Conflict, u"/taken/spillway.yaml exists"_s);
        return workspace.folder + u"/spillway.yaml"_s;
    }
};

} // namespace

class StartTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { waitForLoads(); }
    void theDemoIsOneKeyAway();
    void recentWorkspacesAreOffered();
    void aConnectionIsTriedAndItsStepsShown_data();
    void aConnectionIsTriedAndItsStepsShown();
    void aNewWorkspaceIsMadeAndOpened();
    void whatCannotBeMadeIsSaid();

private:
    FakeActions m_actions;
    DialogPrompter m_prompter;
};

void StartTest::theDemoIsOneKeyAway()
{
    StartPage page(m_actions, m_prompter, {});
    page.show();
    QSignalSpy asked(&page, &StartPage::demoAsked);
    QTest::keyClick(page.findChild<QPushButton*>(u"startDemo"_s), Qt::Key_Space);
    QCOMPARE(asked.size(), 1);
}

void StartTest::recentWorkspacesAreOffered()
{
    StartPage page(m_actions, m_prompter, {u"/work/acme/spillway.yaml"_s});
    QSignalSpy asked(&page, &StartPage::openAsked);
    page.findChild<QPushButton*>(u"startRecent"_s)->click();
    QCOMPARE(asked.value(0).value(0).toString(), u"/work/acme/spillway.yaml"_s);
}

void StartTest::aConnectionIsTriedAndItsStepsShown_data()
{
    QTest::addColumn<QString>("servers");
    QTest::addColumn<QString>("said");
    QTest::newRow("one that answers") << u"up:9092"_s << u"Connected"_s;
    QTest::newRow("one that does not") << u"down:9092"_s << u"down:9092 does not answer"_s;
}

void StartTest::aConnectionIsTriedAndItsStepsShown()
{
    QFETCH(QString, servers);
    QFETCH(QString, said);
    StartPage page(m_actions, m_prompter, {});
    page.show();
    page.findChild<QLineEdit*>(u"newServers"_s)->setText(servers);
    page.findChild<QPushButton*>(u"newTest"_s)->click();
    QTRY_VERIFY(page.findChild<PlainTextLabel*>(u"newResult"_s)->fullText().contains(said));
}

void StartTest::aNewWorkspaceIsMadeAndOpened()
{
    StartPage page(m_actions, m_prompter, {});
    page.show();
    auto* create = page.findChild<QPushButton*>(u"newCreate"_s);
    QVERIFY(!create->isEnabled());
    QTest::keyClicks(page.findChild<QLineEdit*>(u"newFolder"_s), u"/new/acme"_s);
    QSignalSpy asked(&page, &StartPage::openAsked);
    create->click();
    QTRY_COMPARE(asked.value(0).value(0).toString(), u"/new/acme/spillway.yaml"_s);
}

void StartTest::whatCannotBeMadeIsSaid()
{
    StartPage page(m_actions, m_prompter, {});
    page.show();
    QTest::keyClicks(page.findChild<QLineEdit*>(u"newFolder"_s), u"/taken"_s);
    page.findChild<QPushButton*>(u"newCreate"_s)->click();
    QTRY_VERIFY(
        page.findChild<PlainTextLabel*>(u"startMessage"_s)->fullText().contains(u"/taken/spillway.yaml exists"_s));
    QVERIFY(page.findChild<QPushButton*>(u"startDemo"_s)->isEnabled());
}

QTEST_MAIN(StartTest)
#include "tst_start.moc"
