// SPDX-License-Identifier: GPL-3.0-or-later
// How concerns become incidents: what waits, fires, holds, is muted, gets worse and ends. Each row is a story told in
// seconds.
#include "model/alert/alertlist.h"
#include "model/alert/incidentrules.h"

#include <QCryptographicHash>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const UtcTime start = utcFromMs(1'790'000'000'000);

void addGroup(OverviewFacts& facts, LagState state, bool isGrowing = false)
{
    GroupFinding group{.connection = u"orders"_s, .group = u"payments"_s, .team = u"pay-team"_s, .state = state};
    group.lag = 12;
    group.isGrowing = isGrowing;
    facts.groups.push_back(group);
}

void addLetters(OverviewFacts& facts, std::int64_t open, UtcTime oldestAt)
{
    facts.letters.push_back(
        {.team = u"pay-team"_s, .eventType = u"order.created"_s, .open = open, .oldestAt = oldestAt});
    ChannelOutlook channel;
    channel.connection = u"orders"_s;
    channel.channel = u"orders.DLT"_s;
    channel.open = open;
    facts.channels.push_back(channel);
}

void addPromise(OverviewFacts& facts, SloState state)
{
    facts.promises.push_back({.consumer = u"billing"_s, .eventType = u"order.created"_s, .state = state});
}

/// The world of one word of a story.
void tell(OverviewFacts& facts, const QString& word, UtcTime now)
{
    ConnectionHealth& connection = facts.connections.front();
    if (word == u"behind")
        addGroup(facts, LagState::Behind, true);
    else if (word == u"stopped")
        addGroup(facts, LagState::Stopped);
    else if (word == u"lost")
        addGroup(facts, LagState::LostToRetention);
    else if (word == u"unknown")
        addGroup(facts, LagState::Unknown);
    else if (word == u"ok")
        addGroup(facts, LagState::Ok);
    else if (word == u"down")
        connection.connectivity = Connectivity::Unreachable;
    else if (word == u"refused")
        connection.connectivity = Connectivity::Unauthorised;
    else if (word == u"part")
        connection.connectivity = Connectivity::Degraded;
    else if (word == u"asking")
        connection.connectivity = Connectivity::Connecting;
    else if (word == u"few")
        addLetters(facts, 3, now - 1h);
    else if (word == u"many")
        addLetters(facts, 101, now - 1h);
    else if (word == u"old")
        addLetters(facts, 101, now - 25h);
    else if (word == u"broken")
        addPromise(facts, SloState::Violated);
    else if (word == u"norecord")
        addPromise(facts, SloState::NoData);
    else if (word == u"met")
        addPromise(facts, SloState::Met);
    else if (word == u"stale")
        facts.collection.lastSampleAt = now - 1h;
    else
        QVERIFY2(word == u"nothing", qPrintable(word));
}

/// `second:word+word`, one after another; what is said after each, with bars between them.
QString toldOf(const QString& story)
{
    QStringList said;
    std::vector<Incident> open;
    for (const QString& step : story.split(u' ')) {
        const UtcTime now = start + std::chrono::seconds(step.section(u':', 0, 0).toInt());
        OverviewFacts facts;
        facts.collection.lastSampleAt = now;
        facts.connections = {{.connection = u"orders"_s,
                              .connectivity = Connectivity::Connected,
                              .lastError = std::nullopt,
                              .lastContact = std::nullopt}};
        for (const QString& word : step.section(u':', 1).split(u'+'))
            tell(facts, word, now);
        open = advanceIncidents(std::move(open), observeIncidents(facts, Catalog({}, {}, {}), {}, now), now);
        QStringList lines;
        for (const Incident& incident : open)
            lines += u"%1 %2 %3"_s.arg(severityWord(incident.concern.severity), concernRuleWord(incident.concern.rule),
                                       alertStateWord(alertOf(incident, {}, std::nullopt, now).state));
        said += lines.join(u", "_s);
        std::erase_if(open, [](const Incident& incident) { return incident.resolvedAt.has_value(); });
    }
    return said.join(u" | "_s);
}

} // namespace

class IncidentsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void stories_data();
    void stories();
    void anIdIsOfCauseAndSubject();
    void gettingWorseIsDated();
    void whatMutesIsNamed();
    void twoConnectionsHideLettersTogether();
};

