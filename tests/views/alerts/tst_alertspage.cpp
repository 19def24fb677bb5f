// SPDX-License-Identifier: GPL-3.0-or-later
// The screen Alerts through its widgets: its states, what is said of each alert, and decisions by button and key.
#include "tests/views/screenstage.h"
#include "tests/views/scriptedprompter.h"
#include "views/alerts/alertrow.h"
#include "views/alerts/alertspage.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/statebadge.h"

#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <mutex>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;
using namespace std::chrono_literals;

namespace {

Alert alert(const QString& id, AlertState state, const QString& summary, UtcTime now)
{
    Alert made{.state = state};
    made.incident.id = id;
    made.incident.openedAt = now - 3h;
    made.incident.gradedAt = now - 3h;
    made.incident.seenAt = now;
    made.incident.firedAt = now - 2h;
    Concern& concern = made.incident.concern;
    concern.rule = ConcernRule::GroupStopped;
    concern.severity = Severity::Warning;
    concern.summary = summary;
    concern.evidence = u"lag 12"_s;
    concern.team = u"payment-team"_s;
    concern.oncall = u"payment-oncall"_s;
    concern.action = {.screen = ConcernScreen::Lag,
                      .filter = u"payments"_s,
                      .label = u"Show lag"_s,
                      .command = u"spillwayctl lag --group payments"_s};
    return made;
}

/// Answers from memory, and remembers what was decided.
class FakeAlerts final : public AlertSource
{
public:
    AlertList list;
    std::optional<Error> down;
    std::vector<AlertAck> acks; // read when nothing runs
    std::vector<AlertSilence> silences;
    std::vector<std::pair<std::int64_t, QString>> undone;

    Result<AlertList> alerts(std::stop_token) override
    {
        const std::lock_guard lock(m_mutex);
        if (down)
            return tl::unexpected<Error>(*down);
        return list;
    }
    Result<AlertDecision> acknowledge(const AlertAck& ack, std::stop_token) override
    {
        const std::lock_guard lock(m_mutex);
        acks.push_back(ack);
        return AlertDecision{.seq = 12, .reason = ack.reason};
    }
    Result<AlertDecision> silence(const AlertSilence& silence, std::stop_token) override
    {
        const std::lock_guard lock(m_mutex);
        silences.push_back(silence);
        return AlertDecision{.seq = 13, .reason = silence.reason};
    }
    Result<AlertDecision> undo(std::int64_t seq, const QString& reason, std::stop_token) override
    {
        const std::lock_guard lock(m_mutex);
        undone.emplace_back(seq, reason);
        return AlertDecision{.seq = seq, .reason = reason, .undoneSeq = 14};
    }

private:
    std::mutex m_mutex; // guards: all of it
};

} // namespace

class AlertsPageTest final : public QObject, protected test::ScreenStage<test::ScriptedPrompter>
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { claimSettings(u"tst_alertspage"_s); }
    void init();
    void cleanup() { strike(); }
    void everyStateIsSaidInWords();
    void nothingNeedsAnybody();
    void nothingWasSampled();
    void aFailureSaysWhy();
    void acknowledgedByKey();
    void silencedForAWhile();
    void aLengthThatIsNoneIsSaid();
    void takenBack();
    void whatEndedHasNoButtons();
    void theStepLeadsOn();
    void theStepRescues();
    void whetherItsTeamWasTold();
    void theReadersPlaceMovesWithItsAlert();
    void strangersTextIsPlain();

private:
    void show()
    {
        m_page->refresh();
        QTRY_VERIFY(m_page->isSettled());
    }
    [[nodiscard]] QList<AlertRow*> rows() const { return m_page->findChildren<AlertRow*>(u"alert"_s); }
    [[nodiscard]] static QPushButton* button(const AlertRow* row, const char* name)
    {
        return row->findChild<QPushButton*>(QString::fromLatin1(name));
    }
    [[nodiscard]] static QString stateOf(const AlertRow* row)
    {
        return row->findChild<PlainTextLabel*>(u"alertState"_s)->fullText();
    }

    FakeAlerts m_alerts;
    AlertsPage* m_page = nullptr;
};

