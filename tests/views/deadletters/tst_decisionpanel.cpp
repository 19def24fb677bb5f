// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/fakedatasource.h"
#include "tests/views/screenstage.h"
#include "views/deadletters/deadletterspage.h"
#include "views/deadletters/decisionpanel.h"
#include "views/deadletters/decisionwords.h"
#include "views/deadletters/grouplist.h"
#include "views/deadletters/letterwords.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/statebadge.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

/// Answers at once, and remembers what was asked.
class QuickPrompter final : public Prompter
{
public:
    void confirm(QWidget*, const ConfirmRequest& request, std::function<void(ConfirmAnswer)> answer) override
    {
        asked << request.title;
        lines << request.commandLine;
        answer({.isAccepted = isWilling, .reason = u"because"_s, .text = {}});
    }
    void chooseSaveFile(QWidget*, const QString&, const QString&, const QString&,
                        std::function<void(QString)> answer) override
    {
        answer({});
    }
    void chooseFolder(QWidget*, const QString&, std::function<void(QString)> answer) override { answer({}); }

    QStringList asked;
    QStringList lines;
    bool isWilling = true;
};

} // namespace

/// Kind, comments, tags, archiving and undo, driven by keys through the real page.
class DecisionPanelTest final : public QObject, protected test::ScreenStage<QuickPrompter>
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void theKindStandsWithItsReasonAndWhatToDo();
    void statesHaveShapesAndWords();
    void aCommentIsTypedAndKept();
    void tagsArePutOnAndTakenOff();
    void aKindNeedsItsReason();
    void archivingSaysUntilWhen();
    void archivingIsAboutWhatTheFilterShows();
    void undoSaysWhatItTakesBack();
    void theThreadIsPlainText();
    void notesStayWithinALowWindow();

private:
    template<typename T>
    T* find(const QString& name)
    {
        return m_page->findChild<T*>(name);
    }
    QString line() { return m_page->findChild<DecisionPanel*>()->findChild<CommandLine*>()->line(); }
    QStringList acts()
    {
        QStringList acts;
        const QStringList intents = m_source->intents();
        for (const QString& intent : intents) {
            if (intent.startsWith(u"act "))
                acts << intent.sliced(4);
        }
        return acts;
    }
    DeadLettersPage* m_page = nullptr;
};

void DecisionPanelTest::initTestCase()
{
    claimSettings(u"tst_decisionpanel"_s);
}

void DecisionPanelTest::init()
{
    set();
    DecisionSheet& sheet = m_source->sheet;
    sheet.kind = FailureKind::Schema;
    sheet.kindBy = u"rule"_s;
    sheet.rule = u"form by class"_s;
    sheet.kindReason = u"the record does not have the form"_s;
    sheet.suggestion = u"fix the producer"_s;
    sheet.substate = GroupSubstate::Escalating;
    sheet.comments = {
        {.seq = 3, .subject = u"g"_s, .at = m_clock.now(), .actor = u"kim"_s, .text = u"<b>psp</b> down"_s}};
    m_page = add(new DeadLettersPage(context()));
    QVERIFY(raise());
    QTRY_VERIFY(m_page->isSettled());
    QTRY_VERIFY(find<GroupList>(u"letterGroups"_s)->hasFocus());
    QTRY_VERIFY(!find<PlainTextLabel>(u"kindSentence"_s)->fullText().isEmpty());
}

void DecisionPanelTest::cleanup()
{
    strike();
}

void DecisionPanelTest::theKindStandsWithItsReasonAndWhatToDo()
{
    const QString kind = find<PlainTextLabel>(u"kindSentence"_s)->fullText();
    QVERIFY2(kind.contains(u"form by class") && kind.contains(u"does not have the form"), qPrintable(kind));
    QVERIFY(find<PlainTextLabel>(u"nextSentence"_s)->fullText().contains(u"fix the producer"));
    // A known error of another group is offered, and not taken.
    KnownErrorEntry entry;
    entry.group = u"g00000000000a"_s;
    entry.error = {.kind = FailureKind::Business, .cause = u"sold out"_s, .fix = {}, .link = {}, .safety = {}};
    m_source->sheet.resembling = {entry};
    Q_EMIT m_source->changed();
    QTRY_VERIFY(find<PlainTextLabel>(u"nextSentence"_s)->fullText().contains(u"sold out"));
    QVERIFY(acts().isEmpty());
}

