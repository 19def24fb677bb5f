// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/deadletterspage.h"

#include "model/base/text.h"
#include "model/deadletter/guesseddialects.h"
#include "model/deadletter/query.h"
#include "model/deadletter/queryhint.h"
#include "model/mask/masker.h"
#include "views/deadletters/decisionpanel.h"
#include "views/deadletters/filtermenu.h"
#include "views/deadletters/groupingactions.h"
#include "views/deadletters/grouplist.h"
#include "views/deadletters/grouppane.h"
#include "views/deadletters/kindrulessheet.h"
#include "views/deadletters/letteractionbar.h"
#include "views/deadletters/letteractions.h"
#include "views/deadletters/letterlist.h"
#include "views/deadletters/letterwords.h"
#include "views/deadletters/mappingeditor.h"
#include "views/deadletters/revealbar.h"
#include "views/deadletters/savedviewmenu.h"
#include "views/shell/workbar.h"
#include "views/widgets/filterfield.h"
#include "views/widgets/splitview.h"
#include "views/widgets/tableview.h"

#include <QEvent>
#include <QMenu>
#include <QVBoxLayout>

#include <chrono>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr std::chrono::milliseconds patience{300}; // before a letter on its way replaces the former one by a word

} // namespace

DeadLettersPage::DeadLettersPage(const ViewContext& context)
    : Page(context, u"dead-letters"_s, tr("Dead letters"), u"deadletters"_s)
    , m_groupLoad([this](Result<std::vector<DeadLetterGroup>> groups) { showGroups(std::move(groups)); })
    , m_oneLoad([this](Result<DeadLetter> letter) { showLetter(std::move(letter)); })
    , m_schemaLoad([this](Result<DecodedPayload> payload) {
        if (payload)
            m_inspector->showSchema(*payload);
    })
    , m_wordLoad([this](Result<QueryWords> words) {
        if (words) // without them the filter works all the same
            m_words = std::move(*words);
    })
    , m_revealLoad([this](Result<DeadLetter> letter) {
        if (!letter) {
            Q_EMIT said(failureSentence(letter.error()));
        } else if (letter->id == m_inspector->letterId()) {
            inspect(*letter);
            m_reveal->begin();
        }
    })
{
    m_slowLetter.setSingleShot(true);
    m_slowLetter.setInterval(patience);
    connect(&m_slowLetter, &QTimer::timeout, this, [this] {
        if (m_oneLoad.isRunning() && m_inspector->letterId() != m_askedLetter)
            m_inspector->clear(tr("Reading the message"));
    });
    buildFilter();
    auto* panes = new SplitView(u"dead-letters"_s, Qt::Horizontal, {10, 12, 13}, this);
    panes->addWidget(buildGroups());
    panes->addWidget(buildLetters());
    panes->addWidget(buildInspector());
    auto* content = new QWidget(this);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(panes, 1);
    m_decisions = new DecisionPanel(data(), context.prompter, this);
    connect(m_decisions, &DecisionPanel::said, this, &Page::said);
    connect(m_decisions, &DecisionPanel::decided, this, &DeadLettersPage::refresh);
    connect(m_decisions, &DecisionPanel::tagChosen, this,
            [this](const QString& tag) { m_filter->addTerm(queryTermText(u"tag", tag)); });
    layout->addWidget(m_decisions);
    m_work = new WorkBar(settings(), this);
    connect(m_work, &WorkBar::cancelAsked, this, &DeadLettersPage::stopWork);
    layout->addWidget(m_work);
    buildActions();
    layout->addWidget(buildActionBar());
    setContent(content, {m_filter});
    m_groups->installEventFilter(this);
    m_letters->table().installEventFilter(this);
    buildKeys();
    headline().setSentence(tr("Reading the dead letters"));
    pane().showLoading(tr("Reading the dead letters"));
}

