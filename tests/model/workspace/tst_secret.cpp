// SPDX-License-Identifier: GPL-3.0-or-later
// Secrets are fetched by reference, and a refusal names the reference, never the secret.
#include "model/workspace/secret.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;
using Kind = SecretReference::Kind;

namespace {

class FakeKeychain final : public SecretStore
{
public:
    Result<Secret> resolve(const SecretReference& reference) override
    {
        return Secret(reference.name.toUtf8() + "-secret");
    }
};

} // namespace

class SecretTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void environmentVariables();
    void files_data();
    void files();
    void aMissingFile();
    void keychainEntries();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

void SecretTest::environmentVariables()
{
    qputenv("SPILLWAY_TEST_SECRET", "hunter2");
    LocalSecretStore store;
    QCOMPARE(store.resolve({Kind::Environment, u"SPILLWAY_TEST_SECRET"_s}).value().reveal(), QByteArray("hunter2"));
    qputenv("SPILLWAY_TEST_SECRET", "");
    QCOMPARE(store.resolve({Kind::Environment, u"SPILLWAY_TEST_SECRET"_s}).error().code, ErrorCode::NotFound);
    qunsetenv("SPILLWAY_TEST_SECRET");
    const auto missing = store.resolve({Kind::Environment, u"SPILLWAY_TEST_SECRET"_s});
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, ErrorCode::NotFound);
    QVERIFY(missing.error().detail.contains(u"SPILLWAY_TEST_SECRET"_s));
}

void SecretTest::files_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<int>("permissions");
    QTest::addColumn<QByteArray>("secret");
    QTest::addColumn<QString>("complaint");
    constexpr int owner = QFileDevice::ReadOwner | QFileDevice::WriteOwner;
    QTest::newRow("a secret") << QByteArray("hunter2") << owner << QByteArray("hunter2") << QString();
    QTest::newRow("an editor's last line end is no part of it")
        << QByteArray("hunter2\n") << owner << QByteArray("hunter2") << QString();
    QTest::newRow("nor is Windows'") << QByteArray("hunter2\r\n") << owner << QByteArray("hunter2") << QString();
    QTest::newRow("other white space is")
        << QByteArray(" hunter2 \n\n") << owner << QByteArray(" hunter2 \n") << QString();
    QTest::newRow("the group may read it")
        << QByteArray("hunter2") << (owner | QFileDevice::ReadGroup) << QByteArray() << u"chmod 600"_s;
    QTest::newRow("everybody may read it")
        << QByteArray("hunter2") << (owner | QFileDevice::ReadOther) << QByteArray() << u"chmod 600"_s;
    QTest::newRow("empty") << QByteArray("\n") << owner << QByteArray() << u"is empty"_s;
    QTest::newRow("far too large") << QByteArray(70'000, 'x') << owner << QByteArray() << u"larger than 64 KiB"_s;
}

void SecretTest::files()
{
    QFETCH(QByteArray, content);
    QFETCH(int, permissions);
    QFETCH(QByteArray, secret);
    QFETCH(QString, complaint);
    const QString path = m_folder->filePath(u"secret"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
    file.close();
    QVERIFY(file.setPermissions(QFileDevice::Permissions(permissions)));
    LocalSecretStore store;
    const auto resolved = store.resolve({Kind::File, path});
    QCOMPARE(resolved.has_value(), complaint.isEmpty());
    if (resolved) {
        QCOMPARE(resolved->reveal(), secret);
    } else {
        QVERIFY2(resolved.error().detail.contains(complaint), qPrintable(resolved.error().detail));
        QVERIFY(resolved.error().detail.contains(path));
        QVERIFY(!resolved.error().detail.contains(u"hunter2"_s));
    }
}

void SecretTest::aMissingFile()
{
    LocalSecretStore store;
    const auto missing = store.resolve({Kind::File, m_folder->filePath(u"gone"_s)});
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, ErrorCode::NotFound);
}

void SecretTest::keychainEntries()
{
    LocalSecretStore alone;
    QCOMPARE(alone.resolve({Kind::Keychain, u"orders"_s}).error().code, ErrorCode::Unsupported);
    FakeKeychain keychain;
    LocalSecretStore store(&keychain);
    QCOMPARE(store.resolve({Kind::Keychain, u"orders"_s}).value().reveal(), QByteArray("orders-secret"));
}

QTEST_GUILESS_MAIN(SecretTest)
#include "tst_secret.moc"
