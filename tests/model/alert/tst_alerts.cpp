// SPDX-License-Identifier: GPL-3.0-or-later
// Incidents and what people said of them in their files: across restarts, kills and a store that is made anew.
#include "model/alert/alertlist.h"
#include "model/store/projection.h"
#include "tests/support/manualclock.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

Concern stoppedGroup(Severity severity = Severity::Warning)
{
    Concern concern{.id = u"groupStopped:orders/payments"_s,
                    .rule = ConcernRule::GroupStopped,
                    .severity = severity,
                    .summary = u"payments has stopped"_s,
                    .evidence = u"lag 12 · jane.doe@example.com"_s,
                    .team = u"pay-team"_s};
    concern.action = {.screen = ConcernScreen::Lag,
                      .filter = u"payments"_s,
                      .label = u"Show lag"_s,
                      .command = u"spillwayctl lag --group payments"_s};
    return concern;
}

/// Files of one process; another one on the same folder is the next process.
struct Process
{
    Process(const QString& folder, test::ManualClock& theClock)
        : clock(theClock)
        , file(folder + u"/samples.sqlite"_s)
        , store(StoreWriter::open(file, Database::Access::Writer, u":/migrations/samples"_s).value())
        , ledger(Ledger::open(folder + u"/ledger.sqlite"_s, clock).value())
    {
        if (!catchUpAlerts(*ledger, *store))
            qFatal("the projection does not catch up");
    }
    void look(std::vector<Concern> concerns) const
    {
        IncidentObservation seen{.concerns = std::move(concerns)};
        seen.places.emplace(u"group:orders/payments"_s, u"orders"_s);
        QVERIFY(advanceStoredIncidents(*store, seen, clock.now(), clock.now() - 90 * 24h).has_value());
    }
    [[nodiscard]] AlertList list(int resolved = 0) const
    {
        auto reader = Database::open(file, Database::Access::Reader);
        return readAlerts(*reader, clock.now(), resolved).value();
    }
    [[nodiscard]] QString stateOfFirst() const { return alertStateWord(list().open.front().state); }
    [[nodiscard]] std::vector<AlertDecision> decisions() const
    {
        auto reader = Database::open(file, Database::Access::Reader);
        return alertDecisions(*reader, 100).value();
    }
    std::int64_t decide(Ledger::Draft draft) const
    {
        const auto event = ledger->append({std::move(draft)}).value();
        if (!catchUpAlerts(*ledger, *store))
            qFatal("the projection does not take it");
        return event.front().seq;
    }

    test::ManualClock& clock;
    QString file;
    std::unique_ptr<StoreWriter> store;
    std::unique_ptr<Ledger> ledger;
};

QString stoppedId()
{
    return incidentId(u"group:orders/payments"_s);
}

} // namespace

class AlertsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_clock = std::make_unique<test::ManualClock>();
    }
    void nobodyHasLookedYet();
    void aRestartBeginsNothingAnew();
    void everythingThatIsKept();
    void theResolvedGoWithTheSamples();
    void anAcknowledgementLasts_data();
    void anAcknowledgementLasts();
    void aSilenceCoversWhatFits_data();
    void aSilenceCoversWhatFits();
    void whatIsRefused_data();
    void whatIsRefused();
    void takenBack();
    void aKillBetweenLedgerAndStore();
    void rebuiltRowsAreTheSame();
    void aStoreMadeAnewFindsItsAcknowledgement();
    void strangeEventsAreCorrupt_data();
    void strangeEventsAreCorrupt();
    void idsMayBeShort();
    void whatPeopleRead();

private:
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<test::ManualClock> m_clock;
};

void AlertsTest::nobodyHasLookedYet()
{
    const Process process(m_dir->path(), *m_clock);
    QCOMPARE(process.list().open.size(), 0U);
    QCOMPARE(process.list().evaluatedAt, std::nullopt);
    QVERIFY(noAlertsText(process.list(), false).startsWith(u"Not known"_s));
    process.look({});
    QCOMPARE(process.list().evaluatedAt, std::optional(m_clock->now()));
    QCOMPARE(noAlertsText(process.list(), false), u"Nothing needs anybody now."_s);
    QCOMPARE(noAlertsText(process.list(), true), u"No alert has ended."_s);
    QCOMPARE(alertsText({}, u"none"_s, m_clock->now()), u"none\n"_s);
}

