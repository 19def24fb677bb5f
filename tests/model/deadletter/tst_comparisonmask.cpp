// SPDX-License-Identifier: GPL-3.0-or-later
// What is told of two messages where some of it may not be seen: never that they are the same when they are not.
#include "model/deadletter/comparisonmask.h"

#include "model/deadletter/dialectregistry.h"

#include <QRandomGenerator>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

const Masker& masker()
{
    static const Masker made(defaultMaskRules(Environment::Production));
    return made;
}

LetterComparison compared(const QByteArray& before, const QByteArray& after, const Headers& headersBefore = {},
                          const Headers& headersAfter = {})
{
    DeadLetter first;
    first.record.value = before;
    first.record.headers = headersBefore;
    DeadLetter second;
    second.record.value = after;
    second.record.headers = headersAfter;
    LetterComparison comparison = compareLetters(first, second);
    maskComparison(comparison, masker(), MaskPurpose::View);
    return comparison;
}

/// "changed /a 1 2", and `masked` behind what stands under marks.
QStringList linesOf(const RecordDiff& diff)
{
    QStringList lines;
    for (const PayloadChange& change : diff.payload.changes)
        lines << u"%1 %2 %3 %4%5"_s.arg(
            changeWord(change.kind), change.path, QString::fromUtf8(change.before.value_or("")),
            QString::fromUtf8(change.after.value_or("")), change.isMasked ? u" masked"_s : QString());
    for (const HeaderChange& change : diff.headers)
        lines << u"%1 header %2%3"_s.arg(changeWord(change.kind), QString::fromUtf8(change.name),
                                         change.isMasked ? u" masked"_s : QString());
    return lines;
}

} // namespace

class TstComparisonMask final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatDiffersUnderMarks_data();
    void whatDiffersUnderMarks();
    void headersUnderMarks();
    void withoutMasksNothingChanges();
    void differentIsNeverCalledTheSame();
    void manyPlacesAreCounted();
    void whatIsBeyondTheListIsCountedOnce();
    void bothTextsSayIt();
};

void TstComparisonMask::whatDiffersUnderMarks_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QStringList>("lines");
    QTest::addColumn<bool>("isSameValue");
    const auto row = [](const char* name, const char* before, const char* after, const QStringList& lines,
                        bool isSame) {
        QTest::newRow(name) << QByteArray(before) << QByteArray(after) << lines << isSame;
    };
    row("a secret that differs", R"({"pin":"7351","a":1})", R"({"pin":"7352","a":1})",
        {u"changed /pin ••• ••• masked"_s}, false);
    row("a secret beside a number that is only respelled", R"({"pin":"7351","a":1.50})", R"({"pin":"7352","a":1.5})",
        {u"respelled /a 1.50 1.5"_s, u"changed /pin ••• ••• masked"_s}, false);
    row("the same secret", R"({"pin":"7351","a":1})", R"({"pin":"7351","a":2})", {u"changed /a 1 2"_s}, false);
    row("a masked object is one place", R"({"password":{"x":1,"y":2}})", R"({"password":{"x":2,"y":3,"z":1}})",
        {u"changed /password ••• ••• masked"_s}, false);
    row("part of a text", R"({"note":"call joe@example.com"})", R"({"note":"call ann@example.com"})",
        {u"changed /note ••• ••• masked"_s}, false);
    row("a text that differs beside its mark", R"({"note":"call joe@example.com"})",
        R"({"note":"mail ann@example.com"})", {u"changed /note \"call •••\" \"mail •••\""_s}, false);
    row("no JSON, masked whole", "\x00\x01\x02 binary", "\x00\x01\x03 binary", {}, true);
    row("text with a secret in it", "user joe@example.com failed", "user ann@example.com failed",
        {u"changed  ••• ••• masked"_s}, false);
    row("nothing differs", R"({"pin":"7351"})", R"({"pin":"7351"})", {}, true);
    row("only space differs", R"({"pin":"7351"})", R"({ "pin":"7351"})", {}, true);
}

void TstComparisonMask::whatDiffersUnderMarks()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    const LetterComparison comparison = compared(before, after);
    QTEST(linesOf(*comparison.diff), "lines");
    QTEST(comparison.diff->payload.isSameValue(), "isSameValue");
    const QByteArray json = comparisonJson(comparison);
    for (const char* secret : {"7351", "7352", "joe@", "ann@"})
        QVERIFY2(!json.contains(secret), json.constData());
}