void DeadLettersPage::buildFilter()
{
    m_filter = new FilterField(this);
    m_filter->setObjectName(u"letterFilter"_s);
    m_filter->setPlaceholder(tr("team:payment-team kind:transient age>24h   ( / to type, Enter to apply )"));
    m_filter->setCheck([](const QString& query) -> std::optional<FilterFault> {
        const auto read = readQuery(query);
        return read ? std::nullopt : std::optional(FilterFault{read.error().column, read.error().message});
    });
    connect(m_filter, &FilterField::queryChanged, this, [this] {
        m_isNewQuery = true;
        enter();
    });
    m_filter->setComplete([this](const QString& typed, qsizetype cursor) {
        const qsizetype start = termStart(typed, cursor);
        return FilterCompletion{start, queryCompletions(m_words, QStringView(typed).sliced(start, cursor - start))};
    });
    m_filter->showMenuButton(tr("Saved views"));
    auto* views = new SavedViewMenu(
        context(),
        [this] {
            SavedView view;
            view.query = m_filter->query();
            view.pivot = m_groupPane->pivot();
            m_letters->describe(view);
            return view;
        },
        this);
    connect(m_filter, &FilterField::menuRequested, views, &SavedViewMenu::ask);
    connect(views, &SavedViewMenu::said, this, &Page::said);
    connect(views, &SavedViewMenu::viewChosen, this, [this](const SavedView& view) {
        m_letters->arrange(view);
        m_groupPane->setPivot(view.pivot);
        open(view.query);
    });
}

QWidget* DeadLettersPage::buildGroups()
{
    m_groupPane = new GroupPane(context(), this);
    m_groups = &m_groupPane->list();
    connect(m_groupPane, &GroupPane::queryAsked, this, &DeadLettersPage::open);
    connect(m_groupPane, &GroupPane::said, this, &Page::said);
    connect(m_groupPane, &GroupPane::decided, this, &DeadLettersPage::refresh);
    connect(m_groups, &GroupList::currentGroupChanged, this, [this] {
        askLetters(false);
        showChoice();
    });
    connect(m_groupPane, &GroupPane::countingChanged, this, [this] {
        askLetters(true);
        showChoice();
    });
    m_groups->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_groups, &QWidget::customContextMenuRequested, this,
            [this](const QPoint& at) { showGroupMenu(m_groups->mapToGlobal(at)); });
    return m_groupPane;
}

QWidget* DeadLettersPage::buildLetters()
{
    m_letters = new LetterList(context(), this);
    connect(m_letters, &LetterList::currentChanged, this, &DeadLettersPage::askLetter);
    connect(m_letters, &LetterList::choiceChanged, this, &DeadLettersPage::showChoice);
    connect(m_letters, &LetterList::filterAsked, this, &DeadLettersPage::addFilter);
    connect(m_letters, &LetterList::said, this, &Page::said);
    return m_letters;
}

/// What can be done with letters and with all groups; the buttons and the keys only ask for it.
void DeadLettersPage::buildActions()
{
    const auto groupTitle = [this] {
        const DeadLetterGroup* group = currentGroup();
        return group ? visibleText(group->title) : QString();
    };
    m_letterActions = new LetterActions(
        context(), *m_work, [this] { return choice(); }, groupTitle, this);
    connect(m_letterActions, &LetterActions::said, this, &Page::said);
    connect(m_letterActions, &LetterActions::decided, this, &DeadLettersPage::refresh);
    connect(m_letterActions, &LetterActions::replayStarted, this, [this](const QString& job) {
        Q_EMIT linkActivated({u"replays"_s, job});
    });
    m_grouping = new GroupingActions(context(), *m_work, this);
    connect(m_grouping, &GroupingActions::said, this, &Page::said);
    connect(m_grouping, &GroupingActions::decided, this, &DeadLettersPage::refresh);
}

QWidget* DeadLettersPage::buildActionBar()
{
    m_bar = new LetterActionBar(this);
    connect(m_bar, &LetterActionBar::replayAsked, m_letterActions, &LetterActions::replay);
    connect(m_bar, &LetterActionBar::triageAsked, m_letterActions, &LetterActions::triage);
    connect(m_bar, &LetterActionBar::exportAsked, this, &DeadLettersPage::exportLetters);
    connect(m_bar, &LetterActionBar::commentAsked, m_decisions, &DecisionPanel::startComment);
    connect(m_bar, &LetterActionBar::kindAsked, m_decisions, &DecisionPanel::startKind);
    connect(m_bar, &LetterActionBar::undoAsked, m_decisions, &DecisionPanel::undo);
    connect(m_decisions, &DecisionPanel::opened, m_bar, [this](bool isOpen) { m_bar->showLine(!isOpen); });
    connect(m_bar, &LetterActionBar::moreAsked, this, &DeadLettersPage::openMoreMenu);
    return m_bar;
}

