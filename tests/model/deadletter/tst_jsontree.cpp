// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/jsontree.h"
#include "model/deadletter/query.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

std::vector<JsonSpan> spansOf(const QByteArray& json)
{
    JsonCheck check(json);
    while (!check.isDone())
        check.advanceTo(check.position() + 100'000);
    Q_ASSERT(!check.fault());
    std::vector<JsonSpan> spans = check.takeSpans();
    std::sort(spans.begin(), spans.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
    return spans;
}

} // namespace

class TstJsonTree final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void showsNamesAndValuesAsWritten();
    void opensAPartAtATime();
    void pathsGoIntoTheFilter_data();
    void pathsGoIntoTheFilter();
    void longValuesArePassedByTheirSpans();
    void deepNestingEndsInARow();
    void readsEscapes_data();
    void readsEscapes();
};

void TstJsonTree::showsNamesAndValuesAsWritten()
{
    JsonTree tree;
    QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(tree.rowCount(), 0);
    const QByteArray json = R"( {"amount": 10.50, "id":"47\u202e11","items" : [ ], "a":1,"a" : {"b":[1e400, null]}} )";
    tree.show(json, spansOf(json));
    QCOMPARE(tree.rowCount(), 5);
    const auto text = [&](const QModelIndex& index, int column) {
        return tree.data(index.siblingAtColumn(column)).toString();
    };
    QCOMPARE(text(tree.index(0, 0), JsonTree::NameColumn), u"amount"_s);
    QCOMPARE(text(tree.index(0, 0), JsonTree::ValueColumn), u"10.50"_s);
    QCOMPARE(text(tree.index(1, 0), JsonTree::ValueColumn), u"\"47\\u202e11\""_s);
    QCOMPARE(text(tree.index(2, 0), JsonTree::ValueColumn), u"[]"_s);
    QVERIFY(!tree.hasChildren(tree.index(2, 0)));
    QVERIFY(!tree.data(tree.index(3, 0), JsonTree::IsRepeatedRole).toBool());
    QVERIFY(tree.data(tree.index(4, 0), JsonTree::IsRepeatedRole).toBool());
    QCOMPARE(text(tree.index(4, 0), JsonTree::NameColumn), u"a (again)"_s);
    QCOMPARE(text(tree.index(4, 0), JsonTree::ValueColumn), u"{ 1 field }"_s);
    const QModelIndex deep = tree.indexOf(u"/a/b/0"_s);
    QVERIFY(deep.isValid());
    QCOMPARE(text(deep, JsonTree::ValueColumn), u"1e400"_s);
    QCOMPARE(tree.data(deep, JsonTree::PointerRole).toString(), u"/a/b/0"_s);
    const auto from = tree.data(deep, JsonTree::FromRole).toLongLong();
    QCOMPARE(json.mid(from, tree.data(deep, JsonTree::ToRole).toLongLong() - from), QByteArray("1e400"));
    QVERIFY(!tree.indexOf(u"/a/b/2"_s).isValid());
    QVERIFY(!tree.indexOf(u"/none"_s).isValid());
    QVERIFY(!tree.data(tree.index(99, 0)).isValid());
    tree.show("7", {});
    QCOMPARE(tree.rowCount(), 0);
    tree.clear();
    QCOMPARE(tree.rowCount(), 0);
}

