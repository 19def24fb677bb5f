// SPDX-License-Identifier: GPL-3.0-or-later
// What strangers write as YAML: read as a tree with places, or refused in plain words.
#include "model/workspace/yamlreader.h"
#include "model/workspace/yamltree.h"
#include "tests/support/folders.h"

#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

/// The tree in one line: maps {k: v}, lists [v], text in quotes when it was.
QString shown(const YamlNode& node)
{
    QStringList parts;
    switch (node.kind) {
    case YamlNode::Kind::Null:
        return u"null"_s;
    case YamlNode::Kind::Scalar:
        return node.isText ? u'"' + node.text + u'"' : node.text;
    case YamlNode::Kind::Sequence:
        for (const YamlNode* item : node.items)
            parts += shown(*item);
        return u'[' + parts.join(u", "_s) + u']';
    case YamlNode::Kind::Map:
        for (const YamlNode::Entry& entry : node.entries)
            parts += entry.key->text + u": "_s + shown(*entry.value);
        return u'{' + parts.join(u", "_s) + u'}';
    }
    return {};
}

QStringList said(const std::vector<FileIssue>& issues)
{
    QStringList lines;
    for (const FileIssue& issue : issues)
        lines += issue.toString();
    return lines;
}

QByteArray nested(int depth)
{
    return QByteArray(depth, '[') + QByteArray(depth, ']');
}

/// Nine levels of nine aliases each: 9^9 values from a few lines.
QByteArray aliasBomb()
{
    QByteArray text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (int level = 1; level < 9; ++level) {
        const QByteArray below = "*a" + QByteArray::number(level - 1);
        text += "a" + QByteArray::number(level) + ": &a" + QByteArray::number(level) + " [" + below;
        for (int i = 0; i < 8; ++i)
            text += ", " + below;
        text += "]\n";
    }
    return text;
}

} // namespace

class YamlTreeTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void treesThatAreRead_data();
    void treesThatAreRead();
    void textThatIsRefused_data();
    void textThatIsRefused();
    void placesCountCharactersFromOne();
    void filesThatAreRefused();
    void scalarsOfTheCoreSchema_data();
    void scalarsOfTheCoreSchema();
    void unknownKeysAreWarnings_data();
    void unknownKeysAreWarnings();
    void anIssueIsOneLineWithAPlace();
    void anAliasedFaultIsSaidOnce();
    void manyIssuesAreBounded();
    void mutilatedFilesAreReadOrRefused();
};

void YamlTreeTest::treesThatAreRead_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("tree");
    QTest::newRow("scalars, lists and maps") << QByteArray("a: 1\nb: [x, 'y', \"z\"]\nc:\n  d: ~\n  e:\n")
                                             << u"{a: 1, b: [x, \"y\", \"z\"], c: {d: null, e: null}}"_s;
    QTest::newRow("an alias stands for its value") << QByteArray("a: &n {k: v}\nb: *n") << u"{a: {k: v}, b: {k: v}}"_s;
    QTest::newRow("a merge key adds what is not there")
        << QByteArray("base: &b {x: 1, y: 2}\nown: {<<: *b, y: 3}") << u"{base: {x: 1, y: 2}, own: {y: 3, x: 1}}"_s;
    QTest::newRow("own keys win although the merge stands last")
        << QByteArray("base: &b {x: 1}\nown: {x: 2, <<: *b}") << u"{base: {x: 1}, own: {x: 2}}"_s;
    QTest::newRow("of several merged maps the earlier wins")
        << QByteArray("a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b]}")
        << u"{a: {x: 1}, b: {x: 2, y: 2}, c: {x: 1, y: 2}}"_s;
    QTest::newRow("a merge of a merge") << QByteArray("a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}")
                                        << u"{a: {x: 1}, b: {y: 2, x: 1}, c: {y: 2, x: 1}}"_s;
    QTest::newRow("a merge key in quotes is an ordinary key") << QByteArray("'<<': 1") << u"{<<: 1}"_s;
    QTest::newRow("an anchor may be given again") << QByteArray("a: &n 1\nb: &n 2\nc: *n") << u"{a: 1, b: 2, c: 2}"_s;
    QTest::newRow("thirty-two levels are enough for anybody") << nested(32) << (QString(32, u'[') + QString(32, u']'));
    QTest::newRow("one document with its markers") << QByteArray("---\na: 1\n...\n") << u"{a: 1}"_s;
    QTest::newRow("a byte-order mark is no content") << QByteArray("\xEF\xBB\xBF"
                                                                   "a: 1")
                                                     << u"{a: 1}"_s;
    QTest::newRow("Windows line ends") << QByteArray("a: 1\r\nb: 2\r\n") << u"{a: 1, b: 2}"_s;
    QTest::newRow("a tag makes a number a text") << QByteArray("a: !!str 012") << u"{a: \"012\"}"_s;
    QTest::newRow("words of YAML 1.1 stay words")
        << QByteArray("a: NO\nb: yes\nc: 012") << u"{a: NO, b: yes, c: 012}"_s;
    QTest::newRow("a block text") << QByteArray("a: |\n  one\n  two\n") << u"{a: \"one\ntwo\n\"}"_s;
}

