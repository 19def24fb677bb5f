// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/deadletterspage.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "model/base/utf8text.h"
#include "model/deadletter/query.h"
#include "model/mask/masker.h"
#include "views/deadletters/decisionpanel.h"
#include "views/deadletters/filtermenu.h"
#include "views/deadletters/grouplist.h"
#include "views/deadletters/grouppane.h"
#include "views/deadletters/letterwords.h"
#include "views/deadletters/mappingeditor.h"
#include "views/deadletters/revealbar.h"
#include "views/replays/replaysheet.h"
#include "views/shell/workbar.h"
#include "views/widgets/commandline.h"
#include "views/widgets/filterfield.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/splitview.h"
#include "views/widgets/tableview.h"

#include <QEvent>
#include <QFileInfo>
#include <QMenu>
#include <QPointer>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr std::size_t mostMovesShown = 8; // in a question; the command line lists them all
constexpr int mostLetters = 500; // one looks at some and acts on the group; the group's size is not limited by this
enum Column { EnteredColumn, KeyColumn, PlaceColumn, MessageColumn, StateColumn, ColumnCount };

/// As saved views name them.
constexpr QStringView columnNames[ColumnCount] = {u"entered", u"key", u"place", u"message", u"state"};
QString columnName(int column)
{
    return columnNames[column].toString();
}
/// -1: there is none of this name.
int columnOf(const QString& name)
{
    const auto found = std::find(std::begin(columnNames), std::end(columnNames), name);
    return found == std::end(columnNames) ? -1 : static_cast<int>(found - std::begin(columnNames));
}

QString decidedSentence(std::int64_t changed, const std::optional<std::int64_t>& arrived)
{
    const QString sentence = DeadLettersPage::tr("%1 changed").arg(lettersText(changed));
    return arrived.value_or(0) > 0
               ? DeadLettersPage::tr("%1; %2 arrived since and stay as they are").arg(sentence, lettersText(*arrived))
               : sentence;
}

std::vector<ColumnSpec> columns(const RowTable<LetterRow, QString>& table, ViewSettings& settings)
{
    const auto letter = [&table](const QModelIndex& index) -> const DeadLetter& { return table.at(index).letter; };
    const auto column = [](int number, const QString& title, int width) {
        ColumnSpec spec;
        spec.column = number;
        spec.title = title;
        spec.width = width;
        return spec;
    };
    ColumnSpec entered = column(EnteredColumn, DeadLettersPage::tr("Entered"), 92);
    entered.text = [letter, &settings](const QModelIndex& index) {
        // Of another day the day alone: the time stands in the inspector, and a column for both would take the key's
        // room.
        return settings.timeText().brief(letter(index).agesFrom(), settings.now()).left(10);
    };
    entered.sortKey = [letter](const QModelIndex& index) {
        return QVariant(static_cast<qint64>(toMs(letter(index).agesFrom())));
    };
    ColumnSpec key = column(KeyColumn, DeadLettersPage::tr("Key"), 90);
    key.stretches = true;
    key.isMono = true;
    key.text = [letter](const QModelIndex& index) { return keyText(letter(index).record.key); };
    ColumnSpec place = column(PlaceColumn, DeadLettersPage::tr("Place"), 88);
    place.isMuted = true;
    place.align = CellAlign::Number;
    place.text = [letter](const QModelIndex& index) {
        const RawRecord& record = letter(index).record;
        return u"p%1 @ %2"_s.arg(record.at.partition).arg(formatCount(record.offset.value));
    };
    place.sortKey = [letter](const QModelIndex& index) {
        const RawRecord& record = letter(index).record;
        return QVariant(u"%1 %2"_s.arg(record.at.partition, 6).arg(record.offset.value, 20));
    };
    ColumnSpec message = column(MessageColumn, DeadLettersPage::tr("Message"), 180);
    message.startsHidden = true;
    message.text = [letter](const QModelIndex& index) {
        return letter(index).facts.errorMessage.value_or(unknownText());
    };
    ColumnSpec state = column(StateColumn, DeadLettersPage::tr("State"), 108);
    state.mark = [letter](const QModelIndex& index) { return std::optional(triageMark(letter(index).state)); };
    return {entered, key, place, message, state};
}

} // namespace

