// SPDX-License-Identifier: GPL-3.0-or-later
// The mapping editor through its widgets: from real letters to the lines of spillway.yaml.
#include "tests/support/folders.h"
#include "tests/views/fakedatasource.h"
#include "views/deadletters/mappingeditor.h"
#include "views/shell/viewsettings.h"
#include "views/widgets/plaintextlabel.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QGuiApplication>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

RawRecord legacy(int number)
{
    return {.at = {u"legacy.errors"_s, 0},
            .offset = Offset{number},
            .timestamp = utcFromMs(1'763'703'926'204),
            .timestampType = TimestampType::CreateTime,
            .key = QByteArray("k"),
            .value = R"({"error":{"message":"<b>no</b> stock )" + QByteArray::number(number) + "\"}}",
            .headers = {{"x-error-class", "com.acme.E" + QByteArray::number(number)}}};
}

} // namespace

class MappingEditorTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init();
    void choosesShowsAndCopies();
    void aMappingThatIsThereIsShown();
    void whatADialectReadsIsCountedAndStays();
    void anEnvelopesPayloadIsChosen();
    void writesAfterShowingTheChange();
    void readingAgainShowsHowFarItIsAndStops();
    void whatFailsIsSaid();

private:
    std::unique_ptr<test::FakeDataSource> m_data;
    SystemClock m_clock;
    ViewSettings m_settings{m_clock};
    MappingEditor* m_editor = nullptr; // deletes itself
    QWidget m_parent;

    void open()
    {
        DeadLetter chosen;
        chosen.id = u"the chosen one"_s;
        chosen.connection = u"orders"_s;
        chosen.record = legacy(1);
        m_editor = new MappingEditor(*m_data, m_settings, chosen, &m_parent);
        m_editor->show();
    }
    template<typename T>
    T* part(const QString& name)
    {
        return m_editor->findChild<T*>(name);
    }
    QString note() { return part<PlainTextLabel>(u"mappingNote"_s)->fullText(); }
    void choose(const QString& field, int from, const QString& what)
    {
        part<QComboBox>(u"from-"_s + field)->setCurrentIndex(from);
        part<QComboBox>(u"what-"_s + field)->setEditText(what);
    }
};

void MappingEditorTest::init()
{
    m_data = std::make_unique<test::FakeDataSource>(utcFromMs(1'763'703'930'000));
    m_data->mapped.letters = {legacy(2), legacy(1)};
    m_data->mapped.candidates = mappingCandidates(m_data->mapped.letters);
}

void MappingEditorTest::choosesShowsAndCopies()
{
    open();
    QTRY_VERIFY(part<QTableWidget>(u"mappingFields"_s)->isEnabled());
    QVERIFY(!part<QPushButton>(u"copyMapping"_s)->isEnabled());
    auto* what = part<QComboBox>(u"what-error_class"_s);
    QVERIFY(!what->isEnabled());
    part<QComboBox>(u"from-error_class"_s)->setCurrentIndex(1);
    QVERIFY(what->isEnabled());
    QCOMPARE(what->count(), 1);
    QCOMPARE(what->itemText(0), u"x-error-class"_s);
    what->setCurrentIndex(0);
    what->setEditText(u"x-error-class"_s);
    choose(u"error_message"_s, 2, u"/error/message"_s);
    choose(u"consumer"_s, 3, u"billing"_s);
    auto* preview = part<QTableWidget>(u"mappingPreview"_s);
    QVERIFY(m_data->intents().contains(u"map from the chosen one"_s));
    QTRY_VERIFY(preview->columnCount() == 5 && preview->item(1, 4));
    QCOMPARE(preview->rowCount(), 2);
    QCOMPARE(preview->item(0, 0)->text(), u"p0 @ 2"_s);
    QCOMPARE(preview->item(0, 2)->text(), u"com.acme.E2"_s);
    QCOMPARE(preview->item(1, 3)->text(), u"<b>no</b> stock 1"_s);
    QCOMPARE(preview->item(1, 4)->text(), u"billing"_s);
    QCOMPARE(preview->item(1, 1)->text(), u"this mapping"_s);
    QVERIFY(!part<PlainTextLabel>(u"mappingSure"_s)->isVisible()); // no dialect reads these
    // What is not there is said, not invented.
    choose(u"error_message"_s, 2, u"/nowhere"_s);
    QTRY_COMPARE(preview->item(1, 3)->text(), u"not told"_s);
    choose(u"error_message"_s, 2, u"/error/message"_s);
    QCOMPARE(m_editor->mapping().size(), std::size_t{3});
    part<QPushButton>(u"copyMapping"_s)->click();
    QCOMPARE(QGuiApplication::clipboard()->text(),
             u"mapping:\n  error_class: { header: x-error-class }\n  error_message: { payload: /error/message }\n"
             "  consumer: { value: billing }\n"_s);
    const QString folder = test::buildFile(u"mapping-editor"_s);
    QVERIFY(QDir().mkpath(folder));
    QVERIFY(m_editor->grab().save(folder + u"/mapping-editor.png"_s));
    m_editor->close();
}

