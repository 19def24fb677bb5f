// SPDX-License-Identifier: GPL-3.0-or-later
// Who is told of which alerts, when, and how often: the rules alone, and with their files, killed between any two
// steps.
#include "model/alert/alertnews.h"
#include "model/notify/notifyevents.h"
#include "model/notify/outbox.h"
#include "tests/support/manualclock.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const UtcTime start{Millis{1'700'000'000'000}};

Concern concernOf(const QString& group, Severity severity, std::optional<QString> team = u"pay-team"_s)
{
    Concern concern{.id = u"groupStopped:orders/"_s + group,
                    .rule = ConcernRule::GroupStopped,
                    .severity = severity,
                    .summary = group + u" has stopped"_s,
                    .evidence = u"lag 12"_s,
                    .team = std::move(team)};
    concern.action = {.screen = ConcernScreen::Lag,
                      .filter = group,
                      .label = u"Show lag"_s,
                      .command = u"spillwayctl lag --group "_s + group};
    return concern;
}

Alert firing(const QString& group, Severity severity, UtcTime openedAt, std::optional<QString> team = u"pay-team"_s)
{
    Alert alert{.state = AlertState::Firing};
    alert.incident.concern = concernOf(group, severity, std::move(team));
    alert.incident.key = incidentKey(alert.incident.concern);
    alert.incident.id = incidentId(alert.incident.key);
    alert.incident.openedAt = alert.incident.gradedAt = alert.incident.seenAt = openedAt;
    alert.incident.firedAt = openedAt;
    return alert;
}

Told toldOfAlert(const Alert& alert, TellingStage stage, Severity severity, UtcTime at)
{
    return {.telling = {.alert = alert.incident.id,
                        .openedAt = alert.incident.openedAt,
                        .stage = stage,
                        .severity = severity},
            .at = at};
}

/// "pay-team: opened a, resolved b".
QStringList shown(const std::vector<DueTeam>& due)
{
    QStringList all;
    for (const DueTeam& each : due) {
        QStringList tellings;
        for (const DueTelling& telling : each.tellings)
            tellings += tellingStageWord(telling.stage) + u' ' + telling.alert.incident.concern.action.filter;
        all += each.team.value_or(u"nobody"_s) + u": "_s + tellings.join(u", "_s);
    }
    return all;
}

constexpr AlertTelling settings{.from = AlertTelling::From::Warning, .pace = 5min, .repeat = 4h};

} // namespace

class TellingsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void oneAlert_data();
    void oneAlert();
    void manyAreOneMessage();
    void teamsDoNotWaitForEachOther();
    void whatIsCriticalAndNewDoesNotWait();
    void whatIsToBeSaidIsSaid();
    void toldOnceOverKills();
    void rebuiltRowsAreTheSame();
    void aStoreMadeAnewTellsNothingTwice();
    void resolvedIsTold();
    void silencedAtItsEndIsNotTold();
};

void TellingsTest::oneAlert_data()
{
    QTest::addColumn<AlertState>("state");
    QTest::addColumn<Severity>("severity");
    QTest::addColumn<int>("toldMinutesAgo"); // -1: never
    QTest::addColumn<Severity>("toldSeverity");
    QTest::addColumn<TellingStage>("toldStage");
    QTest::addColumn<int>("gradedMinutesAgo");
    QTest::addColumn<int>("resolvedMinutesAgo"); // the time before; -1: never
    QTest::addColumn<bool>("isOnItsWay");
    QTest::addColumn<QString>("said");
    const auto row = [](const char* name, AlertState state, Severity severity, int told, Severity toldSeverity,
                        TellingStage stage, int graded, int resolved, bool onItsWay, const QString& said) {
        QTest::newRow(name) << state << severity << told << toldSeverity << stage << graded << resolved << onItsWay
                            << said;
    };
    using enum AlertState;
    constexpr auto Opened = TellingStage::Opened, StillOpen = TellingStage::StillOpen;
    constexpr auto C = Severity::Critical, W = Severity::Warning, I = Severity::Info;
    row("one that fires is told", Firing, W, -1, W, Opened, 600, -1, false, u"opened"_s);
    row("one that is pending is not", Pending, C, -1, W, Opened, 600, -1, false, {});
    row("one that somebody looks after is not", Acknowledged, C, -1, W, Opened, 600, -1, false, {});
    row("one that is silenced is not", Silenced, C, -1, W, Opened, 600, -1, false, {});
    row("one that another explains is not", Muted, C, -1, W, Opened, 600, -1, false, {});
    row("one less severe than asked for is not", Firing, I, -1, W, Opened, 600, -1, false, {});
    row("one that was told is not told again", Firing, W, 590, W, Opened, 600, -1, false, {});
    row("one that got worse is", Firing, C, 590, W, Opened, 10, -1, false, u"worse"_s);
    row("one that got better is not", Firing, W, 200, C, Opened, 600, -1, false, {});
    row("one that got better and as bad again is", Firing, C, 200, C, Opened, 10, -1, false, u"worse"_s);
    row("a critical one that goes on is told again", Firing, C, 240, C, Opened, 600, -1, false, u"stillOpen"_s);
    row("not before its time", Firing, C, 239, C, Opened, 600, -1, false, {});
    row("nor while the last message waits", Firing, C, 300, C, Opened, 600, -1, true, {});
    row("and again after another time", Firing, C, 240, C, StillOpen, 600, -1, false, u"stillOpen"_s);
    row("one that was told to be over and is back", Firing, W, 30, W, TellingStage::Resolved, 600, -1, false,
        u"opened"_s);
    row("one that was over without a word and is back", Firing, W, 60, W, Opened, 600, 20, false, u"opened"_s);
    row("one that was over before it was told", Firing, W, 60, W, Opened, 600, 120, false, {});
}