DeadLettersPage::DeadLettersPage(const ViewContext& context)
    : Page(context, u"dead-letters"_s, tr("Dead letters"), u"deadletters"_s)
    , m_letters(ColumnCount, [](const LetterRow& row) { return row.letter.id; })
    , m_groupLoad([this](Result<std::vector<DeadLetterGroup>> groups) { showGroups(std::move(groups)); })
    , m_letterLoad([this](Result<LetterPage> page) { showLetters(std::move(page)); })
    , m_oneLoad([this](Result<DeadLetter> letter) { showLetter(std::move(letter)); })
    , m_schemaLoad([this](Result<DecodedPayload> payload) {
        if (payload)
            m_inspector->showSchema(*payload);
    })
    , m_triageLoad([this](Result<Decided> decided) {
        Q_EMIT said(decided ? decidedSentence(decided->changed, decided->arrivedSince)
                            : failureSentence(decided.error()));
        refresh();
    })
    , m_freezeLoad([this](Result<FrozenLetters> frozen) { freeze(std::move(frozen)); })
    , m_splitLoad([this](Result<QString> group) {
        m_work->end();
        Q_EMIT said(group ? tr("The letters are the group %1 now; take it back under Why").arg(*group)
                          : failureSentence(group.error()));
        refresh();
    })
    , m_previewLoad([this](Result<RegroupPreview> preview) { showRegroupPreview(std::move(preview)); })
    , m_regroupLoad([this](Result<RegroupProgress> done) {
        m_work->end();
        Q_EMIT said(
            done ? tr("%1 looked at, %2 in another group now").arg(lettersText(done->done), lettersText(done->moved))
                 : failureSentence(done.error()));
        refresh();
    })
    , m_knownExportLoad([this](Result<std::int64_t> count) {
        Q_EMIT said(count ? tr("%n known error(s) written", nullptr, static_cast<int>(*count))
                          : failureSentence(count.error()));
    })
    , m_knownPlanLoad([this](Result<KnownImport> import) { askImport(std::move(import)); })
    , m_knownImportLoad([this](Result<QString> sentence) {
        Q_EMIT said(sentence ? *sentence : failureSentence(sentence.error()));
        refresh();
    })
    , m_wordLoad([this](Result<QueryWords> words) {
        if (words) // without them the filter works all the same
            m_words = std::move(*words);
    })
    , m_viewLoad([this](Result<SavedViews> views) { showViews(std::move(views)); })
    , m_saveLoad([this](Result<QString> file) {
        Q_EMIT said(file ? tr("The view is saved in %1").arg(visibleText(*file)) : failureSentence(file.error()));
    })
    , m_revealLoad([this](Result<DeadLetter> letter) {
        if (!letter) {
            Q_EMIT said(failureSentence(letter.error()));
        } else if (letter->id == m_inspector->letterId()) {
            inspect(*letter);
            m_reveal->begin();
        }
    })
    , m_exportLoad([this](Result<ExportReport> report) {
        m_work->end();
        Q_EMIT said(report ? exportReportText(*report) : failureSentence(report.error()));
    })
{
    buildFilter();
    m_groupPane = new GroupPane(context, this);
    m_groups = &m_groupPane->list();
    connect(m_groupPane, &GroupPane::queryAsked, this, &DeadLettersPage::open);
    connect(m_groupPane, &GroupPane::said, this, &Page::said);
    connect(m_groupPane, &GroupPane::decided, this, &DeadLettersPage::refresh);
    QWidget* inspector = buildInspector();
    connect(m_inspector, &Inspector::said, this, &Page::said);
    connect(m_inspector, &Inspector::filterAsked, this, [this](const QString& term) { m_filter->addTerm(term); });
    auto* panes = new SplitView(u"dead-letters"_s, Qt::Horizontal, {10, 12, 13}, this);
    panes->addWidget(m_groupPane);
    panes->addWidget(buildMessages());
    panes->addWidget(inspector);
    auto* content = new QWidget(this);
    auto* layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(panes, 1);
    m_decisions = new DecisionPanel(data(), context.prompter, this);
    connect(m_decisions, &DecisionPanel::said, this, &Page::said);
    connect(m_decisions, &DecisionPanel::decided, this, &DeadLettersPage::refresh);
    layout->addWidget(m_decisions);
    connect(m_decisions, &DecisionPanel::tagChosen, this,
            [this](const QString& tag) { m_filter->addTerm(queryTermText(u"tag", tag)); });
    m_work = new WorkBar(settings(), this);
    connect(m_work, &WorkBar::cancelAsked, this, &DeadLettersPage::stopWork);
    layout->addWidget(m_work);
    layout->addWidget(buildActionBar());
    setContent(content, {m_filter});
    connect(m_groups, &GroupList::currentGroupChanged, this, [this] {
        askLetters(false);
        showChoice();
    });
    m_groups->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_groups, &QWidget::customContextMenuRequested, this,
            [this](const QPoint& at) { showGroupMenu(m_groups->mapToGlobal(at)); });
    m_groups->installEventFilter(this);
    m_letterView->installEventFilter(this);
    buildActions();
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
    connect(m_filter, &FilterField::menuRequested, this, [this](const QPoint& at) {
        m_menuAt = at;
        m_viewLoad.ask([&source = data()](std::stop_token stop) { return source.savedViews(stop); });
    });
    connect(&data(), &DataSource::searchAdvanced, this, &DeadLettersPage::showProgress);
    connect(&data(), &DataSource::lettersFound, this, &DeadLettersPage::showFound);
}

void DeadLettersPage::fillCellMenu(QMenu& menu, const QModelIndex& cell)
{
    const DeadLetter& letter = m_letters.at(cell).letter;
    const auto offer = [&](QStringView field, const QString& value) {
        addFilterActions(menu, queryTermText(field, value), [this](const QString& term) { m_filter->addTerm(term); });
    };
    switch (cell.column()) {
    case KeyColumn:
        if (letter.record.key && exactText(*letter.record.key).toUtf8() == *letter.record.key)
            offer(u"key", exactText(*letter.record.key));
        break;
    case PlaceColumn:
        offer(u"channel", letter.record.at.topic);
        break;
    case MessageColumn:
        if (letter.facts.errorMessage)
            offer(u"error", *letter.facts.errorMessage);
        break;
    case StateColumn:
        offer(u"state", triageStateWord(letter.state));
        break;
    default:
        if (letter.facts.errorClass)
            offer(u"error", *letter.facts.errorClass);
        break;
    }
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
            addFilterActions(*menu, queryTermText(field, *value),
                             [this](const QString& term) { m_filter->addTerm(term); });
    };
    offer(u"team", group->team);
    offer(u"consumer", group->consumer);
    offer(u"eventType", group->eventType);
    offer(u"error", group->errorClass);
    offer(u"kind", failureKindWord(group->kind));
    offer(u"group", group->id);
    menu->popup(at);
}