void YamlTreeTest::treesThatAreRead()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, tree);
    if (text.startsWith("\xEF\xBB\xBF")) { // taken off where the file is read
        QTemporaryDir folder;
        QFile file(folder.filePath(u"x.yaml"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
        const auto fromFile = readYamlFile(file.fileName());
        QVERIFY2(fromFile.value, qPrintable(said(fromFile.issues).join(u'\n')));
        QCOMPARE(shown(*fromFile.value->root), tree);
        return;
    }
    const auto document = readYamlText(text, u"x.yaml"_s);
    QVERIFY2(document.value, qPrintable(said(document.issues).join(u'\n')));
    QCOMPARE(shown(*document.value->root), tree);
    QVERIFY(document.issues.empty());
}

void YamlTreeTest::textThatIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("lines");
    const auto row = [](const char* name, const QByteArray& text, const QStringList& lines) {
        QTest::newRow(name) << text << lines;
    };
    row("a key twice", "a: 1\nb: 2\na: 3\n",
        {u"x.yaml:3:1: the key 'a' stands here a second time (first in line 1); keep one of the two"_s});
    row("every repeated key is told", "a: 1\na: 2\nm:\n  b: 1\n  b: 2\n",
        {u"x.yaml:2:1: the key 'a' stands here a second time (first in line 1); keep one of the two"_s,
         u"x.yaml:5:3: the key 'b' stands here a second time (first in line 4); keep one of the two"_s});
    row("a value that contains itself", "a: &a [1, *a]\n",
        {u"x.yaml:1:11: this alias refers to the value that it stands in; refer to a value that is complete before this line"_s});
    row("a map that merges itself", "a: &a\n  <<: *a\n",
        {u"x.yaml:2:7: this alias refers to the value that it stands in; refer to a value that is complete before this line"_s});
    row("an alias without its anchor", "a: *nobody\n",
        {u"x.yaml:1:4: an alias (*name) refers to an anchor that does not stand above it; define it first with &name, or put the text in quotes if it only begins with *"_s});
    row("thirty-three levels", nested(33),
        {u"x.yaml:1:33: values are nested more than 32 deep; flatten the structure"_s});
    row("a hundred thousand levels", nested(100'000),
        {u"x.yaml:1:33: values are nested more than 32 deep; flatten the structure"_s});
    row("a second document", "a: 1\n---\nb: 2\n",
        {u"x.yaml:2:1: a second document begins here; keep one document per file: remove the --- and what belongs to the other"_s});
    row("bytes that are not UTF-8", "a: 1\nb: caf\xE9\n",
        {u"x.yaml:2:7: the text is not UTF-8; save the file in the encoding UTF-8"_s});
    row("UTF-16",
        QByteArray("\xFF\xFE"
                   "a\0:\0",
                   6),
        {u"x.yaml:1:1: the text is not UTF-8; save the file in the encoding UTF-8"_s});
    row("a zero byte", QByteArray("a: \0", 4),
        {u"x.yaml:1:4: the text is not UTF-8 (it holds zero bytes, as UTF-16 does); save the file in the encoding UTF-8"_s});
    QByteArray many;
    for (int at = 1; at <= 40; ++at)
        many += 'k' + QByteArray::number(at) + ": 1\n";
    row("a key of a large map that stood among its first, and one among its last", many + "k3: 1\nk30: 1\n",
        {u"x.yaml:41:1: the key 'k3' stands here a second time (first in line 3); keep one of the two"_s,
         u"x.yaml:42:1: the key 'k30' stands here a second time (first in line 30); keep one of the two"_s});
    row("a control character", "a: \x1B[31m", {u"x.yaml:1:4: a control character stands here; remove it"_s});
    row("comments only", "# nothing\n",
        {u"x.yaml:1:1: the file is empty but for comments; write its content, or do not name it"_s});
    row("a bracket left open", "a: [1, 2\nb: 3\n", {});
    row("a tab", "a:\n\tb: 1\n", {u"x.yaml:2:1: a tab is used for indentation; indent with spaces"_s});
    row("a tab behind spaces", "a:\n  b: 1\n \tc: 2\n",
        {u"x.yaml:3:2: a tab is used for indentation; indent with spaces"_s});
    row("a merge of a number", "a: {<<: 5}\n",
        {u"x.yaml:1:9: the merge key << names something that is not a map; write <<: *name or <<: [*first, *second], where each anchor stands on a map"_s});
    row("two merge keys", "a: &a {x: 1}\nb: {<<: *a, <<: *a}\n",
        {u"x.yaml:2:13: the merge key << stands twice in this map; write one: <<: [*first, *second]"_s});
    row("a list as a key", "[a, b]: 1\n",
        {u"x.yaml:1:1: a list or map is used as a key; write a word before the colon, or put text that begins with { or [ in quotes"_s});
    row("a tag of somebody's own", "a: !python/object x\n",
        {u"x.yaml:1:4: the tag on this value is not known here; remove the tag (the word that begins with !)"_s});
    row("an alias bomb", aliasBomb(),
        {u"x.yaml:7:20: aliases unfold this file to more than 2000000 values; write out what is needed instead of aliases of aliases"_s});
}

void YamlTreeTest::textThatIsRefused()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, lines);
    const auto document = readYamlText(text, u"x.yaml"_s);
    QVERIFY(!document.value);
    QVERIFY(!document.issues.empty());
    if (lines.isEmpty()) // where the place is the library's choice
        QVERIFY(document.issues.front().place.line > 0 && !document.issues.front().remedy.isEmpty());
    else
        QCOMPARE(said(document.issues), lines);
}

