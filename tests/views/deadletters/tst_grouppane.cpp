// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/manualclock.h"
#include "tests/views/fakedatasource.h"
#include "views/deadletters/grouplist.h"
#include "views/deadletters/grouppane.h"
#include "views/deadletters/whypanel.h"

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QTreeWidget>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

/// Says yes to everything, with a reason.
class Agreeing final : public Prompter
{
public:
    void confirm(QWidget*, const ConfirmRequest& request, std::function<void(ConfirmAnswer)> answer) override
    {
        last = request;
        answer({.isAccepted = true, .reason = u"alike"_s, .text = {}});
    }
    void chooseSaveFile(QWidget*, const QString&, const QString&, const QString&, std::function<void(QString)>) override
    {
    }
    void chooseFolder(QWidget*, const QString&, std::function<void(QString)>) override {}
    ConfirmRequest last;
};

} // namespace

class GroupPaneTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void theListIsASoundModel();
    void whyIsShownAsPlainText();
    void chosenGroupsAreMergedIntoTheCurrentOne();
    void aMergeIsTakenBackFromTheWhyPanel();
    void aCountLeadsToItsLetters();

private:
    void settle() { QTRY_VERIFY(m_pane->isSettled()); }
    test::ManualClock m_clock;
    Agreeing m_prompter;
    std::unique_ptr<test::FakeDataSource> m_source;
    std::unique_ptr<ViewSettings> m_settings;
    std::unique_ptr<GroupPane> m_pane;
};

void GroupPaneTest::init()
{
    m_source = std::make_unique<test::FakeDataSource>(m_clock.now());
    m_settings = std::make_unique<ViewSettings>(m_clock);
    m_pane = std::make_unique<GroupPane>(ViewContext{*m_source, *m_settings, m_prompter}, nullptr);
    m_pane->resize(420, 700);
    m_pane->list().replace(m_source->groupsOfLetters);
    m_pane->refresh(u"team:payment-team"_s);
    m_pane->show();
    m_pane->list().select(0);
    settle();
    QVERIFY(m_pane->list().count() > 1);
}

void GroupPaneTest::cleanup()
{
    m_pane.reset();
    waitForLoads();
}

void GroupPaneTest::theListIsASoundModel()
{
    QAbstractItemModelTester tester(m_pane->list().model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    auto groups = m_source->groupsOfLetters;
    std::reverse(groups.begin(), groups.end());
    m_pane->list().apply(groups);
    groups.pop_back();
    m_pane->list().apply(groups);
    m_pane->list().replace({});
    QVERIFY(m_pane->list().chosen().empty());
}

void GroupPaneTest::whyIsShownAsPlainText()
{
    GroupWhy& why = m_source->why;
    why.version = 2;
    why.parts = {{u"rootCause"_s, u"com.acme.StockException"_s, u"end of the cause chain in the stack"_s},
                 {u"message"_s, u"<b>no</b> stock"_s, u"of the root cause, in the stack"_s}};
    why.foldings = {{u"17"_s, u"<n>"_s}};
    auto* panel = m_pane->findChild<WhyPanel*>(u"whyPanel"_s);
    QVERIFY(panel->isHidden());
    QTest::mouseClick(m_pane->findChild<QPushButton*>(u"whyGrouped"_s), Qt::LeftButton);
    settle();
    QVERIFY(panel->isVisible());
    QVERIFY2(panel->text().contains(u"\n<b>no</b> stock"_s), qPrintable(panel->text()));
    QVERIFY(panel->text().contains(u"17 → <n>"_s));
    QVERIFY(panel->findChild<QPushButton*>(u"takeBack"_s)->isHidden());
    m_pane->toggleWhy();
    QVERIFY(panel->isHidden());
}

void GroupPaneTest::chosenGroupsAreMergedIntoTheCurrentOne()
{
    GroupList& list = m_pane->list();
    auto* merge = m_pane->findChild<QPushButton*>(u"mergeGroups"_s);
    QVERIFY(merge->isHidden()); // one alone cannot be merged
    QTest::keyClick(&list, Qt::Key_Down, Qt::ShiftModifier);
    QCOMPARE(list.chosen().size(), std::size_t{2});
    QVERIFY(merge->isVisible());
    const QString into = list.current()->id;
    const QString other = list.chosen().front().id;
    QVERIFY(into != other);
    const QSignalSpy decided(m_pane.get(), &GroupPane::decided);
    QTest::mouseClick(merge, Qt::LeftButton);
    settle();
    QCOMPARE(decided.size(), 1);
    QVERIFY(m_source->intents().contains(u"merge %1|%2|alike"_s.arg(other, into)));
    QVERIFY(m_prompter.last.asksReason);
    QVERIFY(m_prompter.last.commandLine.contains(u"dlq merge %1 --into %2"_s.arg(other, into)));
}

void GroupPaneTest::aMergeIsTakenBackFromTheWhyPanel()
{
    m_source->why.members = {{u"g1"_s, u"Stock"_s, 3, std::nullopt}, {u"g2"_s, u"Price"_s, 2, 17}};
    m_pane->toggleWhy();
    settle();
    auto* back = m_pane->findChild<QPushButton*>(u"takeBack"_s);
    QVERIFY(back->isVisible());
    QTest::mouseClick(back, Qt::LeftButton);
    settle();
    QVERIFY(m_source->intents().contains(u"merge g2||alike"_s));
}

void GroupPaneTest::aCountLeadsToItsLetters()
{
    m_source->pivotRows = {{.field = PivotField::Consumer,
                            .value = u"mail"_s,
                            .label = u"mail"_s,
                            .count = 7,
                            .openCount = 7,
                            .query = u"team:payment-team consumer:mail"_s,
                            .parts = {}}};
    auto* first = m_pane->findChild<QComboBox*>(u"pivotFirst"_s);
    auto* second = m_pane->findChild<QComboBox*>(u"pivotSecond"_s);
    QVERIFY(second->isHidden());
    first->setCurrentIndex(first->findData(u"consumer"_s));
    settle();
    QVERIFY(second->isVisible());
    second->setCurrentIndex(second->findData(u"kind"_s));
    settle();
    QVERIFY(m_source->intents().contains(u"pivot team:payment-team|consumer,kind"_s));
    auto* counts = m_pane->findChild<QTreeWidget*>(u"letterCounts"_s);
    QCOMPARE(counts->topLevelItemCount(), 1);
    QCOMPARE(counts->topLevelItem(0)->text(0), u"mail"_s);
    QCOMPARE(counts->topLevelItem(0)->text(1), u"7"_s);
    QSignalSpy asked(m_pane.get(), &GroupPane::queryAsked);
    counts->setCurrentItem(counts->topLevelItem(0));
    QTest::keyClick(counts, Qt::Key_Return);
    QTRY_COMPARE(asked.size(), 1);
    QCOMPARE(asked.front().front().toString(), u"team:payment-team consumer:mail"_s);
    QCOMPARE(first->currentIndex(), 0); // and the groups are shown again
}

QTEST_MAIN(GroupPaneTest)
#include "tst_grouppane.moc"