/// The saved views to choose from, and the filter to save as another.
void DeadLettersPage::showViews(Result<SavedViews> views)
{
    if (!views) {
        Q_EMIT said(failureSentence(views.error()));
        return;
    }
    auto* menu = new QMenu(this);
    menu->setObjectName(u"savedViews"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const SavedView& view : views->views) {
        QString name = visibleText(view.name);
        QAction* action = menu->addAction(name.replace(u'&', u"&&"_s), this, [this, view] { applyView(view); });
        action->setToolTip(plainToolTip(view.description.isEmpty() ? view.query : view.description));
    }
    for (const FileIssue& issue : views->issues) {
        QString text = visibleText(issue.toString());
        menu->addAction(text.left(120).replace(u'&', u"&&"_s))->setEnabled(false);
    }
    menu->addSeparator();
    menu->addAction(tr("Save filter, columns and order as a view…"), this, &DeadLettersPage::saveView);
    menu->popup(m_menuAt);
}

void DeadLettersPage::saveView()
{
    const QString query = m_filter->query();
    ConfirmRequest request;
    SavedView view;
    view.query = query;
    view.pivot = m_groupPane->pivot();
    for (const int column : m_letterView->visibleColumns())
        view.columns += columnName(column);
    if (const auto order = m_letterView->order())
        view.sort = (order->second == Qt::DescendingOrder ? u"-"_s : QString()) + columnName(order->first);
    request.title = tr("Save this as a view?");
    request.consequence = tr("A small file in the workspace's folder for queries, to be shared with your team's Git. "
                             "A view of the same name is never overwritten.");
    request.facts = {{tr("Filter"), query.isEmpty() ? tr("none: all letters") : query},
                     {tr("Columns"), view.columns.join(u", "_s)},
                     {tr("Order"), view.sort.isEmpty() ? tr("newest first") : view.sort}};
    if (!view.pivot.isEmpty())
        request.facts.emplace_back(tr("Counted by"), view.pivot.join(u", "_s));
    request.asksText = tr("Name of the view");
    request.actionText = tr("Save the view");
    request.commandLine = u"spillwayctl dlq view save NAME --query %1"_s.arg(shellQuoted(query));
    context().prompter.confirm(this, request, [this, view](const ConfirmAnswer& answer) mutable {
        if (!answer.isAccepted)
            return;
        view.name = answer.text.trimmed();
        m_saveLoad.ask([&source = data(), view](std::stop_token stop) { return source.saveView(view, stop); });
    });
}

void DeadLettersPage::applyView(const SavedView& view)
{
    std::vector<int> columns;
    for (const QString& name : view.columns) {
        if (const int column = columnOf(name); column >= 0)
            columns.push_back(column);
    }
    m_letterView->arrangeColumns(columns);
    const bool isDescending = view.sort.startsWith(u'-');
    if (const int column = columnOf(isDescending ? view.sort.sliced(1) : view.sort); column >= 0)
        m_letterView->sortByColumn(column, isDescending ? Qt::DescendingOrder : Qt::AscendingOrder);
    m_groupPane->setPivot(view.pivot);
    open(view.query);
}

void DeadLettersPage::showProgress(const QString& query, qint64 scanned, qint64 total, qint64 found)
{
    if (!m_searched.isEmpty() && query == m_searched) {
        m_progressText =
            tr("%1 of %2 looked at, %3 found").arg(formatCount(scanned), formatCount(total), formatCount(found));
        m_more->setText(tr("%1 so far · Esc stops").arg(m_progressText));
    }
}

/// What a long search has found so far stands in the list at once, and stays when it is stopped.
void DeadLettersPage::showFound(const QString& query, const std::vector<DeadLetter>& letters)
{
    if (!m_searched.isEmpty() && query == m_searched)
        showRows(letters);
}

/// True when there was one to be stopped.
bool DeadLettersPage::stopSearch()
{
    if (m_isNewQuery && m_groupLoad.isRunning()) {
        m_groupLoad.cancel();
        pane().showEmpty(tr("Stopped"), tr("The search was stopped before it had an answer."),
                         {tr("Search again"), [this] { refresh(); }});
        return true;
    }
    if (m_searched.isEmpty())
        return false;
    m_letterLoad.cancel();
    m_searched.clear();
    m_more->setText(m_progressText.isEmpty() ? tr("Stopped") : tr("Stopped: %1").arg(m_progressText));
    return true;
}

QWidget* DeadLettersPage::buildInspector()
{
    if (!data().workspace().isMasking)
        return m_inspector = new Inspector(data(), context().prompter, this);
    auto* box = new QWidget(this);
    m_reveal = new RevealBar(context().prompter, box);
    m_inspector = new Inspector(data(), context().prompter, box);
    connect(m_reveal, &RevealBar::asked, this, [this](const QString& id, const QString& reason) {
        m_revealLoad.ask(
            [&source = data(), id, reason](std::stop_token stop) { return source.revealLetter(id, reason, stop); });
    });
    connect(m_reveal, &RevealBar::ended, this, [this] {
        m_askedLetter.clear();
        askLetter();
    });
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_reveal);
    layout->addWidget(m_inspector, 1);
    return box;
}

