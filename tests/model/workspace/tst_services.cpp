// SPDX-License-Identifier: GPL-3.0-or-later
// `registries:` and `notify:` of spillway.yaml: values, faults with their places, and no secret repeated.
#include "model/workspace/workspace.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto canary = "canary-secret-4711";

Checked<Workspace> load(const QTemporaryDir& dir, const QByteArray& more)
{
    QFile file(dir.filePath(u"spillway.yaml"_s));
    if (!file.open(QIODevice::WriteOnly))
        qFatal("cannot write the workspace");
    file.write(
        "version: 1\nname: w\nenvironment: development\nconnections:\n  - { name: orders, bootstrap_servers: b:1 }\n" +
        more);
    file.close();
    QFile ca(dir.filePath(u"ca.pem"_s));
    if (!ca.open(QIODevice::WriteOnly) || ca.write("x") != 1)
        qFatal("cannot write a file");
    ca.close();
    return loadWorkspace(dir.path());
}

QString said(const Checked<Workspace>& checked)
{
    QStringList lines;
    for (const FileIssue& issue : checked.issues)
        lines += issue.toString();
    return lines.join(u'\n');
}

} // namespace

class TestServices : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyKeyIsAValue()
    {
        const QTemporaryDir dir;
        const auto checked =
            load(dir, "registries:\n"
                      "  - name: main\n"
                      "    url: https://registry.example.com/apis/ccompat/v7/\n"
                      "    username: me\n"
                      "    password: { env: PW }\n"
                      "    ca: ca.pem\n"
                      "    connections: [orders]\n"
                      "  - { name: local, url: \"http://127.0.0.1:8081\", token: { env: TOKEN } }\n"
                      "notify:\n"
                      "  - { name: pay, kind: slack, url: { env: HOOK }, channels: [\"#pay\"], teams: [a] }\n"
                      "  - { name: hub, kind: webhook, url: \"https://h.example/x\", secret: { env: S } }\n"
                      "  - { name: dark, kind: webhook, url: { file: url.txt } }\n");
        QVERIFY2(checked.value.has_value(), qPrintable(said(checked)));
        QCOMPARE(said(checked), QString());
        const RegistrySettings& main = checked.value->registries.at(0);
        QCOMPARE(main.url, u"https://registry.example.com/apis/ccompat/v7"_s);
        QCOMPARE(main.security.username, u"me"_s);
        QCOMPARE(main.security.password, (SecretReference{SecretReference::Kind::Environment, u"PW"_s}));
        QCOMPARE(main.security.caFile, dir.filePath(u"ca.pem"_s));
        QCOMPARE(main.connections, QStringList{u"orders"_s});
        QVERIFY(checked.value->registries.at(1).security.token.has_value());
        const NotifyTarget& pay = checked.value->notify.at(0);
        QCOMPARE(pay.kind, NotifyTarget::Kind::Slack);
        QVERIFY(pay.url.isEmpty() && pay.secretUrl);
        QCOMPARE(pay.channels, QStringList{u"#pay"_s});
        QCOMPARE(pay.teams, QStringList{u"a"_s});
        QCOMPARE(checked.value->notify.at(1).url, u"https://h.example/x"_s);
        QVERIFY(checked.value->notify.at(1).signingSecret.has_value());
        QCOMPARE(checked.value->notify.at(2).secretUrl->name, dir.filePath(u"url.txt"_s));
    }

    void faults_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("part");
        const auto row = [](const char* name, const char* text, const char* place, const char* part) {
            QTest::newRow(name) << QByteArray(text) << QString::fromUtf8(place) << QString::fromUtf8(part);
        };
        row("no list", "registries: { name: a }\n", ":6:13:", "is not a list");
        row("no url", "registries:\n  - name: main\n", ":7:5:", "url");
        row("no address", "registries:\n  - { name: main, url: registry }\n", ":7:24:", "is no address");
        row("a password in it", "registries:\n  - { name: main, url: \"https://me:canary-secret-4711@r\" }\n",
            ":7:24:", "may hold a password");
        row("a key in it", "registries:\n  - { name: main, url: \"https://r/?k=canary-secret-4711\" }\n",
            ":7:24:", "behind ?");
        row("another scheme", "registries:\n  - { name: main, url: \"ftp://r\" }\n", ":7:24:", "neither http");
        row("a password in the open",
            "registries:\n  - { name: m, url: \"https://r\", username: u, password: canary-secret-4711 }\n",
            ":7:57:", "in the open");
        row("a login without encryption",
            "registries:\n  - { name: m, url: \"http://r\", username: u, password: { env: P } }\n",
            ":7:5:", "unencrypted");
        row("half a login", "registries:\n  - { name: m, url: \"https://r\", username: u }\n", ":7:5:", "only one of");
        row("two ways in",
            "registries:\n  - { name: m, url: \"https://r\", username: u, password: { env: P }, token: { env: T } }\n",
            ":7:5:", "both a login");
        row("half a certificate", "registries:\n  - { name: m, url: \"https://r\", certificate: ca.pem }\n",
            ":7:5:", "only one of");
        row("a name twice", "registries:\n  - { name: m, url: \"https://r\" }\n  - { name: m, url: \"https://s\" }\n",
            ":8:13:", "twice");
        row("a connection that is not there", "registries:\n  - { name: m, url: \"https://r\", connections: [nope] }\n",
            ":7:5:", "does not exist");
        row("a Slack address in the open",
            "notify:\n  - { name: m, kind: slack, url: \"https://hooks.slack.com/canary-secret-4711\" }\n",
            ":7:34:", "in the open");
        row("an unheard kind", "notify:\n  - { name: m, kind: pager, url: { env: U } }\n", ":7:22:", "pager");
        row("no kind", "notify:\n  - { name: m, url: { env: U } }\n", ":7:5:", "kind");
        row("a signature for Slack", "notify:\n  - { name: m, kind: slack, url: { env: U }, secret: { env: S } }\n",
            ":7:54:", "no signature");
    }
    void faults()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, place);
        QFETCH(QString, part);
        const QTemporaryDir dir;
        const auto checked = load(dir, text);
        QVERIFY(!checked.value.has_value());
        const QString lines = said(checked);
        QVERIFY2(lines.contains(u"spillway.yaml"_s + place), qPrintable(lines));
        QVERIFY2(lines.contains(part), qPrintable(lines));
        QVERIFY2(!lines.contains(QLatin1StringView(canary)), qPrintable(lines));
    }
};

QTEST_GUILESS_MAIN(TestServices)
#include "tst_services.moc"
