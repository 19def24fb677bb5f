// SPDX-License-Identifier: GPL-3.0-or-later
// What `dlq kinds` says of who decides: nobody's decision is claimed while the rules were merely not asked again.
#include "storefixture.h"

#include "model/deadletter/decisionsheet.h"
#include "model/deadletter/groupkind.h"
#include "model/deadletter/kindtrial.h"
#include "model/deadletter/queryrun.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <SQLiteCpp/Database.h>

#include <map>
#include <random>
#include <set>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::test;

class TstKindReport final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void rulesThatWereNotAskedYetArePending();
    void aTrialIsSummedAndOrdered();
    void whatWouldCountIsSaidAndNotTheRulesWord();
    void aTextHasTheFaultsOfItsFile();
    void everyLetterIsCountedForTheRuleThatDecidesForIt_data();
    void everyLetterIsCountedForTheRuleThatDecidesForIt();
    void aTrialIsToldAndStopped();
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

    // The notes of the group say so too.
    const auto notes = [&] {
        Database reader = fixture.reader();
        return *decisionSheet(reader, *rules.value, before[0].group, utcFromMs(letterMs));
    };
    QCOMPARE(notes().kind, FailureKind::Business);
    QCOMPARE(notes().pendingKind, std::optional(FailureKind::Transient));
    QVERIFY2(decisionSheetText(notes()).contains(u"its letters count as transient: the rules are asked again"),
             qPrintable(decisionSheetText(notes())));

    QVERIFY(sortAnew(fixture.store(), *rules.value, {}));
    const auto after = shares();
    QCOMPARE(after[0].kind, FailureKind::Business);
    QVERIFY(!after[0].isPending());
    QVERIFY(!kindSharesText(after, false).contains(u"counts as"));
    QVERIFY(!notes().pendingKind);
}

namespace {

KindShare share(const QString& group, std::int64_t letters, FailureKind used, FailureKind tried,
                const QString& above = {})
{
    KindShare made;
    made.group = group;
    made.title = group;
    made.letters = letters;
    made.above = above;
    made.verdict = {.kind = used, .reason = u"r"_s, .suggestion = u"s"_s, .rule = u"used"_s};
    made.trial = {.kind = tried, .reason = u"r"_s, .suggestion = u"s"_s, .rule = u"tried"_s};
    made.kind = made.before();
    return made;
}

} // namespace

void TstKindReport::aTrialIsSummedAndOrdered()
{
    using enum FailureKind;
    const auto rules = KindRules::withUsersText(
        "# ours\nrules:\n  - { name: tried, kind: business, class: x, reason: y }\n", u"kinds.yaml"_s);
    QVERIFY(rules.value);
    std::vector<KindShare> shares{share(u"a"_s, 3, Transient, Transient),
                                  share(u"b"_s, 100, Transient, Transient),
                                  share(u"b"_s, 5, Transient, Business),
                                  share(u"c"_s, 7, Transient, Business),
                                  share(u"d"_s, 9, Transient, Business, u"person:schema"_s),
                                  share(u"e"_s, 1, Unknown, Transient, u"failedAgain"_s)};
    shares[3].trialPlace = 0;
    shares[2].trialPlace = 0;
    const KindTrial trial = kindTrialOf(shares, *rules.value, true);
    QCOMPARE(trial.all, (LetterSum{.letters = 125, .groups = 5}));
    QCOMPARE(trial.changed, (LetterSum{.letters = 12, .groups = 2}));
    QCOMPARE(trial.heldByPerson, (LetterSum{.letters = 9, .groups = 1}));
    QCOMPARE(trial.heldByReplays, (LetterSum{.letters = 1, .groups = 1}));
    QString order;
    for (const KindShare& each : trial.shares)
        order += each.group;
    QCOMPARE(order, u"cbdeba"_s);
    QCOMPARE(trial.rules.size(), rules.value->rules().size() + 1);
    QCOMPARE(trial.rules.front().decides, (LetterSum{.letters = 12, .groups = 2}));
    QVERIFY(trial.rules.front().isUsers && trial.rules.front().line == 3);
    QVERIFY(!trial.rules[1].isUsers);
    QVERIFY(trial.rules.back().name.isEmpty());
    QCOMPARE(trial.rules.back().decides, (LetterSum{.letters = 113, .groups = 4}));
    const KindTrial many =
        kindTrialOf(std::vector<KindShare>(KindTrial::mostShares + 7, shares[0]), *rules.value, true);
    QCOMPARE(many.shares.size(), KindTrial::mostShares);
    QCOMPARE(many.sharesLeftOut, 7);
    QCOMPARE(many.all.letters, static_cast<std::int64_t>(3 * (KindTrial::mostShares + 7)));
}

