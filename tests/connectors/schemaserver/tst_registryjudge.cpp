// SPDX-License-Identifier: GPL-3.0-or-later
// Compatibility as a registry answers it, judged by the rules of `schema check`.
#include "model/compatibility/registryjudge.h"
#include "tests/connectors/schemaserver/servedfolder.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

QJsonObject answerOf(const FolderRegistry& registry, const char* path, const char* type, const QByteArray& schema)
{
    RegistryRequest request;
    request.method = "POST";
    request.path = path;
    request.query = {{"verbose", "true"}};
    request.body =
        QJsonDocument(QJsonObject{{u"schema"_s, QString::fromUtf8(schema)}, {u"schemaType"_s, QString::fromUtf8(type)}})
            .toJson();
    const RegistryAnswer answer = registry.answer(request);
    return answer.status == 200 ? QJsonDocument::fromJson(answer.json).object() : QJsonObject();
}

constexpr auto newest = "/compatibility/subjects/payment.made/versions";
constexpr auto ninth = "/compatibility/subjects/payment.made/versions/9";

} // namespace

class TestRegistryJudge : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void verdicts_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("schema");
        QTest::addColumn<bool>("isCompatible");
        const QByteArray draft = "{'$schema':'http://json-schema.org/draft-07/schema#','type':'object',";
        const QByteArray fields = draft + "'properties':{'payment_id':{'type':'string'},'amount':{'type':'number'}";
        QTest::newRow("the same again") << QByteArray(newest) << fields + "},'required':['payment_id']}" << true;
        QTest::newRow("an optional field more")
            << QByteArray(newest) << fields + ",'note':{'type':'string'}},'required':['payment_id']}" << true;
        QTest::newRow("a required field more")
            << QByteArray(newest) << fields + "},'required':['payment_id','amount']}" << false;
        QTest::newRow("another type") << QByteArray(newest) << draft + "'properties':{'amount':{'type':'string'}}}"
                                      << false;
        QTest::newRow("what the newest allows, against an older one that asked for nothing")
            << QByteArray(ninth) << fields + "},'required':['payment_id']}" << false;
    }
    void verdicts()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, schema);
        QFETCH(bool, isCompatible);
        const test::ServedFolder folder(compatibilityJudge());
        const QJsonObject answer = answerOf(*folder.registry(), path.constData(), "JSON", schema.replace('\'', '"'));
        QVERIFY(answer.contains(u"is_compatible"));
        QCOMPARE(answer[u"is_compatible"].toBool(), isCompatible);
        QCOMPARE(answer[u"messages"].toArray().isEmpty(), isCompatible);
    }

    void theLevelIsTheRules()
    {
        QTemporaryDir dir;
        QCOMPARE(registryLevel(dir.path()), u"BACKWARD"_s);
    }
};

QTEST_GUILESS_MAIN(TestRegistryJudge)
#include "tst_registryjudge.moc"
