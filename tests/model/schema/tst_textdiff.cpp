// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/textdiff.h"

#include <QRandomGenerator>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

QString told(const std::vector<DiffLine>& lines)
{
    QStringList all;
    for (const DiffLine& line : lines)
        all += (line.kind == DiffLine::Kind::Same      ? u" "_s
                : line.kind == DiffLine::Kind::Removed ? u"-"_s
                                                       : u"+"_s) +
               line.text;
    return all.join(u'|');
}

/// The text without the lines of one kind.
QString without(const std::vector<DiffLine>& lines, DiffLine::Kind kind)
{
    QStringList kept;
    for (const DiffLine& line : lines) {
        if (line.kind != kind)
            kept += line.text;
    }
    return kept.join(u'\n');
}

} // namespace

class TstTextDiff final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lines_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("expected");
        QTest::newRow("the same") << u"a\nb"_s << u"a\nb"_s << u" a| b"_s;
        QTest::newRow("a line more") << u"a\nc"_s << u"a\nb\nc"_s << u" a|+b| c"_s;
        QTest::newRow("a line less") << u"a\nb\nc"_s << u"a\nc"_s << u" a|-b| c"_s;
        QTest::newRow("another line: what goes stands first") << u"a\nb\nc"_s << u"a\nx\nc"_s << u" a|-b|+x| c"_s;
        QTest::newRow("two places") << u"a\nb\nc\nd"_s << u"x\nb\nc\ny"_s << u"-a|+x| b| c|-d|+y"_s;
        QTest::newRow("nothing before") << QString() << u"a"_s << u"-|+a"_s;
    }
    void lines()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QFETCH(QString, expected);
        QCOMPARE(told(lineDiff(before, after)), expected);
    }
    void bothTextsStandInIt()
    {
        QRandomGenerator random(3);
        for (int round = 0; round < 300; ++round) {
            const auto text = [&] {
                QStringList all;
                for (int i = random.bounded(12); i >= 0; --i)
                    all += QString(QChar(u'a' + random.bounded(4)));
                return all.join(u'\n');
            };
            const QString before = text();
            const QString after = text();
            const auto diff = lineDiff(before, after);
            QCOMPARE(without(diff, DiffLine::Kind::Added), before);
            QCOMPARE(without(diff, DiffLine::Kind::Removed), after);
        }
    }
    void longTextsEnd()
    {
        QStringList before;
        QStringList after;
        for (int i = 0; i < 20'000; ++i) {
            before += u"old %1"_s.arg(i);
            after += u"new %1"_s.arg(i);
        }
        const auto diff = lineDiff(before.join(u'\n'), after.join(u'\n'));
        QCOMPARE(diff.size(), 40'000U);
        QCOMPARE(diff.front().kind, DiffLine::Kind::Removed);
    }
    void orderIsNoDifference()
    {
        const auto text = [](const QByteArray& json) { return comparableText(SchemaLanguage::JsonSchema, json); };
        QCOMPARE(text(R"({"b":1,"a":{"d":2,"c":3}})"), text("{ \"a\": {\"c\": 3, \"d\": 2},\n \"b\": 1 }"));
        QVERIFY(text(R"({"a":1})") != text(R"({"a":2})"));
        QCOMPARE(text("{ not json "), u"{ not json"_s);
        QCOMPARE(comparableText(SchemaLanguage::Protobuf, "message O {}\n"), u"message O {}"_s);
    }
};

QTEST_GUILESS_MAIN(TstTextDiff)
#include "tst_textdiff.moc"
