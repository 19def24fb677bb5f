// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/jsontree.h"
#include "model/mask/masker.h"
#include "views/deadletters/inspector.h"
#include "views/deadletters/letterwords.h"
#include "views/deadletters/payloadpane.h"
#include "views/widgets/clipboard.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/prompter.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

/// The payload's pane through its widgets.
class PayloadPaneTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void formsTurnAndSayWhatTheyShow();
    void whatIsMaskedWholeHasNoSize();
    void whatIsNoJsonSaysWhere();
    void onlyRowsInSightAreMade_data();
    void onlyRowsInSightAreMade();
    void partsArriveWhileOneLooks();
    void findsAndGoesOn();
    void whatIsFoundAtTheEndIsInSight();
    void theTreeOpensAndGivesAFilter();
    void aValueIsCopiedAsItsNamesSay_data();
    void aValueIsCopiedAsItsNamesSay();
    void hexIsMaskedBeforeItIsHex();
    void aPointerIsNoTombstone();
    void marksAreDrawnAndSaid();
};

namespace {

QString noteOf(const PayloadPane& pane)
{
    QStringList parts{pane.findChild<PlainTextLabel*>(u"payloadNote"_s)->fullText(),
                      pane.findChild<PlainTextLabel*>(u"payloadMore"_s)->fullText()};
    parts.removeAll(QString());
    return parts.join(u" · "_s);
}

QString textInSight(const PayloadView& view)
{
    QString text;
    for (const PayloadRow& row : view.rows().rows(view.verticalScrollBar()->value(), 40))
        text += view.rows().text(row) + u'\n';
    return text;
}

} // namespace

void PayloadPaneTest::formsTurnAndSayWhatTheyShow()
{
    PayloadPane pane;
    pane.resize(500, 400);
    pane.QWidget::show();
    pane.show(QByteArray(R"({"id":"4711","n":1e400})"), {});
    auto* view = pane.findChild<PayloadView*>(u"payload"_s);
    auto* tree = pane.findChild<QTreeView*>(u"payloadTree"_s);
    QVERIFY(textInSight(*view).contains(u"  \"n\": 1e400\n"_s));
    QCOMPARE(noteOf(pane), u"23 B"_s);
    QVERIFY(view->accessibleDescription().contains(u"\"n\": 1e400"_s)); // what a screen reader says
    pane.turnForm();
    QVERIFY(tree->isVisible());
    QCOMPARE(tree->model()->rowCount(), 2);
    pane.turnForm();
    QVERIFY(view->isVisible());
    QVERIFY(textInSight(*view).startsWith(u"{\"id\":\"4711\",\"n\":1e400}"_s));
    pane.findChild<QToolButton*>(u"form3"_s)->click();
    QVERIFY(textInSight(*view).startsWith(u"00000000  7b 22"_s));
    pane.turnForm();
    QCOMPARE(pane.form(), PayloadPane::Form::Pretty);
    pane.show(QByteArray(), {});
    QVERIFY(noteOf(pane).contains(u"not null"_s));
    pane.show(std::nullopt, u"nothing chosen"_s);
    QCOMPARE(noteOf(pane), u"nothing chosen"_s);
}

void PayloadPaneTest::whatIsMaskedWholeHasNoSize()
{
    PayloadPane pane;
    pane.show(maskMark.toByteArray(), {});
    QVERIFY2(noteOf(pane).startsWith(u"Masked whole"_s), qPrintable(noteOf(pane)));
    pane.show(maskMark.toByteArray() + '!', {});
    QVERIFY(noteOf(pane).startsWith(u"10 B"_s));
}

void PayloadPaneTest::whatIsNoJsonSaysWhere()
{
    PayloadPane pane;
    pane.show(QByteArray("{\"a\":1,\xFF}"), {});
    QVERIFY2(noteOf(pane).contains(u"No JSON from byte 7 on"_s), qPrintable(noteOf(pane)));
    QVERIFY(noteOf(pane).contains(u"Not UTF-8"_s));
    pane.setForm(PayloadPane::Form::Tree);
    QVERIFY(textInSight(*pane.findChild<PayloadView*>(u"payload"_s)).contains(QChar(QChar::ReplacementCharacter)));
}