void TstComparisonMask::headersUnderMarks()
{
    const Headers before{{"Authorization", QByteArray("Bearer abcdefghi")}, {"region", QByteArray("eu")}};
    const Headers after{{"Authorization", QByteArray("Bearer abcdefghX")}, {"region", QByteArray("us")}};
    const LetterComparison comparison = compared("{}", "{}", before, after);
    QCOMPARE(linesOf(*comparison.diff),
             (QStringList{u"changed header region"_s, u"changed header Authorization masked"_s}));
    QVERIFY(!comparisonJson(comparison).contains("abcdefgh"));
}

void TstComparisonMask::withoutMasksNothingChanges()
{
    DeadLetter first;
    first.record.value = R"({"pin":"7351"})";
    DeadLetter second;
    second.record.value = R"({"pin":"7352"})";
    LetterComparison comparison = compareLetters(first, second);
    maskComparison(comparison, Masker(defaultMaskRules(Environment::Development)), MaskPurpose::View);
    QCOMPARE(linesOf(*comparison.diff), QStringList{u"changed /pin \"7351\" \"7352\""_s});
}

void TstComparisonMask::differentIsNeverCalledTheSame()
{
    QRandomGenerator random(20261127);
    const QByteArrayList names{"pin", "a", "email", "order", "password", "note"};
    const QByteArrayList values{
        "\"7351\"", "1", "1.0", "{\"x\":[1,{\"token\":\"q\"}]}", "[{\"iban\":\"r\"},2]", "\"joe@example.com\"", "null"};
    const auto document = [&] {
        QByteArrayList fields;
        for (const QByteArray& name : names) {
            if (random.bounded(4) > 0)
                fields << '"' + name + "\":" + values[random.bounded(values.size())];
        }
        return "{" + fields.join(',') + "}";
    };
    int hidden = 0;
    for (int round = 0; round < 3'000; ++round) {
        const QByteArray before = document();
        const QByteArray after = document();
        const PayloadDiff real = diffPayloads(before, after);
        const LetterComparison comparison = compared(before, after);
        const PayloadDiff& shown = comparison.diff->payload;
        QVERIFY2(real.isSameValue() == shown.isSameValue(), (before + " / " + after).constData());
        hidden += std::any_of(shown.changes.begin(), shown.changes.end(),
                              [](const PayloadChange& change) { return change.isMasked; })
                      ? 1
                      : 0;
    }
    QVERIFY(hidden > 1'000);
}

void TstComparisonMask::manyPlacesAreCounted()
{
    const auto document = [](char digit) {
        QByteArray json = "[";
        for (int i = 0; i < 100; ++i)
            json += QByteArray(i == 0 ? "" : ",") + "{\"id\":" + QByteArray::number(i) + ",\"pin\":\"" + digit + "\"}";
        return json + "]";
    };
    const LetterComparison comparison = compared(document('1'), document('2'));
    const PayloadDiff& payload = comparison.diff->payload;
    QCOMPARE(std::ssize(payload.changes), qsizetype{mostMaskedPlaces});
    QCOMPARE(payload.moreChanges, 100 - mostMaskedPlaces);
    QCOMPARE(payload.changes.front().path, u"/0/pin"_s);
}

void TstComparisonMask::whatIsBeyondTheListIsCountedOnce()
{
    const auto document = [](char digit) {
        QByteArray json = "{";
        for (int i = 0; i < 1'500; ++i)
            json += QByteArray(i == 0 ? "" : ",") + "\"n" + QByteArray::number(i) + "\":" + digit;
        return json + "}";
    };
    const LetterComparison comparison = compared(document('1'), document('2'));
    const PayloadDiff& payload = comparison.diff->payload;
    QCOMPARE(payload.changes.size(), PayloadDiff::mostChanges);
    QCOMPARE(payload.moreChanges, std::int64_t{500});
}

void TstComparisonMask::bothTextsSayIt()
{
    const LetterComparison comparison = compared(R"({"pin":"7351"})", R"({"pin":"7352"})");
    QVERIFY(comparisonText(comparison, *DialectRegistry::bundled()).contains(u"  ! /pin: differs, masked\n"));
    QVERIFY(comparisonJson(comparison).contains(R"("isMasked":true)"));
}

QTEST_GUILESS_MAIN(TstComparisonMask)
#include "tst_comparisonmask.moc"
