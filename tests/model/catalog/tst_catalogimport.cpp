// SPDX-License-Identifier: GPL-3.0-or-later
// Files of other programs as large companies have them.
#include "model/catalog/catalogimport.h"
#include "model/catalog/schemastub.h"
#include "model/workspace/issuelist.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray api(const QByteArray& name)
{
    return "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: " + name +
           "\nspec:\n  type: asyncapi\n  owner: t\n";
}

} // namespace

class CatalogImportTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void placesAreThoseOfTheFile();
    void filesAboveOurOwnLimit();
    void manyMessagesByReference();
    void stubs();

private:
    [[nodiscard]] QString written(const QString& name, const QByteArray& text) const
    {
        QFile file(m_dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("%s cannot be written", qPrintable(name));
        return file.fileName();
    }
    QTemporaryDir m_dir;
};

void CatalogImportTest::placesAreThoseOfTheFile()
{
    const QString file = written(u"c.yaml"_s, "# first\n---\n" + api("a.b") + "--- # second\n" + "kind: [\n");
    const auto read = readBackstage(file);
    QVERIFY(!read.value);
    QVERIFY2(read.issues.front().place.line >= 11, qPrintable(read.issues.front().toString()));
    const auto right = readBackstage(written(u"d.yaml"_s, api("a.b") + "---\n" + api("a.c") + "---\n\n"));
    QVERIFY(right.value);
    QCOMPARE(right.value->events.size(), std::size_t{2});
    QCOMPARE(right.value->events[1].eventType, u"a.c"_s);
}

void CatalogImportTest::filesAboveOurOwnLimit()
{
    const QByteArray filler = "# " + QByteArray(17 << 20, 'x') + '\n';
    const auto read = readBackstage(written(u"large.yaml"_s, filler + "---\n" + api("a.b")));
    QVERIFY2(read.value, read.issues.empty() ? "" : qPrintable(read.issues.front().toString().left(200)));
    QCOMPARE(read.value->events.size(), std::size_t{1});
}

void CatalogImportTest::manyMessagesByReference()
{
    constexpr int many = 20'000;
    QByteArray messages;
    QByteArray channel;
    for (int i = 0; i < many; ++i) {
        const QByteArray name = "m" + QByteArray::number(i);
        messages +=
            (i > 0 ? "," : "") + ("\"" + name + "\":{\"name\":\"e." + name + "\",\"payload\":{\"type\":\"object\"}}");
        channel += (i > 0 ? "," : "") + ("\"" + name + "\":{\"$ref\":\"#/components/messages/" + name + "\"}");
    }
    const QString file = written(u"a.json"_s, R"({"asyncapi":"3.0.0","info":{"title":"app","version":"1"},"channels":)"
                                              R"({"c":{"address":"topic","messages":{)" +
                                                  channel + R"(}}},"components":{"messages":{)" + messages + "}}}");
    const auto read = readAsyncApi(file);
    QVERIFY2(read.value, read.issues.empty() ? "" : qPrintable(read.issues.front().toString()));
    QCOMPARE(read.value->events.size(), std::size_t{many});
    for (const CatalogEvent& event : read.value->events)
        QVERIFY2(event.eventType.startsWith(u"e.m"_s) && event.topic == u"topic"_s, qPrintable(event.eventType));
    QVERIFY(read.value->notes.isEmpty());
}

void CatalogImportTest::stubs()
{
    Workspace workspace;
    workspace.folder = u"/w"_s;
    CatalogEvent event{.eventType = u"a.b"_s, .domain = u"a"_s, .partitionKey = u"order_id"_s};
    QVERIFY(!schemaStub(workspace, event)); // nowhere to put it
    workspace.schemasFolder = u"/elsewhere"_s;
    QVERIFY(!schemaStub(workspace, event));
    workspace.schemasFolder = u"/w/schemas"_s;
    const auto stub = schemaStub(workspace, event);
    QVERIFY(stub);
    QCOMPARE(stub->path, u"schemas/a/a.b.v1.json"_s);
    QJsonParseError fault;
    const QJsonObject schema = QJsonDocument::fromJson(stub->text, &fault).object();
    QCOMPARE(fault.error, QJsonParseError::NoError);
    QVERIFY(schema[u"properties"][u"order_id"].isObject());
    QVERIFY(stub->text.contains("\n  \"type\": \"object\""));
    event.eventType = u"../x"_s;
    QVERIFY(!schemaStub(workspace, event));
    event.eventType = u"a.b"_s;
    event.domain = u".."_s;
    QVERIFY(!schemaStub(workspace, event));
}

QTEST_GUILESS_MAIN(CatalogImportTest)
#include "tst_catalogimport.moc"
