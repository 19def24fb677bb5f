// SPDX-License-Identifier: GPL-3.0-or-later
// `schema check --base REV` as a build server runs it: in a checkout, with a branch that changes schemas.
#include "tests/app/ctl/ctl.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QTest>
#include <QXmlStreamReader>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::test;

namespace {

void git(const Scene& scene, const QStringList& arguments)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString& who : {u"AUTHOR"_s, u"COMMITTER"_s}) {
        environment.insert(u"GIT_%1_NAME"_s.arg(who), u"T"_s);
        environment.insert(u"GIT_%1_EMAIL"_s.arg(who), u"t@example.com"_s);
    }
    environment.insert(u"GIT_CONFIG_GLOBAL"_s, u"/dev/null"_s);
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(scene.folder());
    process.start(u"git"_s, arguments);
    if (!process.waitForFinished() || process.exitCode() != 0)
        throw std::runtime_error(process.readAllStandardError().toStdString());
}

const QByteArray first = R"({"type":"record","name":"Order","fields":[{"name":"id","type":"string"}]})";
const QByteArray wider =
    R"({"type":"record","name":"Order","fields":[{"name":"id","type":"string"},{"name":"note","type":"string","default":""}]})";
const QByteArray broken =
    R"({"type":"record","name":"Order","fields":[{"name":"id","type":"string"},
{"name":"amount","type":"long"}]})";

} // namespace

class TstCtlSchemaBase final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aBranchThatBreaks();
    void aBranchThatDoesNot();
    void formats();
    void aFileThatDoesNotReadHidesNoBreak_data();
    void aFileThatDoesNotReadHidesNoBreak();
    void whereNothingHasToHoldAnEditBreaksNothing();
    void aByteOrderMarkIsNoChange();
    void refusals();
    void impactAndAcknowledgement();

private:
    std::unique_ptr<Scene> m_scene;
};

void TstCtlSchemaBase::init()
{
    m_scene = std::make_unique<Scene>();
    m_scene->write(u"schemas/order/order.created.v1.avsc"_s, first);
    m_scene->write(u"schemas/_meta/ownership.yaml"_s, R"(events:
  order.created:
    producer: { team: order-team, service: order-service }
    consumers:
      - { team: payment-team, service: payment-service }
)");
    git(*m_scene, {u"init"_s, u"-q"_s, u"-b"_s, u"main"_s});
    git(*m_scene, {u"add"_s, u"-A"_s});
    git(*m_scene, {u"commit"_s, u"-q"_s, u"-m"_s, u"one"_s});
    git(*m_scene, {u"checkout"_s, u"-q"_s, u"-b"_s, u"work"_s});
}

void TstCtlSchemaBase::aBranchThatBreaks()
{
    m_scene->write(u"schemas/order/order.created.v2.avsc"_s, broken);
    const CtlOutput out =
        m_scene->bare({u"schema"_s, u"check"_s, u"schemas"_s, u"--base"_s, u"main"_s, u"--json"_s}, m_scene->folder());
    EXPECT_EXIT(out, 1);
    const QJsonObject report = out.object();
    QCOMPARE(report[u"compatible"_s].toBool(true), false);
    QCOMPARE(report[u"changes"_s].toArray().size(), 1);
    const QJsonObject change = report[u"changes"_s].toArray().first().toObject();
    QCOMPARE(change[u"event"_s].toString(), u"order.created"_s);
    QCOMPARE(change[u"kind"_s].toString(), u"reader_field_missing_default_value"_s);
    QCOMPARE(change[u"path"_s].toString(), u"/fields/1"_s);
    QCOMPARE(change[u"file"_s].toString(), u"schemas/order/order.created.v2.avsc"_s);
    QCOMPARE(change[u"line"_s].toInt(), 2);
    QVERIFY(!change[u"counterexample"_s].isNull());
}

void TstCtlSchemaBase::aBranchThatDoesNot()
{
    m_scene->write(u"schemas/order/order.created.v2.avsc"_s, wider);
    const CtlOutput out =
        m_scene->bare({u"schema"_s, u"check"_s, u"schemas"_s, u"--base"_s, u"main"_s}, m_scene->folder());
    EXPECT_EXIT(out, 0);
}

