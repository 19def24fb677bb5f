// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/mask/masker.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

class TestMask final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void payloads_data();
    void payloads();
    void paths_data();
    void paths();
    void shownFieldsStay();
    void depthIsNoWayOut();
    void headersAndKeys();
    void errorsQuoteValues_data();
    void errorsQuoteValues();
    void patternsOfOnesOwn();
    void anExpressionThatGivesUpHidesAll();
    void offElsewhere();
    void faultsOfTheFile_data();
    void faultsOfTheFile();
    void noSecretSurvives_data();
    /// Documents by chance, with secrets in every place and spelling; a second, unmasked document built along with it
    /// says what every byte has to be.
    void noSecretSurvives();
    void chanceBytesAreSafe();
};

namespace {

constexpr MaskPurpose view = MaskPurpose::View;

Masker production()
{
    return Masker(defaultMaskRules(Environment::Production));
}

/// The rules of a file, in production unless told otherwise.
Masker of(const QByteArray& yaml, Environment environment = Environment::Production)
{
    const Checked<MaskRules> rules = readMaskRules(yaml, u"/w/masking.yaml"_s, environment);
    for (const FileIssue& issue : rules.issues)
        qWarning("%s", qUtf8Printable(issue.toString()));
    Q_ASSERT(rules.value);
    return Masker(*rules.value);
}

} // namespace

void TestMask::payloads_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("masked");
    const auto row = [](const char* name, const QByteArray& payload, const QByteArray& masked) {
        QTest::newRow(name) << payload << masked;
    };
    row("business fields stay byte for byte", R"({ "order_id":"4711", "amount":10.50,"customer_id" : 1e400})",
        R"({ "order_id":"4711", "amount":10.50,"customer_id" : 1e400})");
    row("a field by its name", R"({"order_id":1,"email":"joe"})", R"({"order_id":1,"email":"•••"})");
    row("names in any spelling", R"({"cardNumber":1,"Card-Number":2,"CARD_NUMBER":3})",
        R"({"cardNumber":"•••","Card-Number":"•••","CARD_NUMBER":"•••"})");
    row("a name spelt with escapes", R"({"\u0065mail":"joe","pass\u0077ord":"x"})",
        R"({"\u0065mail":"•••","pass\u0077ord":"•••"})");
    row("every one of duplicate keys", R"({"email":"a","email":"b"})", R"({"email":"•••","email":"•••"})");
    row("whatever its type", R"({"password":{"old":[1,{"a":"b"}],"x":"}"},"pin":12,"token":true,"iban":[],"ok":1})",
        R"({"password":"•••","pin":"•••","token":"•••","iban":"•••","ok":1})");
    row("names of secrets that are seldom thought of",
        R"({"passwordHash":"a","auth":{"bearer":"b","mfa_code":3},"tel":"4","session":{"id":5}})",
        R"({"passwordHash":"•••","auth":{"bearer":"•••","mfa_code":"•••"},"tel":"•••","session":"•••"})");
    row("null stays null: it tells nothing", R"({"email":null})", R"({"email":null})");
    row("an empty text is a value", R"({"email":""})", R"({"email":"•••"})");
    row("at any depth, in arrays", R"({"a":[{"b":{"email":"joe"}}]})", R"({"a":[{"b":{"email":"•••"}}]})");
    row("an e-mail address in any text", R"({"note":"ask joe@example.com, soon"})", R"({"note":"ask •••, soon"})");
    row("an e-mail address spelt with escapes", R"({"note":"\u006aoe\u0040example.com!"})", R"({"note":"•••!"})");
    row("in a key", R"({"joe@example.com":1})", R"({"•••":1})");
    row("a card as a number", R"({"ref":4111111111111111})", R"({"ref":"•••"})");
    row("a card in groups", R"({"ref":"paid with 4111 1111 1111 1111."})", R"({"ref":"paid with •••."})");
    row("a number that fails Luhn's check is none", R"({"ref":4111111111111112})", R"({"ref":4111111111111112})");
    row("times in milliseconds are no cards", R"({"at":1764166140123,"us":1764166140123456})",
        R"({"at":1764166140123,"us":1764166140123456})");
    row("an IBAN, with and without spaces", R"({"a":"DE89370400440532013000","b":"DE89 3704 0044 0532 0130 00"})",
        R"({"a":"•••","b":"•••"})");
    row("an IBAN with wrong check digits is none", R"({"a":"DE88370400440532013000"})",
        R"({"a":"DE88370400440532013000"})");
    row("a phone number", R"({"a":"call +49 (151) 1234-5678"})", R"({"a":"call •••"})");
    row("a time's offset is no phone number", R"({"a":"2026-11-26T14:09:09+01:00"})",
        R"({"a":"2026-11-26T14:09:09+01:00"})");
    row("a bearer's token", R"({"a":"Bearer abcdef0123456789"})", R"({"a":"Bearer •••"})");
    row("a sentence about bearers", R"({"a":"Bearer authentication failed"})",
        R"({"a":"Bearer authentication failed"})");
    row("a JWT", R"({"a":"x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def y"})", R"({"a":"x ••• y"})");
    row("a password in an address", R"({"a":"amqp://shop:s3cr3t@mq:5672/v"})", R"({"a":"amqp://shop:•••@mq:5672/v"})");
    row("JSON inside a JSON string", R"({"p":"{\"email\":\"joe\",\"id\":1,\"pin\":12}"})",
        R"({"p":"{\"email\":\"•••\",\"id\":1,\"pin\":\"•••\"}"})");
    row("JSON inside JSON inside JSON", R"({"p":"{\"q\":\"{\\\"email\\\":\\\"joe\\\"}\"}"})",
        R"({"p":"{\"q\":\"{\\\"email\\\":\\\"•••\\\"}\"}"})");
    row("several documents", "{\"email\":\"a\"}\n{\"id\":2}\n", "{\"email\":\"•••\"}\n{\"id\":2}\n");
    row("a byte-order mark", "\xEF\xBB\xBF{\"email\":\"a\"}", "\xEF\xBB\xBF{\"email\":\"•••\"}");
    row("plain text, by patterns", "order 4711 of joe@example.com, password: hunter2 ok",
        "order 4711 of •••, password: ••• ok");
    row("broken JSON, whole", R"({"order_id":1,"x":"hunter2")", "•••");
    row("no UTF-8, whole", QByteArray("\x00\x00\x00\x01\xFFjoe", 8), "•••");
    row("UTF-16, whole", QByteArray("{\0\"\0", 4), "•••");
    row("nothing", "", "");
    row("a mark", "•••", "•••");
}