void DeadLettersPage::showGroupMenu(const QPoint& at)
{
    const DeadLetterGroup* group = m_groups->current();
    if (!group)
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto offer = [&](QStringView field, const std::optional<QString>& value) {
        if (value)
            addFilterActions(*menu, queryTermText(field, *value), [this](const QString& term) { addFilter(term); });
    };
    offer(u"team", group->team);
    offer(u"consumer", group->consumer);
    offer(u"eventType", group->eventType);
    offer(u"error", group->errorClass);
    offer(u"kind", failureKindWord(group->kind));
    offer(u"group", group->id);
    menu->popup(at);
}

/// True when there was one to be stopped.
bool DeadLettersPage::stopSearch()
{
    if (m_isNewQuery && m_groupLoad.isRunning()) {
        m_groupLoad.cancel();
        forgetAnswer();
        headline().setSentence(tr("The search was stopped"));
        pane().showEmpty(tr("Stopped"), tr("The search was stopped before it had an answer."),
                         {tr("Search again"), [this] { refresh(); }});
        return true;
    }
    return m_letters->stopSearch();
}

QWidget* DeadLettersPage::buildInspector()
{
    auto* box = new QWidget(this);
    if (data().workspace().isMasking)
        m_reveal = buildReveal(box);
    m_inspector = new Inspector(data(), context().prompter, box);
    connect(m_inspector, &Inspector::said, this, &Page::said);
    const auto readAnew = [this] {
        if (m_reveal && m_reveal->isRevealing())
            m_reveal->end(); // which asks anew
        else
            askLetterAnew();
    };
    connect(m_inspector, &Inspector::rescued, this, readAnew);
    connect(m_inspector, &Inspector::erased, this, readAnew);
    connect(m_inspector, &Inspector::filterAsked, this, [this](const QString& term) {
        if (m_reveal && m_reveal->isRevealing())
            Q_EMIT said(tr("What is revealed is not taken into the filter: it would stay when the marks are back"));
        else
            addFilter(term);
    });
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    if (m_reveal)
        layout->addWidget(m_reveal);
    layout->addWidget(m_inspector, 1);
    return box;
}

RevealBar* DeadLettersPage::buildReveal(QWidget* parent)
{
    auto* reveal = new RevealBar(context().prompter, parent);
    connect(reveal, &RevealBar::asked, this, [this](const QString& id, const QString& reason) {
        m_revealLoad.ask(
            [&source = data(), id, reason](std::stop_token stop) { return source.revealLetter(id, reason, stop); });
    });
    connect(reveal, &RevealBar::ended, this, &DeadLettersPage::askLetterAnew);
    return reveal;
}

/// Where values are masked, a filter made of one would look for the marks, and say that nothing is there.
void DeadLettersPage::addFilter(const QString& term)
{
    if (data().workspace().isMasking && term.contains(maskMarkText))
        Q_EMIT said(tr("This is masked, and a filter would look for the marks; type what you look for"));
    else
        m_filter->addTerm(term);
}

