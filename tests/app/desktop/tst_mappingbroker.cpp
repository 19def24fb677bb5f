// SPDX-License-Identifier: GPL-3.0-or-later
// The mapping editor on a real topic: from letters that no dialect fits to letters that say what failed, while the
// desktop goes on collecting.
#include "app/desktop/consoledatasource.h"
#include "tests/app/ctl/ctl.h"
#include "tests/app/ctl/foreignclient.h"
#include "tests/support/peers.h"
#include "views/deadletters/mappingeditor.h"
#include "views/shell/viewsettings.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/plaintextlabel.h"

#include <QComboBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;
using views::MappingEditor;
using views::PlainTextLabel;

class MappingBrokerTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { views::waitForLoads(); }
    void fromUnknownShapeToKnownErrors();

private:
    QWidget m_parent;
    MappingEditor* m_editor = nullptr; // deletes itself

    template<typename T>
    T* part(const QString& name)
    {
        return m_editor->findChild<T*>(name);
    }
    void choose(const QString& field, int from, const QString& what)
    {
        part<QComboBox>(u"from-"_s + field)->setCurrentIndex(from);
        part<QComboBox>(u"what-"_s + field)->setEditText(what);
    }
};

void MappingBrokerTest::fromUnknownShapeToKnownErrors()
{
    const Peer& kafka = Peers::byVersion(u"4.1.1"_s);
    const QString topic = kafka.newTopic(u"legacy-errors"_s, 1);
    const Scene scene;
    const QByteArray written =
        "# ours\n" +
        workspaceText({{.name = u"main"_s,
                        .bootstrap = kafka.bootstrap(),
                        .more = {u"dead_letters:"_s, u"  - topic: %1   # nobody knows its shape"_s.arg(topic)}}});
    scene.write(u"spillway.yaml"_s, written);
    ForeignProducer producer(kafka.bootstrap());
    const auto send = [&](int number) {
        producer.send(topic, {.partition = 0,
                              .key = "order-" + QByteArray::number(number),
                              .value = R"({ "failure": {"text" : "card \u003cb>refused", "n": )" +
                                       QByteArray::number(number) + "} }",
                              .headers = {{"x-failed", "com.acme.E" + QByteArray::number(number % 2)},
                                          {"x-failed", std::nullopt},
                                          {"x-from", QByteArray("orders")}}});
        producer.flush();
    };
    for (int i = 0; i < 5; ++i)
        send(i);

    auto context = openContext(scene.folder(), scene.state());
    QVERIFY(context.value);
    const auto holder = Holder::acquire(std::move(*context.value), u"a test"_s);
    QVERIFY2(holder, qPrintable(holder ? QString() : holder.error().detail));
    ConsoleDataSource data(**holder, false);
    (*holder)->startCollecting({});
    const auto letters = [&data](const QString& query) {
        const auto page = data.letters(query, 100, {});
        return page ? page->letters : std::vector<DeadLetter>();
    };
    QTRY_COMPARE_WITH_TIMEOUT(letters({}).size(), std::size_t{5}, 60'000);
    for (const DeadLetter& letter : letters({}))
        QVERIFY(!letter.facts.errorClass && !letter.facts.originTopic);

    // What real letters have is offered; what it makes of them is shown.
    const SystemClock clock;
    const views::ViewSettings settings(clock);
    const DeadLetter chosen = letters({}).back(); // the oldest
    m_editor = new MappingEditor(data, settings, chosen, &m_parent);
    m_editor->show();
    QTRY_VERIFY_WITH_TIMEOUT(part<QTableWidget>(u"mappingFields"_s)->isEnabled(), 30'000);
    auto* which = part<QComboBox>(u"what-error_class"_s);
    part<QComboBox>(u"from-error_class"_s)->setCurrentIndex(1);
    QVERIFY(which->findText(u"x-failed"_s) >= 0);
    part<QComboBox>(u"from-error_class"_s)->setCurrentIndex(2);
    QVERIFY(which->findText(u"/failure/text"_s) >= 0);
    choose(u"error_class"_s, 2, u"/failure/nowhere"_s);
    auto* preview = part<QTableWidget>(u"mappingPreview"_s);
    QTRY_COMPARE(preview->rowCount(), 5);
    QTRY_VERIFY(preview->columnCount() == 3 && preview->item(0, 2)->text() == u"not told"_s);
    QCOMPARE(preview->item(0, 0)->text(), u"p0 @ %1"_s.arg(chosen.record.offset.value)); // the chosen one stands first
    QCOMPARE(preview->item(0, 1)->text(), u"this mapping"_s);
    choose(u"error_class"_s, 2, u"/failure/n"_s);
    choose(u"error_message"_s, 2, u"/failure/text"_s);
    choose(u"origin_topic"_s, 1, u"x-from"_s);
    choose(u"consumer"_s, 3, u"billing"_s);
    QTRY_VERIFY(preview->columnCount() == 6 && preview->item(0, 3)->text() == u"card <b>refused"_s);
    QStringList errors;
    for (int row = 0; row < preview->rowCount(); ++row)
        errors << preview->item(row, 2)->text();
    errors.sort();
    QCOMPARE(errors, (QStringList{u"0"_s, u"1"_s, u"2"_s, u"3"_s, u"4"_s}));

    // The change is shown, then written; all else in the file stays.
    auto* save = part<QPushButton>(u"saveMapping"_s);
    save->click();
    QTRY_VERIFY(part<QPlainTextEdit>(u"mappingYaml"_s)->toPlainText().contains(u"+ "_s));
    QCOMPARE(scene.read(u"spillway.yaml"_s), written);
    save->click();
    auto* reread = part<QPushButton>(u"rereadChannel"_s);
    QTRY_VERIFY_WITH_TIMEOUT(reread->isEnabled(), 30'000);
    const QByteArray saved = scene.read(u"spillway.yaml"_s);
    QVERIFY2(saved.startsWith("# ours\n") && saved.contains("# nobody knows its shape") &&
                 saved.contains("origin_topic: { header: x-from }"),
             saved.constData());

    // The collector reads the next one by it, at once: it was told.
    send(5);
    QTRY_COMPARE_WITH_TIMEOUT(letters({}).size(), std::size_t{6}, 60'000);
    QCOMPARE(letters(u"dialect:mapping"_s).size(), std::size_t{1});
    QCOMPARE(letters(u"dialect:mapping"_s).front().facts.errorMessage, std::optional(u"card <b>refused"_s));

    // Those that are stored are read anew; ids, times and bytes stay.
    std::map<QString, DeadLetter> before;
    for (const DeadLetter& letter : letters({}))
        before[letter.id] = data.letter(letter.id, {}).value();
    QSignalSpy done(m_editor, &MappingEditor::reread);
    reread->click();
    QTRY_COMPARE_WITH_TIMEOUT(done.size(), 1, 60'000);
    const QString note = part<PlainTextLabel>(u"mappingNote"_s)->fullText();
    QVERIFY2(note.startsWith(u"6 letters"_s) && note.contains(u"5 of them"_s), qPrintable(note));
    const std::vector<ForeignRecord> records = readTopic(kafka.bootstrap(), topic);
    QCOMPARE(letters(u"dialect:mapping"_s).size(), std::size_t{6});
    for (const auto& [id, old] : before) {
        const DeadLetter letter = data.letter(id, {}).value();
        QCOMPARE(letter.record, old.record);
        QCOMPARE(letter.firstSeenAt, old.firstSeenAt);
        QCOMPARE(letter.consumer, std::optional(u"billing"_s));
        QCOMPARE(letter.facts.originTopic, std::optional(u"orders"_s));
        const ForeignRecord& record = records.at(static_cast<std::size_t>(letter.record.offset.value));
        QCOMPARE(letter.record.value, record.value);
        QCOMPARE(letter.record.key, record.key);
        QCOMPARE(letter.facts.errorClass, std::optional(QString::number(letter.record.offset.value)));
    }
    m_editor->close();
}

QTEST_MAIN(MappingBrokerTest)
#include "tst_mappingbroker.moc"