void TestMask::payloads()
{
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, masked);
    const MaskedBytes result = production().payload(payload, view);
    QCOMPARE(result.bytes, masked);
    QCOMPARE(result.coverage == MaskCoverage::None, payload == masked);
    QCOMPARE(result.coverage == MaskCoverage::Whole, !result.why.isEmpty());
    QCOMPARE(production().payload(result.bytes, view).bytes, masked); // again changes nothing
}

void TestMask::paths_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("masked");
    const auto row = [](const char* name, const QByteArray& path, const QByteArray& masked) {
        QTest::newRow(name) << path << masked;
    };
    row("a path from the root", "a.b", R"({"a":{"b":"•••","c":[{"b":2},{"b":3}]},"b":4,"x.y":5})");
    row("only there", "b", R"({"a":{"b":1,"c":[{"b":2},{"b":3}]},"b":"•••","x.y":5})");
    row("with a dollar in front", "$.b", R"({"a":{"b":1,"c":[{"b":2},{"b":3}]},"b":"•••","x.y":5})");
    row("all elements", "a.c[*].b", R"({"a":{"b":1,"c":[{"b":"•••"},{"b":"•••"}]},"b":4,"x.y":5})");
    row("one element", "a.c[1].b", R"({"a":{"b":1,"c":[{"b":2},{"b":"•••"}]},"b":4,"x.y":5})");
    row("a whole element", "a.c[0]", R"({"a":{"b":1,"c":["•••",{"b":3}]},"b":4,"x.y":5})");
    row("any depth", "**.b", R"({"a":{"b":"•••","c":[{"b":"•••"},{"b":"•••"}]},"b":"•••","x.y":5})");
    row("any depth below", "a.**.b", R"({"a":{"b":"•••","c":[{"b":"•••"},{"b":"•••"}]},"b":4,"x.y":5})");
    row("any name", "a.*", R"({"a":{"b":"•••","c":"•••"},"b":4,"x.y":5})");
    row("a name with a dot", R"(x\.y)", R"({"a":{"b":1,"c":[{"b":2},{"b":3}]},"b":4,"x.y":"•••"})");
    row("part of a name", "x*", R"({"a":{"b":1,"c":[{"b":2},{"b":3}]},"b":4,"x.y":"•••"})");
}