void YamlTreeTest::placesCountCharactersFromOne()
{
    const auto document = readYamlText(QString(u"a: 1\nüñé: {größe: 5, b: x}\n"_s).toUtf8(), u"x.yaml"_s);
    QVERIFY(document.value);
    const YamlNode* inner = document.value->root->entries.at(1).value;
    QCOMPARE(inner->line, 2);
    QCOMPARE(inner->column, 6);
    QCOMPARE(inner->entries.at(0).value->column, 14);
    QCOMPARE(inner->entries.at(1).key->column, 17);
    QVERIFY(inner->find(u"b") == inner->entries.at(1).value);
    QVERIFY(inner->find(u"nothing") == nullptr);
}

void YamlTreeTest::filesThatAreRefused()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(u"x.yaml"_s);
    QCOMPARE(said(readYamlFile(path).issues),
             QStringList{path + u":1:1: the file does not exist; create it, or correct the path where it is named"_s});
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("\n \n");
    file.flush();
    QCOMPARE(said(readYamlFile(path).issues),
             QStringList{path + u":1:1: the file is empty; write its content, or do not name it"_s});
    QVERIFY(file.resize(yamllimit::fileBytes + 1));
    QCOMPARE(said(readYamlFile(path).issues),
             QStringList{path + u":1:1: the file is larger than 16 MiB; split it, or remove what does not belong"_s});
    QVERIFY(readYamlFile(folder.path()).issues.at(0).message.contains(u"not a file"_s));
}