void AlertsPageTest::init()
{
    set();
    const UtcTime now = m_clock.now();
    m_alerts.down.reset();
    m_alerts.acks.clear();
    m_alerts.silences.clear();
    m_alerts.undone.clear();
    Alert down = alert(u"a000000000001"_s, AlertState::Firing, u"orders cannot be reached"_s, now);
    down.incident.concern.severity = Severity::Critical;
    down.incident.concern.action.screen = ConcernScreen::Connections;
    Alert acked = alert(u"a000000000002"_s, AlertState::Acknowledged, u"billing has stopped"_s, now);
    acked.decision = AlertDecision{.seq = 7, .actor = u"ann"_s, .reason = u"the network team is on it"_s};
    Alert silenced = alert(u"a000000000003"_s, AlertState::Silenced, u"shipping has stopped"_s, now);
    silenced.decision = AlertDecision{
        .seq = 8, .kind = AlertDecision::Kind::Silenced, .actor = u"bob"_s, .until = now + 1h, .reason = u"deploy"_s};
    Alert muted = alert(u"a000000000004"_s, AlertState::Muted, u"payments has stopped"_s, now);
    muted.incident.mutedBy = down.incident.id;
    Alert pending = alert(u"a000000000005"_s, AlertState::Pending, u"search is behind"_s, now);
    pending.incident.concern.rule = ConcernRule::GroupBehind;
    Alert ended = alert(u"a000000000006"_s, AlertState::Resolved, u"mail has stopped"_s, now);
    ended.incident.resolvedAt = now - 1h;
    m_alerts.list = {.open = {down, acked, silenced, muted, pending}, .resolved = {ended}, .evaluatedAt = now};
    m_page = add(new AlertsPage(context(), m_alerts));
    QVERIFY(raise());
    show();
}

void AlertsPageTest::everyStateIsSaidInWords()
{
    QCOMPARE(m_page->statePane().state(), StatePane::State::Content);
    QCOMPARE(m_page->headlineText(), u"1 alert fires; 1 is looked after, 1 is silenced, 1 is muted, 1 is pending"_s);
    QCOMPARE(rows().size(), 5);
    QVERIFY2(stateOf(rows()[0]).startsWith(u"firing since"_s), qPrintable(stateOf(rows()[0])));
    QCOMPARE(stateOf(rows()[1]), u"acknowledged by ann: the network team is on it"_s);
    QVERIFY2(stateOf(rows()[2]).startsWith(u"silenced by bob until"_s), qPrintable(stateOf(rows()[2])));
    QCOMPARE(stateOf(rows()[3]), u"muted: orders cannot be reached"_s);
    QVERIFY2(stateOf(rows()[4]).contains(u"5"_s), qPrintable(stateOf(rows()[4])));
    QCOMPARE(rows()[0]->findChild<StateBadge*>()->word(), u"critical"_s);
    QVERIFY(button(rows()[0], "alertAcknowledge")->isVisible());
    QVERIFY(!button(rows()[0], "alertUndo")->isVisible());
    QVERIFY(!button(rows()[1], "alertAcknowledge")->isVisible());
    QVERIFY(button(rows()[1], "alertUndo")->isVisible());
}

void AlertsPageTest::nothingNeedsAnybody()
{
    m_alerts.list.open.clear();
    show();
    QCOMPARE(m_page->statePane().state(), StatePane::State::Empty);
    QCOMPARE(m_page->headlineText(), u"No alert fires"_s);
}

void AlertsPageTest::nothingWasSampled()
{
    m_alerts.list = {};
    show();
    QCOMPARE(m_page->statePane().state(), StatePane::State::Empty);
    QCOMPARE(m_page->headlineText(), u"Nothing was sampled yet"_s);
}

void AlertsPageTest::aFailureSaysWhy()
{
    m_alerts.down = Error{ErrorCode::Corrupt, u"samples.sqlite is damaged"_s};
    show();
    QCOMPARE(m_page->statePane().state(), StatePane::State::Failed);
    const QString told = m_page->statePane().stateText();
    QVERIFY2(told.contains(u"samples.sqlite is damaged"_s), qPrintable(told));
    QCOMPARE(rows().size(), 5); // what was read before stays
    m_alerts.down.reset();
    show();
    QCOMPARE(m_page->statePane().state(), StatePane::State::Content);
}