void TestMask::paths()
{
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, masked);
    const QByteArray payload = R"({"a":{"b":1,"c":[{"b":2},{"b":3}]},"b":4,"x.y":5})";
    const Masker masker = of("defaults: false\nfields: ['" + path + "']\n");
    QCOMPARE(masker.payload(payload, view).bytes, masked);
}

void TestMask::shownFieldsStay()
{
    const Masker masker = of("show_fields: ['**.phone', shop.email]\nshow_headers: [authorization]\n");
    QCOMPARE(masker.payload(R"({"phone":"1","shop":{"email":"x"},"email":"y"})", view).bytes,
             QByteArray(R"({"phone":"1","shop":{"email":"x"},"email":"•••"})"));
    QCOMPARE(masker.header("authorization", "none", view).bytes, QByteArray("none"));
}

void TestMask::depthIsNoWayOut()
{
    constexpr int deep = 100'000;
    const QByteArray payload =
        QByteArray(R"({"a":[)").repeated(deep) + R"({"email":"joe","b":"x","c":1})" + QByteArray("]}").repeated(deep);
    const QByteArray masked = of("fields: [z.b]\n").payload(payload, view).bytes;
    QVERIFY(!masked.contains("joe"));
    QVERIFY(masked.contains(R"({"email":"•••","b":"•••","c":1})")); // below 256 levels a path is its last name
    QCOMPARE(masked.size(), payload.size() + 6 + 8);
}

void TestMask::headersAndKeys()
{
    const Masker masker = of("headers: [x-customer-*]\nkeys: patterns\n");
    QCOMPARE(masker.header("Authorization", "Basic x", view).coverage, MaskCoverage::Whole);
    QCOMPARE(masker.header("X-Customer-Name", "Joe", view).bytes, QByteArray("•••"));
    QCOMPARE(masker.header("trace", "joe@example.com", view).bytes, QByteArray("•••"));
    const QByteArray number("\x00\x00\x00\x07", 4);
    QCOMPARE(masker.header("kafka_dlt-original-partition", number, view).bytes, number);
    QCOMPARE(masker.key("order-4711", view).coverage, MaskCoverage::None);
    QCOMPARE(masker.key("joe@example.com", view).bytes, QByteArray("•••"));
    QCOMPARE(masker.key(R"({"email":"joe","id":7})", view).bytes, QByteArray(R"({"email":"•••","id":7})"));
    QCOMPARE(of("keys: all\n").key("order-4711", view).bytes, QByteArray("•••"));
    QCOMPARE(of("keys: none\n").key("joe@example.com", view).bytes, QByteArray("joe@example.com"));
}