void TstKindReport::whatWouldCountIsSaidAndNotTheRulesWord()
{
    using enum FailureKind;
    // Confirmed replays make of what no rule is sure of a transient failure.
    const std::vector<KindShare> shares{share(u"a"_s, 4, Schema, Unknown, u"confirmed"_s),
                                        share(u"b"_s, 2, Transient, Business, u"person:schema"_s)};
    const QString text = kindSharesText(shares, true);
    QVERIFY2(text.contains(u"would become transient, by the rule \"tried\" and how its replays ended\n"),
             qPrintable(text));
    QVERIFY2(text.contains(u"the rule \"tried\" says business, but a person decided, above the rules\n"),
             qPrintable(text));
    QVERIFY2(text.endsWith(u"4 letters would change\n"), qPrintable(text));
    const QJsonArray json = QJsonDocument::fromJson(kindSharesJson(shares, true)).array();
    QCOMPARE(json[0][u"trialKind"].toString(), u"unknown"_s);
    QCOMPARE(json[0][u"trialCounts"].toString(), u"transient"_s);
    QCOMPARE(json[0][u"changed"].toBool(), true);
    QCOMPARE(json[1][u"held"].toBool(), true);
    QCOMPARE(json[1][u"changed"].toBool(), false);
}

void TstKindReport::aTextHasTheFaultsOfItsFile()
{
    StoreFixture fixture;
    for (const QByteArray& text :
         {QByteArray("rules:\n  - { kind: nonsense, class: '(', reason: y }\ndisable: [nobody]\n"),
          QByteArray("a: [\n"), QByteArray("# nothing\n"), QByteArray("rules: []\n")}) {
        QFile file(fixture.folder() + u"/kinds.yaml"_s);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
        const auto ofFile = KindRules::withUsers(file.fileName());
        const auto ofText = KindRules::withUsersText(text, file.fileName());
        QCOMPARE(ofText.issues, ofFile.issues);
        QCOMPARE(ofText.value.has_value(), ofFile.value.has_value());
        if (ofFile.value)
            QCOMPARE(ofText.value->digest(), ofFile.value->digest());
    }
}

namespace {

/// Random letters that have much in common: classes, messages, consumers, verdicts of schemas, replays.
std::vector<PreparedLetter> someLetters(unsigned seed, int count)
{
    std::mt19937 random(seed);
    const auto any = [&random](const QStringList& all) {
        return all[static_cast<qsizetype>(random() % static_cast<unsigned>(all.size()))];
    };
    std::vector<PreparedLetter> letters;
    for (int number = 1; number <= count; ++number) {
        const QString errorClass =
            any({u"com.acme.Odd"_s, u"java.net.SocketTimeoutException"_s, u"RuntimeError"_s, u"Error"_s});
        PreparedLetter letter = StoreFixture::prepared(number, errorClass, any({u"billing"_s, u"mailer"_s}),
                                                       static_cast<int>(random() % 50));
        letter.facts.rootCauseClass.emplace(errorClass);
        letter.facts.errorMessage =
            any({u"connection refused by %1"_s, u"boom %1"_s, u"503 Service Unavailable, try %1"_s,
                 u"duplicate key %1"_s, u"%1"_s, u"timed out after %1 ms"_s})
                .arg(random() % 40);
        if (random() % 5 == 0) {
            letter.facts.errorClass.reset();
            letter.facts.rootCauseClass.reset();
            if (random() % 2 == 0)
                letter.facts.errorMessage.reset();
        }
        letter.schema.verdict =
            std::array{std::optional<SchemaVerdict>(), std::optional(SchemaVerdict::Valid),
                       std::optional(SchemaVerdict::Invalid), std::optional(SchemaVerdict::Unknown)}[random() % 4];
        letters.push_back(std::move(letter));
    }
    return letters;
}

} // namespace

