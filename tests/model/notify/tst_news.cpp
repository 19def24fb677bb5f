// SPDX-License-Identifier: GPL-3.0-or-later
// Who is told what: teams and their channels, targets, the exact bytes, and Slack's limits.
#include "model/compatibility/schemanews.h"
#include "model/notify/news.h"
#include "model/review/reviewnews.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

NotifyTarget target(const QString& name, NotifyTarget::Kind kind, const QStringList& channels = {},
                    const QStringList& teams = {})
{
    NotifyTarget made;
    made.name = name;
    made.kind = kind;
    made.channels = channels;
    made.teams = teams;
    return made;
}

News news(const QString& team, const QStringList& channels, const QStringList& lines = {u"A line."_s})
{
    return {.occasion = u"schema order.created v2"_s,
            .identity = "1",
            .type = u"schemaChange"_s,
            .team = team,
            .channels = channels,
            .title = u"A title"_s,
            .lines = lines,
            .facts = R"({"a":1})"};
}

QStringList shown(const AddressedNews& addressed)
{
    QStringList all;
    for (const NotifyMessage& message : addressed.messages)
        all += u"%1>%2 %3"_s.arg(message.team, message.target, message.channel);
    return all;
}

ConsumerEntry consumer(const QString& team, const QString& service, const QString& channel = {},
                       const QStringList& fields = {})
{
    ConsumerEntry made;
    made.team = team;
    made.service = service;
    made.slackChannel = channel;
    made.fields = fields;
    return made;
}

} // namespace

