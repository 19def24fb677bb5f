// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/fakedatasource.h"
#include "tests/views/screenstage.h"
#include "views/deadletters/deadletterspage.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/tableview.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QDialog>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTabBar>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

/// The inspector's sides through the page's keys.
class InspectorSidesTest final : public QObject, protected test::ScreenStage<DialogPrompter>
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void theTimelineComesWhenItIsLookedAt();
    void theOriginIsHeldAgainstTheLetter();
    void noGoodOneSaysHowFarItLooked();
    void numbersOfTheWorkspacesOwnDialectAreRead();
    void aPointersPayloadIsRescuedWithOneClick();
    void twoMarkedLettersAreCompared();
    void anUnknownIdSaysSo();
    void theLetterIsCopied();
    void sidesKeepTheirWordsInANarrowWindow();
    void everyKeyIsOnTheSheet();

private:
    void press(Qt::Key key) { QTest::keyClick(m_window->focusWidget(), key); }
    void settle() { QTRY_VERIFY(m_window->currentPage()->isSettled()); }
    /// What the menu of a header's cell offers as filters.
    QStringList headerFilters(TableView* table, int row)
    {
        m_inspector->showSide(Inspector::Side::Headers);
        const QPoint at = table->visualRect(table->presented().index(row, 0)).center();
        QContextMenuEvent asked(QContextMenuEvent::Mouse, at, table->viewport()->mapToGlobal(at));
        QCoreApplication::sendEvent(table->viewport(), &asked);
        QStringList texts;
        for (QMenu* menu : table->findChildren<QMenu*>()) {
            for (const QAction* action : menu->actions())
                texts << action->text();
            delete menu;
        }
        return texts.filter(u"header."_s);
    }
    QString answer() const { return m_page->findChild<PlainTextLabel*>(u"compareAnswer"_s)->fullText(); }
    DeadLettersPage* m_page = nullptr;
    Inspector* m_inspector = nullptr;
};

void InspectorSidesTest::initTestCase()
{
    claimSettings(u"tst_inspectorsides"_s);
}

void InspectorSidesTest::init()
{
    set();
    m_page = add(new DeadLettersPage(context()));
    QVERIFY(raise());
    settle();
    m_inspector = m_page->findChild<Inspector*>(u"inspector"_s);
    QTRY_VERIFY(!m_inspector->letterId().isEmpty());
    settle();
}

void InspectorSidesTest::cleanup()
{
    strike();
}

void InspectorSidesTest::theTimelineComesWhenItIsLookedAt()
{
    press(Qt::Key_T);
    settle();
    const auto said = [this] {
        QString text;
        for (const PlainTextLabel* label : m_inspector->findChildren<PlainTextLabel*>()) {
            if (label->isVisible())
                text += label->fullText() + u'\n';
        }
        return text;
    };
    QTRY_VERIFY2(said().contains(u"published to order-events [0] @ 1204000\n"_s), qPrintable(said()));
    QVERIFY(said().contains(u"time unknown\n"_s));
    QVERIFY(said().contains(u"failed at 3 deliveries"_s));
}

void InspectorSidesTest::theOriginIsHeldAgainstTheLetter()
{
    press(Qt::Key_D);
    auto* table = m_page->findChild<TableView*>(u"compareTable"_s);
    QVERIFY(!table->isVisible());
    QTest::mouseClick(m_page->findChild<QPushButton*>(u"compareOrigin"_s), Qt::LeftButton);
    settle();
    QCOMPARE(m_page->findChild<CommandLine*>(u"compareLine"_s)->line(),
             u"spillwayctl dlq diff %1 --origin"_s.arg(m_inspector->letterId()));
    QVERIFY(m_source->intents().contains(u"compare %1|origin|"_s.arg(m_inspector->letterId())));
    QVERIFY2(answer().startsWith(u"Origin: "_s) && answer().contains(u"its timestamp is the one"_s),
             qPrintable(answer()));
    QVERIFY(table->isVisible());
    QVERIFY(table->presented().rowCount() >= 5);
    QCOMPARE(table->presented().index(0, 1).data().toString(), u"/order_id"_s);
    QVERIFY(m_page->findChild<PlainTextLabel*>(u"compareNotes"_s)->fullText().contains(u"Compared as JSON"_s));
    // The row one stands on is there whole.
    auto* whole = m_page->findChild<PlainTextLabel*>(u"compareWhole"_s);
    QVERIFY(!whole->isVisible());
    table->selectRow(0);
    QVERIFY(whole->isVisible());
    QVERIFY2(whole->fullText().startsWith(u"/order_id\n"_s), qPrintable(whole->fullText()));
    // Another letter: what was found is gone.
    press(Qt::Key_M);
    press(Qt::Key_J);
    settle();
    QTRY_VERIFY(!table->isVisible());
}