void DecisionPanelTest::statesHaveShapesAndWords()
{
    const auto* badge = find<StateBadge>(u"groupSubstate"_s);
    QCOMPARE(badge->word(), u"escalating"_s);
    QCOMPARE(badge->tone(), Tone::Critical);
    QStringList words;
    for (const GroupSubstate state :
         {GroupSubstate::New, GroupSubstate::Ongoing, GroupSubstate::Escalating, GroupSubstate::Regressed,
          GroupSubstate::ArchivedForever, GroupSubstate::ArchivedUntilEscalating, GroupSubstate::ArchivedUntilDate,
          GroupSubstate::Resolved})
        words += substateMark(state).word;
    QVERIFY(!words.contains(QString()));
    QCOMPARE(words.removeDuplicates(), 0);
}

void DecisionPanelTest::aCommentIsTypedAndKept()
{
    QTest::keyClick(m_window->focusWidget(), Qt::Key_C);
    auto* field = find<QLineEdit>(u"noteComment"_s);
    QTRY_VERIFY(field->hasFocus());
    QTest::keyClicks(field, u"psp's down"_s);
    QVERIFY2(line().startsWith(u"spillwayctl dlq comment ") && line().contains(u"down"), qPrintable(line()));
    QTest::keyClick(field, Qt::Key_Return);
    QTRY_COMPARE(acts().size(), 1);
    const auto action = actionFromJson(acts().first().toUtf8());
    QVERIFY(action && std::holds_alternative<CommentAction>(*action));
    QCOMPARE(std::get<CommentAction>(*action).text, u"psp's down"_s);
    QTRY_VERIFY(field->text().isEmpty());
}

void DecisionPanelTest::tagsArePutOnAndTakenOff()
{
    QTest::keyClick(m_window->focusWidget(), Qt::Key_T, Qt::ShiftModifier);
    auto* field = find<QLineEdit>(u"noteTags"_s);
    QTRY_VERIFY(field->hasFocus());
    QTest::keyClicks(field, u"psp +vip -old"_s);
    QVERIFY2(line().endsWith(u"--add psp --add vip --remove old"), qPrintable(line()));
    QTest::keyClick(field, Qt::Key_Return);
    QTRY_COMPARE(acts().size(), 1);
    const auto action = std::get<TagAction>(*actionFromJson(acts().first().toUtf8()));
    QCOMPARE(action.add, (QStringList{u"psp"_s, u"vip"_s}));
    QCOMPARE(action.remove, QStringList{u"old"_s});
}

void DecisionPanelTest::aKindNeedsItsReason()
{
    QTest::keyClick(m_window->focusWidget(), Qt::Key_K, Qt::ShiftModifier);
    auto* kind = find<QComboBox>(u"kindChoice"_s);
    QTRY_VERIFY(kind->hasFocus());
    kind->setCurrentIndex(kind->findData(u"business"_s));
    Q_EMIT kind->activated(kind->currentIndex());
    QVERIFY(line().contains(u"--kind business"));
    find<QPushButton>(u"keepKnown"_s)->click();
    QTRY_VERIFY(find<QLineEdit>(u"knownReason"_s)->hasFocus());
    QVERIFY(acts().isEmpty());
    QTest::keyClicks(find<QLineEdit>(u"knownReason"_s), u"as in March"_s);
    QTest::keyClicks(find<QLineEdit>(u"knownCause"_s), u"sold out"_s);
    find<QPushButton>(u"keepKnown"_s)->click();
    QTRY_COMPARE(acts().size(), 1);
    const auto action = std::get<KnownErrorAction>(*actionFromJson(acts().first().toUtf8()));
    QCOMPARE(action.error->kind, FailureKind::Business);
    QCOMPARE(action.error->cause, u"sold out"_s);
    QCOMPARE(action.reason, u"as in March"_s);
    QVERIFY(isGroupId(action.group) || !action.group.isEmpty());
}

