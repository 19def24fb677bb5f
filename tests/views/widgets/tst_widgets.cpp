// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/asyncload.h"
#include "views/widgets/commandline.h"
#include "views/widgets/commandpalette.h"
#include "views/widgets/filterfield.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/prompter.h"
#include "views/widgets/statebadge.h"
#include "views/widgets/statepane.h"
#include "views/widgets/timetext.h"

#include <QClipboard>
#include <QDialog>
#include <QGuiApplication>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSemaphore>
#include <QSet>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>
#include <QToolButton>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

class WidgetsTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QStandardPaths::setTestModeEnabled(true); }
    void cleanup() { waitForLoads(); }
    void aLabelNeverReadsMarkup();
    void aLongWordWrapsAndIsCopiedWhole();
    void theFourStatesAreFourDifferentThings();
    void aFailureLeavesWhatWasRead();
    void everyToneHasAShapeAndAWord();
    void aNewQuestionDropsTheOldAnswer();
    void theSameQuestionAgainKeepsTheAnswerUnderWay();
    void anAnswerNeverReachesADeadOwner();
    void termsOfAQuery_data();
    void termsOfAQuery();
    void theFilterTakesChipsAndGivesThemBack();
    void aChipIsEditedWhereItStands();
    void aFaultyFilterSaysWhereAndChangesNothing();
    void anOrKeepsItsSides_data();
    void anOrKeepsItsSides();
    void manyChipsGoOnInTheNextLine();
    void whatCannotBeSeenIsSpelledOut();
    void theFilterOffersWords();
    void anAddedTermStandsBesideTheOthers();
    void productionWantsTheNameAndAReason();
    void theSafeChoiceIsTheDefault();
    void enterInAFieldGoesOn();
    void thePaletteFindsByInitials();
    void thePaletteRunsWhatWasChosen();
    void sharesNeverFlatter_data();
    void sharesNeverFlatter();
    void timesAreRelativeAndAbsolute();
};

void WidgetsTest::aLabelNeverReadsMarkup()
{
    PlainTextLabel label(u"<img src=/etc/passwd><b>x</b>\u202E"_s);
    QCOMPARE(label.textFormat(), Qt::PlainText);
    QCOMPARE(label.text(), u"<img src=/etc/passwd><b>x</b>\\u{202E}"_s);
    label.setElided(true);
    label.resize(60, 20);
    label.show();
    QVERIFY(label.text().contains(u'…'));
    QCOMPARE(label.fullText(), u"<img src=/etc/passwd><b>x</b>\\u{202E}"_s);
}