void YamlTreeTest::scalarsOfTheCoreSchema_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("as");
    QTest::addColumn<QString>("read");
    QTest::addColumn<QString>("complaint");
    const auto row = [](const char* name, const char* value, const char16_t* as, const QString& read,
                        const QString& complaint = {}) {
        QTest::newRow(name) << QByteArray(value) << QString::fromUtf16(as) << read << complaint;
    };
    row("a number", "1.5", u"number", u"1.5"_s);
    row("a number with an exponent", "2e3", u"number", u"2000"_s);
    row("octal as YAML 1.2 writes it", "0o17", u"number", u"15"_s);
    row("hexadecimal", "0x1F", u"number", u"31"_s);
    row("a leading zero is decimal, and said", "012", u"number", u"12"_s,
        u"x.yaml:1:4: it is '012', read as 12 because a leading zero does not mean octal in YAML 1.2; write 12, or 0o… if octal is meant"_s);
    row("a word is no number", "many", u"number", u"-"_s,
        u"x.yaml:1:4: it is 'many', which is not a number; write a number above 0"_s);
    row("a number in quotes is a text", "'500'", u"number", u"-"_s,
        u"x.yaml:1:4: it is text, because it stands in quotes; write 500 without quotes"_s);
    row("zero is not above zero", "0", u"number", u"-"_s, u"x.yaml:1:4: it is '0'; write a number above 0"_s);
    row("infinity is no amount", ".inf", u"number", u"-"_s,
        u"x.yaml:1:4: it is '.inf', which is not a number; write a number above 0"_s);
    row("thousands are not separated", "1_000", u"number", u"-"_s,
        u"x.yaml:1:4: it is '1_000', which is not a number; write a number above 0"_s);
    row("a fraction is no whole number", "1.5", u"integer", u"-"_s,
        u"x.yaml:1:4: it is '1.5', which is not a whole number; write a whole number above 0"_s);
    row("a list is no number", "[1]", u"number", u"-"_s, u"x.yaml:1:4: it is a list; write a number above 0"_s);
    row("true", "true", u"boolean", u"true"_s);
    row("False", "False", u"boolean", u"false"_s);
    row("yes is a word", "yes", u"boolean", u"-"_s,
        u"x.yaml:1:4: it is 'yes', which is a word and not a boolean in YAML 1.2; write true"_s);
    row("NO is a word", "NO", u"boolean", u"-"_s,
        u"x.yaml:1:4: it is 'NO', which is a word and not a boolean in YAML 1.2; write false"_s);
    row("a quoted true is a text", "'true'", u"boolean", u"-"_s,
        u"x.yaml:1:4: it is 'true', which is not a boolean; write true or false"_s);
    row("NO is a fine text", "NO", u"text", u"NO"_s);
    row("a number is a fine text", "42", u"text", u"42"_s);
    row("an empty text says nothing", "''", u"text", u"-"_s,
        u"x.yaml:1:4: it is an empty text; write a text, or remove the key"_s);
    row("a duration", "90s", u"duration", u"90000"_s);
    row("a bare number is no duration", "90", u"duration", u"-"_s,
        u"x.yaml:1:4: it is '90', which is not a duration; write a number with ms, s, m, h, d or w, like 90s or 24h"_s);
    row("a duration too short", "1ms", u"duration", u"-"_s,
        u"x.yaml:1:4: it is '1ms', which is too short; write at least 1 s"_s);
    row("a size", "2KiB", u"size", u"2048"_s);
    row("a size in words", "huge", u"size", u"-"_s,
        u"x.yaml:1:4: it is 'huge', which is not a size above 0; write a number with B, KiB, MiB or GiB, like 20GiB"_s);
    row("a list of texts", "[a, b]", u"list", u"a|b"_s);
    row("one text is a list of one", "a", u"list", u"a"_s);
}

void YamlTreeTest::scalarsOfTheCoreSchema()
{
    QFETCH(QByteArray, value);
    QFETCH(QString, as);
    QFETCH(QString, read);
    QFETCH(QString, complaint);
    const auto document = readYamlText("k: " + value, u"x.yaml"_s);
    QVERIFY(document.value);
    const YamlNode& node = *document.value->root->find(u"k");
    IssueList issues(u"x.yaml"_s);
    const QString what = u"it"_s;
    QString got = u"-"_s;
    const NumberRange range{.min = 0, .isMinAllowed = false};
    if (as == u"number") {
        if (const auto number = readNumber(node, what, range, issues))
            got = QString::number(*number);
    } else if (as == u"integer") {
        if (const auto number = readInteger(node, what, range, issues))
            got = QString::number(*number);
    } else if (as == u"boolean") {
        if (const auto yes = readBoolean(node, what, issues))
            got = *yes ? u"true"_s : u"false"_s;
    } else if (as == u"text") {
        got = readText(node, what, issues).value_or(got);
    } else if (as == u"duration") {
        if (const auto duration = readDuration(node, what, Millis(1000), issues))
            got = QString::number(duration->count());
    } else if (as == u"size") {
        if (const auto size = readSizeBytes(node, what, issues))
            got = QString::number(*size);
    } else {
        got = readTextList(node, what, issues).join(u'|');
    }
    QCOMPARE(got, read);
    QCOMPARE(said(issues.take()), complaint.isEmpty() ? QStringList() : QStringList{complaint});
}

void YamlTreeTest::unknownKeysAreWarnings_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("lines");
    const auto row = [](const char* name, const char* text, const QStringList& lines) {
        QTest::newRow(name) << QByteArray(text) << lines;
    };
    row("a known key is no news", "topic: a", {});
    row("a typing error", "topci: a",
        {u"x.yaml:1:1: it has an unknown key 'topci', which is ignored (did you mean 'topic'?); correct or remove it, or begin its name with x- to keep it for yourself"_s});
    row("another way of spelling", "sampleInterval: a",
        {u"x.yaml:1:1: it has an unknown key 'sampleInterval', which is ignored (did you mean 'sample_interval'?); correct or remove it, or begin its name with x- to keep it for yourself"_s});
    row("nothing like it", "weather: sunny",
        {u"x.yaml:1:1: it has an unknown key 'weather', which is ignored; correct or remove it, or begin its name with x- to keep it for yourself"_s});
    row("a key of the user's own", "x-note: mine\n_also: mine\n", {});
    row("a value that only serves as an anchor", "defaults: &d {a: 1}", {});
    row("a secret under a name of its own is an error that does not repeat it", "sasl_password: hunter2",
        {u"x.yaml:1:1: it has a key 'sasl_password' that looks like a secret written in the open; remove it and its value, and name the secret by reference, like password: { env: NAME }"_s});
}

