// SPDX-License-Identifier: GPL-3.0-or-later
// Dead letters that want to do harm, through a real broker: each is stored as it is, shown plainly, and stops no other.
#include "tests/app/ctl/ctl.h"
#include "tests/support/kafkaclient.h"
#include "tests/support/peers.h"

#include <QJsonDocument>
#include <QSet>
#include <QTest>

#include <map>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

struct Hostile
{
    const char* name;
    Headers headers;
    std::optional<QByteArray> key;
    std::optional<QByteArray> value;
};

const Headers origin{{"__connect.errors.topic", QByteArray("orders")},
                     {"__connect.errors.partition", QByteArray("0")},
                     {"__connect.errors.offset", QByteArray("7")}};

Headers with(Headers more)
{
    Headers all = origin;
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

Headers tenThousand()
{
    Headers headers;
    for (int i = 0; i < 10'000; ++i)
        headers.push_back({i % 2 ? QByteArray() : "h" + QByteArray::number(i % 7),
                           i % 3 ? QByteArray(1, char(i)) : std::optional<QByteArray>()});
    return with(std::move(headers));
}

/// A stream of 64 MiB of zeros; nobody here may unpack it.
QByteArray bomb()
{
    return qCompress(QByteArray(64 << 20, '\0'), 9).sliced(4);
}

/// No header name holds a zero byte: librdkafka hands names over as C strings, whoever writes or reads.
std::vector<Hostile> hostileLetters()
{
    const QByteArray escapes = "\x1b]0;owned\x07\x1b[2J\x1b[31m\xc2\x9b"
                               "31m";
    const QByteArray bidi = "user\xe2\x80\xae"
                            "exe.txt\xe2\x81\xa6 \xe2\x80\x8b\xef\xbb\xbf";
    const QByteArray html = "<script>alert(1)</script><img src=\"http://127.0.0.1/x\"><a href='file:///etc/passwd'>";
    const QByteArray broken = "\xff\xfe\xc3\x28\xed\xa0\x80\xf4\x90\x80\x80";
    const QByteArray zeros("a\0b\0\0c", 6);
    const QByteArray message = "__connect.errors.exception.message";
    const QByteArray className = "__connect.errors.exception.class.name";
    return {
        {"the first, quite ordinary", with({{className, QByteArray("a.B")}}), "k", "{}"},
        {"a message of 1 MiB", with({{message, QByteArray(1 << 20, 'm')}}), "k", "{}"},
        {"ten thousand headers, half of them nameless", tenThousand(), "k", "{}"},
        {"terminal escapes", with({{message, escapes}, {escapes, escapes}}), escapes, escapes},
        {"bidirectional marks", with({{message, bidi}, {className, bidi}}), bidi,
         "{\"" + bidi + "\":\"" + bidi + "\"}"},
        {"HTML", with({{message, html}, {className, html}}), html, html},
        {"broken UTF-8", with({{message, broken}, {className, broken}, {broken, broken}}), broken, broken},
        {"zero bytes", with({{message, zeros}, {className, zeros}, {"zeros", zeros}}), zeros, zeros},
        {"JSON 100 000 deep", origin, "k", QByteArray(100'000, '[') + QByteArray(100'000, ']')},
        {"JSON 100 000 deep that never ends", origin, "k", QByteArray("{\"a\":").repeated(100'000)},
        {"numbers beyond every range, keys twice", origin, "k",
         R"({"amount":1e400,"amount":-1e-400,"id":123456789012345678901234567890,"type":1,"type":"x"})"},
        {"a packed bomb", origin, "k", bomb()},
        {"a huge payload", origin, "k", QByteArray(50 << 20, 'x')},
        {"numbers that overflow",
         {{"__connect.errors.topic", QByteArray(5'000, 't')},
          {"__connect.errors.partition", QByteArray("99999999999999999999")},
          {"__connect.errors.offset", QByteArray("-9223372036854775808")}},
         "k",
         "{}"},
        {"nothing at all", {}, std::nullopt, std::nullopt},
        {"the last, quite ordinary", with({{className, QByteArray("a.C")}}), "k", "{}"},
    };
}

bool isPlain(const QByteArray& out)
{
    const QString text = QString::fromUtf8(out);
    return std::none_of(text.begin(), text.end(), [](QChar c) {
        const ushort code = c.unicode();
        return (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code <= 0x9f) ||
               (code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
               (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
    });
}

/// A field that is text, or base64 beside it where the bytes are none.
std::optional<QByteArray> bytesOf(const QJsonObject& object, const QString& name)
{
    if (const QJsonValue encoded = object[name + u"Base64"_s]; encoded.isString())
        return QByteArray::fromBase64(encoded.toString().toLatin1());
    return object[name].isString() ? std::optional(object[name].toString().toUtf8()) : std::nullopt;
}

} // namespace

class HostileTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void eachIsCollected();
    void eachIsStoredAsItIs_data();
    void eachIsStoredAsItIs();
    void textIsPlain();
    void queriesGoOn_data();
    void queriesGoOn();

private:
    [[nodiscard]] QString idOf(int offset) const { return m_ids.at(offset); }

    Scene m_scene;
    std::map<int, QString> m_ids; // by offset
};

void HostileTest::initTestCase()
{
    const Peer& peer = Peers::kafka411();
    const QString topic = peer.newTopic(u"hostile"_s, 1, {{u"max.message.bytes"_s, u"90000000"_s}});
    TestProducer producer(peer.bootstrap(), {{u"message.max.bytes"_s, u"90000000"_s}});
    for (const Hostile& each : hostileLetters()) {
        producer.send({.topic = topic, .partition = 0, .key = each.key, .value = each.value, .headers = each.headers});
        producer.flush(); // one after the other: the offset is the place in the list
    }
    m_scene.write(u"spillway.yaml"_s,
                  workspaceText({{u"orders"_s, peer.bootstrap(), {u"dead_letters: [ { topic: %1 } ]"_s.arg(topic)}}}));
}

void HostileTest::eachIsCollected()
{
    EXPECT_EXIT(m_scene.ctl({u"collect"_s, u"--once"_s}), 0);
    const CtlOutput list = m_scene.ctl({u"dlq"_s, u"list"_s, u"--json"_s});
    EXPECT_EXIT(list, 0);
    for (const QJsonObject& row : list.lines())
        m_ids[row[u"offset"_s].toInt(-1)] = row[u"id"_s].toString();
    QCOMPARE(m_ids.size(), hostileLetters().size());
}

void HostileTest::eachIsStoredAsItIs_data()
{
    QTest::addColumn<int>("index");
    const std::vector<Hostile> letters = hostileLetters();
    for (std::size_t i = 0; i < letters.size(); ++i)
        QTest::newRow(letters[i].name) << static_cast<int>(i);
}

void HostileTest::eachIsStoredAsItIs()
{
    QFETCH(int, index);
    const Hostile sent = hostileLetters()[static_cast<std::size_t>(index)];
    const CtlOutput raw = m_scene.ctl({u"dlq"_s, u"show"_s, idOf(index), u"--raw"_s});
    EXPECT(raw.exitCode == 0, raw.err);
    QVERIFY(raw.out == sent.value.value_or(QByteArray()));

    const CtlOutput shown = m_scene.ctl({u"dlq"_s, u"show"_s, idOf(index), u"--json"_s});
    EXPECT(shown.exitCode == 0, shown.err);
    const QJsonObject letter = QJsonDocument::fromJson(shown.out).object();
    QVERIFY(!letter.isEmpty());
    QVERIFY(bytesOf(letter, u"key"_s) == sent.key);
    const QJsonArray headers = letter[u"headers"_s].toArray();
    QCOMPARE(static_cast<std::size_t>(headers.size()), sent.headers.size());
    for (std::size_t i = 0; i < sent.headers.size(); ++i) {
        const QJsonObject header = headers[static_cast<qsizetype>(i)].toObject();
        QVERIFY(bytesOf(header, u"name"_s) == sent.headers[i].name);
        QVERIFY(bytesOf(header, u"value"_s) == sent.headers[i].value);
    }

    const CtlOutput text = m_scene.ctl({u"dlq"_s, u"show"_s, idOf(index)});
    EXPECT(text.exitCode == 0, text.err);
    QVERIFY(isPlain(text.out));
}

void HostileTest::textIsPlain()
{
    for (const char* what : {"list", "groups"}) {
        const CtlOutput output = m_scene.ctl({u"dlq"_s, QString::fromLatin1(what)});
        EXPECT(output.exitCode == 0, output.err);
        QVERIFY(isPlain(output.out));
    }
}

void HostileTest::queriesGoOn_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<int>("count");
    QTest::newRow("a path into payloads") << u"payload.type:x"_s << 1;
    QTest::newRow("a text in payloads") << u"\"1e400\""_s << 1;
    QTest::newRow("a class") << u"error:a.C"_s << 1;
}

void HostileTest::queriesGoOn()
{
    QFETCH(QString, query);
    QFETCH(int, count);
    const CtlOutput output = m_scene.ctl({u"dlq"_s, u"list"_s, u"--query"_s, query, u"--json"_s});
    EXPECT(output.exitCode == 0, output.err);
    QCOMPARE(output.lines().size(), static_cast<std::size_t>(count));
}

CTL_TEST_MAIN(HostileTest)
#include "tst_ctl_hostile.moc"