void MappingEditorTest::aMappingThatIsThereIsShown()
{
    m_data->mapped.mapping = {{u"stack"_s, {FieldSource::From::Constant, u"none"_s}},
                              {u"error_class"_s, {FieldSource::From::Header, u"x-error-class"_s}}};
    open();
    QTRY_VERIFY(part<QTableWidget>(u"mappingFields"_s)->isEnabled());
    QCOMPARE(m_editor->mapping(), m_data->mapped.mapping);
    part<QComboBox>(u"from-stack"_s)->setCurrentIndex(0);
    QCOMPARE(m_editor->mapping().size(), std::size_t{1});
    m_editor->close();
}

void MappingEditorTest::whatADialectReadsIsCountedAndStays()
{
    RawRecord spring = legacy(3);
    spring.headers = {{"kafka_dlt-original-topic", QByteArray("orders")},
                      {"kafka_dlt-exception-fqcn", QByteArray("com.acme.Refused")}};
    m_data->mapped.letters = {legacy(2), spring, spring};
    open();
    QTRY_VERIFY(part<QTableWidget>(u"mappingFields"_s)->isEnabled());
    auto* sure = part<PlainTextLabel>(u"mappingSure"_s);
    QVERIFY(sure->isVisible());
    QVERIFY2(sure->fullText().startsWith(u"2 of 3 are read by Spring"_s), qPrintable(sure->fullText()));
    QVERIFY2(sure->fullText().contains(u"stay so"_s), qPrintable(sure->fullText()));
    choose(u"error_class"_s, 1, u"x-error-class"_s);
    auto* preview = part<QTableWidget>(u"mappingPreview"_s);
    QTRY_VERIFY(preview->columnCount() == 3 && preview->item(1, 2));
    QCOMPARE(preview->item(0, 2)->text(), u"com.acme.E2"_s);
    QCOMPARE(preview->item(0, 1)->text(), u"this mapping"_s);
    QCOMPARE(preview->item(1, 2)->text(), u"com.acme.Refused"_s);
    QCOMPARE(preview->item(1, 1)->text(), u"spring-dlpr"_s);
    // Said otherwise, it takes them: shown, and written.
    part<QCheckBox>(u"mappingTakesAll"_s)->setChecked(true);
    QTRY_COMPARE(preview->item(1, 1)->text(), u"this mapping"_s);
    QCOMPARE(preview->item(1, 2)->text(), u"not told"_s);
    QVERIFY2(sure->fullText().contains(u"takes these too"_s), qPrintable(sure->fullText()));
    QCOMPARE(part<QPlainTextEdit>(u"mappingYaml"_s)->toPlainText(),
             u"mapping:\n  letters: all\n  error_class: { header: x-error-class }\n"_s);
    m_editor->close();
}

void MappingEditorTest::anEnvelopesPayloadIsChosen()
{
    RawRecord envelope = legacy(1);
    envelope.value = R"({"error":"e","data":{"order":7},"body":"eyJhIjoxfQ=="})";
    m_data->mapped.letters = {envelope};
    m_data->mapped.payloads = payloadCandidates(m_data->mapped.letters);
    m_data->mapped.mapping = {{u"error_message"_s, {FieldSource::From::Payload, u"/error"_s}},
                              {payloadField, {FieldSource::From::Payload, u"/body"_s, u"base64"_s}}};
    open();
    QTRY_VERIFY(part<QTableWidget>(u"mappingFields"_s)->isEnabled());
    QCOMPARE(m_editor->mapping(), m_data->mapped.mapping); // as it stands in the file
    auto* from = part<QComboBox>(u"from-payload"_s);
    auto* what = part<QComboBox>(u"what-payload"_s);
    QCOMPARE(from->currentText(), u"base64 within"_s);
    auto* preview = part<QTableWidget>(u"mappingPreview"_s);
    QTRY_VERIFY(preview->columnCount() == 4 && preview->item(0, 3));
    QCOMPARE(preview->item(0, 3)->text(), u"{\"a\":1}"_s);
    QVERIFY(what->findText(u"/data"_s) >= 0); // an object is offered too
    from->setCurrentIndex(1);
    what->setEditText(u"/data"_s);
    QTRY_COMPARE(preview->item(0, 3)->text(), u"{\"order\":7}"_s);
    QVERIFY2(part<QPlainTextEdit>(u"mappingYaml"_s)->toPlainText().endsWith(u"  payload: { payload: /data }\n"_s),
             qPrintable(part<QPlainTextEdit>(u"mappingYaml"_s)->toPlainText()));
    // What is not there is said.
    what->setEditText(u"/nowhere"_s);
    QTRY_VERIFY(preview->item(0, 3)->font().italic());
    from->setCurrentIndex(0);
    QVERIFY(!m_editor->mapping().contains(payloadField));
    m_editor->close();
}