void WidgetsTest::aLongWordWrapsAndIsCopiedWhole()
{
    const QString name = u"org.springframework.kafka.listener.ListenerExecutionFailedException"_s;
    PlainTextLabel label(name);
    label.setWordWrap(true);
    label.setSelectable(true);
    const int line = label.fontMetrics().height();
    QVERIFY(label.heightForWidth(2'000) < 2 * line);
    QVERIFY(label.heightForWidth(200) >= 2 * line);
    QCOMPARE(label.heightForWidth(200), label.heightForWidth(200));
    QCOMPARE(label.text(), name);
    label.resize(200, 100);
    label.show();
    label.setSelection(0, static_cast<int>(label.QLabel::text().size()));
    QTest::keyClick(&label, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), name);
    label.setText(u"short"_s);
    QVERIFY(label.heightForWidth(200) < 2 * line); // what was kept was of another text
    QFont large = label.font();
    large.setPixelSize(40);
    label.setFont(large);
    QVERIFY(label.heightForWidth(200) >= 40);
}

void WidgetsTest::theFourStatesAreFourDifferentThings()
{
    auto* content = new QWidget;
    StatePane pane(content);
    pane.show();
    QStringList seen;
    pane.showLoading(u"Reading the groups"_s);
    seen << pane.stateText();
    bool asked = false;
    pane.showEmpty(u"No dead letters"_s, u"Nothing failed since the first sample."_s,
                   {u"Show all time"_s, [&asked] { asked = true; }});
    QCOMPARE(pane.state(), StatePane::State::Empty);
    seen << pane.stateText();
    pane.findChild<QPushButton*>(u"stateNextStep"_s)->click();
    QVERIFY(asked);
    pane.showFailure(u"The store could not be read"_s, {ErrorCode::Unreachable, u"samples.sqlite is locked"_s});
    QCOMPARE(pane.state(), StatePane::State::Failed);
    QVERIFY(pane.stateText().contains(u"samples.sqlite is locked"_s));
    seen << pane.stateText();
    pane.showContent();
    QVERIFY(content->isVisible());
    QCOMPARE(pane.stateText(), QString());
    pane.setStale(u"Last sample 4 min ago"_s);
    QVERIFY(pane.isStale());
    QVERIFY(content->isVisible());
    seen << pane.stateText();
    QCOMPARE(QSet<QString>(seen.begin(), seen.end()).size(), 4);
    for (const QString& text : std::as_const(seen))
        QVERIFY(!text.isEmpty());
}

void WidgetsTest::aFailureLeavesWhatWasRead()
{
    auto* content = new QWidget;
    StatePane pane(content);
    pane.show();
    pane.showContent();
    pane.showFailure(u"Not refreshed"_s, {ErrorCode::TimedOut, {}});
    QVERIFY(content->isVisible());
    QVERIFY(pane.stateText().contains(u"stays below"_s));
}

void WidgetsTest::everyToneHasAShapeAndAWord()
{
    QSet<QChar> shapes;
    for (const Tone tone : {Tone::Ok, Tone::Warning, Tone::Critical, Tone::Unknown}) {
        shapes << toneGlyph(tone);
        QVERIFY(!toneWord(tone).isEmpty());
    }
    QCOMPARE(shapes.size(), 4);
}

void WidgetsTest::aNewQuestionDropsTheOldAnswer()
{
    QSemaphore go;
    QList<int> answers;
    AsyncLoad<int> load([&answers](Result<int> answer) { answers << answer.value(); });
    bool wasAskedToStop = false;
    load.ask([&](std::stop_token stop) -> Result<int> {
        go.acquire();
        wasAskedToStop = stop.stop_requested();
        return 1;
    });
    load.ask([](std::stop_token) -> Result<int> { return 2; });
    load.ask([](std::stop_token) -> Result<int> { return 3; });
    go.release();
    QTRY_COMPARE(answers, QList<int>{3});
    QVERIFY(wasAskedToStop);
    QTRY_VERIFY(!load.isRunning());
    QCOMPARE(answers, QList<int>{3});
}

void WidgetsTest::theSameQuestionAgainKeepsTheAnswerUnderWay()
{
    QSemaphore go;
    QList<int> answers;
    AsyncLoad<int> load([&answers](Result<int> answer) { answers << answer.value(); });
    load.ask([&](std::stop_token) -> Result<int> {
        go.acquire();
        return 1;
    });
    load.refresh([](std::stop_token) -> Result<int> { return 2; });
    go.release();
    QTRY_COMPARE(answers, (QList<int>{1, 2}));
}

void WidgetsTest::anAnswerNeverReachesADeadOwner()
{
    QSemaphore go;
    bool reached = false;
    {
        AsyncLoad<int> load([&reached](Result<int>) { reached = true; });
        load.ask([&](std::stop_token) -> Result<int> {
            go.acquire();
            return 1;
        });
    }
    go.release();
    waitForLoads();
    QCoreApplication::processEvents();
    QVERIFY(!reached);
}

void WidgetsTest::termsOfAQuery_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QStringList>("terms");
    QTest::newRow("a space is AND, so its sides stand alone")
        << u"team:a  kind:schema"_s << QStringList{u"team:a"_s, u"kind:schema"_s};
    QTest::newRow("quotes hold spaces") << u"error~\"time out\" \"gift \\\" wrap\""_s
                                        << QStringList{u"error~\"time out\""_s, u"\"gift \\\" wrap\""_s};
    QTest::newRow("parentheses hold together") << u"(a OR b) c"_s << QStringList{u"(a OR b)"_s, u"c"_s};
    QTest::newRow("OR binds its sides") << u"a OR b"_s << QStringList{u"a OR b"_s};
    QTest::newRow("a bracket does as a space") << u"a OR(b c)"_s << QStringList{u"a OR(b c)"_s};
    QTest::newRow("a NOT before brackets") << u"x NOT(b c)"_s << QStringList{u"x NOT(b c)"_s};
    QTest::newRow("an expression's brackets") << u"error~(a|b)? key:c"_s << QStringList{u"error~(a|b)?"_s, u"key:c"_s};
    QTest::newRow("what is not closed") << u"a \"b c"_s << QStringList{u"a"_s, u"\"b c"_s};
    QTest::newRow("nothing is no term") << u"  "_s << QStringList{};
}

