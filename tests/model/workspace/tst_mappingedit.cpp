// SPDX-License-Identifier: GPL-3.0-or-later
// A mapping goes into a person's file: its lines change, and nothing else does.
#include "model/workspace/mappingedit.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

using From = FieldSource::From;

const DeadLetterMapping two{{u"error_class"_s, {From::Header, u"x-error-class"_s}},
                            {u"error_message"_s, {From::Payload, u"/error/message"_s}}};

const QByteArray head = "# ours\nversion: 1\nname: shop\nconnections:\n  - name: orders # the first\n"
                        "    kind: kafka\n    bootstrap_servers: [ \"localhost:9092\" ]\n";

QString editedText(const QByteArray& yaml, const DeadLetterMapping& mapping = two,
                   const QString& channel = u"legacy.errors"_s)
{
    const auto edit = editMapping(yaml, u"spillway.yaml"_s, u"orders"_s, channel, mapping);
    return edit ? QString::fromUtf8(edit->text) : u"error: "_s + edit.error().detail;
}

} // namespace

class MappingEditTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whereItGoes_data();
    void whereItGoes();
    void whatIsLeftToPeople_data();
    void whatIsLeftToPeople();
    void oddTextsComeBackAsTheyWere_data();
    void oddTextsComeBackAsTheyWere();
    void theDiffShowsWhatChanges();
    void aFileThatChangedIsNotOverwritten();
};

void MappingEditTest::whereItGoes_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after"); // what follows `head`
    const auto row = [](const char* name, const QByteArray& before, const QByteArray& after) {
        QTest::newRow(name) << QByteArray(head + before) << QByteArray(head + after);
    };
    const QByteArray block = "        mapping:\n          error_class: { header: x-error-class }\n"
                             "          error_message: { payload: /error/message }\n";
    row("into the entry that names the topic",
        "    dead_letters:\n      - topic: a.DLT\n      - topic: legacy.errors # old\n      # next\n      - topic: "
        "b.DLT\n",
        "    dead_letters:\n      - topic: a.DLT\n      - topic: legacy.errors # old\n" + block +
            "      # next\n      - topic: b.DLT\n");
    row("the file ends without a line feed", "    dead_letters:\n      - topic: legacy.errors",
        "    dead_letters:\n      - topic: legacy.errors\n" + block);
    row("in place of the old one",
        "    dead_letters:\n      - topic: legacy.errors\n        mapping: # by hand\n          stack: { header: s }\n"
        "\n          # deeper\n          consumer: { value: x }\n\n  # second\n  - name: other\n",
        "    dead_letters:\n      - topic: legacy.errors\n" + block + "\n  # second\n  - name: other\n");
    row("into an entry in braces", "    dead_letters: [ { topic: a.DLT }, { topic: \"legacy.errors\" } ] # all\n",
        "    dead_letters: [ { topic: a.DLT }, { topic: \"legacy.errors\", mapping: { error_class: { header: "
        "x-error-class }, error_message: { payload: /error/message } } } ] # all\n");
    row("in place of the old one in braces",
        "    dead_letters: [ { topic: legacy.errors, mapping: { stack: { value: \"}\" } } } ]\n",
        "    dead_letters: [ { topic: legacy.errors, mapping: { error_class: { header: x-error-class }, "
        "error_message: { payload: /error/message } } } ]\n");
    row("in place of braces below a topic",
        "    dead_letters:\n      - topic: legacy.errors\n        mapping: { stack: { header: s } }\n      - topic: "
        "b\n",
        "    dead_letters:\n      - topic: legacy.errors\n" + block + "      - topic: b\n");
    row("a topic of a pattern gets an entry of its own", "    dead_letters:\n      - topic_pattern: .*errors\n",
        "    dead_letters:\n      - topic: legacy.errors\n" + block + "      - topic_pattern: .*errors\n");
    row("a topic of a pattern in brackets", "    dead_letters: [ { topic_pattern: \".*\" } ]\n",
        "    dead_letters: [ { topic: legacy.errors, mapping: { error_class: { header: x-error-class }, "
        "error_message: { payload: /error/message } } }, { topic_pattern: \".*\" } ]\n");
}

void MappingEditTest::whereItGoes()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QCOMPARE(editedText(before), QString::fromUtf8(after));
    // Twice is once.
    QCOMPARE(editedText(after), QString::fromUtf8(after));
    // Windows' line ends stay.
    QByteArray windows = before;
    windows.replace("\n", "\r\n");
    QByteArray windowsAfter = after;
    windowsAfter.replace("\n", "\r\n");
    QCOMPARE(editedText(windows), QString::fromUtf8(windowsAfter));
}

