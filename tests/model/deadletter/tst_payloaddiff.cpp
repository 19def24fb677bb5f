// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/payloaddiff.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

/// "changed /a 1 2": one line a change.
QStringList linesOf(const PayloadDiff& diff)
{
    QStringList lines;
    for (const PayloadChange& change : diff.changes) {
        QStringList words{changeWord(change.kind), change.path};
        if (change.before)
            words << QString::fromUtf8(*change.before);
        if (change.after)
            words << QString::fromUtf8(*change.after);
        lines << words.join(u' ');
    }
    return lines;
}

} // namespace

class TstPayloadDiff final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void json_data();
    void json();
    void whatDiffersIsNeverLost();
    void tooDeepOrNoJsonIsComparedByLines_data();
    void tooDeepOrNoJsonIsComparedByLines();
    void bytes_data();
    void bytes();
    void nullIsNotEmpty();
    void headersByTheirNthOfAName();
    void editsAreTheShortestWay();
    void manyChangesAreCountedAndNotListed();
    void aStopEndsItAndSaysSo();
};

void TstPayloadDiff::json_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QStringList>("changes");
    QTest::addColumn<QString>("note"); // a part of one
    QTest::addColumn<bool>("isSameValue");
    const auto row = [](const char* name, const char* before, const char* after, const QStringList& changes,
                        const QString& note, bool isSame) {
        QTest::newRow(name) << QByteArray(before) << QByteArray(after) << changes << note << isSame;
    };
    row("a value changed", R"({"a":{"b":1},"c":true})", R"({"a":{"b":2},"c":true})", {u"changed /a/b 1 2"_s}, {},
        false);
    row("a field came and another went", R"({"a":1,"b":2})", R"({"b":2,"c":{"d":3}})",
        {u"removed /a 1"_s, u"added /c {\"d\":3}"_s}, {}, false);
    row("only the order of names", R"({"a":1,"b":{"x":1,"y":2}})", R"({"b":{"y":2,"x":1},"a":1})", {},
        u"2 objects stand in another order"_s, true);
    row("only space", "{\"a\": 1}", "{\n\"a\":1\n}", {}, u"space or order only"_s, true);
    row("a number written differently", R"({"a":1.0})", R"({"a":1e0})", {u"respelled /a 1.0 1e0"_s}, {}, true);
    row("numbers beyond doubles", "[9007199254740993,1e400]", "[9007199254740992,10e399]",
        {u"changed /0 9007199254740993 9007199254740992"_s, u"respelled /1 1e400 10e399"_s}, {}, false);
    row("minus zero", "[-0.0]", "[0]", {u"respelled /0 -0.0 0"_s}, {}, true);
    row("an escape instead of its character", R"(["\u00e9","a\/b"])", R"(["é","a/b"])",
        {u"respelled /0 \"\\u00e9\" \"é\""_s, u"respelled /1 \"a\\/b\" \"a/b\""_s}, {}, true);
    row("another type", R"({"a":"1"})", R"({"a":1})", {u"changed /a \"1\" 1"_s}, {}, false);
    row("null is a value", R"({"a":null})", R"({})", {u"removed /a null"_s}, {}, false);
    row("an element came in the middle", "[1,2,3]", "[1,9,2,3]", {u"added /1 9"_s}, {}, false);
    row("an element went", R"([{"id":1},{"id":2},{"id":3}])", R"([{"id":1},{"id":3}])", {u"removed /1 {\"id\":2}"_s},
        {}, false);
    row("an element changed inside", R"([{"id":1,"n":1},{"id":2,"n":1}])", R"([{"id":1,"n":1},{"id":2,"n":5}])",
        {u"changed /1/n 1 5"_s}, {}, false);
    row("a name twice", R"({"a":1,"a":2})", R"({"a":1,"a":3})", {u"changed /a 2 3"_s}, u"more than once"_s, false);
    row("a name once more", R"({"a":1})", R"({"a":1,"a":1})", {u"added /a 1"_s}, {}, false);
    row("a pointer's own signs in a name", R"({"a/b~":1})", R"({"a/b~":2})", {u"changed /a~1b~0 1 2"_s}, {}, false);
    row("the document itself", "1", "[]", {u"changed  1 []"_s}, {}, false);
    row("names that differ by their escapes only", R"({"\u0061":1})", R"({"a":1})", {}, u"space or order"_s, true);
}

void TstPayloadDiff::json()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QFETCH(QStringList, changes);
    QFETCH(QString, note);
    QFETCH(bool, isSameValue);
    const PayloadDiff diff = diffPayloads(before, after);
    QCOMPARE(diff.method, PayloadDiff::Method::Json);
    QCOMPARE(linesOf(diff), changes);
    QCOMPARE(diff.isSameValue(), isSameValue);
    QVERIFY2(note.isEmpty() || diff.notes.join(u'\n').contains(note), qPrintable(diff.notes.join(u'\n')));
    QCOMPARE(diffPayloads(before, before).method, PayloadDiff::Method::SameBytes);
}

