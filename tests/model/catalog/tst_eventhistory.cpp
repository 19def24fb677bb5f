// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/contactlinks.h"
#include "model/catalog/eventhistory.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class EventHistoryTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void entries_data();
    void entries();
    void changes_data();
    void changes();
    void contacts();
    void faultyContacts();
};

void EventHistoryTest::entries_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("entry"); // null: none
    QTest::newRow("a key of a map, up to the next key")
        << QByteArray("events:\n  a.b:\n    producer: { team: t }\n\n  # the next\n  a.c:\n    x: 1\n")
        << QByteArray("  a.b:\n    producer: { team: t }\n");
    QTest::newRow("a name that begins like another is another")
        << QByteArray("events:\n  a.b.c:\n    x: 1\n  a.b:\n    x: 2\n") << QByteArray("  a.b:\n    x: 2\n");
    QTest::newRow("a key in quotes") << QByteArray("events:\n  'a.b':\n    x: 2\n")
                                     << QByteArray("  'a.b':\n    x: 2\n");
    QTest::newRow("an item of a list, with the type first")
        << QByteArray("catalog:\n  - event_type: a.b\n    domain: a\n  - event_type: a.c\n")
        << QByteArray("  - event_type: a.b\n    domain: a\n");
    QTest::newRow("the type behind other keys and a list")
        << QByteArray(
               "catalog:\n- domain: a\n  consumers:\n  - service: s\n  event_type: \"a.b\" # it\n- event_type: c.d\n")
        << QByteArray("- domain: a\n  consumers:\n  - service: s\n  event_type: \"a.b\" # it\n");
    QTest::newRow("an item in braces") << QByteArray("catalog:\n  - { event_type: a.b, domain: a }\n")
                                       << QByteArray("  - { event_type: a.b, domain: a }\n");
    QTest::newRow("line ends of another system are none of it")
        << QByteArray("events:\r\n  a.b:\r\n    x: 1\r\n") << QByteArray("  a.b:\n    x: 1\n");
    QTest::newRow("a comment is no entry") << QByteArray("events:\n  # a.b:\n  x.y:\n    x: 1\n") << QByteArray();
    QTest::newRow("a mention in a text is no entry")
        << QByteArray("events:\n  x.y:\n    purpose: 'event_type: a.b'\n") << QByteArray();
    QTest::newRow("an empty first line") << QByteArray("\n- domain: a\n  event_type: a.b\n")
                                         << QByteArray("- domain: a\n  event_type: a.b\n");
    QTest::newRow("an empty file") << QByteArray() << QByteArray();
}

void EventHistoryTest::entries()
{
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, entry);
    const auto found = eventEntry(file, u"a.b"_s);
    QCOMPARE(found.has_value(), !entry.isNull());
    QCOMPARE(found.value_or(QByteArray()), entry);
}

void EventHistoryTest::changes_data()
{
    QTest::addColumn<QByteArray>("before"); // null: there was none
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QStringList>("changes");
    const QByteArray entry(
        "  a.b:\n    producer: { team: t, service: s }\n    consumers:\n      - service: c\n        slo: 1\n");
    QTest::newRow("the same says nothing") << entry << entry << QStringList();
    QTest::newRow("it is new") << QByteArray() << entry << QStringList{u"entry added"_s};
    QTest::newRow("it is gone") << entry << QByteArray() << QStringList{u"entry removed"_s};
    QTest::newRow("a value") << entry << QByteArray(entry).replace("team: t", "team: u")
                             << QStringList{u"producer.team: t → u"_s};
    QTest::newRow("a consumer's promise")
        << entry << QByteArray(entry).replace("slo: 1", "slo: 2") << QStringList{u"consumers[c].slo: 1 → 2"_s};
    QTest::newRow("a consumer comes") << entry << QByteArray(entry + "      - service: d\n")
                                      << QStringList{u"consumers: d added"_s};
    QTest::newRow("a consumer goes") << QByteArray(entry + "      - service: d\n") << entry
                                     << QStringList{u"consumers: d removed"_s};
    QTest::newRow("a key comes") << entry << QByteArray(entry + "    note: x\n") << QStringList{u"note: x added"_s};
    QTest::newRow("comments alone") << entry << QByteArray(entry).replace("slo: 1", "slo: 1 # why")
                                    << QStringList{u"comments or layout only"_s};
    QTest::newRow("no YAML any more") << entry << QByteArray("  a.b: [\n") << QStringList{u"its lines changed"_s};
    QByteArray many("  a.b:\n");
    QByteArray more("  a.b:\n");
    for (int i = 0; i < 20; ++i) {
        many += "    k" + QByteArray::number(i) + ": 1\n";
        more += "    k" + QByteArray::number(i) + ": 2\n";
    }
    QStringList twelve;
    for (int i = 0; i < 12; ++i)
        twelve += u"k%1: 1 → 2"_s.arg(i);
    QTest::newRow("many are counted") << many << more << (twelve << u"and 8 more"_s);
}

void EventHistoryTest::changes()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    const auto given = [](const QByteArray& text) { return text.isNull() ? std::nullopt : std::optional(text); };
    QTEST(entryChanges(given(before), given(after)), "changes");
}

void EventHistoryTest::contacts()
{
    const ContactLinks links{.oncallRotation = u"https://on.example/find?q={name}"_s,
                             .slackChannel = u"https://chat.example/{name}"_s,
                             .file = {}};
    const ProducerEntry producer{
        .team = u"t"_s, .service = u"s"_s, .slackChannel = u"#order alerts"_s, .oncallRotation = u"a&b"_s};
    const std::vector<Contact> expected{
        {Contact::Kind::OnCall, u"a&b"_s, u"https://on.example/find?q=a%26b"_s},
        {Contact::Kind::Channel, u"#order alerts"_s, u"https://chat.example/order%20alerts"_s}};
    QCOMPARE(links.contactsOf(producer), expected);
    const auto bare = ContactLinks().contactsOf(
        {.team = {}, .service = {}, .slackChannel = u"https://chat.example/c"_s, .oncallRotation = u"javascript:x"_s});
    QCOMPARE(bare.size(), std::size_t{2});
    QVERIFY(bare[0].address.isEmpty()); // only the web's own addresses are any
    QCOMPARE(bare[1].address, u"https://chat.example/c"_s);
    QVERIFY(ContactLinks().contactsOf({}).empty());
}

void EventHistoryTest::faultyContacts()
{
    const QTemporaryDir folder;
    Workspace workspace;
    workspace.folder = folder.path();
    QVERIFY(readContactLinks(workspace).value.has_value()); // no file, no addresses
    QFile file(folder.filePath(u"contacts.yaml"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("oncall_rotation: ftp://x/{name}\nslack_channel: https://chat.example/\n");
    file.close();
    const auto read = readContactLinks(workspace);
    QVERIFY(!read.value);
    QCOMPARE(read.issues.size(), std::size_t{2});
    QVERIFY2(read.issues[0].toString().contains(u"contacts.yaml:1:"_s), qPrintable(read.issues[0].toString()));
    QVERIFY(read.issues[1].message.contains(u"where the name goes"_s));
}

QTEST_GUILESS_MAIN(EventHistoryTest)
#include "tst_eventhistory.moc"