void DeadLettersPage::buildKeys()
{
    addPageAction(tr("Next"), QKeySequence(Qt::Key_J), [this] { move(1); });
    addPageAction(tr("Previous"), QKeySequence(Qt::Key_K), [this] { move(-1); });
    addPageAction(tr("Select or deselect the message or group"), QKeySequence(Qt::Key_X), [this] { toggleChosen(); });
    addPageAction(tr("Replay the selection"), QKeySequence(Qt::Key_R), [this] { m_letterActions->replay(); });
    addPageAction(tr("Assign the selection"), QKeySequence(Qt::Key_S),
                  [this] { m_letterActions->triage(TriageState::Assigned); });
    addPageAction(tr("Park the selection"), QKeySequence(Qt::Key_P),
                  [this] { m_letterActions->triage(TriageState::Parked); });
    addPageAction(tr("Archive the selection"), QKeySequence(Qt::Key_A),
                  [this] { m_letterActions->triage(TriageState::Archived); });
    addPageAction(tr("Resolve the selection"), QKeySequence(Qt::SHIFT | Qt::Key_R),
                  [this] { m_letterActions->triage(TriageState::Resolved); });
    addPageAction(tr("Map this topic's headers and payload"), QKeySequence(Qt::SHIFT | Qt::Key_H),
                  [this] { mapChannel(); });
    addPageAction(tr("Export the group"), QKeySequence(Qt::SHIFT | Qt::Key_E), [this] { exportLetters(); });
    addPageAction(tr("Archive until…"), QKeySequence(Qt::SHIFT | Qt::Key_A), [this] { m_decisions->startArchive(); });
    addPageAction(tr("Comment"), QKeySequence(Qt::Key_C), [this] { m_decisions->startComment(); });
    addPageAction(tr("Tags"), QKeySequence(Qt::SHIFT | Qt::Key_T), [this] { m_decisions->startTags(); });
    addPageAction(tr("Keep a link"), QKeySequence(Qt::SHIFT | Qt::Key_L), [this] { m_decisions->startLink(); });
    addPageAction(tr("Split the selection off as a group"), QKeySequence(Qt::SHIFT | Qt::Key_S),
                  [this] { m_letterActions->split(); });
    addPageAction(tr("More: split, group anew, known errors"), QKeySequence(Qt::SHIFT | Qt::Key_D),
                  [this] { openMoreMenu(); });
    addPageAction(tr("Decide the kind of the group"), QKeySequence(Qt::SHIFT | Qt::Key_K),
                  [this] { m_decisions->startKind(); });
    addPageAction(tr("Open or close the notes"), QKeySequence(Qt::Key_N),
                  [this] { m_decisions->setOpen(!m_decisions->isOpen()); });
    addPageAction(tr("Undo the last decision"), QKeySequence(Qt::Key_U), [this] { m_decisions->undo(); });
    addPageAction(tr("Filter"), QKeySequence(Qt::Key_Slash), [this] { m_filter->startTyping(); });
    addPageAction(tr("Go to the groups"), QKeySequence(Qt::Key_G), [this] { m_groups->setFocus(); });
    addPageAction(tr("Why these letters are one group"), QKeySequence(Qt::Key_W), [this] { m_groupPane->toggleWhy(); });
    addPageAction(tr("Rules that sort failures into kinds"), QKeySequence(Qt::SHIFT | Qt::Key_W),
                  [this] { openKindRules(); });
    addPageAction(tr("Merge the chosen groups"), QKeySequence(Qt::SHIFT | Qt::Key_M),
                  [this] { m_groupPane->askMerge(); });
    addPageAction(tr("Go to the messages"), QKeySequence(Qt::Key_M), [this] { m_letters->table().setFocus(); });
    addPageAction(tr("Payload: pretty, tree, raw, hex"), QKeySequence(Qt::Key_V), [this] { m_inspector->turnForm(); });
    addPageAction(tr("Find in the payload"), QKeySequence(Qt::Key_F), [this] { m_inspector->startFinding(); });
    addPageAction(tr("Show the headers"), QKeySequence(Qt::Key_H),
                  [this] { m_inspector->showSide(Inspector::Side::Headers); });
    addPageAction(tr("Show the error"), QKeySequence(Qt::Key_E),
                  [this] { m_inspector->showSide(Inspector::Side::Error); });
    addPageAction(tr("Show the source"), QKeySequence(Qt::Key_O),
                  [this] { m_inspector->showSide(Inspector::Side::Source); });
    addPageAction(tr("Show the timeline"), QKeySequence(Qt::Key_T),
                  [this] { m_inspector->showSide(Inspector::Side::Timeline); });
    addPageAction(tr("Compare with the origin, the last good one, or a second marked letter"), QKeySequence(Qt::Key_D),
                  [this] { compare(); });
    addPageAction(tr("Trail of this key"), QKeySequence(Qt::Key_L), [this] { followKey(); });
    addPageAction(tr("Copy the letter as …"), QKeySequence(Qt::Key_Y), [this] { m_inspector->openCopyMenu(); });
}