void TstCtlSchemaBase::formats()
{
    m_scene->write(u"schemas/order/order.created.v2.avsc"_s, broken);
    const auto run = [&](const QString& format) {
        const CtlOutput out = m_scene->bare(
            {u"schema"_s, u"check"_s, u"schemas"_s, u"--base"_s, u"main"_s, u"--format"_s, format, u"--out"_s, format},
            m_scene->folder());
        return out.exitCode == 1 && out.out.isEmpty() ? m_scene->read(format) : QByteArray();
    };
    const QJsonObject sarif = QJsonDocument::fromJson(run(u"sarif"_s)).object();
    QCOMPARE(sarif[u"runs"_s][0][u"results"_s].toArray().size(), 1);
    QXmlStreamReader xml(run(u"junit"_s));
    int failures = 0;
    while (!xml.atEnd())
        failures += xml.readNext() == QXmlStreamReader::StartElement && xml.name() == u"failure" ? 1 : 0;
    QVERIFY(!xml.hasError());
    QCOMPARE(failures, 1);
    QVERIFY(run(u"github"_s).startsWith("::error file=schemas/order/order.created.v2.avsc,line=2,"));
    // What does not read fails the run, and the document says so too.
    m_scene->write(u"schemas/order/order.paid.v1.avsc"_s, "{");
    const CtlOutput out = m_scene->bare(
        {u"schema"_s, u"check"_s, u"schemas"_s, u"--base"_s, u"main"_s, u"--format"_s, u"sarif"_s}, m_scene->folder());
    EXPECT_EXIT(out, 2);
    EXPECT(out.errorText().contains(u"order.paid.v1.avsc:1:1: "), out.told());
    QCOMPARE(out.object()[u"runs"_s][0][u"invocations"_s][0][u"executionSuccessful"_s].toBool(true), false);
}

void TstCtlSchemaBase::aFileThatDoesNotReadHidesNoBreak_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("message");
    QTest::newRow("cut off") << QByteArray(R"({"type":)")
                             << u"a.v2.json:1:9: the schema is no JSON: a value is missing"_s;
    QTest::newRow("empty") << QByteArray() << u"a.v2.json:1:1: the schema is no JSON: it holds nothing"_s;
    QTest::newRow("a list")
        << QByteArray(R"(["string"])")
        << u"a.v2.json:1:1: this is no schema of 2020-12: a schema is an object, or true or false"_s;
    QTest::newRow("a type that is none")
        << QByteArray(R"({"type":"objekt"})")
        << u"a.v2.json:1:9: this is no schema of 2020-12: 'objekt' is no type; write string, number, integer, boolean"_s;
}

void TstCtlSchemaBase::aFileThatDoesNotReadHidesNoBreak()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, message);
    const Scene scene;
    scene.write(u"d/order/a.v1.json"_s, "{}");
    scene.write(u"d/order/a.v2.json"_s, text);
    scene.write(u"d/pay/b.v1.json"_s, R"({"properties":{"x":{"type":"string"}}})");
    scene.write(u"d/pay/b.v2.json"_s, R"({"properties":{"x":{"type":"number"}}})");
    const QStringList check{u"schema"_s, u"check"_s, u"d"_s};
    const CtlOutput json = scene.bare(check + QStringList{u"--json"_s}, scene.folder());
    EXPECT_EXIT(json, 2);
    QCOMPARE(json.errorText().count(u"a.v2.json"), 1);
    EXPECT(json.errorText().contains(message), json.told());
    QCOMPARE(json.object()[u"compatible"_s].toBool(true), false);
    QCOMPARE(json.object()[u"changes"_s].toArray().size(), 1);
    QCOMPARE(json.object()[u"changes"_s][0][u"event"_s].toString(), u"b"_s);
    const CtlOutput plain = scene.bare(check, scene.folder());
    EXPECT_EXIT(plain, 2);
    EXPECT(plain.out.contains("b  v1") && plain.out.contains("1 file does not read"), plain.told());
}

void TstCtlSchemaBase::whereNothingHasToHoldAnEditBreaksNothing()
{
    m_scene->write(u"schemas/order/order.created.v1.avsc"_s, broken);
    const QStringList check{u"schema"_s, u"check"_s, u"schemas"_s, u"--base"_s, u"main"_s, u"--json"_s};
    EXPECT_EXIT(m_scene->bare(check, m_scene->folder()), 1);
    const CtlOutput out = m_scene->bare(check + QStringList{u"--level"_s, u"NONE"_s}, m_scene->folder());
    EXPECT_EXIT(out, 0);
    QVERIFY(!out.object()[u"changes"_s].toArray().isEmpty()); // it is told all the same
}

