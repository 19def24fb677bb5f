// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/jsonwriter.h"

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