class TestNews : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void targetsAreFoundByChannelTeamOrForAll()
    {
        const auto slack = NotifyTarget::Kind::Slack;
        const std::vector<NotifyTarget> targets{target(u"pay"_s, slack, {u"#pay"_s}),
                                                target(u"ship"_s, slack, {}, {u"ship-team"_s}),
                                                target(u"hub"_s, NotifyTarget::Kind::Webhook)};
        const AddressedNews addressed = addressNews(
            {news(u"pay-team"_s, {u"#other"_s, u"#pay"_s}), news(u"ship-team"_s, {}), news(u"lone-team"_s, {})},
            targets);
        QCOMPARE(shown(addressed), (QStringList{u"pay-team>pay #pay"_s, u"pay-team>hub #other"_s, u"ship-team>ship "_s,
                                                u"ship-team>hub "_s, u"lone-team>hub "_s}));
        QCOMPARE(addressed.unreached, QStringList());
        const AddressedNews fewer = addressNews({news(u"lone-team"_s, {})}, {targets[0]});
        QVERIFY(fewer.messages.empty());
        QCOMPARE(fewer.unreached, QStringList{u"lone-team"_s});
    }

    void anIdStandsForWhatWhoAndWhere()
    {
        const std::vector<NotifyTarget> one{target(u"hub"_s, NotifyTarget::Kind::Webhook)};
        const QString id = addressNews({news(u"a"_s, {})}, one).messages[0].id;
        QCOMPARE(id.size(), 32);
        News worded = news(u"a"_s, {}, {u"Said differently, on another day."_s});
        QCOMPARE(addressNews({worded}, one).messages[0].id, id);
        worded.identity = "2";
        QVERIFY(addressNews({worded}, one).messages[0].id != id);
        QVERIFY(addressNews({news(u"b"_s, {})}, one).messages[0].id != id);
        QVERIFY(addressNews({news(u"a"_s, {})}, {target(u"hub2"_s, NotifyTarget::Kind::Webhook)}).messages[0].id != id);
        QCOMPARE(addressNews({news(u"a"_s, {}), news(u"a"_s, {})}, one).messages.size(), std::size_t{1});
    }

    void aWebhookIsToldInJson()
    {
        const NotifyMessage message = addressNews({news(u"a"_s, {u"#x"_s}, {u"One."_s, u"Two."_s})},
                                                  {target(u"hub"_s, NotifyTarget::Kind::Webhook)})
                                          .messages[0];
        QCOMPARE(message.body,
                 "{\"id\":\"" + message.id.toUtf8() +
                     "\",\"type\":\"schemaChange\",\"occasion\":\"schema order.created v2\",\"team\":\"a\","
                     "\"channels\":[\"#x\"],\"title\":\"A title\",\"text\":\"One.\\nTwo.\",\"facts\":{\"a\":1}}");
    }

    void slacksLimitsAreKept_data()
    {
        QTest::addColumn<QStringList>("lines");
        QTest::addColumn<bool>("isCut");
        QTest::newRow("little") << QStringList{u"One."_s, u"Two."_s} << false;
        QTest::newRow("several blocks") << QStringList(200, QString(50, u'x')) << false;
        QTest::newRow("more than Slack takes") << QStringList(5'000, QString(50, u'x')) << true;
        QTest::newRow("one long line") << QStringList{QString(20'000, u'x')} << true;
        QTest::newRow("characters of two units") << QStringList{u"\U0001F4A5"_s.repeated(8'000)} << true;
        QTest::newRow("nothing") << QStringList() << false;
    }
    void slacksLimitsAreKept()
    {
        QFETCH(QStringList, lines);
        QFETCH(bool, isCut);
        News each = news(u"a"_s, {}, lines);
        each.title = u"<!channel> & <@U1> *bold* "_s + QString(300, u't');
        const QJsonObject body = QJsonDocument::fromJson(slackBody(each, u"0a"_s)).object();
        QVERIFY(!body[u"text"].toString().contains(u'<'));
        qsizetype all = 0;
        const QJsonArray blocks = body[u"blocks"].toArray();
        QVERIFY(blocks.size() >= 2 && blocks.size() <= 50);
        for (const QJsonValue& block : blocks) {
            if (block[u"type"].toString() == u"context")
                continue;
            QCOMPARE(block[u"text"][u"type"].toString(), u"plain_text"_s);
            const QString text = block[u"text"][u"text"].toString();
            QVERIFY(!text.isEmpty());
            QVERIFY(text.size() <= (block[u"type"].toString() == u"header" ? 150 : 3'000));
            QVERIFY(text.isValidUtf16());
            all += text.size();
        }
        QVERIFY(all < 13'200);
        const QString last = blocks[blocks.size() - 2][u"text"][u"text"].toString();
        QCOMPARE(last.endsWith(u'…') && blocks.size() > 2, isCut);
        QVERIFY(blocks.last()[u"elements"][0][u"text"].toString().contains(u"0a"_s));
    }

    void controlCharactersAreShown()
    {
        const QJsonObject body = QJsonDocument::fromJson(slackBody(news(u"a"_s, {}, {u"a\u202Eb"_s}), u"0"_s)).object();
        QCOMPARE(body[u"blocks"][1][u"text"][u"text"].toString(), u"a\\u{202E}b"_s);
    }

    void aSchemasTeamsAreTold()
    {
        QTemporaryDir dir;
        const auto write = [&](const QString& name, const QByteArray& text) {
            QFile file(dir.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
        };
        write(u"order.created.v2.json"_s, R"({"properties":{"id":{},"customer_id":{}},"required":["id"]})");
        write(u"order.created.v10.json"_s, R"({"properties":{"id":{},"buyer_id":{}},"required":["id","buyer_id"]})");
        OwnedEvent event;
        event.eventType = u"order.created"_s;
        event.producer = {.team = u"order-team"_s, .service = u"order-service"_s, .slackChannel = u"#orders"_s};
        event.consumers = {consumer(u"pay-team"_s, u"billing"_s, u"#pay"_s, {u"id"_s, u"customer_id.name"_s}),
                           consumer(u"ship-team"_s, u"shipping"_s), consumer(u"pay-team"_s, u"ledger"_s, u"#pay2"_s),
                           consumer(u"order-team"_s, u"order-view"_s)};
        const Catalog catalog({event}, {}, {.schemaChangeNoticeDays = 7});
        const SchemaFolder folder(dir.path());
        const auto told = schemaNews(folder, catalog, u"order.created"_s, std::nullopt, QDate(2026, 11, 26));
        QVERIFY(told.has_value());
        QCOMPARE(told->size(), std::size_t{3});
        const News& pay = told->at(0);
        QCOMPARE(pay.team, u"pay-team"_s);
        QCOMPARE(pay.channels, (QStringList{u"#pay"_s, u"#pay2"_s}));
        QCOMPARE(pay.occasion, u"schema order.created v10"_s);
        QCOMPARE(pay.title, u"The schema of order.created changes: version 2 to 10"_s);
        QCOMPARE(pay.lines.join(u'\n'), u"Published by order-service (order-team), read by your billing, ledger.\n"
                                        "Breaks ledger: buyer_id is required now (requiredAdded at "
                                        "#/required/buyer_id). For example {\"id\":1}\n"
                                        "You declare to read what is gone: customer_id.name.\n"
                                        "Gone: customer_id.\nNew: buyer_id.\nRequired from now on: buyer_id.\n"
                                        "By our rules it is not published before 2026-12-03.\n"
                                        "File: order.created.v10.json. All differences: spillwayctl schema check"_s);
        const QJsonObject facts = QJsonDocument::fromJson(pay.facts).object();
        QCOMPARE(facts[u"from"].toInt(), 2);
        QCOMPARE(facts[u"declaredAndGone"].toArray(), QJsonArray{u"customer_id.name"_s});
        const QJsonObject change = facts[u"changes"][0].toObject();
        QCOMPARE(change[u"kind"].toString(), u"requiredAdded"_s);
        QCOMPARE(change[u"path"].toString(), u"#/required/buyer_id"_s);
        QCOMPARE(change[u"verdict"].toString(), u"breaking"_s);
        QCOMPARE(change[u"counterexample"].toObject().keys(), QStringList{u"id"_s});
        QCOMPARE(change[u"consumers"].toArray(), QJsonArray{u"ledger"_s});
        QCOMPARE(told->at(1).channels, QStringList());
        QCOMPARE(told->at(2).channels, QStringList{u"#orders"_s});
        const auto first = schemaNews(folder, catalog, u"order.created"_s, 2, QDate(2026, 11, 26));
        QCOMPARE(first->at(0).title, u"order.created gets its first schema, version 2"_s);
        QCOMPARE(schemaNews(folder, catalog, u"order.created"_s, 3, QDate(2026, 11, 26)).error().code,
                 ErrorCode::NotFound);
        QCOMPARE(schemaNews(folder, catalog, u"nope"_s, {}, QDate(2026, 11, 26)).error().code, ErrorCode::NotFound);
        QVERIFY(schemaNews(folder, Catalog(), u"order.created"_s, {}, QDate(2026, 11, 26))->empty());
    }

    void aReviewsTeamsAreTold()
    {
        Review review;
        review.id = u"r-2026-11-26"_s;
        review.closedAt = UtcTime(Millis(1'790'000'000'000));
        const auto decide = [&](const QString& group, ReviewVerdict verdict, const QString& note) {
            review.decisions[group] = {
                .group = group, .title = u"raw title"_s, .open = 4, .verdict = verdict, .note = note};
        };
        decide(u"g1"_s, ReviewVerdict::Replay, u"fixed"_s);
        decide(u"g2"_s, ReviewVerdict::Watch, u""_s);
        decide(u"g3"_s, ReviewVerdict::Archive, u"old"_s);
        review.decisions[u"g1"_s].action = {.what = u"replay it"_s, .who = u"kim"_s, .due = QDate(2026, 12, 3)};
        std::vector<DeadLetterGroup> groups(3);
        groups[0].id = u"g1"_s;
        groups[0].title = u"masked title"_s;
        groups[0].team = u"pay-team"_s;
        groups[1].id = u"g2"_s; // nobody's
        groups[2].id = u"g3"_s;
        groups[2].title = u"other"_s;
        groups[2].team = u"a-team"_s;
        const auto news = reviewNews(review, groups, Catalog());
        QVERIFY(news.has_value());
        const std::vector<News>& told = *news;
        QCOMPARE(told.size(), std::size_t{2});
        QCOMPARE(told[0].team, u"a-team"_s);
        QCOMPARE(told[1].lines,
                 QStringList{u"masked title (g1, 4 open): replay – fixed. To do: replay it, kim, until 2026-12-03"_s});
        QVERIFY(!told[1].facts.contains("raw title"));
    }

    /// A message is known by its review, target and team: what is decided later would be taken for sent.
    void anOpenReviewIsToldToNobody()
    {
        Review review;
        review.id = u"r-2026-11-26"_s;
        review.decisions[u"g1"_s] = {.group = u"g1"_s, .title = {}, .open = 4, .verdict = ReviewVerdict::Watch};
        std::vector<DeadLetterGroup> groups(1);
        groups[0].id = u"g1"_s;
        groups[0].team = u"pay-team"_s;
        const auto told = reviewNews(review, groups, Catalog());
        QCOMPARE(told.error().code, ErrorCode::InvalidConfig);
        QVERIFY2(told.error().detail.contains(u"spillwayctl review close"_s), qPrintable(told.error().detail));
    }
};

QTEST_GUILESS_MAIN(TestNews)
#include "tst_news.moc"