void AlertsTest::aRestartBeginsNothingAnew()
{
    const UtcTime began = m_clock->now();
    {
        const Process first(m_dir->path(), *m_clock);
        first.look({stoppedGroup()});
        first.decide(ackDraft(u"ann"_s, {.alert = stoppedId(), .until = {}, .reason = u"mine"_s}));
    }
    m_clock->advance(1h);
    const Process second(m_dir->path(), *m_clock);
    second.look({stoppedGroup()});
    const AlertList list = second.list(10);
    QCOMPARE(list.open.size(), 1U);
    QCOMPARE(list.resolved.size(), 0U);
    QCOMPARE(list.open.front().incident.openedAt, began);
    QCOMPARE(list.open.front().incident.firedAt, std::optional(began));
    QCOMPARE(list.open.front().state, AlertState::Acknowledged);
}

void AlertsTest::everythingThatIsKept()
{
    const Process process(m_dir->path(), *m_clock);
    Concern concern = stoppedGroup(Severity::Critical);
    concern.since = m_clock->now() - 2h;
    concern.until = m_clock->now() + 3h;
    IncidentObservation seen{.concerns = {concern}};
    seen.places.emplace(u"group:orders/payments"_s, u"orders"_s);
    const auto made = advanceIncidents({}, seen, m_clock->now());
    process.look({concern});
    QCOMPARE(process.list().open.front().incident, made.front());

    concern.team.reset();
    concern.since.reset();
    concern.until.reset();
    m_clock->advance(1s);
    process.look({concern});
    const Incident kept = process.list().open.front().incident;
    QCOMPARE(kept.concern, concern);
    QCOMPARE(kept.since(), kept.openedAt);

    m_clock->advance(1h);
    process.look({});
    QCOMPARE(process.list().open.size(), 0U);
    const AlertList ended = process.list(10);
    QCOMPARE(ended.resolved.size(), 1U);
    QCOMPARE(ended.resolved.front().incident.resolvedAt, std::optional(m_clock->now()));
    QCOMPARE(ended.resolved.front().state, AlertState::Resolved);
}

void AlertsTest::theResolvedGoWithTheSamples()
{
    const Process process(m_dir->path(), *m_clock);
    process.look({stoppedGroup()});
    m_clock->advance(1h);
    process.look({});
    m_clock->advance(89 * 24h);
    process.look({});
    QCOMPARE(process.list(10).resolved.size(), 1U);
    m_clock->advance(25h);
    process.look({});
    QCOMPARE(process.list(10).resolved.size(), 0U);
}

void AlertsTest::anAcknowledgementLasts_data()
{
    QTest::addColumn<int>("ackedFor"); // minutes; 0: until it is resolved
    QTest::addColumn<QString>("then"); // same, worse, better, again
    QTest::addColumn<QString>("state");
    QTest::newRow("while it is the same") << 0 << u"same"_s << u"acknowledged"_s;
    QTest::newRow("until its time has come") << 30 << u"same"_s << u"firing"_s;
    QTest::newRow("before that") << 90 << u"same"_s << u"acknowledged"_s;
    QTest::newRow("not when it gets worse") << 0 << u"worse"_s << u"firing"_s;
    QTest::newRow("when it gets better") << 0 << u"better"_s << u"acknowledged"_s;
    QTest::newRow("not when it ended and came again") << 0 << u"again"_s << u"firing"_s;
}

void AlertsTest::anAcknowledgementLasts()
{
    QFETCH(int, ackedFor);
    QFETCH(QString, then);
    QFETCH(QString, state);
    const Process process(m_dir->path(), *m_clock);
    process.look({stoppedGroup()});
    AlertAck ack{.alert = stoppedId(), .until = {}, .reason = u"mine"_s};
    if (ackedFor > 0)
        ack.until = m_clock->now() + std::chrono::minutes(ackedFor);
    process.decide(ackDraft(u"ann"_s, ack));
    QCOMPARE(process.stateOfFirst(), u"acknowledged"_s);
    QCOMPARE(process.list().open.front().decision->actor, u"ann"_s);
    m_clock->advance(1h);
    if (then == u"again") {
        process.look({});
        QCOMPARE(process.list().open.size(), 0U);
        m_clock->advance(1s);
    }
    process.look({stoppedGroup(then == u"worse"    ? Severity::Critical
                               : then == u"better" ? Severity::Info
                                                   : Severity::Warning)});
    QCOMPARE(process.stateOfFirst(), state);
}

void AlertsTest::aSilenceCoversWhatFits_data()
{
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QString>("team");
    QTest::addColumn<QString>("connection");
    QTest::addColumn<QString>("state");
    QTest::newRow("its rule") << u"groupStopped"_s << QString() << QString() << u"silenced"_s;
    QTest::newRow("another rule") << u"groupBehind"_s << QString() << QString() << u"firing"_s;
    QTest::newRow("its team and connection") << QString() << u"pay-team"_s << u"orders"_s << u"silenced"_s;
    QTest::newRow("its team on another connection") << QString() << u"pay-team"_s << u"users"_s << u"firing"_s;
}

