// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/alignedlines.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

class TstAlignedLines final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void lines_data();
    void lines();
};

void TstAlignedLines::lines_data()
{
    QTest::addColumn<QList<QStringList>>("rows");
    QTest::addColumn<int>("between");
    QTest::addColumn<QString>("text");
    QTest::newRow("no row is no line") << QList<QStringList>{} << 2 << QString();
    QTest::newRow("numbers stand to the right")
        << QList<QStringList>{{u"A"_s, u"N"_s}, {u"long"_s, u"1 000"_s}} << 2 << u"A         N\nlong  1 000\n"_s;
    QTest::newRow("no blanks at the end")
        << QList<QStringList>{{u"A"_s, u""_s}, {u"long"_s, u""_s}} << 3 << u"A\nlong\n"_s;
    QTest::newRow("a short row keeps its columns")
        << QList<QStringList>{{u"A"_s}, {u"bb"_s, u"7"_s}} << 1 << u"A\nbb 7\n"_s;
}

void TstAlignedLines::lines()
{
    QFETCH(QList<QStringList>, rows);
    QFETCH(int, between);
    const auto isSecond = [](qsizetype column) { return column == 1; };
    QTEST(alignedLines({rows.begin(), rows.end()}, isSecond, between), "text");
}

QTEST_GUILESS_MAIN(TstAlignedLines)
#include "tst_alignedlines.moc"
