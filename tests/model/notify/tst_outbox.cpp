// SPDX-License-Identifier: GPL-3.0-or-later
// The outbox under every answer a target can give, and under processes that die between its steps.
#include "model/notify/dispatcher.h"
#include "model/notify/notifystore.h"
#include "tests/support/manualclock.h"

#include <QTemporaryDir>
#include <QTest>

#include <deque>
#include <thread>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = DeliveryOutcome::Kind;

/// Gives the answers it was told to, and remembers what it was asked.
class ScriptedNotifier final : public Notifier
{
public:
    std::deque<DeliveryOutcome> answers; ///< none left: Delivered
    std::vector<std::pair<QString, int>> calls;
    std::function<void(const NotifyMessage&)> before;

    [[nodiscard]] DeliveryOutcome deliver(const NotifyMessage& message, int attempt, std::stop_token) override
    {
        calls.emplace_back(message.id, attempt);
        if (before)
            before(message);
        if (answers.empty())
            return {.kind = Kind::Delivered, .httpStatus = 200};
        const DeliveryOutcome answer = answers.front();
        answers.pop_front();
        return answer;
    }
};

NotifyMessage message(const QString& id, NotifyTarget::Kind kind = NotifyTarget::Kind::Webhook,
                      const QString& target = u"hub"_s)
{
    return {.id = id,
            .occasion = u"schema order.created v2"_s,
            .target = target,
            .kind = kind,
            .team = u"payment-team"_s,
            .channel = u"#pay"_s,
            .body = R"({"x":"ä"})"};
}

/// Files, clock and outbox of one process; another one on the same folder is the next process.
struct Process
{
    explicit Process(const QString& folder, test::ManualClock& theClock)
        : clock(theClock)
        , file(folder + u"/samples.sqlite"_s)
        , store(StoreWriter::open(file, Database::Access::Writer, u":/migrations/samples"_s).value())
        , ledger(Ledger::open(folder + u"/ledger.sqlite"_s, clock).value())
        , outbox(*ledger, *store)
        , dispatcher(
              outbox, [this] { return Database::open(file, Database::Access::Reader); }, notifier, clock, u"ann"_s)
    {
        if (!outbox.catchUp())
            qFatal("the projection does not catch up");
    }
    [[nodiscard]] Notification standing(const QString& id) const
    {
        auto reader = Database::open(file, Database::Access::Reader);
        return findNotification(*reader, id).value().value();
    }
    [[nodiscard]] Dispatcher::Report deliver() { return dispatcher.deliverDue({}).value(); }

    test::ManualClock& clock;
    QString file;
    std::unique_ptr<StoreWriter> store;
    std::unique_ptr<Ledger> ledger;
    ScriptedNotifier notifier;
    Outbox outbox;
    Dispatcher dispatcher;
};

} // namespace