void InspectorSidesTest::noGoodOneSaysHowFarItLooked()
{
    press(Qt::Key_D);
    QTest::mouseClick(m_page->findChild<QPushButton*>(u"compareLastGood"_s), Qt::LeftButton);
    settle();
    QCOMPARE(answer(), u"No good one was found · none: looked at all 500 records"_s);
    QVERIFY(!m_page->findChild<QPushButton*>(u"compareStop"_s)->isVisible());
}

void InspectorSidesTest::numbersOfTheWorkspacesOwnDialectAreRead()
{
    const auto dialect = readDialect(R"({"id":"acme-retry","name":"Acme retry",
        "detect":[{"all":["acme-tries"],"confidence":0.9}],
        "newest":"last","fields":{"attempts":[{"header":"acme-tries","type":"int32"}]},
        "letterTime":"record","strip":["acme-*"]})",
                                     u"acme.json"_s);
    QVERIFY2(dialect, dialect ? "" : qPrintable(dialect.error().detail));
    DialectRegistry registry = *m_source->known;
    registry.add(*dialect);
    m_source->known = std::make_shared<const DialectRegistry>(std::move(registry));
    for (DeadLetter& letter : m_source->deadLetters) {
        letter.facts.dialect = u"acme-retry"_s;
        letter.record.headers.push_back({"acme-tries", QByteArray("\0\0\0\x2a", 4)});
        letter.record.headers.push_back({"acme region", QByteArray("eu")});
    }
    press(Qt::Key_M);
    press(Qt::Key_J); // another letter, read anew
    settle();
    const QString both = u"42 (0x0000002a)"_s;
    const auto rowOf = [](TableView* table, int column, const QString& name) {
        for (int row = 0; row < table->presented().rowCount(); ++row) {
            if (table->presented().index(row, column).data().toString() == name)
                return row;
        }
        return -1;
    };
    auto* headers = m_page->findChild<TableView*>(u"letter-headers"_s);
    QTRY_VERIFY(rowOf(headers, 0, u"acme-tries"_s) >= 0);
    QCOMPARE(headers->presented().index(rowOf(headers, 0, u"acme-tries"_s), 1).data().toString(), both);
    // A number in binary is no filter; text is.
    QVERIFY(headerFilters(headers, rowOf(headers, 0, u"acme-tries"_s)).isEmpty());
    QCOMPARE(headerFilters(headers, rowOf(headers, 0, u"acme region"_s)),
             QStringList({u"Filter: header.\"acme region\":eu"_s, u"Exclude: header.\"acme region\":eu"_s}));
    press(Qt::Key_D);
    QTest::mouseClick(m_page->findChild<QPushButton*>(u"compareOrigin"_s), Qt::LeftButton);
    settle();
    auto* table = m_page->findChild<TableView*>(u"compareTable"_s);
    const int row = rowOf(table, 1, u"acme-tries"_s);
    QVERIFY(row >= 0);
    QCOMPARE(table->presented().index(row, 3).data().toString(), both);
}

void InspectorSidesTest::aPointersPayloadIsRescuedWithOneClick()
{
    auto* bar = m_page->findChild<QWidget*>(u"rescueBar"_s);
    auto* button = m_page->findChild<QPushButton*>(u"rescueButton"_s);
    auto* text = m_page->findChild<PlainTextLabel*>(u"rescueText"_s);
    QVERIFY(bar->isHidden()); // this letter has its payload
    for (DeadLetter& letter : m_source->deadLetters) {
        letter.facts.isPointer = true;
        letter.record.value.reset();
    }
    press(Qt::Key_M);
    press(Qt::Key_J); // another letter, read anew
    settle();
    QTRY_VERIFY(bar->isVisible());

    // Nothing there any more: it says why.
    m_source->rescue.lost = 1;
    m_source->rescue.gone = {{m_inspector->letterId(), u"the record is gone: its topic's log begins later"_s}};
    QTest::mouseClick(button, Qt::LeftButton);
    settle();
    QTRY_COMPARE(text->fullText(), u"the record is gone: its topic's log begins later"_s);

    // A click ends what takes long.
    m_source->rescue = {};
    m_source->rereadWaits = true;
    QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(button->text(), u"Cancel"_s);
    QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(button->text(), u"Rescue the payload"_s);
    waitForLoads(); // what was stopped has ended
    m_source->rereadWaits = false;
    settle();

    m_source->rescue.rescued = 1;
    m_source->rescuedValue = R"({"order_id":"saved"})";
    QTest::mouseClick(button, Qt::LeftButton);
    QTRY_VERIFY(bar->isHidden());
    settle();
    QCOMPARE(m_source->intents().last(), u"rescue %1|"_s.arg(m_inspector->letterId()));
    const QString more = m_page->findChild<PlainTextLabel*>(u"payloadMore"_s)->fullText();
    QVERIFY2(more.contains(u"Copied from order-events, partition"_s), qPrintable(more));
}