void YamlTreeTest::unknownKeysAreWarnings()
{
    QFETCH(QByteArray, text);
    QFETCH(QStringList, lines);
    const auto document = readYamlText(text, u"x.yaml"_s);
    QVERIFY(document.value);
    IssueList issues(u"x.yaml"_s);
    MapReader map(*document.value->root, u"it"_s, issues);
    (void)map.child(u"topic"_s);
    (void)map.child(u"sample_interval"_s);
    map.finish();
    QCOMPARE(said(issues.take()), lines);
}

void YamlTreeTest::anIssueIsOneLineWithAPlace()
{
    const FileIssue issue{IssueSeverity::Error, FilePlace{u"/tmp/a\nb.yaml"_s, 12, 5}, u"this is wrong"_s,
                          u"write that"_s};
    QCOMPARE(issue.toString(), u"/tmp/a\\u{000A}b.yaml:12:5: this is wrong; write that"_s);
    QCOMPARE(quoted(QString(100, u'x')), u"'%1…'"_s.arg(QString(60, u'x')));
}

void YamlTreeTest::anAliasedFaultIsSaidOnce()
{
    const auto document = readYamlText("a: &n many\nb: *n\n", u"x.yaml"_s);
    QVERIFY(document.value);
    IssueList issues(u"x.yaml"_s);
    for (const YamlNode::Entry& entry : document.value->root->entries)
        QVERIFY(!readNumber(*entry.value, u"it"_s, {}, issues));
    QCOMPARE(issues.take().size(), std::size_t{1});
}

void YamlTreeTest::manyIssuesAreBounded()
{
    IssueList issues(u"x.yaml"_s);
    for (int line = 1; line <= 20'000; ++line)
        issues.warningAt(line, 1, u"it is odd"_s, u"mend it"_s);
    QVERIFY(!issues.hasErrors());
    issues.errorAt(1, 1, u"it is wrong"_s, u"mend it"_s);
    QVERIFY(issues.hasErrors()); // although there is no room left to say it
    QCOMPARE(issues.take().size(), std::size_t{10'000});
    QVERIFY(!issues.hasErrors());
}

/// Whatever happens to a file, it is either a tree or an issue with a place, and nothing breaks on the way.
void YamlTreeTest::mutilatedFilesAreReadOrRefused()
{
    QFile file(test::sourceFile(u"tests/data/article/event-catalog.yaml"_s));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray original = "x-base: &base { a: 1, b: [2, 3] }\nx-more: { <<: *base, c: *base }\n" + file.readAll();
    QVERIFY(readYamlText(original, u"x.yaml"_s).value);
    static constexpr std::string_view signs = "{}[]:,-#&*!|>'\"%@`<~\n\t \\a0\0\xFF\xC3";
    QRandomGenerator random(42);
    int refused = 0;
    for (int round = 0; round < 3000; ++round) {
        QByteArray text = original;
        for (int change = static_cast<int>(random.bounded(1, 6)); change > 0; --change) {
            const auto at = static_cast<qsizetype>(random.bounded(static_cast<int>(text.size())));
            const char sign = signs[random.bounded(static_cast<quint32>(signs.size()))];
            switch (random.bounded(4)) {
            case 0:
                text[at] = sign;
                break;
            case 1:
                text.insert(at, sign);
                break;
            case 2:
                text.remove(at, static_cast<qsizetype>(random.bounded(1, 40)));
                break;
            default:
                text.truncate(std::max<qsizetype>(at, 1));
                break;
            }
        }
        const auto document = readYamlText(text, u"x.yaml"_s);
        QVERIFY(document.value.has_value() != hasErrors(document.issues));
        for (const FileIssue& issue : document.issues)
            QVERIFY(!issue.message.isEmpty() && !issue.remedy.isEmpty() && issue.place.line >= 0);
        refused += document.value ? 0 : 1;
    }
    QVERIFY(refused > 100 && refused < 3000);
}

QTEST_GUILESS_MAIN(YamlTreeTest)
#include "tst_yamltree.moc"