void IncidentsTest::stories_data()
{
    QTest::addColumn<QString>("story");
    QTest::addColumn<QString>("told");
    const auto row = [](const char* name, const char16_t* story, const char16_t* told) {
        QTest::newRow(name) << QString::fromUtf16(story) << QString::fromUtf16(told);
    };
    row("nothing is nothing", u"0:nothing 10:ok", u" | ");
    row("what has to last is forgotten when it did not", u"0:behind 60:ok", u"warning groupBehind pending | ");
    row("what lasted long enough fires", u"0:behind 299:behind 300:behind",
        u"warning groupBehind pending | warning groupBehind pending | warning groupBehind firing");
    row("a verdict that took samples fires at once", u"0:stopped", u"warning groupStopped firing");
    row("gone for a moment is not gone", u"0:stopped 299:ok 300:ok",
        u"warning groupStopped firing | warning groupStopped firing | warning groupStopped resolved");
    row("back before that was believed, it is the same", u"0:stopped 200:ok 250:stopped 549:ok 550:ok",
        u"warning groupStopped firing | warning groupStopped firing | warning groupStopped firing |"
        u" warning groupStopped firing | warning groupStopped resolved");
    row("what is counted ends at once, and may begin anew", u"0:many 10:nothing 20:many",
        u"warning deadLetterCount firing | warning deadLetterCount resolved | warning deadLetterCount firing");
    row("an unknown state resolves nothing", u"0:stopped 100:unknown 90000:unknown 90001:ok",
        u"warning groupStopped firing | warning groupStopped firing | warning groupStopped firing |"
        u" warning groupStopped resolved");
    row("an unknown state keeps what is pending", u"0:behind 100:unknown 301:behind",
        u"warning groupBehind pending | warning groupBehind pending | warning groupBehind firing");
    row("one subject that gets worse is one incident", u"0:behind 60:stopped 70:lost",
        u"warning groupBehind pending | warning groupStopped firing | critical lostToRetention firing");
    row("better is believed after a while", u"0:lost 10:stopped 299:stopped 300:stopped",
        u"critical lostToRetention firing | critical lostToRetention firing | critical lostToRetention firing |"
        u" warning groupStopped firing");
    row("letters go up and down by their thresholds", u"0:few 10:many 20:old 30:many 40:few 50:nothing",
        u"info deadLettersWaiting firing | warning deadLetterCount firing | critical deadLetterAge firing |"
        u" warning deadLetterCount firing | info deadLettersWaiting firing | info deadLettersWaiting resolved");
    row("a connection has to be down for half a minute", u"0:down 29:down 30:down 59:nothing 60:nothing",
        u"critical connectionDown pending | critical connectionDown pending | critical connectionDown firing |"
        u" critical connectionDown firing | critical connectionDown resolved");
    row("a reconnect is no outage", u"0:refused 20:nothing", u"critical connectionDown pending | ");
    row("what is behind a connection that is down is muted", u"0:stopped 10:stopped+down 40:down 50:ok 70:ok",
        u"warning groupStopped firing | critical connectionDown pending, warning groupStopped muted |"
        u" critical connectionDown firing, warning groupStopped muted |"
        u" critical connectionDown firing, warning groupStopped muted |"
        u" warning groupStopped firing, critical connectionDown resolved");
    row("what is known of a connection that is down is old and opens nothing", u"0:down+stopped",
        u"critical connectionDown pending");
    row("a connection that was not asked yet holds what there is", u"0:stopped 10:asking 5000:asking+stopped 5001:ok",
        u"warning groupStopped firing | warning groupStopped firing | warning groupStopped firing |"
        u" warning groupStopped resolved");
    row("and its own outage", u"0:down 30:down 40:asking 1000:asking 1001:nothing",
        u"critical connectionDown pending | critical connectionDown firing | critical connectionDown firing |"
        u" critical connectionDown firing | critical connectionDown resolved");
    row("a connection that answers in part mutes nothing", u"0:stopped+part",
        u"warning connectionDown pending, warning groupStopped firing");
    row("letters behind the only connection are muted with it", u"0:many 10:many+down",
        u"warning deadLetterCount firing | critical connectionDown pending, warning deadLetterCount muted");
    row("no record mends no promise", u"0:broken 10:norecord 90000:norecord 90001:met",
        u"warning promiseBroken firing | warning promiseBroken firing | warning promiseBroken firing |"
        u" warning promiseBroken resolved");
    row("a promise nobody knows of, then a broken one", u"0:norecord 10:broken",
        u"info promiseUnknown firing | warning promiseBroken firing");
    row("a process that begins has a minute for its first sample", u"0:stale 59:stale 60:stale 61:nothing",
        u"warning samplesStale pending | warning samplesStale pending | warning samplesStale firing |"
        u" warning samplesStale resolved");
    row("no samples of a broker that is down", u"0:stale 60:stale+down",
        u"warning samplesStale pending | critical connectionDown pending, warning samplesStale muted");
    row("a clock that steps back makes nothing older", u"100:behind 0:behind 399:behind 400:behind",
        u"warning groupBehind pending | warning groupBehind pending | warning groupBehind pending |"
        u" warning groupBehind firing");
    row("nor does it keep what is counted", u"100:many 0:nothing",
        u"warning deadLetterCount firing | warning deadLetterCount resolved");
}

