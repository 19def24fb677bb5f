// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/base/sha256.h"

#include <QCryptographicHash>
#include <QTest>

#include <random>

class TstSha256 final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyLengthInEveryCut_data();
    void everyLengthInEveryCut();
    void theStandardsExample();
};

using namespace spillway;

namespace {

QByteArray hexOf(Sha256& hash)
{
    return hash.hexResult();
}

} // namespace

void TstSha256::everyLengthInEveryCut_data()
{
    QTest::addColumn<bool>("mayUseProcessor");
    QTest::newRow("by the processor where it can") << true;
    QTest::newRow("by Qt") << false;
}

void TstSha256::everyLengthInEveryCut()
{
    QFETCH(bool, mayUseProcessor);
    std::mt19937 engine(7);
    QByteArray bytes;
    for (int length = 0; length < 400; ++length) {
        const QByteArray expected = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
        Sha256 whole(mayUseProcessor);
        whole.add(bytes);
        QCOMPARE(hexOf(whole), expected);
        Sha256 cut(mayUseProcessor);
        for (QByteArrayView rest(bytes); !rest.isEmpty();) {
            const auto taken = std::min<qsizetype>(rest.size(), static_cast<qsizetype>(engine() % 90));
            cut.add(rest.first(taken));
            rest = rest.sliced(taken);
        }
        QCOMPARE(hexOf(cut), expected);
        bytes += static_cast<char>(engine());
    }
}

void TstSha256::theStandardsExample()
{
    Sha256 hash;
    hash.add("abc");
    QCOMPARE(hexOf(hash), QByteArray("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
}

QTEST_GUILESS_MAIN(TstSha256)
#include "tst_sha256.moc"