QWidget* DeadLettersPage::buildMessages()
{
    auto* box = new QWidget(this);
    m_letterView = new TableView(u"letters"_s, context().prompter, box);
    m_letterView->setObjectName(u"letters"_s);
    m_letterView->setAccessibleName(tr("Messages in the group"));
    m_letterView->show(&m_letters, columns(m_letters, settings()));
    m_letterView->setCellMenu([this](QMenu& menu, const QModelIndex& cell) { fillCellMenu(menu, cell); });
    m_letterView->setRowKey([this](const QModelIndex& index) { return m_letters.at(index).letter.id; });
    connect(m_letterView, &TableView::currentRowChanged, this, [this] {
        askLetter();
        showChoice();
    });
    connect(m_letterView->selectionModel(), &QItemSelectionModel::selectionChanged, this, &DeadLettersPage::showChoice);
    connect(m_letterView, &TableView::exportFailed, this, &Page::said);
    m_more = new PlainTextLabel({}, TextSize::Small, PlainTextLabel::Ink::Muted, box);
    m_more->setObjectName(u"lettersMore"_s);
    m_more->setContentsMargins(8, 4, 8, 4);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_letterView, 1);
    layout->addWidget(m_more);
    return box;
}

QWidget* DeadLettersPage::buildActionBar()
{
    auto* bar = new QWidget(this);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    m_replay = new QPushButton(tr("Replay…"), bar);
    m_replay->setObjectName(u"replayLetters"_s);
    m_replay->setProperty("primary", true);
    connect(m_replay, &QPushButton::clicked, this, &DeadLettersPage::replay);
    buttons->addWidget(m_replay);
    const std::pair<QString, TriageState> decisions[]{{tr("Assign…"), TriageState::Assigned},
                                                      {tr("Park…"), TriageState::Parked},
                                                      {tr("Archive…"), TriageState::Archived},
                                                      {tr("Resolve…"), TriageState::Resolved}};
    for (const auto& [text, state] : decisions) {
        auto* button = new QPushButton(text, bar);
        button->setObjectName(u"triage-"_s + triageStateWord(state));
        connect(button, &QPushButton::clicked, this, [this, to = state] { triage(to); });
        buttons->addWidget(button);
        m_triageButtons << button;
    }
    auto* take = new QPushButton(tr("Export…"), bar);
    take->setObjectName(u"exportLetters"_s);
    connect(take, &QPushButton::clicked, this, &DeadLettersPage::exportLetters);
    buttons->addWidget(take);
    m_moreActions = new QPushButton(tr("More"), bar);
    m_moreActions->setObjectName(u"moreLetterActions"_s);
    m_moreActions->setAccessibleName(tr("Split, group anew, known errors, map the topic"));
    connect(m_moreActions, &QPushButton::clicked, this, &DeadLettersPage::openMoreMenu);
    const std::pair<QString, void (DecisionPanel::*)()> sayings[]{{tr("Comment"), &DecisionPanel::startComment},
                                                                  {tr("Kind"), &DecisionPanel::startKind},
                                                                  {tr("Undo…"), &DecisionPanel::undo}};
    for (const auto& [text, start] : sayings) {
        auto* button = new QPushButton(text, bar);
        connect(button, &QPushButton::clicked, m_decisions, start);
        buttons->addWidget(button);
    }
    buttons->addWidget(m_moreActions);
    buttons->addStretch(1);
    buttons->addWidget(
        new PlainTextLabel(tr("/ filter · ? all keys"), TextSize::Body, PlainTextLabel::Ink::Muted, bar));
    m_command = new CommandLine({}, bar);
    auto* layout = new QVBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(buttons);
    layout->addWidget(m_command);
    return bar;
}

void DeadLettersPage::buildActions()
{
    addPageAction(tr("Next"), QKeySequence(Qt::Key_J), [this] { move(1); });
    addPageAction(tr("Previous"), QKeySequence(Qt::Key_K), [this] { move(-1); });
    addPageAction(tr("Select or deselect the message or group"), QKeySequence(Qt::Key_X), [this] { toggleChosen(); });
    addPageAction(tr("Replay the selection"), QKeySequence(Qt::Key_R), [this] { replay(); });
    addPageAction(tr("Assign the selection"), QKeySequence(Qt::Key_S), [this] { triage(TriageState::Assigned); });
    addPageAction(tr("Park the selection"), QKeySequence(Qt::Key_P), [this] { triage(TriageState::Parked); });
    addPageAction(tr("Archive the selection"), QKeySequence(Qt::Key_A), [this] { triage(TriageState::Archived); });
    addPageAction(tr("Map this topic's headers and payload"), QKeySequence(Qt::SHIFT | Qt::Key_H),
                  [this] { mapChannel(); });
    addPageAction(tr("Export the group"), QKeySequence(Qt::SHIFT | Qt::Key_E), [this] { exportLetters(); });
    addPageAction(tr("Archive until…"), QKeySequence(Qt::SHIFT | Qt::Key_A), [this] { m_decisions->startArchive(); });
    addPageAction(tr("Comment"), QKeySequence(Qt::Key_C), [this] { m_decisions->startComment(); });
    addPageAction(tr("Tags"), QKeySequence(Qt::SHIFT | Qt::Key_T), [this] { m_decisions->startTags(); });
    addPageAction(tr("Keep a link"), QKeySequence(Qt::SHIFT | Qt::Key_L), [this] { m_decisions->startLink(); });
    addPageAction(tr("Split the selection off as a group"), QKeySequence(Qt::SHIFT | Qt::Key_S), [this] { split(); });
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
    addPageAction(tr("Merge the chosen groups"), QKeySequence(Qt::SHIFT | Qt::Key_M),
                  [this] { m_groupPane->askMerge(); });
    addPageAction(tr("Go to the messages"), QKeySequence(Qt::Key_M), [this] { m_letterView->setFocus(); });
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
        m_letterView->clearSelection();
        m_groups->setFocus();
        return true;
    }
    return false;
}