void TstKindReport::everyLetterIsCountedForTheRuleThatDecidesForIt_data()
{
    QTest::addColumn<QString>("query");
    QTest::newRow("all letters, which lie together") << QString();
    QTest::newRow("a few, far from each other") << u"error~\"(boom|by|key) [78]$\""_s;
    QTest::newRow("every other one") << u"consumer:mailer"_s;
}

void TstKindReport::everyLetterIsCountedForTheRuleThatDecidesForIt()
{
    QFETCH(QString, query);
    const unsigned seed = 20261127;
    StoreFixture fixture;
    QCOMPARE(fixture.add(someLetters(seed, 1'200)), 1'200);
    {
        SQLite::Database db(fixture.file().toStdString(), SQLite::OPEN_READWRITE);
        db.exec("UPDATE letter SET replay_id = x'6a', same_error_replays = id % 4 WHERE id % 3 = 0");
    }
    const auto used = KindRules::bundled();
    QVERIFY(used);
    const auto tried = KindRules::withUsersText(
        "rules:\n"
        "  - { name: booms, kind: business, message: '^boom \\d*7', reason: r }\n"
        "  - { name: booms of one consumer, kind: business, message: '^boom', consumers: [billing], reason: r }\n"
        "  - { name: after replays, kind: business, replays: 3, reason: r, instead_of: transient, message: 'refused' "
        "}\n"
        "  - { name: no schema, kind: schema, schema: invalid, class: 'Odd$', reason: r }\n",
        u"kinds.yaml"_s);
    QVERIFY2(tried.value, tried.issues.empty() ? "" : qPrintable(tried.issues.front().toString()));
    Database reader = fixture.reader();
    const auto parsed = parseQuery(query);
    QVERIFY(parsed);

    using Key = std::tuple<QString, QString, QString, FailureKind>;
    std::map<Key, std::int64_t> expected;
    const auto letters = deadLetters(reader, *parsed, {.now = utcFromMs(letterMs), .limit = std::nullopt});
    QVERIFY(letters);
    QVERIFY(letters->size() > 20);
    for (const DeadLetter& letter : *letters) {
        const KindInput input{.facts = letter.facts,
                              .consumer = letter.consumer,
                              .eventType = letter.eventType,
                              .fitsSchema = letter.schema.fits(),
                              .sameErrorReplays = letter.place % 3 == 0 ? static_cast<int>(letter.place % 4) : 0};
        ++expected[{letter.group, used->verdict(input).rule, tried.value->verdict(input).rule, letter.kind}];
    }
    const auto shares = kindShares(reader, *parsed, utcFromMs(letterMs), *used, &*tried.value);
    QVERIFY(shares);
    std::map<Key, std::int64_t> counted;
    std::set<QString> rules;
    for (const KindShare& share : *shares) {
        counted[{share.group, share.verdict.rule, share.trial.rule, share.kind}] += share.letters;
        rules.insert(share.trial.rule);
    }
    QVERIFY2(counted == expected, qPrintable(u"seed %1"_s.arg(seed)));
    QVERIFY(!query.isEmpty() || rules.size() > 5);
}

void TstKindReport::aTrialIsToldAndStopped()
{
    StoreFixture fixture;
    QCOMPARE(fixture.add(someLetters(1, 2'500)), 2'500);
    const auto rules = KindRules::bundled();
    Database reader = fixture.reader();
    std::vector<std::int64_t> told;
    const auto tell = [&told](std::int64_t done, std::int64_t total) {
        QCOMPARE(total, 2'500);
        told.push_back(done);
    };
    QVERIFY(kindShares(reader, Query{}, utcFromMs(letterMs), *rules, nullptr, {}, tell));
    QCOMPARE(told, (std::vector<std::int64_t>{0, 1'000, 2'000}));
    std::stop_source stop;
    const auto stopAt = [&stop](std::int64_t done, std::int64_t) {
        if (done == 1'000)
            stop.request_stop();
        QVERIFY(done < 2'000);
    };
    const auto stopped = kindShares(reader, Query{}, utcFromMs(letterMs), *rules, nullptr, stop.get_token(), stopAt);
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
}

QTEST_GUILESS_MAIN(TstKindReport)
#include "tst_kindreport.moc"
