// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/messagefold.h"

#include <QTest>

#include <random>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class TstMessageFold final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void folds_data();
    void folds();
    void whatWasFoldedIsTold();
    void anyTextFoldsToItself();
    void hostileTextIsReadOnce();
};

void TstMessageFold::folds_data()
{
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("folded");
    const auto row = [](const char* name, const QString& message, const QString& folded) {
        QTest::newRow(name) << message << folded;
    };
    row("words stay", u"no stock for this sku"_s, u"no stock for this sku"_s);
    row("a number", u"no stock for sku 17"_s, u"no stock for sku <n>"_s);
    row("a decimal, a sign, a percentage", u"off by -10.50 of +3e5, 12%"_s, u"off by <n> of <n>, <n>"_s);
    row("a number before a full stop", u"found 3."_s, u"found <n>."_s);
    row("a number with its unit", u"timed out after 30000ms"_s, u"timed out after <n>ms"_s);
    row("a key with a number", u"order-4711 is closed"_s, u"order-<n> is closed"_s);
    row("an id of letters and digits", u"customer 8f3kq2z unknown"_s, u"customer <id> unknown"_s);
    row("a UUID", u"saga 3f2504e0-4f89-11d3-9a0c-0305e82c3301 is gone"_s, u"saga <uuid> is gone"_s);
    row("hex digits", u"digest 0xCAFE12 is not 1a2b3c4d5e6f7a8b"_s, u"digest <hex> is not <hex>"_s);
    row("an object's hash", u"handler [com.acme.Fn$Binder@13b0dc01]; boom"_s,
        u"handler [com.acme.Fn$Binder@<hash>]; boom"_s);
    row("an object's hash of letters alone", u"lost Order@cafebabe"_s, u"lost Order@<hash>"_s);
    row("an instant", u"Exception thrown at 2026-11-21T05:28:45.162023845Z"_s, u"Exception thrown at <time>"_s);
    row("a day and a time", u"since 2026-11-21 05:28:45,162"_s, u"since <time> <time>,<n>"_s);
    row("a quoted value", u"field 'customer_id' is \"O'Neill\""_s, u"field 'customer_id' is <text>"_s);
    row("a field that is missing", u"missing required field 'amount'"_s, u"missing required field 'amount'"_s);
    row("another field that is missing", u"missing required field 'customer_id'"_s,
        u"missing required field 'customer_id'"_s);
    row("what is missing is named at once", u"missing 'amount'"_s, u"missing 'amount'"_s);
    row("JSON Schema's words for a field", u"'amount' is a required property"_s, u"'amount' is a required property"_s);
    row("words of Bean Validation", u"'amount'  must not be null"_s, u"'amount' must not be null"_s);
    row("a column of a database", u"null value in column \"amount\" violates not-null constraint"_s,
        u"null value in column \"amount\" violates not-null constraint"_s);
    row("Jackson's type and value", u"Cannot deserialize value of type `java.util.UUID` from String \"abc\""_s,
        u"Cannot deserialize value of type `java.util.UUID` from String <text>"_s);
    row("Jackson's unknown field", u"Unrecognized field \"buyerId\" (class com.acme.Order), not marked as ignorable"_s,
        u"Unrecognized field \"buyerId\" (class com.acme.Order), not marked as ignorable"_s);
    row("a key of Python's dictionary", u"'customer_id'"_s, u"'customer_id'"_s);
    row("a name in brackets", u"property ['amount'] is wrong"_s, u"property ['amount'] is wrong"_s);
    row("a person's name is a value", u"no account for 'Anna'"_s, u"no account for <text>"_s);
    row("a word that may be any value", u"status 'paid' of 'Anna' is closed"_s, u"status <text> of <text> is closed"_s);
    row("a constant may be any value", u"country 'DE' with code 'CARD_DECLINED'"_s,
        u"country <text> with code <text>"_s);
    row("a name with digits is a value", u"field 'item17' and field 'a1b2_c'"_s, u"field <text> and field <text>"_s);
    row("a quoted e-mail address is a value", u"field 'anna@example.com'"_s, u"field <text>"_s);
    row("a quoted sentence is a value", u"field 'not given'"_s, u"field <text>"_s);
    row("the value behind a field's name", u"field 'name': 'Anna'"_s, u"field 'name': <text>"_s);
    row("required goes on as another word", u"'Anna' is requiredly there"_s, u"<text> is requiredly there"_s);
    row("an apostrophe is no quote", u"can't find what it isn't"_s, u"can't find what it isn't"_s);
    row("a quote that never closes stays", u"unexpected '"_s, u"unexpected '"_s);
    row("an e-mail address", u"no account for anna.b@example.com"_s, u"no account for <email>"_s);
    row("a URL", u"GET https://payments.internal:8443/v1/charge?x=1 failed"_s, u"GET <url> failed"_s);
    row("a path with an id", u"404 for /orders/4711"_s, u"<n> for <path>"_s);
    row("a JSON pointer stays", u"required /order/customer_id missing"_s, u"required /order/customer_id missing"_s);
    row("a file's path", u"cannot open /var/lib/acme/orders.db"_s, u"cannot open <path>"_s);
    row("a short path of a file", u"cannot open /var/x.txt, nor C:\\data\\x"_s, u"cannot open <path>, nor <path>"_s);
    row("thousands", u"1,234.56 of -12,345,678 are 7"_s, u"<n> of <n> are <n>"_s);
    row("a list of numbers", u"lines 1,2 and 3,45"_s, u"lines <n>,<n> and <n>,<n>"_s);
    row("the padding of base64", u"token YWJj1GVmZ2hp== or YWJj1GVmZ2h= is old"_s, u"token <id> or <id> is old"_s);
    row("a name with its value", u"retries2attempts3=5"_s, u"<id>=<n>"_s);
    row("typographic quotes", u"no account for ‘Anna’ of “this shop”, «x» or „y“"_s,
        u"no account for <text> of <text>, <text> or <text>"_s);
    row("an apostrophe that is set", u"can’t find ‘Anna’s’ book"_s, u"can’t find <text>s’ book"_s);
    row("a field in typographic quotes", u"field “amount” is required"_s, u"field “amount” is required"_s);
    row("host and port", u"Connection refused: payments:443"_s, u"Connection refused: payments:<n>"_s);
    row("a payload that was printed", u"failedMessage=GenericMessage [payload=byte[8], headers={kafka_offset=17}]"_s,
        u"failedMessage=GenericMessage [payload=byte[<n>], headers={kafka_offset=<n>}]"_s);
    row("space is made single", u"  a \n\t b  "_s, u"a b"_s);
    row("a token that is no word", QString(200, u'x'), u"<id>"_s);
    row("nothing", u""_s, u""_s);
}