void WidgetsTest::termsOfAQuery()
{
    QFETCH(QString, query);
    QFETCH(QStringList, terms);
    QCOMPARE(queryTerms(query), terms);
}

void WidgetsTest::theFilterTakesChipsAndGivesThemBack()
{
    FilterField field;
    field.show();
    QSignalSpy changed(&field, &FilterField::queryChanged);
    auto* edit = field.findChild<QLineEdit*>(u"filterEdit"_s);
    QTest::keyClicks(edit, u"team:payment kind:schema"_s);
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(field.chips().size(), 2);
    QCOMPARE(changed.last().at(0).toString(), u"team:payment kind:schema"_s);
    QTest::keyClick(edit, Qt::Key_Backspace);
    QCOMPARE(edit->text(), u"kind:schema"_s);
    QCOMPARE(field.query(), u"team:payment"_s);
    QList<QPushButton*> chips;
    for (QPushButton* chip : field.findChildren<QPushButton*>(u"chip"_s)) {
        if (!chip->parentWidget()->isHidden())
            chips << chip;
    }
    QCOMPARE(chips.size(), 1);
    chips.first()->parentWidget()->findChild<QToolButton*>(u"chipRemove"_s)->click();
    QCOMPARE(field.query(), QString());
}

void WidgetsTest::aChipIsEditedWhereItStands()
{
    FilterField field;
    field.setCheck([](const QString& query) -> std::optional<FilterFault> {
        const auto at = static_cast<int>(query.indexOf(u"bad"_s));
        return at < 0 ? std::nullopt : std::optional(FilterFault{at + 1, u"no such field"_s});
    });
    field.show();
    field.setQuery(u"team:a kind:schema state:open"_s);
    QSignalSpy changed(&field, &FilterField::queryChanged);
    const auto edit = [&](qsizetype number) {
        QList<QPushButton*> chips;
        for (QPushButton* chip : field.findChildren<QPushButton*>(u"chip"_s)) {
            if (!chip->parentWidget()->isHidden())
                chips << chip;
        }
        chips.at(number)->click();
        QLineEdit* line = nullptr;
        for (QLineEdit* each : field.findChildren<QLineEdit*>(u"chipEdit"_s)) {
            if (!each->isHidden())
                line = each;
        }
        return line;
    };
    QLineEdit* line = edit(1);
    QCOMPARE(line->text(), u"kind:schema"_s);
    QCOMPARE(field.query(), u"team:a kind:schema state:open"_s); // in force until it is taken
    line->setText(u"bad:x"_s);
    QTest::keyClick(line, Qt::Key_Return);
    QVERIFY(field.faultText().contains(u"Column 1:"_s)); // of what is seen in the line
    QCOMPARE(changed.size(), 0);
    line->setText(u"kind:business key:4711"_s);
    QTest::keyClick(line, Qt::Key_Return);
    QCOMPARE(field.chips(), (QStringList{u"team:a"_s, u"kind:business"_s, u"key:4711"_s, u"state:open"_s}));
    QCOMPARE(changed.size(), 1);
    line = edit(0);
    line->setText(u"other"_s);
    QTest::keyClick(line, Qt::Key_Escape);
    QCOMPARE(field.chips().first(), u"team:a"_s);
    QCOMPARE(changed.size(), 1);
    line = edit(3);
    line->clear();
    QTest::keyClick(line, Qt::Key_Return); // emptied it goes
    QCOMPARE(field.query(), u"team:a kind:business key:4711"_s);
}

void WidgetsTest::theFilterOffersWords()
{
    FilterField field;
    field.show();
    field.setComplete([](const QString& typed, qsizetype cursor) {
        const qsizetype start = typed.lastIndexOf(u' ', cursor - 1) + 1;
        const QString term = typed.sliced(start, cursor - start);
        if (term == u"te"_s)
            return FilterCompletion{start, {u"team:"_s, u"teams:"_s}};
        if (term == u"team:"_s)
            return FilterCompletion{start, {u"team:a\u202Eb"_s, u"team:b"_s}};
        return FilterCompletion{start, {}};
    });
    QSignalSpy changed(&field, &FilterField::queryChanged);
    auto* edit = field.findChild<QLineEdit*>(u"filterEdit"_s);
    auto* words = field.findChild<QListWidget*>(u"completions"_s);
    QVERIFY(words && words->isHidden());
    QTest::keyClicks(edit, u"kind:x te"_s);
    QVERIFY(!words->isHidden());
    QCOMPARE(words->count(), 2);
    QTest::keyClick(edit, Qt::Key_Escape); // the list goes, the text stays
    QVERIFY(words->isHidden());
    QCOMPARE(edit->text(), u"kind:x te"_s);
    QTest::keyClick(edit, Qt::Key_Backspace);
    QTest::keyClicks(edit, u"e"_s);
    QTest::keyClick(edit, Qt::Key_Tab); // the first one, and what may follow it
    QCOMPARE(edit->text(), u"kind:x team:"_s);
    QVERIFY(!words->isHidden());
    QVERIFY(!words->item(0)->text().contains(QChar(0x202E))); // strangers' text is shown plainly
    QTest::keyClick(edit, Qt::Key_Down);
    QTest::keyClick(edit, Qt::Key_Down);
    QTest::keyClick(edit, Qt::Key_Return); // takes the word, does not apply the filter yet
    QCOMPARE(edit->text(), u"kind:x team:b"_s);
    QCOMPARE(changed.size(), 0);
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(field.query(), u"kind:x team:b"_s);
}