void DeadLettersPage::refresh()
{
    if (m_isNewQuery)
        pane().showLoading(tr("Reading the dead letters"));
    const auto work = [&source = data(), query = m_filter->query()](std::stop_token stop) {
        return source.letterGroups(query, stop);
    };
    if (m_isNewQuery) {
        m_wordLoad.ask([&source = data()](std::stop_token stop) { return source.queryWords(stop); });
        m_groupLoad.ask(work);
    } else
        m_groupLoad.refresh(work);
}

void DeadLettersPage::open(const QString& argument)
{
    m_filter->setQuery(argument);
    m_isNewQuery = true;
    refresh();
}

bool DeadLettersPage::leave()
{
    if (stopSearch())
        return true;
    if (m_work->isWorking()) {
        stopWork();
        return true;
    }
    if (!m_groups->hasFocus()) {
        m_letters->table().clearSelection();
        m_groups->setFocus();
        return true;
    }
    return false;
}

bool DeadLettersPage::eventFilter(QObject* watched, QEvent* event)
{
    // A click on a button takes the keyboard, but does not change what the button is about.
    if (event->type() == QEvent::FocusIn) {
        m_isAboutMessages = watched == &m_letters->table();
        showChoice();
    }
    return Page::eventFilter(watched, event);
}

bool DeadLettersPage::isSettled() const
{
    return Page::isSettled() && !m_groupLoad.isRunning() && m_groupPane->isSettled() && m_letters->isSettled() &&
           !m_oneLoad.isRunning() && !m_schemaLoad.isRunning() && !m_revealLoad.isRunning() &&
           m_letterActions->isSettled() && m_inspector->isSettled() && m_decisions->isSettled();
}

void DeadLettersPage::takeFocus()
{
    m_groups->setFocus();
}

void DeadLettersPage::showGroups(Result<std::vector<DeadLetterGroup>> groups)
{
    if (!groups) {
        if (std::exchange(m_isNewQuery, false))
            forgetAnswer(); // what stands there answers another question than the filter asks
        showNothing(groups.error());
        return;
    }
    const QString query = m_filter->query();
    if (groups->empty()) {
        forgetAnswer();
        if (query.isEmpty()) {
            headline().setSentence(tr("No dead letter is stored"));
            pane().showEmpty(tr("Nothing has failed, or no dead-letter topic is named"),
                             tr("Dead-letter topics stand under dead_letters: in spillway.yaml, by name or pattern. "
                                "What arrives there appears here by itself."),
                             {tr("Read how letters are read"), [this] {
                                  Q_EMIT linkActivated({u"help"_s, u"dead-letters"_s});
                              }});
        } else {
            headline().setSentence(tr("No dead letter fits the filter"));
            const QString hint = queryHint(query);
            pane().showEmpty(tr("Nothing fits"),
                             tr("Filter: %1").arg(query) + (hint.isEmpty() ? hint : u"\n"_s + visibleText(hint)),
                             {tr("Remove the filter"), [this] { open({}); }});
        }
        return;
    }
    headline().setSentence(lettersHeadline(*groups));
    headline().setDetail(lettersDetail(*groups));
    if (std::exchange(m_isNewQuery, false)) {
        m_letters->forget();
        m_groups->replace(std::move(*groups));
    } else {
        m_groups->apply(std::move(*groups));
    }
    presentContent();
    m_groupPane->refresh(query);
    if (!m_groups->current())
        m_groups->select(0);
    else
        askLetters(true);
    showChoice();
    m_inspector->setNow(settings().timeText(), settings().now());
    m_decisions->refresh();
}

