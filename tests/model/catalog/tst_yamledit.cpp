// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/yamledit.h"

#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

/// Edits of small texts: what comes out, byte for byte.
class YamlEditTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void keys_data();
    void keys();
    void items_data();
    void items();
    void blocks_data();
    void blocks();
    void entriesGo_data();
    void entriesGo();
    void scalarsReadBackAsWritten_data();
    void scalarsReadBackAsWritten();
    void editsThatMeetAreRefused();
    void diffs();
};

void YamlEditTest::keys_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("result"); // empty: by hand
    QTest::newRow("behind the named key, its comment kept")
        << QByteArray("m:\n  a: 1 # one\n  b: 2\n") << QByteArray("m:\n  a: 1 # one\n  new: x\n  b: 2\n");
    QTest::newRow("on one line") << QByteArray("m: { a: '1', b: 2 }\n") << QByteArray("m: { a: '1', new: x, b: 2 }\n");
    QTest::newRow("behind the last key") << QByteArray("m:\n  c: 3\n  b: 2")
                                         << QByteArray("m:\n  c: 3\n  b: 2\n  new: x");
    QTest::newRow("line ends of Windows")
        << QByteArray("m:\r\n  a: 1\r\n") << QByteArray("m:\r\n  a: 1\r\n  new: x\r\n");
    QTest::newRow("behind letters of two units") << QByteArray("m: { a: '\xF0\x9F\x98\x80', b: 1 }\n")
                                                 << QByteArray("m: { a: '\xF0\x9F\x98\x80', new: x, b: 1 }\n");
    QTest::newRow("a value over several lines is passed over")
        << QByteArray("m:\n  b: 2\n  a: one\n    two\n") << QByteArray("m:\n  b: 2\n  new: x\n  a: one\n    two\n");
    QTest::newRow("only values over several lines") << QByteArray("m:\n  a: one\n    two\n") << QByteArray();
    QTest::newRow("an alias") << QByteArray("x: &x { a: 1 }\nm:\n  <<: *x\n  q: [1]\n") << QByteArray();
}

void YamlEditTest::keys()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, result);
    const YamlText yaml(u"f.yaml"_s, text);
    const auto document = readYamlText(text, u"f.yaml"_s);
    QVERIFY(document.value);
    const auto edit = addKey(yaml, *document.value->root->find(u"m"), u"new"_s, u"x"_s, {u"a"_s});
    QCOMPARE(edit.has_value(), !result.isEmpty());
    if (edit)
        QCOMPARE(applyEdits(yaml, {*edit}).value_or(QByteArray("refused")), result);
}

void YamlEditTest::items_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("result");
    QTest::newRow("in brackets") << QByteArray("l: [a, 'b'] # c\n") << QByteArray("l: [a, 'b', x] # c\n");
    QTest::newRow("in empty brackets") << QByteArray("l: []\n") << QByteArray("l: [x]\n");
    QTest::newRow("below each other") << QByteArray("l:\n  - a\n  - b # c\nz: 1\n")
                                      << QByteArray("l:\n  - a\n  - b # c\n  - x\nz: 1\n");
}

void YamlEditTest::items()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, result);
    const YamlText yaml(u"f.yaml"_s, text);
    const auto document = readYamlText(text, u"f.yaml"_s);
    const auto edit = addScalarItem(yaml, *document.value->root->find(u"l"), u"x"_s);
    QVERIFY(edit);
    QCOMPARE(applyEdits(yaml, {*edit}).value_or(QByteArray("refused")), result);
}

void YamlEditTest::blocks_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("result");
    QTest::newRow("at the end of the list")
        << QByteArray("l:\n  - a: 1\n    b: [1,\n      2]\nz: 1\n")
        << QByteArray("l:\n  - a: 1\n    b: [1,\n      2]\n  - n: 1\n    m: 2\nz: 1\n");
    QTest::newRow("behind a text in block style")
        << QByteArray("l:\n  - a: |\n      one\n      two\n")
        << QByteArray("l:\n  - a: |\n      one\n      two\n  - n: 1\n    m: 2\n");
    QTest::newRow("in empty brackets") << QByteArray("l: [] # none\n") << QByteArray("l: # none\n  - n: 1\n    m: 2\n");
    QTest::newRow("not indented") << QByteArray("l:\n- a: 1\n# end\nz: 1\n")
                                  << QByteArray("l:\n- a: 1\n- n: 1\n  m: 2\n# end\nz: 1\n");
}

void YamlEditTest::blocks()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, result);
    const YamlText yaml(u"f.yaml"_s, text);
    const auto document = readYamlText(text, u"f.yaml"_s);
    const auto edit = addBlock(yaml, *document.value->root->find(u"l"), {u"- n: 1"_s, u"  m: 2"_s});
    QVERIFY(edit);
    QCOMPARE(applyEdits(yaml, {*edit}).value_or(QByteArray("refused")), result);
}