bool DeadLettersPage::eventFilter(QObject* watched, QEvent* event)
{
    // A click on a button takes the keyboard, but does not change what the button is about.
    if (event->type() == QEvent::FocusIn) {
        m_isAboutMessages = watched == m_letterView;
        showChoice();
    }
    return Page::eventFilter(watched, event);
}

bool DeadLettersPage::isSettled() const
{
    return Page::isSettled() && !m_groupLoad.isRunning() && m_groupPane->isSettled() && !m_letterLoad.isRunning() &&
           !m_oneLoad.isRunning() && !m_schemaLoad.isRunning() && !m_revealLoad.isRunning() &&
           !m_exportLoad.isRunning() && !m_triageLoad.isRunning() && !m_freezeLoad.isRunning() &&
           m_inspector->isSettled() && m_decisions->isSettled();
}

void DeadLettersPage::takeFocus()
{
    m_groups->setFocus();
}

void DeadLettersPage::showGroups(Result<std::vector<DeadLetterGroup>> groups)
{
    if (!groups) {
        pane().showFailure(tr("The dead letters could not be read"), groups.error(),
                           {tr("Try again"), [this] { refresh(); }});
        return;
    }
    const QString query = m_filter->query();
    if (groups->empty()) {
        m_groups->replace({});
        m_letters.replace({});
        m_shownGroup.clear();
        headline().setDetail({});
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
            pane().showEmpty(tr("Nothing fits"), tr("Filter: %1").arg(query),
                             {tr("Remove the filter"), [this] { open({}); }});
        }
        return;
    }
    headline().setSentence(lettersHeadline(*groups));
    headline().setDetail(lettersDetail(*groups));
    if (std::exchange(m_isNewQuery, false)) {
        m_shownGroup.clear();
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
    m_decisions->refresh();
}

QString DeadLettersPage::groupQuery() const
{
    const DeadLetterGroup* group = m_groups->current();
    return group ? withinGroup(m_filter->query(), group->id) : QString();
}

void DeadLettersPage::askLetters(bool sameQuestion)
{
    const DeadLetterGroup* group = m_groups->current();
    if (!group) {
        m_letters.replace({});
        m_shownGroup.clear();
        return;
    }
    const auto work = [&source = data(), query = groupQuery()](std::stop_token stop) {
        return source.letters(query, mostLetters, stop);
    };
    if (sameQuestion && m_shownGroup == group->id) {
        m_letterLoad.refresh(work);
        return;
    }
    m_shownGroup = group->id;
    m_letters.replace({});
    m_more->setText(tr("Reading the messages"));
    m_searched = groupQuery();
    m_progressText.clear();
    m_letterLoad.ask(work);
}

void DeadLettersPage::showLetters(Result<LetterPage> page)
{
    m_searched.clear();
    if (!page) {
        m_more->setText(tr("The messages could not be read. %1").arg(failureSentence(page.error())));
        return;
    }
    const auto shown = static_cast<std::int64_t>(page->letters.size());
    const DeadLetterGroup* group = m_groups->current();
    m_more->setText(page->outcome.end == QueryOutcome::End::Limit && group
                        ? tr("The newest %1 of %2").arg(formatCount(shown), formatCount(group->count))
                    : page->outcome.end == QueryOutcome::End::Exhausted && page->outcome.total > 0 &&
                            !m_filter->query().isEmpty()
                        ? tr("%1, all %2 looked at").arg(lettersText(shown), formatCount(page->outcome.total))
                        : lettersText(shown));
    showRows(page->letters);
}

void DeadLettersPage::showRows(const std::vector<DeadLetter>& letters)
{
    std::vector<LetterRow> rows;
    for (const DeadLetter& letter : letters)
        rows.push_back({letter});
    m_letters.apply(std::move(rows));
    if (!m_letterView->currentIndex().isValid() && m_letters.rowCount() > 0)
        m_letterView->setCurrentIndex(m_letterView->presented().index(0, KeyColumn));
    askLetter();
}