/// It could not be had. What answered the same question before stays; of another filter nothing is left.
void DeadLettersPage::showNothing(const Error& error)
{
    const bool isFiltered = !m_filter->query().isEmpty();
    const bool isOfFilter = isFiltered && error.code == ErrorCode::InvalidConfig;
    const QString what = isOfFilter ? tr("This filter cannot be answered") : tr("The dead letters could not be read");
    if (m_groups->current() == nullptr)
        headline().setSentence(what);
    pane().showFailure(what, error,
                       isOfFilter ? StatePane::NextStep{tr("Remove the filter"), [this] { open({}); }}
                                  : StatePane::NextStep{tr("Try again"), [this] {
                                                            m_isNewQuery = m_groups->current() == nullptr;
                                                            refresh();
                                                        }});
}

/// Nothing of an earlier answer is there to be read, or acted on.
void DeadLettersPage::forgetAnswer()
{
    m_groups->replace({});
    m_letters->clear();
    headline().setDetail({});
    pane().showEmpty({}, {}); // else a failure would stand above it, as if it were still good
    showChoice();
}

/// Null also while letters are counted: what one does not see is not acted on.
const DeadLetterGroup* DeadLettersPage::currentGroup() const
{
    return m_groupPane->isCounting() ? nullptr : m_groups->current();
}

QString DeadLettersPage::groupQuery() const
{
    const DeadLetterGroup* group = currentGroup();
    return group ? withinGroup(m_filter->query(), group->id) : QString();
}

void DeadLettersPage::askLetters(bool isSameQuestion)
{
    const DeadLetterGroup* group = currentGroup();
    if (group)
        m_letters->ask({.group = group->id,
                        .query = groupQuery(),
                        .groupCount = group->count,
                        .isFiltered = !m_filter->query().isEmpty()},
                       isSameQuestion);
    else
        m_letters->clear();
}

void DeadLettersPage::askLetter()
{
    const DeadLetter* current = m_letters->current();
    if (!current) {
        m_oneLoad.cancel(); // what is under way would come after it
        m_schemaLoad.cancel();
        m_inspector->clear(tr("No message chosen"));
        m_askedLetter.clear();
        if (m_reveal)
            m_reveal->setLetter({});
        return;
    }
    const QString id = current->id;
    if (m_askedLetter == id && m_inspector->letterId() == id && current->state == TriageState::New)
        return; // a letter's bytes never change
    if (m_reveal) {
        if (m_reveal->isRevealing() && m_inspector->letterId() == id)
            return; // what is looked at stays until the look ends
        m_reveal->setLetter(id);
    }
    m_askedLetter = id;
    // What stands there is of another one; for the blink of an eye it may, so that nothing flickers.
    if (m_inspector->letterId().isEmpty())
        m_inspector->clear(tr("Reading the message"));
    else
        m_slowLetter.start();
    m_oneLoad.ask([&source = data(), id](std::stop_token stop) { return source.letter(id, stop); });
}

/// The same letter comes otherwise now: with its marks, or with a payload.
void DeadLettersPage::askLetterAnew()
{
    m_askedLetter.clear();
    askLetter();
}

void DeadLettersPage::showLetter(Result<DeadLetter> letter)
{
    if (!letter) {
        m_inspector->clear(failureSentence(letter.error()));
        return;
    }
    if (m_reveal && m_reveal->isRevealing())
        return; // asked before the look began
    inspect(*letter);
}

/// Shows the letter at once, and what the schemas say of it as soon as they have.
void DeadLettersPage::inspect(const DeadLetter& letter)
{
    m_inspector->show(letter, settings().timeText(), settings().now());
    m_schemaLoad.ask([&source = data(), letter](std::stop_token stop) { return source.decodedPayload(letter, stop); });
}

void DeadLettersPage::followKey()
{
    const DeadLetter* letter = m_letters->current();
    const std::optional<QByteArray> key = letter ? ownKey(letter->record, letter->facts.dialect) : std::nullopt;
    if (!key)
        Q_EMIT said(letter ? tr("This letter has no key to follow") : tr("No message is chosen"));
    else if (!isUtf8(*key) || key->contains(maskMark.toByteArray()))
        Q_EMIT said(tr("This key is masked or no text; follow an id of its headers on the screen Trail"));
    else
        Q_EMIT linkActivated({u"trail"_s, QString::fromUtf8(*key)});
}