void TstPayloadDiff::whatDiffersIsNeverLost()
{
    // Two documents that differ in one random place: exactly that place is told.
    QRandomGenerator random(815);
    for (int turn = 0; turn < 300; ++turn) {
        QStringList fields;
        const int count = 1 + random.bounded(30);
        for (int i = 0; i < count; ++i)
            fields << u"\"f%1\":[%2,{\"x\":\"%3\"}]"_s.arg(i).arg(random.bounded(5)).arg(random.bounded(3));
        const QByteArray before = u"{%1}"_s.arg(fields.join(u',')).toUtf8();
        const int place = random.bounded(count);
        fields[place].replace(u"\"x\":"_s, u"\"x\":7,\"y\":"_s);
        if (turn % 2)
            std::reverse(fields.begin(), fields.end());
        const PayloadDiff diff = diffPayloads(before, u"{%1}"_s.arg(fields.join(u", "_s)).toUtf8());
        QCOMPARE(diff.changes.size(), 2U);
        QCOMPARE(diff.changes[0].path, u"/f%1/1/x"_s.arg(place));
        QCOMPARE(diff.changes[1].path, u"/f%1/1/y"_s.arg(place));
    }
}

void TstPayloadDiff::tooDeepOrNoJsonIsComparedByLines_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QStringList>("changes");
    QTest::addColumn<QString>("note");
    QTest::newRow("text") << QByteArray("a\nb\nc\n") << QByteArray("a\nB\nc\nd\n")
                          << QStringList{u"changed line 2 b B"_s, u"added line 4 d"_s} << u"no JSON"_s;
    QTest::newRow("JSON against text") << QByteArray("{\"a\":1}") << QByteArray("a=1")
                                       << QStringList{u"changed line 1 {\"a\":1} a=1"_s} << u"no JSON"_s;
    QTest::newRow("empty against text") << QByteArray("") << QByteArray("x") << QStringList{u"added line 1 x"_s}
                                        << u"no JSON"_s;
    const QByteArray deep = QByteArray(300, '[') + "1" + QByteArray(300, ']');
    const QByteArray other = QByteArray(300, '[') + "2" + QByteArray(300, ']');
    QTest::newRow("deeper than structure is worth")
        << deep << other
        << QStringList{u"changed line 301 "_s + QString(200, u' ') + u"1 "_s + QString(200, u' ') + u"2"_s}
        << u"too deep"_s;
    QByteArray large = "[";
    for (int i = 0; i < 250'000; ++i)
        large += QByteArray::number(i) + ',';
    QTest::newRow("more values than structure is worth")
        << large + "0]" << large + "1]" << QStringList{u"changed line 250002   0   1"_s} << u"too large"_s;
}

void TstPayloadDiff::tooDeepOrNoJsonIsComparedByLines()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QFETCH(QStringList, changes);
    QFETCH(QString, note);
    const PayloadDiff diff = diffPayloads(before, after);
    QCOMPARE(diff.method, PayloadDiff::Method::Lines);
    QCOMPARE(linesOf(diff), changes);
    QVERIFY2(diff.notes.join(u'\n').contains(note), qPrintable(diff.notes.join(u'\n')));
    QVERIFY(diff.isWhole);
}

void TstPayloadDiff::bytes_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QStringList>("changes");
    QTest::newRow("one byte") << QByteArray("\xFF\x01\x02", 3) << QByteArray("\xFF\x05\x02", 3)
                              << QStringList{u"changed byte 1 \x01 \x05"_s};
    QTest::newRow("stretches close together are one")
        << "\xFF" + QByteArray(20, 'a') << "\xFF" + QByteArray("bab") + QByteArray(17, 'a')
        << QStringList{u"changed byte 1 aaa bab"_s};
    QTest::newRow("stretches far apart are two")
        << "\xFF" + QByteArray(60, 'a') << "\xFF" + QByteArray("b") + QByteArray(58, 'a') + QByteArray("c")
        << QStringList{u"changed byte 1 a b"_s, u"changed byte 60 a c"_s};
    QTest::newRow("something came in between")
        << QByteArray("\xFF-end") << QByteArray("\xFFnew-end") << QStringList{u"added byte 1 new"_s};
}

void TstPayloadDiff::bytes()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QFETCH(QStringList, changes);
    const PayloadDiff diff = diffPayloads(before, after);
    QCOMPARE(diff.method, PayloadDiff::Method::Bytes);
    QCOMPARE(linesOf(diff), changes);
}