void TestMask::errorsQuoteValues_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("masked");
    QTest::newRow("an address") << u"no account for joe@example.com"_s << u"no account for •••"_s;
    QTest::newRow("a field of a quoted payload")
        << QString::fromUtf8(R"(cannot read "{"id":1,"email":"Joe B","x":2}" at 3)")
        << QString::fromUtf8(R"(cannot read "{"id":1,"email":"•••","x":2}" at 3)");
    QTest::newRow("a field of an escaped payload")
        << QString::fromUtf8(R"(Source: "{\"id\":1,\"password\":\"a \\\"b\\\" c\",\"x\":2}")")
        << QString::fromUtf8(R"(Source: "{\"id\":1,\"password\":\"•••\",\"x\":2}")");
    QTest::newRow("a Java object's text")
        << u"Customer(id=7, email=joe, cardNumber=123)"_s << u"Customer(id=7, email=•••, cardNumber=•••)"_s;
    QTest::newRow("an object's address is no e-mail")
        << u"com.acme.Order@5e2de80c: customer_id missing"_s << u"com.acme.Order@5e2de80c: customer_id missing"_s;
    QTest::newRow("stack lines stay") << u"\tat com.acme.Shop.pay(Shop.java:42)\n\tat x.Y"_s
                                      << u"\tat com.acme.Shop.pay(Shop.java:42)\n\tat x.Y"_s;
    QTest::newRow("spelt with escapes") << QString::fromUtf8(R"(bad \u006aoe\u0040example.com!)") << u"bad •••!"_s;
    QTest::newRow("spelt as in an address")
        << u"GET /users/joe%40example.com?x=%4020 failed"_s << u"GET •••?x=%4020 failed"_s;
    QTest::newRow("elements by their names")
        << u"<c:user id=\"7\"><c:Email kind=\"a\">zoe smith</c:Email><pin/><PIN>12</PIN><name>Zoe</name></c:user>"_s
        << u"<c:user id=\"7\"><c:Email kind=\"a\">•••</c:Email><pin/><PIN>•••</PIN><name>Zoe</name></c:user>"_s;
    QTest::newRow("a section of raw text in an element")
        << u"<password> <![CDATA[a<b>c</b>]]></password><id>1</id>"_s << u"<password>•••</password><id>1</id>"_s;
    QTest::newRow("a section that does not end")
        << u"<id>1</id><password><![CDATA[abc"_s << u"<id>1</id><password>•••"_s;
    QTest::newRow("an element of elements")
        << u"<card><number>1</number><cvv>123</cvv></card>"_s << u"<card><number>1</number><cvv>•••</cvv></card>"_s;
    QTest::newRow("a word in brackets is no element")
        << u"expected <token> but found <id>"_s << u"expected <token> but found <id>"_s;
    QTest::newRow("a list of a class is no element")
        << u"List<Token> is no List<Email></p>"_s << u"List<Token> is no List<Email></p>"_s;
}

void TestMask::errorsQuoteValues()
{
    QFETCH(QString, text);
    QFETCH(QString, masked);
    QCOMPARE(production().text(text, view), masked);
    QCOMPARE(production().text(masked, view), masked);
}

void TestMask::patternsOfOnesOwn()
{
    const Masker masker = of("patterns:\n  - { name: customer, regex: 'CU-[0-9]{6}' }\n  - ipv4\n");
    QCOMPARE(masker.payload("{\"a\":\"ü CU-123456 10.0.0.1 1.2.3\"}", view).bytes,
             QByteArray("{\"a\":\"ü ••• ••• 1.2.3\"}"));
}

void TestMask::anExpressionThatGivesUpHidesAll()
{
    const Masker masker = of("patterns: [{ name: costly, regex: '(a+)+$' }]\n");
    const QByteArray hard = QByteArray("a").repeated(40) + "b";
    QCOMPARE(masker.payload("{\"x\":\"" + hard + "\",\"y\":1}", view).bytes, QByteArray("{\"x\":\"•••\",\"y\":1}"));
    QCOMPARE(masker.text(QString::fromLatin1(hard), view), u"•••"_s);
}

void TestMask::offElsewhere()
{
    for (const Environment environment : {Environment::Staging, Environment::Development}) {
        const Masker masker(defaultMaskRules(environment));
        QVERIFY(!masker.isOn(view));
        QCOMPARE(masker.payload(R"({"email":"joe@example.com"})", view).bytes,
                 QByteArray(R"({"email":"joe@example.com"})"));
        const Masker byFile = of("version: 1\n", environment);
        QVERIFY(byFile.isOn(view));
        // not strict: by patterns only
        QCOMPARE(byFile.payload(R"({"id":1,"a":"joe@example.com")", view).bytes, QByteArray(R"({"id":1,"a":"•••")"));
    }
    QVERIFY(!of("enabled: false\n").isOn(view));
    const Masker some = of("purposes: [export, report]\n");
    QVERIFY(some.isOn(MaskPurpose::Export) && !some.isOn(view));
    QCOMPARE(some.text(u"joe@example.com", view), u"joe@example.com"_s);
}

void TestMask::faultsOfTheFile_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QStringList>("issues");
    QTest::newRow("all at once, each with its place")
        << QByteArray("version: 2\nfields: [a..b, '**', 'a[x]']\npatterns: [emial]\nkeys: some\npurposes: "
                      "[vieww]\nfeilds: [a]\n")
        << QStringList{u"/w/masking.yaml:1:10: 'version'"_s,
                       u"/w/masking.yaml:2:10: 'a..b' is no field path"_s,
                       u"/w/masking.yaml:2:16: '**' is no field path"_s,
                       u"/w/masking.yaml:2:22: 'a[x]' is no field path"_s,
                       u"/w/masking.yaml:3:12: there is no pattern 'emial' (did you mean 'email'?)"_s,
                       u"/w/masking.yaml:4:7: 'keys' of the masking rules is 'some'"_s,
                       u"/w/masking.yaml:5:12: there is no purpose 'vieww' (did you mean 'view'?)"_s,
                       u"/w/masking.yaml:6:1: the masking rules has an unknown key 'feilds'"_s};
    QTest::newRow("expressions") << QByteArray("patterns:\n  - { name: a, regex: '(' }\n  - { name: b, regex: 'x*' }\n "
                                               " - { name: c, regex: '(*UTF)x' }\n")
                                 << QStringList{
                                        u"/w/masking.yaml:2:23: the expression of pattern 'a' does not read"_s,
                                        u"/w/masking.yaml:3:23: the expression of pattern 'b' also matches nothing"_s,
                                        u"/w/masking.yaml:4:23: the expression of pattern 'c' sets options"_s};
    QTest::newRow("numbers for names")
        << QByteArray("headers: 5\nfields: [a, 7]\nshow_headers: ['5']\nshow_fields: 1.5\n")
        << QStringList{u"/w/masking.yaml:1:10: an entry of 'headers' of the masking rules is a number"_s,
                       u"/w/masking.yaml:2:13: an entry of 'fields' of the masking rules is a number"_s,
                       u"/w/masking.yaml:4:14: an entry of 'show_fields' of the masking rules is a number"_s};
    QTest::newRow("off in production is said")
        << QByteArray("enabled: false\n")
        << QStringList{u"/w/masking.yaml:1:10: nothing is masked, although the environment is production"_s};
}