void PayloadPaneTest::onlyRowsInSightAreMade_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("objects in one line") << "[" + QByteArray("{\"sku\":\"A-100\",\"qty\":2},").repeated(100'000) + "0]";
    QTest::newRow("one text") << "\"" + QByteArray(3'000'000, 'x') + "\"";
    QTest::newRow("100 000 levels") << QByteArray(100'000, '[') + QByteArray(100'000, ']');
    QTest::newRow("bytes") << QByteArray(3'000'000, '\x9b');
}

void PayloadPaneTest::onlyRowsInSightAreMade()
{
    QFETCH(QByteArray, bytes);
    PayloadPane pane;
    pane.resize(500, 400);
    pane.QWidget::show();
    auto* view = pane.findChild<PayloadView*>(u"payload"_s);
    for (const PayloadPane::Form form :
         {PayloadPane::Form::Pretty, PayloadPane::Form::Tree, PayloadPane::Form::Raw, PayloadPane::Form::Hex}) {
        pane.setForm(form);
        pane.show(bytes, {});
        QTRY_VERIFY(pane.isSettled());
        for (const int at : {0, view->verticalScrollBar()->maximum() / 2, view->verticalScrollBar()->maximum()}) {
            view->verticalScrollBar()->setValue(at);
            pane.grab();
            if (view->isVisible()) {
                QVERIFY(view->rowsLaidOut() > 0);
                QVERIFY(view->rowsLaidOut() <= 400 / view->fontMetrics().height() + 2);
            }
        }
    }
}

void PayloadPaneTest::partsArriveWhileOneLooks()
{
    PayloadView view;
    view.resize(400, 300);
    QSignalSpy parts(&view, &PayloadView::indexed);
    qint64 rowsOfFirst = 0;
    bool wasDoneAtFirst = true;
    connect(&view, &PayloadView::indexed, this, [&] {
        if (parts.count() == 1) {
            rowsOfFirst = view.rows().count();
            wasDoneAtFirst = view.rows().index().isDone;
        }
    });
    view.show("[" + QByteArray("{\"sku\":\"A-100\",\"qty\":2},").repeated(400'000) + "0]", PayloadForm::Pretty);
    QVERIFY(view.isIndexing()); // the window does not wait for it
    QTRY_VERIFY(!view.isIndexing());
    QVERIFY(rowsOfFirst > 1'000);
    QVERIFY(!wasDoneAtFirst);
    QVERIFY(parts.count() > 2);
    QCOMPARE(view.rows().count(), 4 * 400'000 + 3);
}

void PayloadPaneTest::findsAndGoesOn()
{
    PayloadPane pane;
    pane.resize(500, 400);
    pane.QWidget::show();
    QByteArray bytes = "[" + QByteArray("{\"sku\":\"A-100\",\"qty\":2},").repeated(50'000);
    bytes += "{\"sku\":\"Needle\"},{\"sku\":\"needle\"}]";
    pane.setForm(PayloadPane::Form::Tree);
    pane.show(bytes, {});
    QTRY_VERIFY(pane.isSettled());
    pane.startFinding();
    auto* field = pane.findChild<QLineEdit*>(u"payloadFind"_s);
    auto* note = pane.findChild<PlainTextLabel*>(u"payloadFindNote"_s);
    auto* view = pane.findChild<PayloadView*>(u"payload"_s);
    QTest::keyClicks(field, u"needle"_s);
    QTRY_VERIFY(pane.isSettled());
    QTRY_COMPARE(view->foundAt(), bytes.indexOf("Needle"));
    QVERIFY(textInSight(*view).contains(u"Needle"_s));
    QTest::keyClick(field, Qt::Key_Return);
    QTRY_COMPARE(view->foundAt(), bytes.indexOf("needle"));
    QTest::keyClick(field, Qt::Key_Return);
    QTRY_COMPARE(note->fullText(), u"none after this one"_s);
    QTest::keyClick(field, Qt::Key_Return, Qt::ShiftModifier);
    QTRY_COMPARE(view->foundAt(), bytes.indexOf("Needle"));
    field->selectAll();
    QTest::keyClicks(field, u"Nothing like it"_s);
    QTRY_COMPARE(note->fullText(), u"not there"_s);
    QTest::keyClick(field, Qt::Key_Escape);
    QVERIFY(!field->isVisible());
    QVERIFY(view->hasFocus());
}

void PayloadPaneTest::whatIsFoundAtTheEndIsInSight()
{
    QByteArray bytes = "[";
    for (int i = 0; i < 3'000; ++i)
        bytes += "\"k" + QByteArray::number(i) + "\",";
    bytes += "\"last\"]";
    PayloadPane pane;
    pane.resize(400, 400);
    static_cast<QWidget&>(pane).show();
    QVERIFY(QTest::qWaitForWindowExposed(&pane));
    pane.show(bytes, {});
    QTRY_VERIFY(pane.isSettled());
    pane.startFinding();
    auto* field = pane.findChild<QLineEdit*>(u"payloadFind"_s);
    auto* view = pane.findChild<PayloadView*>(u"payload"_s);
    for (const QByteArray& end : {QByteArray("last"), QByteArray("k2998"), QByteArray("k2985")}) {
        field->selectAll();
        QTest::keyClicks(field, QString::fromLatin1(end));
        QTRY_VERIFY(pane.isSettled());
        QTRY_COMPARE(view->foundAt(), bytes.indexOf(end));
        const int first = view->verticalScrollBar()->value();
        QString inSight;
        for (const PayloadRow& row : view->rows().rows(first, view->verticalScrollBar()->pageStep()))
            inSight += view->rows().text(row) + u'\n';
        QVERIFY2(inSight.contains(QString::fromLatin1(end)), qPrintable(inSight));
    }
}

void PayloadPaneTest::theTreeOpensAndGivesAFilter()
{
    PayloadPane pane;
    pane.resize(500, 400);
    pane.QWidget::show();
    pane.setForm(PayloadPane::Form::Tree);
    pane.show(QByteArray(R"({"order":{"id":"4711"}})"), {});
    auto* tree = pane.findChild<QTreeView*>(u"payloadTree"_s);
    const QModelIndex id = tree->model()->index(0, 0, tree->model()->index(0, 0));
    QVERIFY(tree->isExpanded(tree->model()->index(0, 0)));
    tree->setCurrentIndex(id);
    QTest::keyClick(tree, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), u"/order/id"_s);
    QSignalSpy asked(&pane, &PayloadPane::filterAsked);
    QTest::keyClick(tree, Qt::Key_Return);
    QCOMPARE(asked.count(), 1);
    QCOMPARE(asked.first().first().toString(), u"payload.order.id:4711"_s);
}

namespace {

/// Masks as in production, until the end of a test.
class ClipboardMasks
{
public:
    ClipboardMasks() { setClipboardMasker(Masker(defaultMaskRules(Environment::Production))); }
    ~ClipboardMasks() { setClipboardMasker({}); }
    ClipboardMasks(const ClipboardMasks&) = delete;
    ClipboardMasks& operator=(const ClipboardMasks&) = delete;
};

void choose(QWidget& of, const QString& action)
{
    for (QMenu* menu : of.findChildren<QMenu*>()) {
        for (QAction* each : menu->actions()) {
            if (each->text() == action)
                return each->trigger();
        }
    }
    QFAIL("there is no such action");
}

} // namespace

void PayloadPaneTest::aValueIsCopiedAsItsNamesSay_data()
{
    QTest::addColumn<QString>("pointer");
    QTest::addColumn<QString>("copied");
    QTest::newRow("a field that may be seen") << u"/order/id"_s << u"\"4711\""_s;
    QTest::newRow("a field that is masked") << u"/order/first_name"_s << u"\"•••\""_s;
    QTest::newRow("what lies in a field that is masked") << u"/order/card/n"_s << u"•••"_s;
    QTest::newRow("an element") << u"/order/items/1/pin"_s << u"\"•••\""_s;
    QTest::newRow("an object with such a field") << u"/order/items/1"_s << u"{\"pin\":\"•••\",\"n\":1}"_s;
    QTest::newRow("a name with signs in it") << u"/a~1\"b"_s << u"2"_s;
}

void PayloadPaneTest::aValueIsCopiedAsItsNamesSay()
{
    QFETCH(QString, pointer);
    const ClipboardMasks masks;
    PayloadPane pane;
    pane.resize(500, 400);
    pane.QWidget::show();
    pane.setForm(PayloadPane::Form::Tree);
    pane.show(QByteArray(R"({"order":{"id":"4711","first_name":"Zoe","card":{"n":1},)"
                         R"("items":[{"x":1},{"pin":"12","n":1}]},"a/\"b":2})"),
              {});
    auto* tree = pane.findChild<QTreeView*>(u"payloadTree"_s);
    auto* model = qobject_cast<JsonTree*>(tree->model());
    QVERIFY(model);
    const QModelIndex value = model->indexOf(pointer);
    QVERIFY(value.isValid());
    tree->setCurrentIndex(value);
    Q_EMIT tree->customContextMenuRequested(tree->visualRect(value).center());
    choose(pane, u"Copy the value"_s);
    QTEST(QGuiApplication::clipboard()->text(), "copied");
}

void PayloadPaneTest::hexIsMaskedBeforeItIsHex()
{
    PayloadView view;
    view.resize(300, 200);
    view.show("\xff joe", PayloadForm::Raw);
    const auto copied = [&view] {
        QContextMenuEvent event(QContextMenuEvent::Mouse, {5, 5}, {5, 5});
        QCoreApplication::sendEvent(view.viewport(), &event);
        choose(view, u"Copy all, as hex"_s);
        return QGuiApplication::clipboard()->text();
    };
    QCOMPARE(copied(), u"ff 20 6a 6f 65"_s);
    const ClipboardMasks masks;
    QCOMPARE(copied(), u"•••"_s);
}

void PayloadPaneTest::aPointerIsNoTombstone()
{
    DeadLetter letter;
    QVERIFY(noPayloadText(letter).contains(u"tombstone"_s));
    letter.facts.isPointer = true;
    letter.facts.originTopic = u"orders"_s;
    letter.facts.originPartition = 3;
    letter.facts.originOffset = Offset{88'120};
    QVERIFY(noPayloadText(letter).contains(u"stayed at orders, partition 3, offset 88\u2009120"_s));
    // What was rescued is shown, and from where.
    QVERIFY(rescuedText(letter).isEmpty());
    letter.record.value = QByteArray("{}");
    QCOMPARE(rescuedText(letter), u"Copied from orders, partition 3, offset 88\u2009120, where this letter points"_s);
    letter.facts.isPointer = false;
    QVERIFY(rescuedText(letter).isEmpty());
    letter.facts.isPointer = true;
    letter.record.value.reset();
    QVERIFY(noPayloadText(letter).endsWith(u"No tombstone"_s));
    letter.facts.originTopic.reset();
    QVERIFY(noPayloadText(letter).contains(u"does not say where"_s));
    // Nor is what was erased, wherever its payload lay.
    letter.erased = LetterErasure{.at = utcFromMs(0), .by = u"anna"_s, .reason = u"ticket 12"_s};
    const QString erased = noPayloadText(letter);
    QVERIFY2(erased.contains(u"erased by anna on 1970-"_s) && erased.endsWith(u": ticket 12"_s), qPrintable(erased));
    QVERIFY(!erased.contains(u"tombstone"_s, Qt::CaseInsensitive));
}

void PayloadPaneTest::marksAreDrawnAndSaid()
{
    PayloadPane pane;
    pane.resize(500, 400);
    pane.QWidget::show();
    const QByteArray bytes = R"({"id":"4711","amount":"x"})";
    pane.show(bytes, {});
    const QImage before = pane.findChild<PayloadView*>(u"payload"_s)->grab().toImage();
    const qsizetype at = bytes.indexOf("\"x\"");
    pane.setMarks({{at, at + 3, u"a number is wanted"_s}}, u"/amount: a number is wanted"_s);
    auto* sentence = pane.findChild<PlainTextLabel*>(u"payloadSchema"_s);
    QVERIFY(sentence->isVisible());
    QCOMPARE(sentence->fullText(), u"/amount: a number is wanted"_s);
    QVERIFY(pane.findChild<PayloadView*>(u"payload"_s)->grab().toImage() != before);
    pane.show(bytes, {});
    QVERIFY(!sentence->isVisible());
}

QTEST_MAIN(PayloadPaneTest)
#include "tst_payloadpane.moc"