void AlertsTest::aSilenceCoversWhatFits()
{
    QFETCH(QString, rule);
    QFETCH(QString, team);
    QFETCH(QString, connection);
    QFETCH(QString, state);
    const auto given = [](const QString& word) { return word.isEmpty() ? std::nullopt : std::optional(word); };
    const Process process(m_dir->path(), *m_clock);
    const AlertSilence silence{.alert = std::nullopt,
                               .rule = given(rule),
                               .team = given(team),
                               .connection = given(connection),
                               .until = m_clock->now() + 2h,
                               .reason = u"deploy"_s};
    QVERIFY(checkSilence(silence, m_clock->now()).has_value());
    process.decide(silenceDraft(u"ann"_s, silence)); // also what comes after it
    process.look({stoppedGroup()});
    QCOMPARE(process.stateOfFirst(), state);
    m_clock->advance(2h);
    process.look({stoppedGroup(Severity::Critical)});
    QCOMPARE(process.stateOfFirst(), u"firing"_s);
}

void AlertsTest::whatIsRefused_data()
{
    QTest::addColumn<AlertSilence>("silence");
    QTest::addColumn<QString>("says");
    const UtcTime now = test::ManualClock().now();
    const AlertSilence sound{.alert = std::nullopt,
                             .rule = u"groupBehind"_s,
                             .team = std::nullopt,
                             .connection = std::nullopt,
                             .until = now + 1h,
                             .reason = u"deploy"_s};
    AlertSilence silence = sound;
    silence.reason = u"  "_s;
    QTest::newRow("no reason") << silence << u"--reason"_s;
    silence = sound;
    silence.rule.reset();
    QTest::newRow("everything") << silence << u"--team"_s;
    silence = sound;
    silence.rule = u"groupbehind"_s;
    QTest::newRow("a word that is no rule") << silence << u"groupBehind"_s;
    silence = sound;
    silence.until = now;
    QTest::newRow("a time that is over") << silence << u"is over"_s;
    silence = sound;
    silence.until = now + longestSilence + 1ms;
    QTest::newRow("for ever") << silence << u"90 d"_s;
}

void AlertsTest::whatIsRefused()
{
    QFETCH(AlertSilence, silence);
    QFETCH(QString, says);
    const Status checked = checkSilence(silence, m_clock->now());
    QVERIFY(!checked);
    QCOMPARE(checked.error().code, ErrorCode::InvalidConfig);
    QVERIFY2(checked.error().detail.contains(says), qPrintable(checked.error().detail));
}

void AlertsTest::takenBack()
{
    const Process process(m_dir->path(), *m_clock);
    process.look({stoppedGroup()});
    const std::int64_t seq =
        process.decide(ackDraft(u"ann"_s, {.alert = stoppedId(), .until = {}, .reason = u"mine"_s}));
    const std::int64_t undo = process.decide(alertUndoDraft(u"bob"_s, seq, u"on holiday"_s));
    QCOMPARE(process.stateOfFirst(), u"firing"_s);
    QCOMPARE(process.decisions().front().undoneSeq, std::optional(undo));
    process.decide(alertUndoDraft(u"cid"_s, seq, u"again"_s)); // the first one counts
    QCOMPARE(process.decisions().front().undoneSeq, std::optional(undo));
    auto reader = Database::open(process.file, Database::Access::Reader);
    QCOMPARE(alertDecision(*reader, undo).error().code, ErrorCode::NotFound);
}

void AlertsTest::aKillBetweenLedgerAndStore()
{
    {
        const Process process(m_dir->path(), *m_clock);
        process.look({stoppedGroup()});
        QVERIFY(process.ledger->append({ackDraft(u"ann"_s, {.alert = stoppedId(), .until = {}, .reason = u"m"_s})})
                    .has_value());
        QCOMPARE(process.stateOfFirst(), u"firing"_s);
    }
    const Process next(m_dir->path(), *m_clock);
    QCOMPARE(next.stateOfFirst(), u"acknowledged"_s);
}

void AlertsTest::rebuiltRowsAreTheSame()
{
    const Process process(m_dir->path(), *m_clock);
    const std::int64_t seq = process.decide(
        ackDraft(u"ann"_s, {.alert = stoppedId(), .until = m_clock->now() + 1h, .reason = u"ä \"x\""_s}));
    m_clock->advance(1s);
    process.decide(silenceDraft(u"bob"_s, {.alert = std::nullopt,
                                           .rule = std::nullopt,
                                           .team = u"pay-team"_s,
                                           .connection = u"orders"_s,
                                           .until = m_clock->now() + 1h,
                                           .reason = u"deploy"_s}));
    process.decide(alertUndoDraft(u"cid"_s, seq, u"no"_s));
    const auto before = process.decisions();
    QCOMPARE(before.size(), 2U);
    QVERIFY(process.store->write(clearAlertDecisions).has_value());
    QCOMPARE(process.decisions().size(), 0U);
    QVERIFY(catchUpAlerts(*process.ledger, *process.store).has_value());
    QCOMPARE(process.decisions(), before);
}