void WidgetsTest::anAddedTermStandsBesideTheOthers()
{
    FilterField field;
    field.setQuery(u"a OR b"_s);
    QSignalSpy changed(&field, &FilterField::queryChanged);
    field.addTerm(u"-state:archived"_s);
    QCOMPARE(field.query(), u"(a OR b) -state:archived"_s);
    field.addTerm(u"-state:archived"_s);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(field.chips(), (QStringList{u"(a OR b)"_s, u"-state:archived"_s}));
}

void WidgetsTest::manyChipsGoOnInTheNextLine()
{
    FilterField field;
    field.setCheck([](const QString& query) -> std::optional<FilterFault> {
        return query.contains(u"bad"_s) ? std::optional(FilterFault{1, u"no such field; "_s.repeated(40)})
                                        : std::nullopt;
    });
    const int one = field.minimumSizeHint().width();
    for (int i = 0; i < 12; ++i)
        field.addTerm(u"payload.order.field%1:value"_s.arg(i));
    field.resize(640, field.heightForWidth(640));
    field.show();
    QVERIFY(QTest::qWaitForWindowExposed(&field));
    QVERIFY2(field.minimumSizeHint().width() < 400, qPrintable(QString::number(field.minimumSizeHint().width())));
    QVERIFY(field.minimumSizeHint().width() >= one);
    const QList<QPushButton*> chips = field.findChildren<QPushButton*>(u"chip"_s);
    QCOMPARE(chips.size(), 12);
    QSet<int> lines;
    for (const QPushButton* chip : chips) {
        const QRect place(chip->mapTo(&field, QPoint()), chip->size());
        QVERIFY(field.rect().contains(place));
        lines.insert(place.top());
    }
    QVERIFY(lines.size() >= 3);
    const auto* edit = field.findChild<QLineEdit*>(u"filterEdit"_s);
    QVERIFY(edit->width() >= 200);
    QVERIFY(field.rect().contains(edit->geometry()));
    // A fault is a sentence of any length.
    field.addTerm(u"bad:1"_s);
    QVERIFY(!field.faultText().isEmpty());
    QVERIFY(field.minimumSizeHint().width() < 400);
}

void WidgetsTest::whatCannotBeSeenIsSpelledOut()
{
    FilterField field;
    field.show();
    const QString term = u"key:\"ab\u202Etxt\nz\""_s;
    field.addTerm(term);
    auto* chip = field.findChild<QPushButton*>(u"chip"_s);
    QVERIFY2(chip->text().contains(u"\\u{202E}"_s) && !chip->text().contains(u'\n'), qPrintable(chip->text()));
    QCOMPARE(field.query(), term);
    // It cannot be typed, so it is not brought back as text either.
    chip->click();
    QVERIFY(!field.findChild<QLineEdit*>(u"chipEdit"_s));
    auto* edit = field.findChild<QLineEdit*>(u"filterEdit"_s);
    QTest::keyClick(edit, Qt::Key_Backspace);
    QCOMPARE(field.query(), QString());
    QCOMPARE(edit->text(), QString());
}