void DeadLettersPage::exportLetters()
{
    const DeadLetterGroup* group = currentGroup();
    const bool isCounted = group && m_filter->query().isEmpty();
    m_letterActions->exportLetters(group ? groupQuery() : m_filter->query(),
                                   isCounted ? std::optional(group->count) : std::nullopt);
}

std::optional<LetterChoice> DeadLettersPage::choice() const
{
    const QStringList chosen = m_letters->chosenIds();
    if (m_isAboutMessages && !chosen.isEmpty()) {
        LetterChoice choice;
        choice.ids = chosen;
        choice.count = chosen.size();
        choice.what = lettersText(choice.count);
        return choice;
    }
    const DeadLetterGroup* group = currentGroup();
    if (!group)
        return std::nullopt;
    return LetterChoice{.ids = {},
                        .query = groupQuery(),
                        .what = tr("the group %1, %2").arg(visibleText(group->title), lettersText(group->openCount)),
                        .count = group->openCount};
}

void DeadLettersPage::showChoice()
{
    const std::optional<LetterChoice> chosen = choice();
    const DeadLetterGroup* group = currentGroup();
    m_decisions->show(group ? group->id : QString(), chosen.value_or(LetterChoice()), settings().timeText(),
                      settings().now());
    m_bar->showChoice(chosen, groupQuery());
}

void DeadLettersPage::move(int by)
{
    if (m_letters->table().hasFocus()) {
        m_letters->move(by);
        return;
    }
    m_groups->setFocus();
    m_groups->select(m_groups->currentIndex().row() + by);
}

void DeadLettersPage::toggleChosen()
{
    if (m_groups->hasFocus())
        m_groups->toggleCurrent();
    else
        m_letters->toggleCurrent();
}

void DeadLettersPage::mapChannel()
{
    const DeadLetter* letter = m_letters->current();
    if (!letter)
        return;
    auto* editor = new MappingEditor(data(), settings(), *letter, this);
    connect(editor, &MappingEditor::reread, this, &DeadLettersPage::refresh);
    editor->open();
}

void DeadLettersPage::openKindRules()
{
    auto* sheet = new KindRulesSheet(context(), this);
    connect(sheet, &KindRulesSheet::applied, this, &DeadLettersPage::refresh);
    sheet->open();
}

void DeadLettersPage::compare()
{
    // Of two marked letters the one that is not shown is the other.
    QString other;
    const QStringList chosen = m_letters->chosenIds();
    for (const QString& id : chosen) {
        if (chosen.size() == 2 && id != m_inspector->letterId())
            other = id;
    }
    m_inspector->compareWith(other);
}

void DeadLettersPage::openMoreMenu()
{
    auto* menu = new QMenu(this);
    menu->setObjectName(u"moreActions"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("&Split off as a group of their own…"), m_letterActions, &LetterActions::split)
        ->setEnabled(choice().has_value());
    QAction* regroup = menu->addAction(tr("&Group everything anew…"), m_grouping, &GroupingActions::askRegroup);
    regroup->setObjectName(u"regroup"_s);
    regroup->setEnabled(!m_work->isWorking());
    menu->addAction(tr("&Rules for kinds…"), this, &DeadLettersPage::openKindRules)->setObjectName(u"kindRules"_s);
    menu->addSeparator();
    menu->addAction(tr("&Export known errors…"), m_grouping, &GroupingActions::exportKnown);
    menu->addAction(tr("&Import known errors…"), m_grouping, &GroupingActions::importKnown);
    menu->addSeparator();
    menu->addAction(tr("&Map this topic's headers and payload…"), this, &DeadLettersPage::mapChannel);
    menu->addSeparator();
    menu->addAction(tr("Erase what this &letter says, for good…"), m_inspector, &Inspector::eraseLetter)
        ->setEnabled(!m_inspector->letterId().isEmpty());
    menu->popup(m_bar->placeOfMore(menu->sizeHint()));
}

void DeadLettersPage::stopWork()
{
    m_letterActions->stop();
    m_grouping->stop();
    m_work->end();
    Q_EMIT said(tr("Stopped; what was done stays, an unfinished file is not there"));
    refresh();
}

} // namespace spillway::views