void DeadLettersPage::askLetter()
{
    const QModelIndex current = m_letterView->currentSource();
    if (!current.isValid()) {
        m_inspector->clear(tr("No message chosen"));
        m_askedLetter.clear();
        if (m_reveal)
            m_reveal->setLetter({});
        return;
    }
    const QString id = m_letters.at(current).letter.id;
    if (m_askedLetter == id && m_inspector->letterId() == id && m_letters.at(current).letter.state == TriageState::New)
        return; // a letter's bytes never change
    if (m_reveal) {
        if (m_reveal->isRevealing() && m_inspector->letterId() == id)
            return; // what is looked at stays until the look ends
        m_reveal->setLetter(id);
    }
    m_askedLetter = id;
    m_oneLoad.ask([&source = data(), id](std::stop_token stop) { return source.letter(id, stop); });
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
    const QModelIndex index = m_letterView->currentSource();
    const std::optional<QByteArray> key = index.isValid() ? m_letters.at(index).letter.record.key : std::nullopt;
    if (!key)
        Q_EMIT said(index.isValid() ? tr("This letter has no key to follow") : tr("No message is chosen"));
    else if (!isUtf8(*key) || key->contains(maskMark.toByteArray()))
        Q_EMIT said(tr("This key is masked or no text; follow an id of its headers on the screen Trail"));
    else
        Q_EMIT linkActivated({u"trail"_s, QString::fromUtf8(*key)});
}

void DeadLettersPage::exportLetters()
{
    const QString query = m_groups->current() ? groupQuery() : m_filter->query();
    context().prompter.chooseSaveFile(
        this, tr("Export the group"), u"dead-letters.xlsx"_s, tr("Excel (*.xlsx);;CSV (*.csv);;JSON lines (*.jsonl)"),
        [self = QPointer(this), query](const QString& file) {
            if (!self || file.isEmpty())
                return;
            const auto progress = self->m_work->begin(tr("Exporting to %1").arg(QFileInfo(file).fileName()));
            if (const DeadLetterGroup* group = self->m_groups->current(); group && self->m_filter->query().isEmpty())
                progress->total = group->count;
            self->m_exportLoad.ask([&source = self->data(), query, file, progress](std::stop_token stop) {
                return source.exportLetters(query, file, progress.get(), stop);
            });
        });
}

std::optional<DeadLettersPage::Choice> DeadLettersPage::choice() const
{
    const std::vector<QModelIndex> chosen = m_letterView->selectedSources();
    if (m_isAboutMessages && !chosen.empty()) {
        Choice choice;
        for (const QModelIndex& index : chosen)
            choice.ids << m_letters.at(index).letter.id;
        choice.count = static_cast<std::int64_t>(chosen.size());
        choice.what = lettersText(choice.count);
        return choice;
    }
    const DeadLetterGroup* group = m_groups->current();
    if (!group)
        return std::nullopt;
    return Choice{.ids = {},
                  .query = groupQuery(),
                  .what = tr("the group %1, %2").arg(visibleText(group->title), lettersText(group->openCount)),
                  .count = group->openCount};
}

void DeadLettersPage::showChoice()
{
    const std::optional<Choice> chosen = choice();
    const DeadLetterGroup* group = m_groups->current();
    m_decisions->show(group ? group->id : QString(),
                      chosen && chosen->ids.size() == 1 ? chosen->ids.first() : QString(), settings().timeText(),
                      settings().now());
    m_replay->setEnabled(chosen && chosen->count > 0);
    for (QPushButton* button : std::as_const(m_triageButtons))
        button->setEnabled(chosen && chosen->count > 0);
    if (!chosen) {
        m_replay->setText(tr("Replay…"));
        m_command->setLine({});
        return;
    }
    m_replay->setText(chosen->ids.isEmpty() ? tr("Replay the group, %1…").arg(lettersText(chosen->count))
                                            : tr("Replay %1…").arg(lettersText(chosen->count)));
    if (chosen->ids.size() == 1)
        m_command->setLine(u"spillwayctl dlq show %1"_s.arg(shellQuoted(chosen->ids.first())));
    else
        m_command->setLine(u"spillwayctl replay plan --query %1 --out PLAN"_s.arg(shellQuoted(groupQuery())));
}

void DeadLettersPage::move(int by)
{
    if (m_letterView->hasFocus()) {
        const int row = std::clamp(m_letterView->currentIndex().row() + by, 0,
                                   std::max(0, m_letterView->presented().rowCount() - 1));
        m_letterView->selectionModel()->setCurrentIndex(m_letterView->presented().index(row, KeyColumn),
                                                        QItemSelectionModel::NoUpdate);
        return;
    }
    m_groups->setFocus();
    m_groups->select(m_groups->currentIndex().row() + by);
}

void DeadLettersPage::toggleChosen()
{
    if (m_groups->hasFocus()) {
        m_groups->toggleCurrent();
        return;
    }
    const QModelIndex current = m_letterView->currentIndex();
    if (!current.isValid())
        return;
    m_letterView->setFocus();
    m_letterView->selectionModel()->select(current, QItemSelectionModel::Toggle | QItemSelectionModel::Rows);
}

void DeadLettersPage::mapChannel()
{
    const QModelIndex current = m_letterView->currentSource();
    if (!current.isValid())
        return;
    const DeadLetter& letter = m_letters.at(current).letter;
    auto* editor = new MappingEditor(data(), settings(), letter.connection, letter.record.at.topic, this);
    connect(editor, &MappingEditor::reread, this, &DeadLettersPage::refresh);
    editor->open();
}

void DeadLettersPage::compare()
{
    // Of two marked letters the one that is not shown is the other.
    QString other;
    const std::vector<QModelIndex> chosen = m_letterView->selectedSources();
    for (const QModelIndex& index : chosen) {
        if (chosen.size() == 2 && m_letters.at(index).letter.id != m_inspector->letterId())
            other = m_letters.at(index).letter.id;
    }
    m_inspector->compareWith(other);
}