void WidgetsTest::aFaultyFilterSaysWhereAndChangesNothing()
{
    FilterField field;
    field.show();
    field.setCheck([](const QString& query) -> std::optional<FilterFault> {
        if (const qsizetype at = query.indexOf(u"bad"_s); at >= 0)
            return FilterFault{static_cast<int>(at) + 1, u"no such field"_s};
        return std::nullopt;
    });
    field.setQuery(u"team:a"_s);
    auto* edit = field.findChild<QLineEdit*>(u"filterEdit"_s);
    QTest::keyClicks(edit, u"x bad:1"_s);
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(field.query(), u"team:a"_s);
    QVERIFY(field.faultText().contains(u"Column 3:"_s)); // of what is typed, not of the chips before it
    QVERIFY(field.faultText().contains(u"no such field"_s));
    QCOMPARE(edit->cursorPosition(), 2);
    QTest::keyClick(edit, Qt::Key_Escape);
    QCOMPARE(field.faultText(), QString());
    // A character beyond the basic plane is one column and two places.
    field.setCheck([](const QString& query) -> std::optional<FilterFault> {
        const qsizetype at = query.indexOf(u"bad"_s);
        return at < 0 ? std::nullopt
                      : std::optional(FilterFault{static_cast<int>(query.first(at).toUcs4().size()) + 1, u"no"_s});
    });
    edit->setText(u" \U0001F4E6 bad:1"_s);
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(field.faultText(), u"Column 4: no"_s);
    QCOMPARE(edit->cursorPosition(), 4);
}

void WidgetsTest::anOrKeepsItsSides_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("query"); // with team:a before it
    QTest::newRow("an OR") << u"a OR b"_s << u"team:a (a OR b)"_s;
    QTest::newRow("in brackets already") << u"(a OR b)"_s << u"team:a (a OR b)"_s;
    QTest::newRow("brackets on both sides of it") << u"(a) OR (b)"_s << u"team:a ((a) OR (b))"_s;
    QTest::newRow("brackets for a space") << u"key:x OR(key:y)"_s << u"team:a (key:x OR(key:y))"_s;
    QTest::newRow("no space at all") << u"(a)OR(b)"_s << u"team:a ((a)OR(b))"_s;
    QTest::newRow("in quotes it is none") << u"\"a OR b\""_s << u"team:a \"a OR b\""_s;
    QTest::newRow("of a negation") << u"-(a OR b)"_s << u"team:a -(a OR b)"_s;
    QTest::newRow("no OR") << u"(a b) c"_s << u"team:a (a b) c"_s;
}

void WidgetsTest::anOrKeepsItsSides()
{
    QFETCH(QString, typed);
    FilterField field;
    field.show();
    field.setQuery(u"team:a"_s);
    auto* edit = field.findChild<QLineEdit*>(u"filterEdit"_s);
    edit->setText(typed);
    QTest::keyClick(edit, Qt::Key_Return);
    QTEST(field.query(), "query");
}

void WidgetsTest::productionWantsTheNameAndAReason()
{
    QWidget parent;
    parent.show();
    DialogPrompter prompter;
    ConfirmAnswer given;
    prompter.confirm(&parent,
                     {.title = u"Replay 3 messages?"_s,
                      .consequence = u"They are sent again."_s,
                      .facts = {{u"Target"_s, u"order-events"_s}},
                      .typeToConfirm = u"order-events"_s,
                      .asksReason = true,
                      .actionText = u"Replay 3 messages"_s,
                      .commandLine = {}},
                     [&given](ConfirmAnswer answer) { given = std::move(answer); });
    auto* dialog = parent.findChild<QDialog*>(u"confirmDialog"_s);
    QVERIFY(dialog);
    auto* accept = dialog->findChild<QPushButton*>(u"confirmAccept"_s);
    QVERIFY(!accept->isEnabled());
    QTest::keyClicks(dialog->findChild<QLineEdit*>(u"confirmName"_s), u"order-events"_s);
    QVERIFY(!accept->isEnabled());
    QTest::keyClicks(dialog->findChild<QLineEdit*>(u"confirmReason"_s), u"schema fixed"_s);
    QVERIFY(accept->isEnabled());
    accept->click();
    QVERIFY(given.isAccepted);
    QCOMPARE(given.reason, u"schema fixed"_s);
}

void WidgetsTest::theSafeChoiceIsTheDefault()
{
    QWidget parent;
    parent.show();
    DialogPrompter prompter;
    std::optional<ConfirmAnswer> given;
    prompter.confirm(&parent,
                     {.title = u"Cancel the job?"_s,
                      .consequence = {},
                      .facts = {},
                      .typeToConfirm = {},
                      .asksReason = false,
                      .actionText = u"Cancel the job"_s,
                      .commandLine = {}},
                     [&given](ConfirmAnswer answer) { given = std::move(answer); });
    auto* dialog = parent.findChild<QDialog*>(u"confirmDialog"_s);
    QTest::keyClick(dialog, Qt::Key_Return);
    QVERIFY(given && !given->isAccepted);
}