void DecisionPanelTest::archivingSaysUntilWhen()
{
    QTest::keyClick(m_window->focusWidget(), Qt::Key_A, Qt::ShiftModifier);
    auto* until = find<QComboBox>(u"archiveUntil"_s);
    QTRY_VERIFY(until->hasFocus());
    until->setCurrentIndex(2);
    Q_EMIT until->activated(2);
    QTRY_VERIFY2(line().contains(u"--until escalates"),
                 qPrintable(line())); // it names the letters, once they are counted
    QTest::keyClicks(find<QLineEdit>(u"archiveReason"_s), u"noise"_s);
    const auto what = [this] { return find<PlainTextLabel>(u"archiveWhat"_s)->fullText(); };
    QTRY_VERIFY2(what().contains(u" as of "_s), qPrintable(what()));
    const QString shown = what();
    find<QPushButton>(u"archiveNow"_s)->click();
    QTRY_COMPARE(acts().size(), 1);
    const auto action = std::get<ArchiveAction>(*actionFromJson(acts().first().toUtf8()));
    QCOMPARE(action.until, ArchiveUntil::Escalates);
    QVERIFY(!action.future);
    QCOMPARE(action.reason, u"noise"_s);
    // Just those that were there when it was opened, by name.
    QVERIFY(!action.ids.isEmpty());
    for (const QString& id : action.ids)
        QVERIFY(!isGroupId(id));
    QVERIFY2(shown.startsWith(u"Archive %1 letter"_s.arg(action.ids.size())), qPrintable(shown));
}

void DecisionPanelTest::archivingIsAboutWhatTheFilterShows()
{
    m_page->open(u"team:payment-team"_s);
    QTRY_VERIFY(m_page->isSettled());
    QTest::keyClick(m_window->focusWidget(), Qt::Key_A, Qt::ShiftModifier);
    QTRY_VERIFY(find<QComboBox>(u"archiveUntil"_s)->hasFocus());
    // The line names the letters that are frozen: a query would take in what arrives before somebody runs it.
    QTRY_VERIFY2(line().startsWith(u"spillwayctl dlq archive "_s), qPrintable(line()));
    QTest::keyClicks(find<QLineEdit>(u"archiveReason"_s), u"noise"_s);
    const QString shown = line();
    find<QPushButton>(u"archiveNow"_s)->click();
    QTRY_COMPARE(acts().size(), 1);
    const auto action = std::get<ArchiveAction>(*actionFromJson(acts().first().toUtf8()));
    QVERIFY(!action.ids.isEmpty() && !isGroupId(action.ids.first()));
    QCOMPARE(shown, u"spillwayctl dlq archive %1 --until forever --reason noise"_s.arg(action.ids.join(u' ')));
    QVERIFY(namedLetters(QStringList(201, u"id"_s)).isEmpty()); // longer lines nobody pastes
}

void DecisionPanelTest::undoSaysWhatItTakesBack()
{
    m_source->lastDecision = {.decision = u"d1"_s,
                              .seqs = {4, 5},
                              .summary = u"12 letters to archived"_s,
                              .actor = u"kim"_s,
                              .at = m_clock.now(),
                              .subjects = {},
                              .refusal = {}};
    QTest::keyClick(m_window->focusWidget(), Qt::Key_U);
    QTRY_COMPARE(acts().size(), 1);
    QVERIFY(m_prompter->asked.first().contains(u"12 letters to archived"));
    QCOMPARE(m_prompter->lines.first(), u"spillwayctl dlq undo 5"_s);
    QCOMPARE(std::get<UndoAction>(*actionFromJson(acts().first().toUtf8())).seq, 5);
    // What cannot be taken back is said, and not asked.
    m_source->lastDecision.refusal = u"a replay took up 1 letter since"_s;
    QTest::keyClick(m_window->focusWidget(), Qt::Key_U);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(m_prompter->asked.size(), 1);
    QCOMPARE(acts().size(), 1);
}

void DecisionPanelTest::theThreadIsPlainText()
{
    QTRY_VERIFY(find<QPlainTextEdit>(u"noteThread"_s)->toPlainText().contains(u"<b>psp</b> down"));
}

void DecisionPanelTest::notesStayWithinALowWindow()
{
    const QSize low(1024, 700);
    m_window->resize(low);
    QTRY_COMPARE(m_window->size(), low);
    QTest::keyClick(m_window->focusWidget(), Qt::Key_C);
    auto* comment = find<QLineEdit>(u"noteComment"_s);
    QTRY_VERIFY(comment->hasFocus());
    QCOMPARE(m_window->size(), low);
    const auto isInSight = [](const QWidget* widget) {
        return widget->visibleRegion().boundingRect() == widget->rect();
    };
    QTRY_VERIFY(isInSight(comment)); // the field that one asked for
    QVERIFY(isInSight(find<QPushButton>(u"openNotes"_s)));
}

QTEST_MAIN(DecisionPanelTest)
#include "tst_decisionpanel.moc"