void TestMask::faultsOfTheFile()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QStringList, issues);
    const Checked<MaskRules> read = readMaskRules(yaml, u"/w/masking.yaml"_s, Environment::Production);
    QCOMPARE(static_cast<qsizetype>(read.issues.size()), issues.size());
    for (qsizetype i = 0; i < issues.size(); ++i) {
        const QString said = read.issues[static_cast<std::size_t>(i)].toString();
        QVERIFY2(said.startsWith(issues[i]), qUtf8Printable(said));
    }
}

void TestMask::noSecretSurvives_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 40; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

namespace {

/// Writes the same document twice: as it comes, and as it must leave.
class Chance
{
public:
    explicit Chance(quint32 seed)
        : m_random(seed)
    {
    }

    QByteArray raw;
    QByteArray masked;

    void document() { value(0, false); }

private:
    int below(int limit) { return static_cast<int>(m_random.bounded(limit)); }
    void both(const QByteArray& bytes)
    {
        raw += bytes;
        masked += bytes;
    }
    void space() { both(QByteArray(" \n\t\r").left(below(3) == 0 ? below(5) : 0)); }

    /// A text as a JSON string's inside, some characters escaped by chance.
    QByteArray spelt(const QByteArray& text, int oneIn)
    {
        QByteArray out;
        const QString characters = QString::fromUtf8(text);
        for (const QChar c : characters) {
            if (c == u'"' || c == u'\\' || c < u' ' || below(oneIn) == 0)
                out += QStringLiteral("\\u%1").arg(c.unicode(), 4, 16, QChar(u'0')).toLatin1();
            else
                out += QString(c).toUtf8();
        }
        return out;
    }

    void secretValue()
    {
        switch (below(6)) {
        case 0:
            raw += QByteArray::number(below(100'000));
            break;
        case 1:
            raw += R"({"a":["SECRET",{"b":"}]\""}],"email":1})";
            break;
        case 2:
            raw += R"(["SECRET",[[]],"\\"])";
            break;
        case 3:
            raw += "true";
            break;
        default:
            raw += '"' + spelt("SECRET \"x\" \\ ü", 4) + '"';
        }
        masked += "\"•••\"";
    }

    void plainText(bool canHide)
    {
        static const QByteArrayList words{"order", "ü", "€", "a\"b", "c\\d", "{", "]", "12.50", "<b>", "4711", "x:y"};
        static const QByteArrayList secrets{"SECRET@example.com", "+49 151 23456789", "4111 1111 1111 1111",
                                            "DE89370400440532013000", "eyJhbGciOiJ9abc.SECRETSECRET.x1"};
        both("\"x");
        for (int i = below(4); i > 0; --i) {
            const QByteArray word = spelt(" " + words[below(static_cast<int>(words.size()))] + " ", 5);
            both(word);
            if (canHide && below(2) == 0) {
                raw += spelt(secrets[below(static_cast<int>(secrets.size()))], 3);
                masked += "•••";
                both(" ");
            }
        }
        both("\"");
    }

    void value(int depth, bool isSecret)
    {
        if (isSecret)
            return secretValue();
        switch (depth > 6 ? 3 + below(3) : below(6)) {
        case 0:
        case 1: {
            static const QByteArrayList plain{"id", "amount", "status", "a.b", "nested", "€"};
            static const QByteArrayList secret{"email", "Card_Number", "password", "iban", "clientSecret"};
            both("{");
            for (int i = below(5), first = 1; i > 0; --i, first = 0) {
                both(first ? "" : ",");
                space();
                const bool hides = below(3) == 0;
                const QByteArrayList& names = hides ? secret : plain;
                both('"' + spelt(names[below(static_cast<int>(names.size()))], 4) + '"');
                space();
                both(":");
                space();
                value(depth + 1, hides);
                space();
            }
            both("}");
            break;
        }
        case 2:
            both("[");
            for (int i = below(5), first = 1; i > 0; --i, first = 0) {
                both(first ? "" : ",");
                space();
                value(depth + 1, false);
            }
            both("]");
            break;
        case 3:
            both(QByteArrayList{"0", "-1.50", "1e400", "12345678901234567890", "true", "null"}[below(6)]);
            break;
        default:
            plainText(true);
        }
    }

    QRandomGenerator m_random;
};

} // namespace