void TstCtlSchemaBase::aByteOrderMarkIsNoChange()
{
    m_scene->write(u"schemas/order/order.created.v1.avsc"_s, QByteArray("\xEF\xBB\xBF") + first);
    const CtlOutput out =
        m_scene->bare({u"schema"_s, u"check"_s, u"schemas"_s, u"--base"_s, u"main"_s, u"--json"_s}, m_scene->folder());
    EXPECT_EXIT(out, 0);
    QVERIFY(out.object()[u"changes"_s].toArray().isEmpty());
}

void TstCtlSchemaBase::refusals()
{
    const CtlOutput unknown =
        m_scene->bare({u"schema"_s, u"check"_s, u"schemas"_s, u"--base"_s, u"origin/main"_s}, m_scene->folder());
    EXPECT_EXIT(unknown, 2);
    EXPECT(unknown.errorText().contains(u"origin/main is no revision"), unknown.told());
    const CtlOutput file =
        m_scene->bare({u"schema"_s, u"check"_s, u"schemas/order/order.created.v1.avsc"_s}, m_scene->folder());
    EXPECT_EXIT(file, 2);
    EXPECT(file.errorText().contains(u"this is a file; name the folder that it lies in"), file.told());
    QVERIFY(QDir(m_scene->folder()).mkdir(u"mistyped"_s));
    const CtlOutput empty = m_scene->bare({u"schema"_s, u"check"_s, u"mistyped"_s}, m_scene->folder());
    EXPECT_EXIT(empty, 0);
    EXPECT(empty.errorText().startsWith(u"warning: mistyped:1:1: no schema with a version lies here"), empty.told());
    const Scene elsewhere;
    elsewhere.write(u"schemas/order.created.v1.avsc"_s, first);
    const CtlOutput outside =
        elsewhere.bare({u"schema"_s, u"check"_s, u"schemas"_s, u"--base"_s, u"main"_s}, elsewhere.folder());
    EXPECT_EXIT(outside, 2);
    EXPECT(outside.errorText().contains(u"no Git repository"), outside.told());
}

void TstCtlSchemaBase::impactAndAcknowledgement()
{
    m_scene->write(u"schemas/order/order.created.v2.avsc"_s, broken);
    m_scene->write(u"spillway.yaml"_s,
                   workspaceText({{.name = u"orders"_s, .bootstrap = deadAddress()}}, u"development"_s,
                                 {u"ownership: schemas/_meta/ownership.yaml"_s, u"schemas: schemas/"_s}));
    const auto consumer = [&] {
        const CtlOutput out =
            m_scene->ctl({u"schema"_s, u"impact"_s, u"--json"_s, u"--calendar"_s, m_scene->path(u"a.ics"_s)});
        return out.exitCode == 0 ? out.array().first()[u"consumers"_s][0].toObject() : QJsonObject();
    };
    QJsonObject before = consumer();
    QCOMPARE(before[u"service"_s].toString(), u"payment-service"_s);
    QCOMPARE(before[u"broken"_s].toBool(), true);
    QVERIFY(before[u"acknowledgedAt"_s].isNull());
    QVERIFY(m_scene->read(u"a.ics"_s).startsWith("BEGIN:VCALENDAR\r\n"));
    const QStringList ack{u"schema"_s, u"ack"_s, u"order.created"_s, u"2"_s, u"--consumer"_s};
    const CtlOutput unknown = m_scene->ctl(ack + QStringList{u"nobody"_s});
    EXPECT_EXIT(unknown, 2);
    EXPECT(unknown.errorText().contains(u"payment-service"), unknown.told());
    EXPECT_EXIT(m_scene->ctl(ack + QStringList{u"payment-service"_s, u"--note"_s, u"deployed"_s}), 0);
    QVERIFY(isUtcTime(consumer()[u"acknowledgedAt"_s]));
    QCOMPARE(m_scene->ctl({u"audit"_s, u"verify"_s}).exitCode, 0);
}

CTL_TEST_MAIN(TstCtlSchemaBase)
#include "tst_ctl_schemabase.moc"