void WidgetsTest::enterInAFieldGoesOn()
{
    QWidget parent;
    parent.show();
    DialogPrompter prompter;
    std::optional<ConfirmAnswer> given;
    prompter.confirm(&parent,
                     {.title = u"Split them off?"_s,
                      .consequence = {},
                      .facts = {},
                      .typeToConfirm = {},
                      .asksText = u"Title"_s,
                      .asksReason = true,
                      .actionText = u"Split them off"_s,
                      .commandLine = {}},
                     [&given](ConfirmAnswer answer) { given = std::move(answer); });
    auto* dialog = parent.findChild<QDialog*>(u"confirmDialog"_s);
    auto* text = dialog->findChild<QLineEdit*>(u"confirmText"_s);
    auto* reason = dialog->findChild<QLineEdit*>(u"confirmReason"_s);
    auto* accept = dialog->findChild<QPushButton*>(u"confirmAccept"_s);
    QTest::keyClicks(text, u"Gateway"_s);
    QTest::keyClick(text, Qt::Key_Return);
    QCOMPARE(dialog->focusWidget(), reason);
    QTest::keyClick(reason, Qt::Key_Return); // nothing is written: it stays
    QCOMPARE(dialog->focusWidget(), reason);
    QTest::keyClicks(reason, u"one cause"_s);
    QTest::keyClick(reason, Qt::Key_Enter);
    QCOMPARE(dialog->focusWidget(), accept);
    QVERIFY(!given); // nothing was taken back, and nothing was done
    QTest::keyClick(accept, Qt::Key_Return);
    QVERIFY(given && given->isAccepted);
    QCOMPARE(given->text, u"Gateway"_s);
    QCOMPARE(given->reason, u"one cause"_s);
}

void WidgetsTest::thePaletteFindsByInitials()
{
    QVERIFY(paletteScore(u"gdl", u"Go to dead letters"));
    QVERIFY(!paletteScore(u"xyz", u"Go to dead letters"));
    QVERIFY(*paletteScore(u"lag", u"Lag") > *paletteScore(u"lag", u"Replay all again"));
}

void WidgetsTest::thePaletteRunsWhatWasChosen()
{
    QWidget window;
    window.resize(800, 600);
    CommandPalette palette(&window);
    window.show();
    QAction lag(u"Go to lag"_s);
    QAction cost(u"Go to cost"_s);
    QSignalSpy ran(&cost, &QAction::triggered);
    palette.open({&lag, &cost});
    auto* edit = palette.findChild<QLineEdit*>(u"paletteEdit"_s);
    QTest::keyClicks(edit, u"cos"_s);
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(ran.size(), 1);
    QVERIFY(palette.isHidden());
}

void WidgetsTest::sharesNeverFlatter_data()
{
    QTest::addColumn<std::optional<double>>("share");
    QTest::addColumn<QString>("text");
    QTest::newRow("unknown is a dash") << std::optional<double>() << u"–"_s;
    QTest::newRow("nearly all is not all") << std::optional<double>(0.9999999) << u"99.999 %"_s;
    QTest::newRow("all is all") << std::optional<double>(1.0) << u"100 %"_s;
    QTest::newRow("nearly none is not none") << std::optional<double>(0.0000001) << u"< 0.001 %"_s;
    QTest::newRow("just under the promise stays under it") << std::optional<double>(0.98999) << u"98.99 %"_s;
}

void WidgetsTest::sharesNeverFlatter()
{
    QFETCH(std::optional<double>, share);
    QFETCH(QString, text);
    QCOMPARE(shareText(share), text);
}

void WidgetsTest::timesAreRelativeAndAbsolute()
{
    const UtcTime now = utcFromMs(1'790'000'000'000);
    const TimeText text(QTimeZone("Europe/Berlin"));
    QCOMPARE(text.relative(now - Millis{190'000}, now), u"3\u00A0min ago"_s);
    QVERIFY(text.both(now - Millis{190'000}, now).contains(u"CEST"_s));
    QVERIFY(TimeText().absolute(now).endsWith(u"UTC"_s));
    QCOMPARE(TimeText().brief(now - Millis{86'400'000 * 3}, now).size(), 16);
}

QTEST_MAIN(WidgetsTest)
#include "tst_widgets.moc"