void TstPayloadDiff::nullIsNotEmpty()
{
    QCOMPARE(diffPayloads(std::nullopt, std::nullopt).method, PayloadDiff::Method::SameBytes);
    const PayloadDiff diff = diffPayloads(std::nullopt, QByteArray(""));
    QCOMPARE(diff.method, PayloadDiff::Method::Presence);
    QCOMPARE(diff.changes.size(), 1U);
    QVERIFY(!diff.changes[0].before && diff.changes[0].after);
    QVERIFY(!diff.isSameValue());
}

void TstPayloadDiff::headersByTheirNthOfAName()
{
    RawRecord before;
    before.key = "k";
    before.headers = {{"a", QByteArray("1")}, {"b", std::nullopt}, {"a", QByteArray("2")}, {"gone", QByteArray()}};
    RawRecord after = before;
    after.headers = {{"a", QByteArray("1")}, {"a", QByteArray("3")}, {"b", QByteArray()}, {"new", std::nullopt}};
    const RecordDiff diff = diffRecords(before, after);
    QCOMPARE(diff.payload.method, PayloadDiff::Method::SameBytes);
    QVERIFY(!diff.isKeyChanged);
    QVERIFY(diff.isHeaderOrderChanged);
    QCOMPARE(diff.headers.size(), 4U);
    QCOMPARE(diff.headers[0].name, QByteArray("b")); // null is not empty
    QCOMPARE(diff.headers[0].kind, PayloadChange::Kind::Changed);
    QCOMPARE(diff.headers[1].occurrence, 2);
    QCOMPARE(*diff.headers[1].after->value, QByteArray("3"));
    QCOMPARE(diff.headers[2].kind, PayloadChange::Kind::Removed);
    QCOMPARE(diff.headers[3].kind, PayloadChange::Kind::Added);
    after.key.reset();
    QVERIFY(diffRecords(before, after).isKeyChanged);
}

void TstPayloadDiff::editsAreTheShortestWay()
{
    QRandomGenerator random(42);
    for (int turn = 0; turn < 500; ++turn) {
        std::vector<int> a(random.bounded(12));
        std::vector<int> b(random.bounded(12));
        for (int& each : a)
            each = random.bounded(3);
        for (int& each : b)
            each = random.bounded(3);
        const auto edits = listEdits(
            static_cast<int>(a.size()), static_cast<int>(b.size()),
            [&](int i, int j) { return a[static_cast<std::size_t>(i)] == b[static_cast<std::size_t>(j)]; }, 100);
        QVERIFY(edits);
        // What the edits make of the first is the second …
        std::vector<int> made;
        int at = 0;
        int count = 0;
        for (const ListEdit& edit : *edits) {
            if (edit.kind == ListEdit::Kind::Add) {
                made.push_back(b[static_cast<std::size_t>(edit.after)]);
                ++count;
                continue;
            }
            QCOMPARE(edit.before, at++);
            if (edit.kind == ListEdit::Kind::Keep)
                made.push_back(a[static_cast<std::size_t>(edit.before)]);
            else
                ++count;
        }
        QCOMPARE(at, static_cast<int>(a.size()));
        QVERIFY(made == b);
        // … with as few of them as the longest common subsequence leaves.
        std::vector<std::vector<int>> common(a.size() + 1, std::vector<int>(b.size() + 1, 0));
        for (std::size_t i = 0; i < a.size(); ++i) {
            for (std::size_t j = 0; j < b.size(); ++j)
                common[i + 1][j + 1] = a[i] == b[j] ? common[i][j] + 1 : std::max(common[i][j + 1], common[i + 1][j]);
        }
        QCOMPARE(count, static_cast<int>(a.size() + b.size()) - 2 * common[a.size()][b.size()]);
        if (count > 0)
            QVERIFY(!listEdits(
                static_cast<int>(a.size()), static_cast<int>(b.size()),
                [&](int i, int j) { return a[static_cast<std::size_t>(i)] == b[static_cast<std::size_t>(j)]; },
                count - 1));
    }
}

void TstPayloadDiff::manyChangesAreCountedAndNotListed()
{
    QByteArray before = "{";
    QByteArray after = "{";
    for (int i = 0; i < 1'500; ++i) {
        before += "\"f" + QByteArray::number(i) + "\":1,";
        after += "\"f" + QByteArray::number(i) + "\":2,";
    }
    const PayloadDiff diff = diffPayloads(before + "\"z\":0}", after + "\"z\":0}");
    QCOMPARE(diff.changes.size(), PayloadDiff::mostChanges);
    QCOMPARE(diff.moreChanges, 500);
    QVERIFY(!diff.isSameValue());
}

void TstPayloadDiff::aStopEndsItAndSaysSo()
{
    std::stop_source source;
    source.request_stop();
    const PayloadDiff diff = diffPayloads(QByteArray("[1]"), QByteArray("[2]"), source.get_token());
    QVERIFY(!diff.isWhole);
    QVERIFY(!diff.isSameValue());
}

QTEST_GUILESS_MAIN(TstPayloadDiff)
#include "tst_payloaddiff.moc"
