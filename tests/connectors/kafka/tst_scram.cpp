// SPDX-License-Identifier: GPL-3.0-or-later
// Our side of a login by SCRAM, against the example of RFC 7677, and against servers that are none.
#include "connectors/kafka/scram.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway::kafka;

namespace {

constexpr auto nonce = "rOprNGfwEbeRWgbNEkqO";
constexpr auto challenge = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

ScramLogin example()
{
    return ScramLogin(QCryptographicHash::Sha256, "user", "pencil", nonce);
}

} // namespace

class ScramTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theStandardsExample();
    void namesAreWrittenSafely();
    void noncesDiffer();
    void whatIsNoChallengeIsNotAnswered_data();
    void whatIsNoChallengeIsNotAnswered();
};

void ScramTest::theStandardsExample()
{
    ScramLogin login = example();
    QCOMPARE(login.first(), QByteArray("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"));
    const auto proof = login.answer(challenge);
    QVERIFY(proof);
    QCOMPARE(*proof, QByteArray("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                                "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
    QVERIFY(login.isServerKnown("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
    QVERIFY(!login.isServerKnown("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
    QVERIFY(!login.isServerKnown("e=other-error"));
    QVERIFY(!login.isServerKnown(QByteArray()));
    QVERIFY(!example().isServerKnown("v="));
}

void ScramTest::namesAreWrittenSafely()
{
    const ScramLogin login(QCryptographicHash::Sha512, "a,b=c", "secret", "once");
    QCOMPARE(login.first(), QByteArray("n,,n=a=2Cb=3Dc,r=once"));
}

void ScramTest::noncesDiffer()
{
    QVERIFY(scramNonce() != scramNonce());
    QCOMPARE(scramNonce().size(), 32);
    QVERIFY(!scramNonce().contains(','));
}

void ScramTest::whatIsNoChallengeIsNotAnswered_data()
{
    QTest::addColumn<QByteArray>("told");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("another's nonce") << QByteArray("r=somebody,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
    QTest::newRow("our nonce without its own part") << QByteArray("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soE==,i=4096");
    QTest::newRow("no salt") << QByteArray("r=rOprNGfwEbeRWgbNEkqOx,i=4096");
    QTest::newRow("no rounds") << QByteArray("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==");
    QTest::newRow("rounds without end") << QByteArray(
        "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000");
    QTest::newRow("rounds below zero") << QByteArray("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-1");
}

void ScramTest::whatIsNoChallengeIsNotAnswered()
{
    QFETCH(QByteArray, told);
    ScramLogin login = example();
    QVERIFY(!login.answer(told));
    QVERIFY(!login.isServerKnown("v="));
}

QTEST_GUILESS_MAIN(ScramTest)
#include "tst_scram.moc"