/// A group is what it is now; until the reader has answered, and afterwards, letters go on arriving that nobody saw.
void DeadLettersPage::withFrozen(std::function<void(const Choice&)> act)
{
    const std::optional<Choice> chosen = choice();
    if (!chosen || chosen->count == 0)
        return;
    if (!chosen->ids.isEmpty()) {
        act(*chosen);
        return;
    }
    m_whenFrozen = std::move(act);
    const DeadLetterGroup* group = m_groups->current();
    m_frozenWhat = group ? visibleText(group->title) : QString();
    m_freezeLoad.ask(
        [&source = data(), query = chosen->query](std::stop_token stop) { return source.freezeLetters(query, stop); });
}

void DeadLettersPage::freeze(Result<FrozenLetters> frozen)
{
    const auto act = std::exchange(m_whenFrozen, {});
    if (!frozen) {
        Q_EMIT said(failureSentence(frozen.error()));
        return;
    }
    if (frozen->ids.isEmpty()) {
        Q_EMIT said(tr("These letters are no longer there"));
        return;
    }
    const std::int64_t count = frozen->ids.size();
    act({.ids = frozen->ids,
         .query = frozen->query,
         .what = tr("the group %1, %2 as of %3")
                     .arg(m_frozenWhat, lettersText(count), settings().timeText().absolute(frozen->at)),
         .count = count,
         .frozen = std::move(*frozen)});
}

void DeadLettersPage::replay()
{
    withFrozen([this](const Choice& chosen) {
        auto* sheet = new ReplaySheet(data(), context().prompter,
                                      {.letterIds = chosen.ids, .query = chosen.query, .to = {}}, chosen.what, this);
        connect(sheet, &ReplaySheet::started, this, [this](const QString& job) {
            Q_EMIT linkActivated({u"replays"_s, job});
        });
        sheet->open();
    });
}

void DeadLettersPage::triage(TriageState to)
{
    withFrozen([this, to](const Choice& chosen) {
        const CellMark mark = triageMark(to);
        ConfirmRequest request;
        request.title = tr("Mark %1 as %2?").arg(chosen.what, mark.word);
        request.consequence =
            chosen.frozen ? tr("This is a decision in the ledger: who, when, why. It is about just these letters: what "
                               "arrives from now on stays as it is. Their topic stays as it is, too.")
                          : tr("This is a decision in the ledger: who, when, why. The letters and their topic stay as "
                               "they are.");
        request.asksText = to == TriageState::Assigned ? tr("Who takes it") : QString();
        request.asksReason = true;
        request.actionText = to == TriageState::Assigned ? tr("Assign") : tr("Mark as %1").arg(mark.word);
        request.commandLine = u"spillwayctl dlq triage %1 --to %2 --reason TEXT%3"_s.arg(
            chosen.frozen ? u"--query "_s + shellQuoted(chosen.query) : chosen.ids.join(u' '), triageStateWord(to),
            to == TriageState::Assigned ? u" --assign WHO"_s : QString());
        context().prompter.confirm(this, request, [this, chosen, to](const ConfirmAnswer& answer) {
            if (!answer.isAccepted)
                return;
            TriageRequest decision{.to = to, .reason = answer.reason, .assignee = std::nullopt};
            if (to == TriageState::Assigned)
                decision.assignee = answer.text;
            m_triageLoad.ask([&source = data(), chosen, decision](std::stop_token stop) -> Result<Decided> {
                const auto changed = source.triage(chosen.ids, {}, decision, stop);
                if (!changed)
                    return tl::unexpected<Error>(changed.error());
                Decided decided{.changed = *changed, .arrivedSince = std::nullopt};
                if (chosen.frozen) {
                    if (const auto arrived = source.arrivedSince(*chosen.frozen, stop))
                        decided.arrivedSince = *arrived;
                }
                return decided;
            });
        });
    });
}

void DeadLettersPage::split()
{
    withFrozen([this](const Choice& chosen) {
        ConfirmRequest request;
        request.title = tr("Make a group of its own of %1?").arg(chosen.what);
        request.consequence = tr("These letters leave their groups; what arrives later is grouped as before. No letter "
                                 "changes its state, and it can be taken back under Why.");
        request.asksText = tr("Title of the new group");
        request.asksReason = true;
        request.actionText = tr("Split them off");
        request.commandLine = u"spillwayctl dlq split %1 --title TEXT --reason TEXT"_s.arg(
            chosen.frozen ? u"--query "_s + shellQuoted(chosen.query) : chosen.ids.join(u' '));
        context().prompter.confirm(this, request, [this, ids = chosen.ids](const ConfirmAnswer& answer) {
            if (!answer.isAccepted)
                return;
            (void)m_work->begin(tr("Splitting %1 off").arg(lettersText(ids.size())));
            m_splitLoad.ask([&source = data(), ids, answer](std::stop_token stop) {
                return source.splitLetters(ids, answer.text.trimmed(), answer.reason, stop);
            });
        });
    });
}

void DeadLettersPage::askRegroup()
{
    if (m_work->isWorking())
        return;
    const auto progress = m_work->begin(tr("Looking at what grouping anew would do"));
    m_previewLoad.ask(
        [&source = data(), progress](std::stop_token stop) { return source.previewRegroup(progress.get(), stop); });
}