void IncidentsTest::stories()
{
    QFETCH(QString, story);
    QFETCH(QString, told);
    QCOMPARE(toldOf(story), told);
}

void IncidentsTest::anIdIsOfCauseAndSubject()
{
    const auto idOf = [](ConcernRule rule, const QString& subject, ConcernScreen screen = ConcernScreen::Lag) {
        Concern concern{.id = concernRuleWord(rule) + u':' + subject, .rule = rule};
        concern.action.screen = screen;
        return incidentId(incidentKey(concern));
    };
    const QString waiting = idOf(ConcernRule::DeadLettersWaiting, u"pay-team/order.created"_s);
    QVERIFY2(QRegularExpression(u"^a[0-9a-f]{12}$"_s).match(waiting).hasMatch(), qPrintable(waiting));
    QCOMPARE(idOf(ConcernRule::DeadLetterAge, u"pay-team/order.created"_s), waiting);
    QVERIFY(idOf(ConcernRule::DeadLetterAge, u"pay-team/order.updated"_s) != waiting);
    QVERIFY(idOf(ConcernRule::GroupBehind, u"pay-team/order.created"_s) != waiting);
    // The doctor's losses and those of a group share a rule, not an incident.
    QVERIFY(idOf(ConcernRule::LostToRetention, u"a:b"_s) !=
            idOf(ConcernRule::LostToRetention, u"a:b"_s, ConcernScreen::Setup));
    // For ever: acknowledgements in the ledger name it.
    QCOMPARE(incidentId(u"group:orders/payments"_s),
             u"a"_s +
                 QString::fromLatin1(
                     QCryptographicHash::hash("group:orders/payments", QCryptographicHash::Sha256).toHex().left(12)));
}

void IncidentsTest::gettingWorseIsDated()
{
    const auto at = [](int second, LagState state, std::vector<Incident> open) {
        const UtcTime now = start + std::chrono::seconds(second);
        OverviewFacts facts;
        facts.collection.lastSampleAt = now;
        addGroup(facts, state);
        return advanceIncidents(std::move(open), observeIncidents(facts, Catalog({}, {}, {}), {}, now), now);
    };
    auto open = at(0, LagState::Stopped, {});
    QCOMPARE(open.front().gradedAt, start);
    open = at(100, LagState::Stalled, std::move(open)); // another rule's word, as severe
    QCOMPARE(open.front().gradedAt, start);
    open = at(200, LagState::LostToRetention, std::move(open));
    QCOMPARE(open.front().gradedAt, start + 200s);
    QCOMPARE(open.front().openedAt, start);
    QCOMPARE(open.front().firedAt, std::optional(start));
    open = at(600, LagState::Stopped, std::move(open));
    QCOMPARE(open.front().concern.severity, Severity::Warning);
    QCOMPARE(open.front().gradedAt, start + 200s);
}

void IncidentsTest::whatMutesIsNamed()
{
    OverviewFacts facts;
    facts.collection.lastSampleAt = start;
    facts.connections = {{u"orders"_s, Connectivity::Connected, std::nullopt, std::nullopt}};
    addGroup(facts, LagState::Stopped);
    const auto look = [&](std::vector<Incident> open) {
        return advanceIncidents(std::move(open), observeIncidents(facts, Catalog({}, {}, {}), {}, start), start);
    };
    auto open = look({});
    facts.connections.front().connectivity = Connectivity::Unreachable;
    open = look(std::move(open));
    QCOMPARE(open.size(), 2U);
    QCOMPARE(open[0].mutedBy, std::nullopt);
    QCOMPARE(open[1].mutedBy, std::optional(open[0].id));
}

void IncidentsTest::twoConnectionsHideLettersTogether()
{
    OverviewFacts facts;
    facts.collection.lastSampleAt = start;
    facts.connections = {{u"orders"_s, Connectivity::Unreachable, std::nullopt, std::nullopt},
                         {u"users"_s, Connectivity::Connected, std::nullopt, std::nullopt}};
    addLetters(facts, 101, start - 1h);
    facts.channels.push_back(facts.channels.front());
    facts.channels.back().connection = u"users"_s;
    const auto mutedLetters = [&] {
        const auto open = advanceIncidents({}, observeIncidents(facts, Catalog({}, {}, {}), {}, start), start);
        return std::count_if(open.begin(), open.end(), [](const Incident& incident) {
            return causeOf(incident.concern) == IncidentCause::Letters && incident.mutedBy.has_value();
        });
    };
    QCOMPARE(mutedLetters(), 0); // they may lie at the one that answers
    facts.connections.back().connectivity = Connectivity::Unauthorised;
    QCOMPARE(mutedLetters(), 1);
}

QTEST_GUILESS_MAIN(IncidentsTest)
#include "tst_incidents.moc"