class TestOutbox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_clock = std::make_unique<test::ManualClock>();
    }

    void whatIsQueuedTwiceIsSentOnce()
    {
        Process process(m_dir->path(), *m_clock);
        const auto queued = process.outbox.queue(u"ann"_s, {message(u"a"_s), message(u"a"_s), message(u"b"_s)});
        QCOMPARE(queued.value().added, (QStringList{u"a"_s, u"b"_s}));
        QCOMPARE(process.deliver().delivered, 2);
        QCOMPARE(process.standing(u"a"_s).state, NotifyState::Delivered);
        QCOMPARE(process.standing(u"a"_s).message, message(u"a"_s));
        QCOMPARE(process.standing(u"a"_s).queuedBy, u"ann"_s);
        const auto again = process.outbox.queue(u"bob"_s, {message(u"a"_s)});
        QCOMPARE(again.value().added, QStringList());
        QCOMPARE(again.value().known, QStringList{u"a"_s});
        QCOMPARE(process.deliver().delivered, 0);
        QCOMPARE(process.notifier.calls.size(), std::size_t{2});
    }

    void outcomes_data()
    {
        QTest::addColumn<NotifyTarget::Kind>("target");
        QTest::addColumn<Kind>("outcome");
        QTest::addColumn<NotifyState>("state");
        const auto slack = NotifyTarget::Kind::Slack;
        const auto webhook = NotifyTarget::Kind::Webhook;
        QTest::newRow("a webhook has it") << webhook << Kind::Delivered << NotifyState::Delivered;
        QTest::newRow("a webhook refuses it") << webhook << Kind::Refused << NotifyState::Failed;
        QTest::newRow("a webhook cannot be reached") << webhook << Kind::NotSent << NotifyState::Queued;
        QTest::newRow("a webhook may have it: it can tell a second one")
            << webhook << Kind::Unknown << NotifyState::Queued;
        QTest::newRow("Slack cannot be reached") << slack << Kind::NotSent << NotifyState::Queued;
        QTest::newRow("Slack may have it: a second one would be seen twice")
            << slack << Kind::Unknown << NotifyState::InDoubt;
    }
    void outcomes()
    {
        QFETCH(NotifyTarget::Kind, target);
        QFETCH(Kind, outcome);
        QFETCH(NotifyState, state);
        Process process(m_dir->path(), *m_clock);
        QVERIFY(process.outbox.queue(u"ann"_s, {message(u"a"_s, target)}).has_value());
        process.notifier.answers = {{.kind = outcome, .httpStatus = {}, .retryAfter = {}, .detail = u"because"_s}};
        (void)process.deliver();
        const Notification standing = process.standing(u"a"_s);
        QCOMPARE(standing.state, state);
        QCOMPARE(standing.attempts, 1);
        QCOMPARE(standing.detail, u"because"_s);
        QCOMPARE(standing.nextAt.has_value(), state == NotifyState::Queued);
        QCOMPARE(standing.settledAt.has_value(), state != NotifyState::Queued);
        (void)process.deliver(); // too early for another try, or settled
        QCOMPARE(process.notifier.calls.size(), std::size_t{1});
    }

    void restsGrowAndADayIsEnough()
    {
        Process process(m_dir->path(), *m_clock);
        QVERIFY(process.outbox.queue(u"ann"_s, {message(u"a"_s)}).has_value());
        Millis last{0};
        int tries = 0;
        while (process.standing(u"a"_s).state == NotifyState::Queued) {
            process.notifier.answers = {{.kind = Kind::NotSent}};
            (void)process.deliver();
            ++tries;
            const Notification standing = process.standing(u"a"_s);
            if (!standing.nextAt)
                break;
            const Millis rest = *standing.nextAt - m_clock->now();
            QVERIFY(rest >= last || rest >= Millis{720'000}); // four fifths of the longest
            QVERIFY(rest <= Millis{900'000});
            last = rest;
            m_clock->advance(rest - Millis{1});
            (void)process.deliver();
            QCOMPARE(process.standing(u"a"_s).attempts, tries); // a millisecond too early
            m_clock->advance(Millis{1});
        }
        QCOMPARE(process.standing(u"a"_s).state, NotifyState::Failed);
        QVERIFY(process.standing(u"a"_s).detail.startsWith(u"given up after a day"_s));
        QVERIFY(tries > 90 && tries < 140);
    }

    void aTargetThatAsksForRestGetsIt()
    {
        Process process(m_dir->path(), *m_clock);
        QVERIFY(process.outbox
                    .queue(u"ann"_s,
                           {message(u"a"_s), message(u"b"_s), message(u"c"_s, NotifyTarget::Kind::Webhook, u"other"_s)})
                    .has_value());
        process.notifier.answers = {{.kind = Kind::NotSent, .httpStatus = 429, .retryAfter = Millis{30'000}}};
        const Dispatcher::Report report = process.deliver();
        QCOMPARE(report.delivered, 1); // c: b would only have been turned away
        QCOMPARE(process.notifier.calls, (std::vector<std::pair<QString, int>>{{u"a"_s, 1}, {u"c"_s, 1}}));
        QCOMPARE(report.waiting, 2);
        QCOMPARE(report.nextAt, std::optional(m_clock->now() + Millis{30'000}));
        m_clock->advance(Millis{29'999});
        QCOMPARE(process.deliver().delivered, 0);
        m_clock->advance(Millis{1});
        QCOMPARE(process.deliver().delivered, 2);
        QCOMPARE(process.standing(u"a"_s).attempts, 2);
        QCOMPARE(process.standing(u"b"_s).attempts, 1);
    }

    void aTargetThatFailsCostsOneTryAPass_data()
    {
        QTest::addColumn<Kind>("outcome");
        QTest::newRow("nobody is there") << Kind::NotSent;
        QTest::newRow("it does not answer in time") << Kind::Unknown;
    }
    void aTargetThatFailsCostsOneTryAPass()
    {
        QFETCH(Kind, outcome);
        Process process(m_dir->path(), *m_clock);
        QVERIFY(process.outbox
                    .queue(u"ann"_s, {message(u"a"_s), message(u"b"_s), message(u"c"_s),
                                      message(u"d"_s, NotifyTarget::Kind::Webhook, u"other"_s)})
                    .has_value());
        using Calls = std::vector<std::pair<QString, int>>;
        process.notifier.answers = {{.kind = outcome}};
        const Dispatcher::Report report = process.deliver();
        QCOMPARE(process.notifier.calls, (Calls{{u"a"_s, 1}, {u"d"_s, 1}}));
        QCOMPARE(report.waiting, 3);
        QCOMPARE(report.nextAt, std::optional(m_clock->now()));
        process.notifier.calls.clear();
        QCOMPARE(process.deliver().delivered, 2); // it is back, and only `a` rests
        QCOMPARE(process.notifier.calls, (Calls{{u"b"_s, 1}, {u"c"_s, 1}}));
    }

    void whoWaitsForHisTurnHeedsAStop()
    {
        Process process(m_dir->path(), *m_clock);
        QVERIFY(process.outbox.queue(u"ann"_s, {message(u"a"_s), message(u"b"_s)}).has_value());
        std::optional<Dispatcher::Report> waited;
        process.notifier.before = [&](const NotifyMessage&) {
            if (waited)
                return;
            // Ends while this try is still under way, or never.
            std::jthread other([&](std::stop_token stop) { waited = process.dispatcher.deliverDue(stop).value(); });
            other.request_stop();
            other.join();
        };
        QCOMPARE(process.deliver().delivered, 2);
        QVERIFY(waited);
        QCOMPARE(waited->delivered, 0);
        QCOMPARE(waited->waiting, 2);
    }

    void theIntentIsTrueBeforeAnythingLeaves()
    {
        Process process(m_dir->path(), *m_clock);
        QVERIFY(process.outbox.queue(u"ann"_s, {message(u"a"_s)}).has_value());
        int seen = 0;
        process.notifier.before = [&](const NotifyMessage& sent) {
            QCOMPARE(process.standing(sent.id).state, NotifyState::Sending);
            const auto events = readLedger(m_dir->filePath(u"ledger.sqlite"_s), 0, 100, u"notify."_s);
            QCOMPARE(events.value().back().type, u"notify.sending"_s);
            ++seen;
        };
        (void)process.deliver();
        QCOMPARE(seen, 1);
    }

    /// A process that dies leaves its files as they are at that instant: here, at the instant of sending.
    void theSenderDiedOnTheWay_data()
    {
        QTest::addColumn<NotifyTarget::Kind>("target");
        QTest::addColumn<NotifyState>("state");
        QTest::addColumn<int>("attempts");
        QTest::newRow("a webhook is sent it again, with the same id")
            << NotifyTarget::Kind::Webhook << NotifyState::Delivered << 2;
        QTest::newRow("for Slack a person decides") << NotifyTarget::Kind::Slack << NotifyState::InDoubt << 1;
    }
    void theSenderDiedOnTheWay()
    {
        QFETCH(NotifyTarget::Kind, target);
        QFETCH(NotifyState, state);
        QFETCH(int, attempts);
        {
            Process process(m_dir->path(), *m_clock);
            QVERIFY(process.outbox.queue(u"ann"_s, {message(u"a"_s, target)}).has_value());
            QVERIFY(process.outbox.noteSending(u"ann"_s, u"a"_s, 1).has_value());
        }
        Process next(m_dir->path(), *m_clock);
        (void)next.deliver();
        QCOMPARE(next.standing(u"a"_s).state, state);
        QCOMPARE(next.standing(u"a"_s).attempts, attempts);
        if (state != NotifyState::InDoubt)
            return;
        QVERIFY(next.notifier.calls.empty());
        QCOMPARE(next.outbox.retry(u"bob"_s, u"nope"_s).error().code, ErrorCode::NotFound);
        QVERIFY(next.outbox.retry(u"bob"_s, u"a"_s).has_value());
        (void)next.deliver();
        QCOMPARE(next.standing(u"a"_s).state, NotifyState::Delivered);
        QCOMPARE(next.outbox.retry(u"bob"_s, u"a"_s).error().code, ErrorCode::InvalidConfig);
    }

    void aProjectionIsRebuiltToTheSameRows()
    {
        std::vector<Notification> before;
        {
            Process process(m_dir->path(), *m_clock);
            QVERIFY(process.outbox
                        .queue(u"ann"_s, {message(u"a"_s), message(u"b"_s),
                                          message(u"c"_s, NotifyTarget::Kind::Slack, u"slack"_s)})
                        .has_value());
            process.notifier.answers = {{.kind = Kind::Delivered, .httpStatus = 204},
                                        {.kind = Kind::NotSent, .httpStatus = 503},
                                        {.kind = Kind::Unknown}};
            (void)process.deliver();
            QVERIFY(process.outbox.retry(u"bob"_s, u"c"_s).has_value());
            auto reader = Database::open(process.file, Database::Access::Reader);
            before = notifications(*reader, 100).value();
        }
        for (const auto& suffix : {u""_s, u"-wal"_s, u"-shm"_s})
            QFile::remove(m_dir->filePath(u"samples.sqlite"_s) + suffix);
        Process process(m_dir->path(), *m_clock);
        auto reader = Database::open(process.file, Database::Access::Reader);
        const auto after = notifications(*reader, 100).value();
        QCOMPARE(after.size(), before.size());
        for (std::size_t i = 0; i < after.size(); ++i) {
            QCOMPARE(after[i].message, before[i].message);
            QCOMPARE(after[i].state, before[i].state);
            QCOMPARE(after[i].attempts, before[i].attempts);
            QCOMPARE(after[i].nextAt, before[i].nextAt);
            QCOMPARE(after[i].queuedAt, before[i].queuedAt);
            QCOMPARE(after[i].httpStatus, before[i].httpStatus);
        }
    }

private:
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<test::ManualClock> m_clock;
};

QTEST_GUILESS_MAIN(TestOutbox)
#include "tst_outbox.moc"