void TestMask::noSecretSurvives()
{
    QFETCH(quint32, seed);
    const Masker masker = production();
    for (quint32 i = 0; i < 200; ++i) {
        Chance chance(seed * 1'000 + i);
        chance.document();
        const MaskedBytes result = masker.payload(chance.raw, view);
        QCOMPARE(result.bytes, chance.masked);
        QVERIFY(!result.bytes.contains("SECRET"));
        QCOMPARE(masker.payload(result.bytes, view).bytes, result.bytes);
        // The same document as a text inside another one.
        QJsonObject outer{{u"text"_s, QString::fromUtf8(chance.raw)}};
        const QByteArray wrapped = QJsonDocument(outer).toJson(QJsonDocument::Compact);
        const QByteArray hidden = masker.payload(wrapped, view).bytes;
        const QString inside = QJsonDocument::fromJson(hidden).object()[u"text"_s].toString();
        QVERIFY2(!inside.contains(u"SECRET"), hidden.constData());
        if (chance.raw.trimmed().startsWith('{') || chance.raw.trimmed().startsWith('['))
            QCOMPARE(inside.toUtf8(), chance.masked);
        // As an error message quotes it: no address survives, whatever the escapes.
        const QString quoted = masker.text(u"cannot read: "_s + QString::fromUtf8(chance.raw), view);
        QVERIFY(!quoted.contains(u"SECRET@example.com"));
        QCOMPARE(masker.text(quoted, view), quoted);
    }
}

void TestMask::chanceBytesAreSafe()
{
    const Masker strict = production();
    const Masker loose = of("patterns: [ipv4]\nunreadable: patterns\n", Environment::Development);
    QRandomGenerator random(20'261'126);
    static const QByteArrayList pieces{"\"",        "\\",
                                       "\\u",       "{",
                                       "}",         "[",
                                       "]",         ":",
                                       ",",         "@",
                                       "a.b",       "+49",
                                       "12345678",  "4111111111111111",
                                       "joe@x.org", "password=",
                                       "Bearer ",   "eyJ",
                                       "://",       "\xFF",
                                       "•••",       "•",
                                       "\xE2\x80",  "null",
                                       " ",         "DE89370400440532013000",
                                       "=",         "1.2.3.4"};
    for (int i = 0; i < 20'000; ++i) {
        QByteArray bytes;
        for (int n = static_cast<int>(random.bounded(12)); n > 0; --n)
            bytes += pieces[static_cast<qsizetype>(random.bounded(static_cast<int>(pieces.size())))];
        for (const Masker& masker : {strict, loose}) {
            const MaskedBytes once = masker.payload(bytes, view);
            QVERIFY2(!once.bytes.contains("joe@x.org"), bytes.toHex(' ').constData());
            QVERIFY2(!once.bytes.contains("DE89370400440532013000"), bytes.constData());
            QVERIFY2(masker.payload(once.bytes, view).bytes == once.bytes, bytes.toHex(' ').constData());
            const MaskedBytes header = masker.header("x", bytes, view);
            QVERIFY2(masker.header("x", header.bytes, view).bytes == header.bytes, bytes.toHex(' ').constData());
            QVERIFY2(!header.bytes.contains("joe@x.org"), bytes.toHex(' ').constData());
        }
    }
}

QTEST_GUILESS_MAIN(TestMask)
#include "tst_mask.moc"