void InspectorSidesTest::twoMarkedLettersAreCompared()
{
    press(Qt::Key_M);
    auto* letters = m_page->findChild<TableView*>(u"letters"_s);
    letters->clearSelection();
    press(Qt::Key_X);
    press(Qt::Key_J);
    settle();
    press(Qt::Key_X);
    QCOMPARE(letters->selectedSources().size(), std::size_t{2});
    press(Qt::Key_D);
    settle();
    const QStringList intents = m_source->intents();
    QVERIFY2(intents.last().startsWith(u"compare "_s) &&
                 intents.last().endsWith(u"|letter|"_s + m_inspector->letterId()),
             qPrintable(intents.last()));
    QVERIFY(answer().startsWith(u"Letter "_s));
}

void InspectorSidesTest::anUnknownIdSaysSo()
{
    press(Qt::Key_D);
    QTest::mouseClick(m_page->findChild<QPushButton*>(u"compareLetter"_s), Qt::LeftButton);
    auto* dialog = m_page->findChild<QDialog*>(u"confirmDialog"_s);
    QVERIFY(dialog);
    QTest::keyClicks(dialog->findChild<QLineEdit*>(u"confirmText"_s), u"no-such-id"_s);
    dialog->findChild<QPushButton*>(u"confirmAccept"_s)->click();
    QTRY_VERIFY2(answer().contains(u"no such letter"_s), qPrintable(answer()));
}

void InspectorSidesTest::theLetterIsCopied()
{
    QSignalSpy said(m_inspector, &Inspector::said);
    press(Qt::Key_Y);
    auto* menu = m_inspector->findChild<QMenu*>(u"copyMenu"_s);
    QVERIFY(menu && menu->isVisible());
    menu->actions().at(1)->trigger();
    QTRY_COMPARE(said.count(), 1);
    QVERIFY(said.first().first().toString().startsWith(u"Copied as a kcat line"_s));
    QVERIFY(said.first().first().toString().contains(u"1 header is binary"_s));
    QVERIFY(QGuiApplication::clipboard()->text().contains(u"kcat -P -b broker:9092 -t orders"_s));
    menu->close();
}

void InspectorSidesTest::sidesKeepTheirWordsInANarrowWindow()
{
    auto* tabs = m_inspector->findChild<QTabBar*>(u"inspectorTabs"_s);
    QVERIFY2(tabs->tabText(1).startsWith(u"Headers "_s), qPrintable(tabs->tabText(1)));
    const QFont whole = tabs->font();
    tabs->resize(200, tabs->height());
    QCOMPARE(tabs->tabText(1), u"Headers"_s);
    QVERIFY(QFontMetrics(tabs->font()).height() < QFontMetrics(whole).height());
    QVERIFY(tabs->tabToolTip(1).contains(u"Headers "_s));
    tabs->resize(800, tabs->height());
    QVERIFY(tabs->tabText(1).startsWith(u"Headers "_s));
    QCOMPARE(tabs->font(), whole);
}

void InspectorSidesTest::everyKeyIsOnTheSheet()
{
    QStringList keys;
    for (const QAction* action : m_page->pageActions())
        keys << action->shortcut().toString();
    for (const char* key : {"V", "F", "H", "E", "O", "T", "D", "Y"})
        QCOMPARE(keys.count(QString::fromLatin1(key)), 1);
}

QTEST_MAIN(InspectorSidesTest)
#include "tst_inspectorsides.moc"
