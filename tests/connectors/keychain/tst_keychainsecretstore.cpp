// SPDX-License-Identifier: GPL-3.0-or-later
#include "connectors/keychain/keychainsecretstore.h"

#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class KeychainSecretStoreTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void withoutAKeychainItSaysWhatToWriteInstead()
    {
        KeychainSecretStore store;
        const auto secret = store.resolve({SecretReference::Kind::Keychain, u"orders"_s});
        QVERIFY(!secret);
        QCOMPARE(secret.error().code, ErrorCode::Unreachable);
        QVERIFY2(secret.error().detail.contains(u"{ env: NAME }"_s), qPrintable(secret.error().detail));
        QVERIFY(secret.error().detail.contains(u"'orders'"_s));
    }
    void otherKindsAreNotItsBusiness()
    {
        KeychainSecretStore store;
        const auto secret = store.resolve({SecretReference::Kind::Environment, u"HOME"_s});
        QVERIFY(!secret);
        QCOMPARE(secret.error().code, ErrorCode::Unsupported);
    }
};

QTEST_GUILESS_MAIN(KeychainSecretStoreTest)
#include "tst_keychainsecretstore.moc"