void TellingsTest::oneAlert()
{
    QFETCH(AlertState, state);
    QFETCH(Severity, severity);
    QFETCH(int, toldMinutesAgo);
    QFETCH(Severity, toldSeverity);
    QFETCH(TellingStage, toldStage);
    QFETCH(int, gradedMinutesAgo);
    QFETCH(int, resolvedMinutesAgo);
    QFETCH(bool, isOnItsWay);
    QFETCH(QString, said);
    const auto ago = [](int minutes) { return start - std::chrono::minutes(minutes); };
    Alert alert = firing(u"a"_s, severity, ago(600));
    alert.state = state;
    alert.incident.gradedAt = ago(gradedMinutesAgo);
    TellingFacts facts{.open = {alert}, .lastResolvedAt = {}, .ended = {}, .told = {}};
    if (toldMinutesAgo >= 0) {
        Told told = toldOfAlert(alert, toldStage, toldSeverity, ago(toldMinutesAgo));
        told.isOnItsWay = isOnItsWay;
        facts.told.last.emplace(alert.incident.id, told);
    }
    if (resolvedMinutesAgo >= 0)
        facts.lastResolvedAt.emplace(alert.incident.id, ago(resolvedMinutesAgo));
    const QStringList due = shown(dueTellings(facts, settings, start));
    QCOMPARE(due, said.isEmpty() ? QStringList() : QStringList{u"pay-team: "_s + said + u" a"_s});
}

