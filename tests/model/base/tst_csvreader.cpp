// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/csvreader.h"

#include <QBuffer>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

/// Records joined by `/`, fields by `|`.
QString readAll(const QByteArray& bytes, std::vector<CsvFault>* faults = nullptr, CsvLimits limits = {})
{
    QBuffer buffer;
    buffer.setData(bytes);
    buffer.open(QIODevice::ReadOnly);
    CsvReader reader(buffer, limits);
    QStringList records;
    bool isOver = false;
    while (!isOver) {
        isOver = !reader.readRecord();
        if (faults)
            faults->insert(faults->end(), reader.faults().begin(), reader.faults().end());
        if (isOver)
            break;
        QStringList fields;
        for (const CsvField& field : reader.fields())
            fields += QString::fromUtf8(field.bytes);
        records += fields.join(u'|');
    }
    return records.join(u'/');
}

} // namespace

class CsvReaderTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void recordsAndFields_data();
    void recordsAndFields();
    void faultsAreNamedWithTheirPlace_data();
    void faultsAreNamedWithTheirPlace();
    void placesCountLinesAndCharacters();
    void aRecordAcrossTheReadersChunksIsWhole();
};

void CsvReaderTest::recordsAndFields_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("expected");
    QTest::newRow("nothing") << QByteArray() << QString();
    QTest::newRow("a byte-order mark is no text") << QByteArray("\xEF\xBB\xBF"
                                                                "a,b\r\n1,2\r\n")
                                                  << u"a|b/1|2"_s;
    QTest::newRow("line feeds alone, and none at the end") << QByteArray("a,b\n1,2") << u"a|b/1|2"_s;
    QTest::newRow("carriage returns alone") << QByteArray("a,b\r1,2\r") << u"a|b/1|2"_s;
    QTest::newRow("blank lines are passed over") << QByteArray("\n\na\r\n\r\n1\n\n") << u"a/1"_s;
    QTest::newRow("empty fields are fields") << QByteArray(",,\n\"\",,x") << u"||/||x"_s;
    QTest::newRow("a quoted empty line is a record") << QByteArray("a\n\"\"\nb") << u"a//b"_s;
    QTest::newRow("quotes hide commas, quotes and line ends")
        << QByteArray("\"a,\"\"b\"\"\r\nc\",d\n") << u"a,\"b\"\r\nc|d"_s;
    QTest::newRow("UTF-8 goes through") << QByteArray("Müller,€\n") << u"Müller|€"_s;
}

void CsvReaderTest::recordsAndFields()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, expected);
    std::vector<CsvFault> faults;
    QCOMPARE(readAll(bytes, &faults), expected);
    QVERIFY(faults.empty());
}

void CsvReaderTest::faultsAreNamedWithTheirPlace_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<qint64>("line");
    QTest::addColumn<qint64>("column");
    QTest::addColumn<QString>("says");
    QTest::addColumn<bool>("isFatal");
    QTest::newRow("a quote that is never closed")
        << QByteArray("a,b\n1,\"2\n3,4\n") << qint64{2} << qint64{3} << u"never closed"_s << true;
    QTest::newRow("text behind a closing quote")
        << QByteArray("\"a\"b,c\n") << qint64{1} << qint64{4} << u"follows a closing quote"_s << false;
    QTest::newRow("a quote inside an unquoted field")
        << QByteArray("a,b\"c\n") << qint64{1} << qint64{4} << u"inside an unquoted field"_s << false;
    QTest::newRow("zero bytes") << QByteArray("a,b\n1,\0002\n", 9) << qint64{2} << qint64{3} << u"no text"_s << true;
    QTest::newRow("UTF-16") << QByteArray("\xFF\xFE"
                                          "a\0",
                                          4)
                            << qint64{1} << qint64{1} << u"UTF-16"_s << true;
    QTest::newRow("gzip") << QByteArray("\x1F\x8B\x08\x00", 4) << qint64{1} << qint64{1} << u"gzip"_s << true;
    QTest::newRow("a workbook") << QByteArray("PK\x03\x04....") << qint64{1} << qint64{1} << u"workbook"_s << true;
    QTest::newRow("Parquet") << QByteArray("PAR1....") << qint64{1} << qint64{1} << u"Parquet"_s << true;
    QTest::newRow("a field beyond the bound")
        << QByteArray("a\n") + QByteArray(101, 'x') << qint64{2} << qint64{1} << u"longer than 100"_s << true;
    QTest::newRow("a quoted field beyond the bound")
        << QByteArray("a\n\"") + QByteArray(101, 'x') << qint64{2} << qint64{1} << u"longer than 100"_s << true;
    QTest::newRow("fields beyond the bound")
        << QByteArray(10, ',') << qint64{1} << qint64{6} << u"more than 5"_s << true;
}

void CsvReaderTest::faultsAreNamedWithTheirPlace()
{
    QFETCH(QByteArray, bytes);
    QFETCH(qint64, line);
    QFETCH(qint64, column);
    QFETCH(QString, says);
    QFETCH(bool, isFatal);
    std::vector<CsvFault> faults;
    (void)readAll(bytes, &faults, CsvLimits{.fieldBytes = 100, .fields = 5});
    QCOMPARE(faults.size(), std::size_t{1});
    QVERIFY2(faults[0].message.contains(says), qPrintable(faults[0].message));
    QCOMPARE(faults[0].line, line);
    QCOMPARE(faults[0].column, column);
    QCOMPARE(faults[0].isFatal, isFatal);
    QVERIFY(!faults[0].remedy.isEmpty());
}

void CsvReaderTest::placesCountLinesAndCharacters()
{
    QByteArray bytes = "a,b\r\n\"ü\n€\",x\nyy,z\n";
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    CsvReader reader(buffer);
    QVERIFY(reader.readRecord());
    QVERIFY(reader.readRecord());
    QCOMPARE(reader.fields()[0].line, 2);
    QCOMPARE(reader.fields()[0].column, 1);
    QVERIFY(reader.fields()[0].isQuoted);
    QCOMPARE(reader.fields()[1].line, 3);
    QCOMPARE(reader.fields()[1].column, 4);
    QVERIFY(reader.readRecord());
    QCOMPARE(reader.fields()[1].line, 4);
    QCOMPARE(reader.fields()[1].column, 4);
}

void CsvReaderTest::aRecordAcrossTheReadersChunksIsWhole()
{
    const QByteArray wide(200'000, 'w');
    const QByteArray bytes = wide + ",\"" + wide + "\"\"\",end\r\n" + wide + ",b,c\r\n";
    const QString w = QString::fromLatin1(wide);
    QCOMPARE(readAll(bytes), w + u'|' + w + u"\"|end/"_s + w + u"|b|c"_s);
}

QTEST_GUILESS_MAIN(CsvReaderTest)
#include "tst_csvreader.moc"