void DeadLettersPage::showRegroupPreview(Result<RegroupPreview> preview)
{
    m_work->end();
    if (!preview) {
        Q_EMIT said(failureSentence(preview.error()));
        return;
    }
    if (preview->moved == 0) {
        Q_EMIT said(
            tr("%1 looked at: each is in the group where the rules want it").arg(lettersText(preview->letters)));
        return;
    }
    ConfirmRequest request;
    request.title = tr("Group %1 anew?").arg(lettersText(preview->letters));
    request.consequence = tr("By grouping.yaml as it is now. Notes, tags and decisions go with their groups. It can be "
                             "stopped; what is not done yet is done later.");
    request.facts = {
        {tr("Would move"), lettersText(preview->moved)},
        {tr("Groups"),
         tr("%1 now, %2 then").arg(formatCount(preview->groupsBefore), formatCount(preview->groupsAfter))}};
    for (const RegroupPreview::Move& move : preview->moves) {
        if (request.facts.size() >= mostMovesShown)
            break;
        request.facts.emplace_back(lettersText(move.letters),
                                   tr("%1 → %2").arg(visibleText(move.fromTitle), visibleText(move.intoTitle)));
    }
    request.asksReason = true;
    request.actionText = tr("Group anew");
    request.commandLine = u"spillwayctl dlq regroup --reason TEXT"_s;
    context().prompter.confirm(this, request, [this](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        const auto progress = m_work->begin(tr("Grouping anew"));
        m_regroupLoad.ask([&source = data(), reason = answer.reason, progress](std::stop_token stop) {
            return source.regroup(reason, progress.get(), stop);
        });
    });
}

void DeadLettersPage::exportKnown()
{
    context().prompter.chooseSaveFile(
        this, tr("Export the known errors"), u"known-errors.yaml"_s, tr("YAML (*.yaml *.yml);;JSON (*.json)"),
        [self = QPointer(this)](const QString& file) {
            if (!self || file.isEmpty())
                return;
            self->m_knownExportLoad.ask(
                [&source = self->data(), file](std::stop_token stop) { return source.exportKnownErrors(file, stop); });
        });
}

void DeadLettersPage::importKnown()
{
    context().prompter.chooseOpenFile(
        this, tr("Import known errors"), tr("Known errors (*.yaml *.yml *.json)"),
        [self = QPointer(this)](const QString& file) {
            if (!self || file.isEmpty())
                return;
            self->m_knownPlanLoad.ask(
                [&source = self->data(), file](std::stop_token stop) { return source.planKnownImport(file, stop); });
        });
}

void DeadLettersPage::askImport(Result<KnownImport> import)
{
    if (!import) {
        Q_EMIT said(failureSentence(import.error()));
        return;
    }
    if (import->actions.empty()) {
        Q_EMIT said(visibleText(knownImportText(*import, true).simplified()));
        return;
    }
    ConfirmRequest request;
    request.title = tr("Take over %n known error(s)?", nullptr, static_cast<int>(import->actions.size()));
    request.consequence = tr("Each is a decision in the ledger: the letters of its group get its kind, also those to "
                             "come. Undo takes them back one by one.");
    request.facts = {{tr("Known just so already"), formatCount(import->same)}};
    for (const QString& why : import->skipped) {
        if (request.facts.size() >= mostMovesShown)
            break;
        request.facts.emplace_back(tr("Left out"), why);
    }
    request.actionText = tr("Take them over");
    request.commandLine = u"spillwayctl dlq known import FILE"_s;
    context().prompter.confirm(this, request, [this, import = std::move(*import)](const ConfirmAnswer& answer) {
        if (!answer.isAccepted)
            return;
        m_knownImportLoad.ask([&source = data(), import](std::stop_token stop) -> Result<QString> {
            for (const KnownErrorAction& action : import.actions) {
                if (const auto done = source.act(action, stop); !done)
                    return tl::unexpected<Error>(done.error());
            }
            return knownImportText(import, false).section(u'\n', 0, 0);
        });
    });
}

void DeadLettersPage::openMoreMenu()
{
    auto* menu = new QMenu(this);
    menu->setObjectName(u"moreActions"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("&Split off as a group of their own…"), this, &DeadLettersPage::split)
        ->setEnabled(choice().has_value());
    QAction* regroup = menu->addAction(tr("&Group everything anew…"), this, &DeadLettersPage::askRegroup);
    regroup->setObjectName(u"regroup"_s);
    regroup->setEnabled(!m_work->isWorking());
    menu->addSeparator();
    menu->addAction(tr("&Export known errors…"), this, &DeadLettersPage::exportKnown);
    menu->addAction(tr("&Import known errors…"), this, &DeadLettersPage::importKnown);
    menu->addSeparator();
    menu->addAction(tr("&Map this topic's headers and payload…"), this, &DeadLettersPage::mapChannel);
    menu->popup(m_moreActions->mapToGlobal(QPoint(0, -menu->sizeHint().height())));
}

void DeadLettersPage::stopWork()
{
    m_exportLoad.cancel();
    m_splitLoad.cancel();
    m_previewLoad.cancel();
    m_regroupLoad.cancel();
    m_work->end();
    Q_EMIT said(tr("Stopped; what was done stays, an unfinished file is not there"));
    refresh();
}

} // namespace spillway::views