void TellingsTest::manyAreOneMessage()
{
    DueTeam team{.team = u"pay-team"_s, .tellings = {}};
    TellingFacts facts{};
    for (int i = 0; i < 400; ++i)
        facts.open.push_back(
            firing(u"g%1"_s.arg(i), i % 100 == 7 ? Severity::Critical : Severity::Warning, start - 1h));
    const std::vector<DueTeam> due = dueTellings(facts, settings, start);
    QCOMPARE(due.size(), 1U);
    QCOMPARE(due[0].tellings.size(), 400U);
    const News news = alertNews(due[0], Catalog(), start);
    QCOMPARE(news.title, u"Alerts of pay-team: 4 critical, 396 less severe"_s);
    QVERIFY(news.lines.first().startsWith(u"critical: g7 "_s));
    QVERIFY(news.lines.last().startsWith(u"380 more"_s));
    const QJsonObject told = QJsonDocument::fromJson(news.facts).object();
    QCOMPARE(told[u"alerts"].toArray().size(), 200);
    QCOMPARE(told[u"more"].toInt(), 200);
    QVERIFY(slackBody(news, u"id"_s).size() < 16'000);
}

void TellingsTest::teamsDoNotWaitForEachOther()
{
    TellingFacts facts{};
    facts.open = {firing(u"a"_s, Severity::Warning, start - 1h), firing(u"b"_s, Severity::Warning, start - 1h),
                  firing(u"c"_s, Severity::Warning, start - 1h, u"ship-team"_s),
                  firing(u"d"_s, Severity::Warning, start - 1h, std::nullopt)};
    facts.told.lastOfTeam.emplace(u"pay-team"_s, start - 4min);
    QCOMPARE(shown(dueTellings(facts, settings, start)),
             (QStringList{u"nobody: opened d"_s, u"ship-team: opened c"_s}));
    QCOMPARE(shown(dueTellings(facts, settings, start + 1min)),
             (QStringList{u"nobody: opened d"_s, u"pay-team: opened a, opened b"_s, u"ship-team: opened c"_s}));
    // A clock that was stepped back by a day keeps nobody waiting.
    facts.told.lastOfTeam[u"pay-team"_s] = start + 24h;
    QCOMPARE(dueTellings(facts, settings, start).size(), 3U);
}

void TellingsTest::whatIsCriticalAndNewDoesNotWait()
{
    TellingFacts facts{};
    facts.open = {firing(u"a"_s, Severity::Critical, start), firing(u"b"_s, Severity::Warning, start)};
    facts.told.lastOfTeam.emplace(u"pay-team"_s, start - 1min);
    QCOMPARE(shown(dueTellings(facts, settings, start)), QStringList{u"pay-team: opened a, opened b"_s});
    // What comes and goes is not new.
    facts.told.last.emplace(facts.open[0].incident.id,
                            toldOfAlert(facts.open[0], TellingStage::Resolved, Severity::Critical, start - 1min));
    QCOMPARE(shown(dueTellings(facts, settings, start)), QStringList());
}

void TellingsTest::whatIsToBeSaidIsSaid()
{
    Alert ended = firing(u"b"_s, Severity::Critical, start - 3h);
    ended.incident.resolvedAt = start - 1h;
    const DueTeam due{.team = u"pay-team"_s,
                      .tellings = {{TellingStage::Worse, firing(u"a"_s, Severity::Critical, start - 1h)},
                                   {TellingStage::Resolved, ended}}};
    const News news = alertNews(due, Catalog(), start);
    QCOMPARE(news.type, u"alerts"_s);
    QCOMPARE(news.title, u"Alerts of pay-team: 1 critical, 1 resolved"_s);
    QCOMPARE(news.lines.size(), 5);
    QCOMPARE(news.lines[0], u"critical, worse than before: a has stopped"_s);
    QVERIFY(news.lines[2].contains(u"spillwayctl lag --group a"_s));
    QCOMPARE(news.lines[3], u"resolved: b has stopped"_s);
    QVERIFY(news.lines[4].contains(u"after 2 h"_s));
    const QJsonArray facts = QJsonDocument::fromJson(news.facts).object()[u"alerts"].toArray();
    QCOMPARE(facts[0][u"stage"].toString(), u"worse"_s);
    QCOMPARE(facts[1][u"stage"].toString(), u"resolved"_s);
    QVERIFY(facts[0][u"resolvedAt"].isNull());
    // One alone is its own title.
    const DueTeam one{.team = u"pay-team"_s, .tellings = {due.tellings[0]}};
    QCOMPARE(alertNews(one, Catalog(), start).title, u"critical, worse than before: a has stopped"_s);
    // The same things at another time are other news.
    QVERIFY(alertNews(one, Catalog(), start).identity != alertNews(one, Catalog(), start + 4h).identity);
}

namespace {

/// Files of one process; another one on the same folder is the next process. It looks and tells as the holder does.
struct Process
{
    Process(const QString& folder, test::ManualClock& theClock)
        : clock(theClock)
        , file(folder + u"/samples.sqlite"_s)
        , store(StoreWriter::open(file, Database::Access::Writer, u":/migrations/samples"_s).value())
        , ledger(Ledger::open(folder + u"/ledger.sqlite"_s, clock).value())
    {
        if (!Outbox(*ledger, *store).catchUp() || !catchUpAlerts(*ledger, *store))
            qFatal("the projections do not catch up");
    }
    void look(std::vector<Concern> concerns) const
    {
        IncidentObservation seen{.concerns = std::move(concerns)};
        QVERIFY(advanceStoredIncidents(*store, seen, clock.now(), clock.now() - 90 * 24h).has_value());
    }
    [[nodiscard]] Database reader() const { return std::move(*Database::open(file, Database::Access::Reader)); }
    [[nodiscard]] std::vector<DueTeam> due() const
    {
        Database database = reader();
        return dueTellings(readTellingFacts(database, settings, clock.now()).value(), settings, clock.now());
    }
    /// As far as a process may come before it is killed: 0 nothing, 1 in the ledger, 2 queued, 3 all.
    /// @return how many messages were written.
    int tell(int steps = 3) const
    {
        std::vector<Ledger::Draft> drafts;
        for (const DueTeam& team : due()) {
            std::vector<Telling> tellings;
            for (const DueTelling& each : team.tellings)
                tellings.push_back({each.alert.incident.id, each.alert.incident.openedAt, each.stage,
                                    each.alert.incident.concern.severity});
            NotifyTarget hub;
            hub.name = u"hub"_s;
            const auto addressed = addressNews({alertNews(team, Catalog(), clock.now())}, {hub});
            drafts.push_back(toldDraft(u"ann"_s, team.team, tellings, {addressed.messages.front().id}));
            drafts.push_back(queuedDraft(u"ann"_s, addressed.messages));
        }
        const int messages = static_cast<int>(drafts.size() / 2);
        if (steps == 0 || drafts.empty())
            return 0;
        if (!ledger->append(std::move(drafts)))
            qFatal("the ledger does not take it");
        if (steps > 1 && !Outbox(*ledger, *store).catchUp())
            qFatal("the outbox does not take it");
        if (steps > 2 && !catchUpAlerts(*ledger, *store))
            qFatal("the projection does not take it");
        return messages;
    }
    [[nodiscard]] int queued() const
    {
        int count = 0;
        const std::vector<LedgerEvent> events = ledger->read(0, 10'000, u"notify.queued"_s).value();
        for (const LedgerEvent& event : events)
            count += static_cast<int>(QJsonDocument::fromJson(event.body).object()[u"messages"].toArray().size());
        return count;
    }
    [[nodiscard]] QStringList rows() const
    {
        Database database = reader();
        return database
            .query<QStringList>([](SQLite::Database& db) {
                QStringList all;
                SQLite::Statement select(db, "SELECT alert || seq || told_at_ms || coalesce(team, '-') || stage ||"
                                             " severity || is_last FROM alert_telling ORDER BY alert, seq");
                while (select.executeStep())
                    all += QString::fromStdString(select.getColumn(0).getString());
                SQLite::Statement messages(db, "SELECT seq || message FROM alert_telling_message ORDER BY 1");
                while (messages.executeStep())
                    all += QString::fromStdString(messages.getColumn(0).getString());
                return all;
            })
            .value();
    }

    test::ManualClock& clock;
    QString file;
    std::unique_ptr<StoreWriter> store;
    std::unique_ptr<Ledger> ledger;
};

} // namespace

void TellingsTest::toldOnceOverKills()
{
    const auto seed = QRandomGenerator::global()->generate();
    QRandomGenerator random(seed);
    qInfo("seed %u", seed);
    for (int round = 0; round < 20; ++round) {
        const QTemporaryDir dir;
        test::ManualClock clock;
        const std::vector<Concern> seen{concernOf(u"a"_s, Severity::Warning), concernOf(u"b"_s, Severity::Critical),
                                        concernOf(u"c"_s, Severity::Warning, u"ship-team"_s)};
        int written = 0;
        for (int life = 0; life < 4; ++life) {
            const Process process(dir.path(), clock);
            process.look(seen);
            written += process.tell(static_cast<int>(random.bounded(4)));
            clock.advance(1min);
        }
        const Process last(dir.path(), clock);
        last.look(seen);
        written += last.tell();
        QCOMPARE(written, 2); // one for each team, whenever the plug was pulled
        QCOMPARE(last.queued(), 2);
        QVERIFY(last.due().empty());
    }
}

void TellingsTest::rebuiltRowsAreTheSame()
{
    const QTemporaryDir dir;
    test::ManualClock clock;
    const Process process(dir.path(), clock);
    process.look({concernOf(u"a"_s, Severity::Warning)});
    QCOMPARE(process.tell(), 1);
    clock.advance(1h);
    process.look({concernOf(u"a"_s, Severity::Critical)});
    QCOMPARE(process.tell(), 1);
    const QStringList rows = process.rows();
    QCOMPARE(rows.size(), 4);
    const std::vector<LedgerEvent> events = process.ledger->read(0, 100, u"alert."_s).value();
    for (const LedgerEvent& event : events)
        QVERIFY(process.store->write([&event](Database& database) { return applyAlertEvent(database, event); }));
    QCOMPARE(process.rows(), rows); // applied twice
    QVERIFY(process.store->write(clearAlertDecisions).has_value());
    QCOMPARE(process.rows(), QStringList());
    QVERIFY(catchUpAlerts(*process.ledger, *process.store).has_value());
    QCOMPARE(process.rows(), rows);
}

void TellingsTest::aStoreMadeAnewTellsNothingTwice()
{
    const QTemporaryDir dir;
    test::ManualClock clock;
    {
        const Process first(dir.path(), clock);
        first.look({concernOf(u"a"_s, Severity::Warning)});
        QCOMPARE(first.tell(), 1);
    }
    for (const auto& suffix : {u""_s, u"-wal"_s, u"-shm"_s})
        QFile::remove(dir.path() + u"/samples.sqlite"_s + suffix);
    clock.advance(1h);
    const Process second(dir.path(), clock);
    second.look({concernOf(u"a"_s, Severity::Warning)});
    QCOMPARE(second.tell(), 0);
    clock.advance(1h);
    second.look({concernOf(u"a"_s, Severity::Critical)});
    QCOMPARE(shown(second.due()), QStringList{u"pay-team: worse a"_s});
}

void TellingsTest::resolvedIsTold()
{
    const QTemporaryDir dir;
    test::ManualClock clock;
    const Process process(dir.path(), clock);
    const UtcTime told = clock.now();
    process.look({concernOf(u"a"_s, Severity::Warning)});
    QCOMPARE(process.tell(), 1);
    Database database = process.reader();
    const auto first = [&] { return readAlerts(database, clock.now(), 10).value().open.front(); };
    QVERIFY(first().told.has_value());
    QCOMPARE(tellingStateWord(*first().told), u"queued"_s);
    QCOMPARE(first().notifiedAt, std::nullopt); // nobody has taken it yet
    const QString message = QString::fromUtf8(process.ledger->read(0, 10, u"notify.queued"_s).value()[0].body);
    const QString id = QJsonDocument::fromJson(message.toUtf8()).object()[u"messages"][0][u"id"].toString();
    clock.advance(1min);
    QVERIFY(Outbox(*process.ledger, *process.store)
                .settle(u"ann"_s, {.id = id, .state = NotifyState::Delivered, .httpStatus = 200, .detail = {}})
                .has_value());
    QCOMPARE(first().notifiedAt, std::optional(told + 1min));
    QVERIFY(alertsJson({first()}).contains("\"notified\":\""));

    clock.advance(10min);
    process.look({concernOf(u"a"_s, Severity::Warning)});
    clock.advance(1min);
    process.look({}); // gone, and kept for its rule's time
    QCOMPARE(process.tell(), 0);
    clock.advance(10min);
    process.look({});
    QCOMPARE(shown(process.due()), QStringList{u"pay-team: resolved a"_s});
    QCOMPARE(process.tell(), 1);
    QCOMPARE(process.tell(), 0);
    const Alert ended = readAlerts(database, clock.now(), 10).value().resolved.front();
    QCOMPARE(ended.notifiedAt, std::optional(told + 1min));
    QCOMPARE(tellingStageWord(*ended.told->stage), u"resolved"_s);
    // It comes back: that is told, and nobody has been told of it yet.
    clock.advance(1h);
    process.look({concernOf(u"a"_s, Severity::Warning)});
    QCOMPARE(first().notifiedAt, std::nullopt);
    QVERIFY(!first().told.has_value());
    QCOMPARE(shown(process.due()), QStringList{u"pay-team: opened a"_s});
}

void TellingsTest::silencedAtItsEndIsNotTold()
{
    const QTemporaryDir dir;
    test::ManualClock clock;
    const Process process(dir.path(), clock);
    process.look({concernOf(u"a"_s, Severity::Warning)});
    QCOMPARE(process.tell(), 1);
    clock.advance(10min);
    QVERIFY(process.ledger
                ->append({silenceDraft(u"ann"_s, {.alert = {},
                                                  .rule = {},
                                                  .team = u"pay-team"_s,
                                                  .connection = {},
                                                  .until = clock.now() + 1h,
                                                  .reason = u"move"_s})})
                .has_value());
    QVERIFY(catchUpAlerts(*process.ledger, *process.store).has_value());
    clock.advance(10min);
    process.look({});
    QVERIFY(process.due().empty());
    clock.advance(2h); // the silence is over, and what ended in it stays untold
    process.look({});
    QVERIFY(process.due().empty());
}

QTEST_GUILESS_MAIN(TellingsTest)
#include "tst_tellings.moc"