void YamlEditTest::entriesGo_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("result"); // without the entry named x; empty: by hand
    QTest::newRow("an item between others")
        << QByteArray("m:\n  - n: a # one\n  - n: x # two\n    v: 1\n  # on b\n  - n: b\n")
        << QByteArray("m:\n  - n: a # one\n  # on b\n  - n: b\n");
    QTest::newRow("the last item, without a line end")
        << QByteArray("m:\n  - n: a\n  - n: x\n    v: [1,\n      2]") << QByteArray("m:\n  - n: a\n");
    QTest::newRow("items that are not indented")
        << QByteArray("m:\n- n: x\n  v: 1\n- n: a\nz: 1\n") << QByteArray("m:\n- n: a\nz: 1\n");
    QTest::newRow("a text in block style goes too")
        << QByteArray("m:\n  - n: x\n    t: |\n      one\n      two\n  - n: a\n") << QByteArray("m:\n  - n: a\n");
    QTest::newRow("a key of a map") << QByteArray("m:\n  a: { n: a }\n  x:\n    n: x\n    v: 1 # v\n  b: { n: b }\n")
                                    << QByteArray("m:\n  a: { n: a }\n  b: { n: b }\n");
    QTest::newRow("line ends of Windows")
        << QByteArray("m:\r\n  - n: x\r\n  - n: a\r\n") << QByteArray("m:\r\n  - n: a\r\n");
    QTest::newRow("the only one") << QByteArray("m:\n  - n: x\n") << QByteArray();
    QTest::newRow("on one line with others") << QByteArray("m: [{ n: x }, { n: a }]\n") << QByteArray();
    QTest::newRow("behind another dash") << QByteArray("m:\n  - - n: x\n  - n: a\n") << QByteArray();
    QTest::newRow("one that others name") << QByteArray("m:\n  - &it { n: x }\n  - n: a\nz: *it\n") << QByteArray();
    QTest::newRow("an alias") << QByteArray("z: &it { n: x }\nm:\n  a: { n: a }\n  x: *it\n") << QByteArray();
}

void YamlEditTest::entriesGo()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, result);
    const YamlText yaml(u"f.yaml"_s, text);
    const auto document = readYamlText(text, u"f.yaml"_s);
    QVERIFY(document.value);
    const YamlNode& parent = *document.value->root->find(u"m");
    const YamlNode* entry = nullptr;
    for (const YamlNode* item : parent.items) {
        const YamlNode* name =
            item->kind == YamlNode::Kind::Sequence ? item->items.at(0)->find(u"n") : item->find(u"n");
        if (name != nullptr && name->text == u"x"_s)
            entry = item->kind == YamlNode::Kind::Sequence ? item->items.at(0) : item;
    }
    for (const YamlNode::Entry& one : parent.entries) {
        if (one.key->text == u"x"_s)
            entry = one.key;
    }
    QVERIFY(entry);
    const auto edit = removeEntry(yaml, parent, *entry);
    QCOMPARE(edit.has_value(), !result.isEmpty());
    if (edit)
        QCOMPARE(applyEdits(yaml, {*edit}).value_or(QByteArray("refused")), result);
}

void YamlEditTest::scalarsReadBackAsWritten_data()
{
    QTest::addColumn<QString>("text");
    for (const QString& text : {u"plain"_s, u"#channel"_s, u"it's"_s, u"yes"_s, u"12"_s, u"a: b"_s, u"a\tb"_s,
                                u"\"q\""_s, u" pad "_s, u"ü😀"_s})
        QTest::newRow(qPrintable(text)) << text;
}

void YamlEditTest::scalarsReadBackAsWritten()
{
    QFETCH(QString, text);
    const QByteArray yaml = "v: " + yamlScalar(text).toUtf8() + "\n";
    const auto document = readYamlText(yaml, u"f.yaml"_s);
    QVERIFY2(document.value, yaml.constData());
    QCOMPARE(document.value->root->find(u"v")->text, text);
}

void YamlEditTest::editsThatMeetAreRefused()
{
    const YamlText yaml(u"f.yaml"_s, "a: one\n");
    const TextEdit first{.from = {u"f.yaml"_s, 1, 4}, .endLine = 1, .endColumn = 7, .text = u"two"_s};
    const TextEdit second{.from = {u"f.yaml"_s, 1, 5}, .endLine = 1, .endColumn = 6, .text = u"x"_s};
    QCOMPARE(applyEdits(yaml, {first}).value_or(QByteArray()), QByteArray("a: two\n"));
    QVERIFY(!applyEdits(yaml, {first, second}));
    // What would be no YAML any more is not made.
    QVERIFY(!applyEdits(yaml, {TextEdit{.from = {u"f.yaml"_s, 1, 4}, .endLine = 1, .endColumn = 7, .text = u"{ ["_s}}));
}

void YamlEditTest::diffs()
{
    const YamlText yaml(u"f.yaml"_s, "a: one\nb: two\n");
    QCOMPARE(editDiff(yaml, {.from = {u"f.yaml"_s, 1, 4}, .endLine = 1, .endColumn = 7, .text = u"two"_s}),
             u"- a: one\n+ a: two"_s);
    QCOMPARE(editDiff(yaml, {.from = {u"f.yaml"_s, 1, 7}, .endLine = 1, .endColumn = 7, .text = u"\nc: 1"_s}),
             u"  a: one\n+ c: 1"_s);
}

QTEST_GUILESS_MAIN(YamlEditTest)
#include "tst_yamledit.moc"