void TstMessageFold::folds()
{
    QFETCH(QString, message);
    QFETCH(QString, folded);
    QCOMPARE(foldMessage(message), folded);
    QCOMPARE(foldMessage(folded), folded);
}

void TstMessageFold::whatWasFoldedIsTold()
{
    std::vector<Folding> foldings;
    (void)foldMessage(u"order 4711 of 'Anna' at Foo@1f2e", &foldings);
    QCOMPARE(foldings,
             (std::vector<Folding>{{u"4711"_s, u"<n>"_s}, {u"'Anna'"_s, u"<text>"_s}, {u"1f2e"_s, u"<hash>"_s}}));
}

void TstMessageFold::anyTextFoldsToItself()
{
    // Pieces that the folding knows, put together at random, and bytes of no meaning at all.
    const QStringList pieces{u"'"_s,
                             u"\""_s,
                             u"`"_s,
                             u" "_s,
                             u"@"_s,
                             u"/"_s,
                             u"."_s,
                             u":"_s,
                             u"-"_s,
                             u"<"_s,
                             u">"_s,
                             u"<n>"_s,
                             u"4"_s,
                             u"17"_s,
                             u"ab"_s,
                             u"zq"_s,
                             u"0x"_s,
                             u"://"_s,
                             u"e"_s,
                             u"+"_s,
                             u"%"_s,
                             u"…"_s,
                             u"é"_s,
                             u"cafe"_s,
                             u"user"_s,
                             u","_s,
                             u"[a]"_s,
                             u"\n"_s,
                             u"T"_s,
                             u"_"_s,
                             u"$1"_s,
                             u"<t"_s,
                             u"=k"_s,
                             u"field "_s,
                             u"'a_b'"_s,
                             u"'amount'"_s,
                             u" is required"_s,
                             u" is  a required property"_s,
                             u"bC"_s,
                             u"00:00:00"_s,
                             u"2026-11-21"_s,
                             u"a.b"_s,
                             u"{"_s,
                             u"‘"_s,
                             u"’"_s,
                             u"“"_s,
                             u"”"_s,
                             u"„"_s,
                             u"«"_s,
                             u"»"_s,
                             u"=="_s,
                             u"\\"_s,
                             u"/x.db"_s,
                             u",234"_s,
                             u"\u202E"_s};
    std::mt19937 random(20261126);
    const auto check = [](const QString& text) {
        const QString once = foldMessage(text);
        QVERIFY2(once.size() <= longestFolded, qPrintable(text));
        if (const QString twice = foldMessage(once); twice != once)
            QFAIL(qPrintable(u"%1\n  once  %2\n  twice %3"_s.arg(text, once, twice)));
    };
    for (int i = 0; i < 40'000; ++i) {
        QString text;
        for (auto parts = random() % 60; parts > 0; --parts)
            text += pieces[static_cast<qsizetype>(random() % static_cast<std::size_t>(pieces.size()))];
        check(text);
        if (QTest::currentTestFailed())
            return;
    }
    for (int i = 0; i < 5'000; ++i) {
        QByteArray bytes;
        for (auto size = random() % 6000; size > 0; --size)
            bytes += static_cast<char>(random() % (i % 2 == 0 ? 256U : 96U) + (i % 2 == 0 ? 0U : 32U));
        check(QString::fromUtf8(bytes));
        check(QString::fromLatin1(bytes));
        if (QTest::currentTestFailed())
            return;
    }
}

void TstMessageFold::hostileTextIsReadOnce()
{
    // A megabyte of quotes that never close, of openings, of digits: folded from its beginning, and at once.
    for (const QString& piece : {u"'a "_s, u"\"x'y`z "_s, u"1-"_s, u"/"_s, u"@."_s, u"a@b."_s, u"0"_s})
        QVERIFY(foldMessage(piece.repeated(500'000)).size() <= longestFolded);
}

QTEST_GUILESS_MAIN(TstMessageFold)
#include "tst_messagefold.moc"