void TstJsonTree::opensAPartAtATime()
{
    QByteArray json = "[";
    for (int i = 0; i < 1'000; ++i)
        json += "{\"n\":" + QByteArray::number(i) + "},";
    json += "0]";
    JsonTree tree;
    tree.show(json, spansOf(json));
    QCOMPARE(tree.rowCount(), JsonTree::mostAtOnce);
    QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest); // it fetches too
    const int before = tree.rowCount();
    QSignalSpy inserted(&tree, &QAbstractItemModel::rowsInserted);
    tree.fetchMore({});
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(tree.rowCount(), before + JsonTree::mostAtOnce);
    while (tree.canFetchMore({}))
        tree.fetchMore({});
    QCOMPARE(tree.rowCount(), 1'001);
    QCOMPARE(tree.data(tree.indexOf(u"/999/n"_s).siblingAtColumn(1)).toString(), u"999"_s);
    QCOMPARE(tree.data(tree.index(1'000, 1)).toString(), u"0"_s);
}

void TstJsonTree::pathsGoIntoTheFilter_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("pointer");
    QTest::addColumn<QString>("term");
    QTest::newRow("a field") << QByteArray(R"({"order":{"id":"4711"}})") << u"/order/id"_s
                             << u"payload.order.id:4711"_s;
    QTest::newRow("an element") << QByteArray(R"({"items":[{"n":1.50}]})") << u"/items/0/n"_s
                                << u"payload.items[0].n:1.50"_s;
    QTest::newRow("names that need quotes")
        << QByteArray(R"({"a.b":{"gift \"wrap\"":true}})") << u"/a.b/gift \"wrap\""_s
        << u"payload.\"a.b\".\"gift \\\"wrap\\\"\":true"_s;
    QTest::newRow("a pointer's own signs")
        << QByteArray(R"({"a/b~c":"x y"})") << u"/a~1b~0c"_s << u"payload.\"a/b~c\":\"x y\""_s;
    QTest::newRow("a name with what nobody sees")
        << QByteArray(R"({"a\u200bb":1})") << u"/a\u200Bb"_s << u"payload.\"a\\u{200B}b\":1"_s;
    QTest::newRow("an array as the document") << QByteArray(R"([[7]])") << u"/0/0"_s << u"payload.[0][0]:7"_s;
}

void TstJsonTree::pathsGoIntoTheFilter()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, pointer);
    QFETCH(QString, term);
    JsonTree tree;
    tree.show(json, spansOf(json));
    const QModelIndex index = tree.indexOf(pointer);
    QVERIFY(index.isValid());
    QCOMPARE(tree.data(index, JsonTree::PointerRole).toString(), pointer);
    QCOMPARE(tree.data(index, JsonTree::QueryTermRole).toString(), term);
    const auto query = readQuery(term);
    QVERIFY2(query, query ? "" : qPrintable(query.error().message));
    const auto value = jsonValue(json, query->root.term.path);
    QVERIFY(value);
    QCOMPARE(value->text, query->root.term.text); // the filter finds this very value
}

void TstJsonTree::longValuesArePassedByTheirSpans()
{
    QByteArray json = "{\"text\":\"" + QByteArray(200'000, 'x') + "\",\"list\":[";
    for (int i = 0; i < 50'000; ++i)
        json += "{\"a\":[1,2]},";
    json += "0],\"last\":true}";
    const std::vector<JsonSpan> spans = spansOf(json);
    QCOMPARE(spans.size(), 3U); // the document, the text, the list; no small one
    QCOMPARE(spans[2].children, 50'001);
    JsonTree tree;
    QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
    tree.show(json, spans);
    QCOMPARE(tree.rowCount(), 3);
    QVERIFY(tree.data(tree.index(0, 1)).toString().endsWith(u"195 KiB"_s));
    QVERIFY(tree.data(tree.index(0, 1)).toString().size() < 400);
    QCOMPARE(tree.data(tree.index(1, 1)).toString(), u"[ 50\u2009001 elements ]"_s);
    QCOMPARE(tree.data(tree.index(2, 1)).toString(), u"true"_s);
    QVERIFY(tree.data(tree.index(0, 0), JsonTree::QueryTermRole).toString().isEmpty());
}

void TstJsonTree::deepNestingEndsInARow()
{
    const QByteArray json = QByteArray(100'000, '[') + QByteArray(100'000, ']');
    const std::vector<JsonSpan> spans = spansOf(json);
    QCOMPARE(spans.size(), static_cast<std::size_t>(JsonCheck::deepestSpan));
    JsonTree tree;
    tree.show(json, spans);
    QModelIndex at;
    int depth = 0;
    while (tree.hasChildren(at)) {
        while (tree.canFetchMore(at))
            tree.fetchMore(at);
        at = tree.index(0, 0, at);
        ++depth;
    }
    QCOMPARE(depth, JsonTree::deepest);
    QVERIFY(tree.data(at.siblingAtColumn(1)).toString().contains(u"deeper"_s));
}

void TstJsonTree::readsEscapes_data()
{
    QTest::addColumn<QByteArray>("token");
    QTest::addColumn<QString>("text");
    QTest::newRow("none") << QByteArray("\"é\"") << u"é"_s;
    QTest::newRow("all of them") << QByteArray(R"("\"\\\/\b\f\n\r\t\u0041")") << u"\"\\/\b\f\n\r\tA"_s;
    QTest::newRow("a pair") << QByteArray(R"("\ud83d\ude00")") << u"😀"_s;
    QTest::newRow("half a pair") << QByteArray(R"("\ud83dx")") << u"\uFFFDx"_s;
}

void TstJsonTree::readsEscapes()
{
    QFETCH(QByteArray, token);
    QFETCH(QString, text);
    QCOMPARE(unescapedJson(token), text);
}

QTEST_GUILESS_MAIN(TstJsonTree)
#include "tst_jsontree.moc"