void MappingEditTest::whatIsLeftToPeople_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QString>("says");
    QTest::newRow("an anchor") << QByteArray(head + "    dead_letters:\n      - &it\n        topic: legacy.errors\n")
                               << u"by hand"_s;
    QTest::newRow("no list to add to") << QByteArray(head + "    dead_letters: []\n") << u"by hand"_s;
    QTest::newRow("no dead letters at all") << head << u"no connection orders with dead_letters"_s;
    QTest::newRow("no YAML") << QByteArray("a: [") << u"spillway.yaml:1"_s;
}

void MappingEditTest::whatIsLeftToPeople()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QString, says);
    const QString text = editedText(yaml);
    QVERIFY2(text.startsWith(u"error: ") && text.contains(says), qPrintable(text));
    const QByteArray good = head + "    dead_letters: [ { topic: legacy.errors } ]\n";
    QVERIFY(editedText(good, {}).startsWith(u"error: "));
    QVERIFY(editedText(good, {{lettersField, {From::Constant, u"all"_s}}}).contains(u"the mapping is empty"));
    // What spillway.yaml would not read with is not written there.
    QVERIFY(editedText(good, {{u"stack"_s, {From::Payload, u"stack"_s}}}).contains(u"not a JSON pointer"));
    QVERIFY(editedText(good, {{payloadField, {From::Payload, QString()}}}).contains(u"not a JSON pointer"));
}

void MappingEditTest::oddTextsComeBackAsTheyWere_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("a number") << u"17"_s;
    QTest::newRow("a word of YAML") << u"yes"_s;
    QTest::newRow("quotes and a backslash") << u"a \"b\" \\ 'c'"_s;
    QTest::newRow("braces, a colon and a hash") << u"}: { # ["_s;
    QTest::newRow("empty") << QString();
    QTest::newRow("beyond the basic plane") << u"\U0001F4EC"_s;
    QTest::newRow("control characters") << u"a\tb\u001b"_s;
}

void MappingEditTest::oddTextsComeBackAsTheyWere()
{
    QFETCH(QString, text);
    QTemporaryDir folder;
    const QByteArray yaml = head + "    dead_letters: [ { topic: legacy.errors } ]\n";
    const DeadLetterMapping mapping{{u"consumer"_s, {From::Constant, text}},
                                    {u"stack"_s, {From::Header, u"x"_s + text}},
                                    {lettersField, {From::Constant, u"all"_s}},
                                    {payloadField, {From::Payload, u"/data"_s, u"base64"_s}}};
    const auto edit = editMapping(yaml, u"spillway.yaml"_s, u"orders"_s, u"legacy.errors"_s, mapping);
    QVERIFY2(edit, qPrintable(edit ? QString() : edit.error().detail));
    QFile file(folder.filePath(u"spillway.yaml"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(edit->text);
    file.close();
    const auto workspace = loadWorkspace(folder.path());
    if (text.isEmpty())
        return; // the workspace wants words there; the file says what was asked for
    QVERIFY2(workspace.value, qPrintable(workspace.issues.empty() ? QString() : workspace.issues[0].toString()));
    QCOMPARE(*workspace.value->connections.at(0).deadLetters.at(0).mapping, mapping);
}

void MappingEditTest::theDiffShowsWhatChanges()
{
    const auto edit = editMapping(head + "    dead_letters:\n      - topic: legacy.errors\n      - topic: b\n",
                                  u"spillway.yaml"_s, u"orders"_s, u"legacy.errors"_s, two);
    QVERIFY(edit);
    QCOMPARE(edit->diff, u"      dead_letters:\n        - topic: legacy.errors\n+         mapping:\n"
                         "+           error_class: { header: x-error-class }\n"
                         "+           error_message: { payload: /error/message }\n        - topic: b\n  "_s);
}

void MappingEditTest::aFileThatChangedIsNotOverwritten()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"spillway.yaml"_s);
    const QByteArray before = head + "    dead_letters: [ { topic: legacy.errors } ]\n";
    const auto write = [&](const QByteArray& text) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    };
    write(before);
    const auto edit = editMapping(before, path, u"orders"_s, u"legacy.errors"_s, two);
    QVERIFY(edit);
    write(before + "# changed\n");
    const Status refused = saveMappingEdit(path, *edit);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Conflict);
    write(before);
    QVERIFY(saveMappingEdit(path, *edit));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), edit->text);
}

QTEST_GUILESS_MAIN(MappingEditTest)
#include "tst_mappingedit.moc"