void AlertsPageTest::acknowledgedByKey()
{
    rows()[0]->takeFocus();
    m_prompter->given.reason = u"mine"_s;
    QTest::keyClick(m_window.get(), Qt::Key_A);
    QTRY_COMPARE(m_alerts.acks.size(), 1U);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(m_alerts.acks[0], (AlertAck{.alert = u"a000000000001"_s, .until = std::nullopt, .reason = u"mine"_s}));
    QVERIFY(m_prompter->asked.back().asksReason);
    QCOMPARE(m_prompter->asked.back().commandLine, u"spillwayctl alerts ack a000000000001 --reason TEXT"_s);
    rows()[1]->takeFocus(); // somebody has it already
    QTest::keyClick(m_window.get(), Qt::Key_A);
    QCOMPARE(m_prompter->asked.size(), 1U);
}

void AlertsPageTest::silencedForAWhile()
{
    m_prompter->given = {.isAccepted = true, .reason = u"deploy"_s, .text = u" 2h "_s};
    QTest::mouseClick(button(rows()[0], "alertSilence"), Qt::LeftButton);
    QTRY_COMPARE(m_alerts.silences.size(), 1U);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(m_alerts.silences[0].alert, std::optional(u"a000000000001"_s));
    QCOMPARE(m_alerts.silences[0].until, m_clock.now() + 2h);
    QCOMPARE(m_alerts.silences[0].reason, u"deploy"_s);
}

void AlertsPageTest::aLengthThatIsNoneIsSaid()
{
    const QSignalSpy said(m_page, &Page::said);
    m_prompter->given = {.isAccepted = true, .reason = u"deploy"_s, .text = u"tomorrow"_s};
    QTest::mouseClick(button(rows()[0], "alertSilence"), Qt::LeftButton);
    QCOMPARE(said.size(), 1);
    QVERIFY2(said.at(0).at(0).toString().contains(u"tomorrow"_s), qPrintable(said.at(0).at(0).toString()));
    m_prompter->given.isAccepted = false;
    QTest::mouseClick(button(rows()[0], "alertSilence"), Qt::LeftButton);
    QVERIFY(m_page->isSettled());
    QCOMPARE(m_alerts.silences.size(), 0U);
}

void AlertsPageTest::takenBack()
{
    m_prompter->given.reason = u"on holiday"_s;
    QTest::mouseClick(button(rows()[1], "alertUndo"), Qt::LeftButton);
    QTRY_COMPARE(m_alerts.undone.size(), 1U);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(m_alerts.undone[0].first, std::int64_t{7});
    QCOMPARE(m_alerts.undone[0].second, u"on holiday"_s);
}

void AlertsPageTest::whatEndedHasNoButtons()
{
    m_page->findChild<QPushButton*>(u"alertsEnded"_s)->click();
    QCOMPARE(rows().size(), 1);
    QVERIFY2(stateOf(rows()[0]).startsWith(u"resolved"_s), qPrintable(stateOf(rows()[0])));
    for (const char* name : {"alertStep", "alertAcknowledge", "alertSilence", "alertUndo"})
        QVERIFY2(!button(rows()[0], name)->isVisible(), name);
    QCOMPARE(m_page->findChild<CommandLine*>()->line(), u"spillwayctl alerts --resolved"_s);
    QVERIFY(m_page->leave()); // Escape leads back
    QCOMPARE(rows().size(), 5);
    QVERIFY(!m_page->leave());
}

void AlertsPageTest::theStepLeadsOn()
{
    const QSignalSpy links(m_page, &Page::linkActivated);
    QTest::mouseClick(button(rows()[1], "alertStep"), Qt::LeftButton);
    QCOMPARE(links.size(), 1);
    QCOMPARE(links.at(0).at(0).value<PageLink>(), (PageLink{u"lag"_s, u"payments"_s}));
    const int before = m_source->collected;
    QTest::mouseClick(button(rows()[0], "alertStep"), Qt::LeftButton); // a connection is asked again
    QTRY_COMPARE(m_source->collected.load(), before + 1);
    QTRY_VERIFY(m_page->isSettled());
}