void MappingEditorTest::writesAfterShowingTheChange()
{
    m_data->mappedEdit = {.before = "a\n", .text = "b\n", .diff = u"- a\n+ b"_s};
    open();
    QTRY_VERIFY(part<QTableWidget>(u"mappingFields"_s)->isEnabled());
    choose(u"consumer"_s, 3, u"billing"_s);
    auto* save = part<QPushButton>(u"saveMapping"_s);
    auto* reread = part<QPushButton>(u"rereadChannel"_s);
    QVERIFY(!reread->isEnabled());
    save->click();
    QTRY_COMPARE(part<QPlainTextEdit>(u"mappingYaml"_s)->toPlainText(), u"- a\n+ b"_s);
    QVERIFY(!m_data->intents().contains(u"save mapping"_s));
    // Another choice: another change to be shown.
    choose(u"consumer"_s, 3, u"ledger"_s);
    QVERIFY(part<QPlainTextEdit>(u"mappingYaml"_s)->toPlainText().startsWith(u"mapping:"));
    save->click();
    QTRY_COMPARE(part<QPlainTextEdit>(u"mappingYaml"_s)->toPlainText(), u"- a\n+ b"_s);
    save->click();
    QTRY_VERIFY(m_data->intents().contains(u"save mapping"_s));
    QTRY_VERIFY(reread->isEnabled());
    QSignalSpy spy(m_editor, &MappingEditor::reread);
    reread->click();
    QTRY_COMPARE(spy.size(), 1);
    QVERIFY(m_data->intents().contains(u"reread orders legacy.errors"_s));
    QVERIFY2(note().contains(u"7"), qPrintable(note()));
    m_editor->close();
}

void MappingEditorTest::readingAgainShowsHowFarItIsAndStops()
{
    m_data->mappedEdit = {.before = "a\n", .text = "b\n", .diff = u"- a\n+ b"_s};
    m_data->rereadWaits = true;
    open();
    QTRY_VERIFY(part<QTableWidget>(u"mappingFields"_s)->isEnabled());
    choose(u"consumer"_s, 3, u"billing"_s);
    auto* save = part<QPushButton>(u"saveMapping"_s);
    save->click();
    QTRY_VERIFY(!part<QPlainTextEdit>(u"mappingYaml"_s)->toPlainText().startsWith(u"mapping:"));
    save->click();
    auto* reread = part<QPushButton>(u"rereadChannel"_s);
    QTRY_VERIFY(reread->isEnabled());
    QVERIFY2(note().contains(u"from now on"), qPrintable(note()));
    QSignalSpy spy(m_editor, &MappingEditor::reread);
    reread->click();
    QVERIFY(!reread->isEnabled());
    auto* cancel = part<QPushButton>(u"cancelWork"_s);
    QTRY_VERIFY(cancel->isVisible());
    QTRY_VERIFY2(part<PlainTextLabel>(u"workFigures"_s)->fullText().contains(u"3 of 7"),
                 qPrintable(part<PlainTextLabel>(u"workFigures"_s)->fullText()));
    cancel->click();
    QVERIFY(!cancel->isVisible());
    QVERIFY(reread->isEnabled());
    QCOMPARE(spy.size(), 1); // the screen asks anew: some letters are other ones now
    QVERIFY2(note().contains(u"read again for the rest"), qPrintable(note()));
    m_editor->close();
}

void MappingEditorTest::whatFailsIsSaid()
{
    m_data->failWith(Error{ErrorCode::Unreachable, u"the store is gone"_s});
    open();
    QTRY_VERIFY2(note().contains(u"the store is gone"), qPrintable(note()));
    QVERIFY(!part<QTableWidget>(u"mappingFields"_s)->isEnabled());
    m_editor->close();
}

QTEST_MAIN(MappingEditorTest)
#include "tst_mappingeditor.moc"