void AlertsTest::aStoreMadeAnewFindsItsAcknowledgement()
{
    Concern concern = stoppedGroup();
    concern.since = m_clock->now() - 1h;
    {
        const Process process(m_dir->path(), *m_clock);
        process.look({concern});
        process.decide(ackDraft(u"ann"_s, {.alert = stoppedId(), .until = {}, .reason = u"mine"_s}));
    }
    for (const auto* name : {"samples.sqlite", "samples.sqlite-wal", "samples.sqlite-shm"})
        QFile::remove(m_dir->filePath(QString::fromLatin1(name)));
    m_clock->advance(1h);
    const Process process(m_dir->path(), *m_clock);
    QCOMPARE(process.list().open.size(), 0U);
    process.look({concern});
    QCOMPARE(process.stateOfFirst(), u"acknowledged"_s);
}

void AlertsTest::strangeEventsAreCorrupt_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("an unknown type") << u"alert.forgotten"_s << QByteArray("{}");
    QTest::newRow("no object") << u"alert.silenced"_s << QByteArray("[1]");
    QTest::newRow("no JSON") << u"alert.acknowledged"_s << QByteArray("{");
}

void AlertsTest::strangeEventsAreCorrupt()
{
    QFETCH(QString, type);
    QFETCH(QByteArray, body);
    const Process process(m_dir->path(), *m_clock);
    LedgerEvent event{.seq = 7, .type = type, .body = body};
    const Status applied =
        process.store->write([&event](Database& database) { return applyAlertEvent(database, event); });
    QVERIFY(!applied);
    QCOMPARE(applied.error().code, ErrorCode::Corrupt);
}

void AlertsTest::idsMayBeShort()
{
    const Process process(m_dir->path(), *m_clock);
    process.look({stoppedGroup()});
    auto reader = Database::open(process.file, Database::Access::Reader);
    QCOMPARE(wholeAlert(*reader, stoppedId().left(5)).value(), stoppedId());
    QCOMPARE(wholeAlert(*reader, stoppedId().left(3)).error().code, ErrorCode::InvalidConfig);
    QCOMPARE(wholeAlert(*reader, u"a%%%%"_s).error().code, ErrorCode::NotFound);
}

void AlertsTest::whatPeopleRead()
{
    const Process process(m_dir->path(), *m_clock);
    process.look({stoppedGroup()});
    process.decide(silenceDraft(u"ann"_s, {.alert = stoppedId(),
                                           .rule = std::nullopt,
                                           .team = std::nullopt,
                                           .connection = std::nullopt,
                                           .until = m_clock->now() + 1h,
                                           .reason = u"deploy"_s}));
    std::vector<Alert> alerts = process.list().open;
    maskAlerts(alerts, Masker(defaultMaskRules(Environment::Production)), MaskPurpose::View);
    const QByteArray json = alertsJson(alerts);
    QVERIFY2(!json.contains("jane.doe"), json.constData());
    const QJsonObject alert = QJsonDocument::fromJson(json).array().at(0).toObject();
    for (const auto* field : {"id", "rule", "severity", "state", "team", "summary", "evidence", "since", "notified"})
        QVERIFY2(alert.contains(QLatin1StringView(field)), field);
    QCOMPARE(alert[u"id"].toString(), stoppedId());
    QCOMPARE(alert[u"rule"].toString(), u"groupStopped"_s);
    QCOMPARE(alert[u"severity"].toString(), u"warning"_s);
    QCOMPARE(alert[u"state"].toString(), u"silenced"_s);
    QCOMPARE(alert[u"team"].toString(), u"pay-team"_s);
    QVERIFY(alert[u"notified"].isNull());
    QCOMPARE(alert[u"decision"][u"reason"].toString(), u"deploy"_s);
    QVERIFY(!hasFiring(alerts, Severity::Info));
    std::vector<Concern> concerns{stoppedGroup(), stoppedGroup()};
    concerns.back().id = u"groupStopped:orders/other"_s;
    noteDecisions(concerns, alerts); // what Overview says of the same
    QVERIFY2(concerns[0].evidence.endsWith(u" · silenced by ann: deploy"_s), qPrintable(concerns[0].evidence));
    QCOMPARE(concerns[1].evidence, stoppedGroup().evidence);
    const QString text = alertsText(alerts, u"none"_s, m_clock->now());
    QVERIFY2(text.contains(stoppedId()) && text.contains(u"silenced by ann"_s), qPrintable(text));
}

QTEST_GUILESS_MAIN(AlertsTest)
#include "tst_alerts.moc"