void AlertsPageTest::theStepRescues()
{
    Alert pointers = alert(u"a000000000009"_s, AlertState::Firing, u"2 letters are pointers"_s, m_clock.now());
    pointers.incident.concern.rule = ConcernRule::PayloadExpires;
    pointers.incident.concern.action = {.screen = ConcernScreen::DeadLetters,
                                        .filter = u"channel:a.DLT"_s,
                                        .label = u"Rescue 2 payloads"_s,
                                        .command = u"spillwayctl dlq rescue --query channel:a.DLT"_s,
                                        .rescues = true};
    m_alerts.list.open = {pointers};
    m_source->rescue = {.rescued = 2, .bytes = 17};
    show();
    QSignalSpy said(m_page, &Page::said);
    QSignalSpy led(m_page, &Page::linkActivated);
    QTest::mouseClick(button(rows().at(0), "alertStep"), Qt::LeftButton);
    QTRY_COMPARE(said.size(), 1);
    QCOMPARE(said.last().first().toString(), u"2 payloads rescued (17 B)"_s);
    QCOMPARE(m_source->intents().last(), u"rescue |channel:a.DLT"_s);
    QVERIFY(led.isEmpty());
}

void AlertsPageTest::whetherItsTeamWasTold()
{
    const UtcTime now = m_clock.now();
    const auto told = [&](std::optional<NotifyState> state, const QString& detail, std::optional<UtcTime> notifiedAt) {
        Alert made = alert(u"a000000000009"_s, AlertState::Firing, u"billing has stopped"_s, now);
        made.told = TellingStanding{.stage = TellingStage::Opened, .at = now - 1h, .state = state, .detail = detail};
        made.notifiedAt = notifiedAt;
        m_alerts.list.open = {made};
        show();
        const auto* label = rows().at(0)->findChild<PlainTextLabel*>(u"alertTold"_s);
        return label->isHidden() ? QString() : label->fullText();
    };
    QVERIFY(told(NotifyState::Delivered, {}, now - 1h).startsWith(u"told "_s));
    QCOMPARE(told(NotifyState::Failed, u"hub said 404"_s, std::nullopt), u"its team could not be told: hub said 404"_s);
    QVERIFY(told(NotifyState::Queued, u"hub said 503"_s, now - 1h).contains(u"hub said 503; told before"_s));
    QCOMPARE(told(std::nullopt, u"no target names it"_s, std::nullopt), u"nobody can be told: no target names it"_s);
    QVERIFY(told(NotifyState::InDoubt, {}, std::nullopt).startsWith(u"nobody knows"_s));
    m_alerts.list.open = {alert(u"a000000000009"_s, AlertState::Firing, u"billing has stopped"_s, now)};
    show();
    QVERIFY(rows().at(0)->findChild<PlainTextLabel*>(u"alertTold"_s)->isHidden());
}

void AlertsPageTest::theReadersPlaceMovesWithItsAlert()
{
    rows()[0]->takeFocus();
    QTest::keyClick(m_window.get(), Qt::Key_J);
    QVERIFY(rows()[1]->holdsFocus());
    QCOMPARE(m_page->findChild<CommandLine*>()->line(), u"spillwayctl lag --group payments"_s);
    std::swap(m_alerts.list.open[1], m_alerts.list.open[3]);
    show();
    QVERIFY(rows()[3]->holdsFocus());
    QTest::keyClick(m_window.get(), Qt::Key_K);
    QVERIFY(rows()[2]->holdsFocus());
}

void AlertsPageTest::strangersTextIsPlain()
{
    m_alerts.list.open[0].incident.concern.summary = u"<b>bold</b>\u202E"_s;
    show();
    bool isShown = false;
    for (const PlainTextLabel* label : rows()[0]->findChildren<PlainTextLabel*>())
        isShown = isShown || label->text().contains(u"<b>bold</b>\\u{202E}"_s);
    QVERIFY(isShown);
}

QTEST_MAIN(AlertsPageTest)
#include "tst_alertspage.moc"
