// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/jsonwriter.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class JsonWriterTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void fieldsKeepTheirOrder()
    {
        JsonWriter json;
        json.beginObject()
            .field(u"z", 1)
            .field(u"a", u"x"_s)
            .key(u"list")
            .beginArray()
            .value(true)
            .null()
            .beginObject()
            .endObject();
        json.endArray().field(u"unknown", std::optional<double>()).endObject();
        QCOMPARE(json.json(), QByteArray(R"({"z":1,"a":"x","list":[true,null,{}],"unknown":null})"));
    }
    void textIsEscaped()
    {
        JsonWriter json;
        json.value(QString(u"q\" b\\ n\n t\t r\r e\u001b é "_s + QChar(0)));
        QCOMPARE(json.json(), QByteArray("\"q\\\" b\\\\ n\\n t\\t r\\r e\\u001b \xC3\xA9 \\u0000\""));
    }
    void nothingEndsALineButALine_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("next line, U+0085") << u"a\u0085b"_s << QByteArray(R"("a\u0085b")");
        QTest::newRow("the first and the last of C1") << u"\u0080\u009f"_s << QByteArray(R"("\u0080\u009f")");
        QTest::newRow("line separator") << u"a\u2028"_s << QByteArray(R"("a\u2028")");
        QTest::newRow("paragraph separator") << u"\u2029b"_s << QByteArray(R"("\u2029b")");
        QTest::newRow("delete") << u"\u007f"_s << QByteArray(R"("\u007f")");
        QTest::newRow("their neighbours stand as they are")
            << u"\u00a0\u2027\u202a\u00c2\u1028"_s
            << QByteArray("\"") + u"\u00a0\u2027\u202a\u00c2\u1028"_s.toUtf8() + '"';
    }
    void nothingEndsALineButALine()
    {
        QFETCH(QString, text);
        QFETCH(QByteArray, json);
        JsonWriter fresh;
        fresh.beginArray().value(text).endArray();
        QCOMPARE(fresh.json(), '[' + json + ']');
        QCOMPARE(QJsonDocument::fromJson(fresh.json()).array().first().toString(), text);
        JsonWriter nested; // a document that somebody else wrote
        nested.beginArray().raw(QString(u'"' + text + u'"').toUtf8()).endArray();
        QCOMPARE(QJsonDocument::fromJson(nested.json()).array().first().toString(), text);
        QVERIFY(
            !QString::fromUtf8(nested.json()).contains(QRegularExpression(u"[\\x{80}-\\x{9f}\\x{2028}\\x{2029}]"_s)));
        JsonWriter sealed(JsonWriter::Escapes::AsSealed); // byte by byte as before
        sealed.value(text);
        QCOMPARE(sealed.json(), text == u"\u007f" ? QByteArray(R"("\u007f")") : QString(u'"' + text + u'"').toUtf8());
    }
    void numbersReadBackEqual_data()
    {
        QTest::addColumn<double>("number");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("a tenth") << 0.1 << QByteArray("0.1");
        QTest::newRow("a whole number") << 500.0 << QByteArray("500");
        QTest::newRow("small") << 1e-7 << QByteArray("1e-07");
        QTest::newRow("not a number is unknown") << qQNaN() << QByteArray("null");
        QTest::newRow("infinity is unknown") << qInf() << QByteArray("null");
    }
    void numbersReadBackEqual()
    {
        QFETCH(double, number);
        JsonWriter json;
        json.value(number);
        QTEST(json.json(), "text");
    }
    void largeIntegersAreExact()
    {
        JsonWriter json;
        json.value(std::int64_t{9'007'199'254'740'993});
        QCOMPARE(json.json(), QByteArray("9007199254740993"));
    }
    void bytesAreTextOrBase64()
    {
        JsonWriter json;
        json.beginObject();
        json.bytesField(u"key", QByteArray("abc"))
            .bytesField(u"value", QByteArray("\xFF\x00", 2))
            .bytesField(u"none", std::nullopt);
        json.endObject();
        QCOMPARE(json.json(), QByteArray(R"({"key":"abc","value":null,"valueBase64":"/wA=","none":null})"));
    }
};

QTEST_GUILESS_MAIN(JsonWriterTest)
#include "tst_jsonwriter.moc"
