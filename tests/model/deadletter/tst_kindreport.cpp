// SPDX-License-Identifier: GPL-3.0-or-later
// What `dlq kinds` says of who decides: nobody's decision is claimed while the rules were merely not asked again.
#include "storefixture.h"

#include "model/deadletter/groupkind.h"
#include "model/deadletter/kindreport.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

class TstKindReport final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void rulesThatWereNotAskedYetArePending();
};

void TstKindReport::rulesThatWereNotAskedYetArePending()
{
    StoreFixture fixture;
    QCOMPARE(fixture.add({StoreFixture::prepared(1, u"com.acme.Odd"_s, u"billing"_s)}), 1);
    QFile file(fixture.folder() + u"/kinds.yaml"_s);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("rules:\n  - { name: odd, kind: business, class: 'Odd$', reason: we say so, suggestion: ask }\n");
    file.close();
    const Checked<KindRules> rules = KindRules::withUsers(file.fileName());
    QVERIFY(rules.value);
    const auto shares = [&] {
        Database reader = fixture.reader();
        return *kindShares(reader, Query{}, utcFromMs(letterMs), *rules.value, nullptr);
    };

    const auto before = shares();
    QCOMPARE(before.size(), std::size_t{1});
    QCOMPARE(before[0].verdict.kind, FailureKind::Business);
    QCOMPARE(before[0].kind, FailureKind::Transient); // as it was stored
    QVERIFY(before[0].isPending());
    const QString text = kindSharesText(before, false);
    QVERIFY2(text.contains(u"counts as transient: the rules are asked again by the next collect\n"), qPrintable(text));
    const QJsonObject json = QJsonDocument::fromJson(kindSharesJson(before, false)).array()[0].toObject();
    QCOMPARE(json[u"kindBy"].toString(), u"rule"_s);
    QCOMPARE(json[u"pending"].toBool(), true);

    QVERIFY(sortAnew(fixture.store(), *rules.value, {}));
    const auto after = shares();
    QCOMPARE(after[0].kind, FailureKind::Business);
    QVERIFY(!after[0].isPending());
    QVERIFY(!kindSharesText(after, false).contains(u"counts as"));
}

QTEST_GUILESS_MAIN(TstKindReport)
#include "tst_kindreport.moc"
