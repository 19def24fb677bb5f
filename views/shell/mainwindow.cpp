// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/mainwindow.h"

#include "views/shell/keysheet.h"
#include "views/shell/railbutton.h"
#include "views/shell/statusbar.h"
#include "views/shell/topbar.h"
#include "views/theme/tokens.h"
#include "views/widgets/commandpalette.h"
#include "views/widgets/headline.h"

#include <QCloseEvent>
#include <QKeyEvent>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

/// Three pixels of the environment's colour across the window.
QWidget* environmentLine(Environment environment, QWidget* parent)
{
    auto* line = new QWidget(parent);
    line->setObjectName(u"environmentLine"_s);
    line->setFixedHeight(3);
    QPalette palette = line->palette();
    palette.setColor(QPalette::Window, environmentColour(environment));
    line->setPalette(palette);
    line->setAutoFillBackground(true);
    return line;
}

} // namespace

MainWindow::MainWindow(const ViewContext& context)
    : m_context(context)
    , m_statusLoad([this](Result<ConsoleStatus> status) { showStatus(status); })
    , m_intent([this](Result<bool> done) {
        if (!done)
            m_statusBar->say(failureSentence(done.error()));
        takeNews();
    })
{
    const WorkspaceFacts& workspace = context.data.workspace();
    setWindowTitle(tr("%1 (%2) – Spillway").arg(workspace.name, environmentWord(workspace.environment)));
    auto* central = new QWidget(this);
    m_topBar = new TopBar(workspace, context.settings, central);
    m_statusBar = new StatusBar(workspace, context.settings, central);
    auto* railPane = new QWidget(central);
    railPane->setObjectName(u"rail"_s);
    railPane->setFixedWidth(184);
    m_rail = new QVBoxLayout(railPane);
    m_rail->setContentsMargins(8, 16, 8, 16);
    m_rail->setSpacing(0);
    m_rail->addStretch(1);
    m_stack = new QStackedWidget(central);

    auto* middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(railPane);
    middle->addWidget(hairline(Qt::Vertical, central));
    middle->addWidget(m_stack, 1);
    auto* layout = new QVBoxLayout(central);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_topBar);
    layout->addWidget(environmentLine(workspace.environment, central));
    layout->addLayout(middle, 1);
    layout->addWidget(hairline(Qt::Horizontal, central));
    layout->addWidget(m_statusBar);
    setCentralWidget(central);
    m_palette = new CommandPalette(central);
    m_keys = new KeySheet(central);

    connect(m_topBar, &TopBar::paletteAsked, this, &MainWindow::openPalette);
    connect(m_statusBar, &StatusBar::cancelAsked, this, &MainWindow::askToCancel);
    connect(m_statusBar, &StatusBar::jobActivated, this, [this](const QString& id) { follow({u"replays"_s, id}); });
    connect(&context.data, &DataSource::changed, this, &MainWindow::takeNews);
    connect(&context.settings, &ViewSettings::liveChanged, this, [this](bool isLive) {
        if (isLive)
            takeNews();
    });
    connect(&context.settings, &ViewSettings::spanChanged, this, [this] {
        if (Page* page = currentPage())
            page->refresh();
    });
    connect(&context.settings, &ViewSettings::timeTextChanged, this, [this] {
        tick();
        if (Page* page = currentPage())
            page->refresh();
    });
    m_seconds.setInterval(1000);
    m_seconds.setTimerType(Qt::VeryCoarseTimer);
    connect(&m_seconds, &QTimer::timeout, this, &MainWindow::tick);
    m_seconds.start();
    buildActions();
    resize(1440, 900);
    restoreGeometry(QSettings().value(u"window/geometry"_s).toByteArray());
    m_statusLoad.refresh([&data = context.data](std::stop_token stop) { return data.status(stop); });
}

MainWindow::~MainWindow() = default;

void MainWindow::addPage(Page* page)
{
    addPage({page->id(), page->title(), page->iconName()}, [page] { return page; });
    (void)made(m_places.back());
}

void MainWindow::addPage(const PageFace& face, std::function<Page*()> make)
{
    const auto number = static_cast<int>(m_places.size()) + 1;
    // Ten digits, as they lie on the keyboard: the tenth screen has the zero.
    const QKeySequence key =
        number <= 10 ? QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + number % 10)) : QKeySequence();
    place({face, std::move(make)}, key, false);
    if (number == 1)
        showPage(face.id);
}

void MainWindow::addHelpPage(Page* page)
{
    addHelpPage({page->id(), page->title(), page->iconName()}, [page] { return page; });
    (void)made(*m_help);
}

void MainWindow::addHelpPage(const PageFace& face, std::function<Page*()> make)
{
    place({face, std::move(make)}, QKeySequence(Qt::Key_F1), true);
}

std::vector<Page*> MainWindow::pages()
{
    std::vector<Page*> pages;
    for (Place& place : m_places)
        pages.push_back(made(place));
    return pages;
}

Page* MainWindow::currentPage() const
{
    return qobject_cast<Page*>(m_stack->currentWidget());
}

void MainWindow::place(Place place, const QKeySequence& key, bool isHelp)
{
    const QString id = place.face.id;
    auto* button = new RailButton(place.face.title, place.face.iconName, m_rail->parentWidget());
    button->setObjectName(u"rail-"_s + id);
    m_railButtons.push_back(button);
    // Screens stand above the stretch, help below it.
    m_rail->insertWidget(isHelp ? m_rail->count() : static_cast<int>(m_places.size()), button);
    connect(button, &RailButton::clicked, this, [this, id] { showPage(id); });
    addWindowAction(tr("Go to %1").arg(place.face.title), key, [this, id] { showPage(id); });
    if (isHelp)
        m_help = std::move(place);
    else
        m_places.push_back(std::move(place));
}

Page* MainWindow::made(Place& place)
{
    if (place.page)
        return place.page;
    place.page = std::exchange(place.make, {})();
    m_stack->addWidget(place.page);
    connect(place.page, &Page::linkActivated, this, &MainWindow::follow);
    connect(place.page, &Page::said, m_statusBar, &StatusBar::say);
    return place.page;
}

void MainWindow::showPage(const QString& id)
{
    Page* page = nullptr;
    for (Place& place : m_places) {
        if (place.face.id == id)
            page = made(place);
    }
    if (m_help && m_help->face.id == id)
        page = made(*m_help);
    if (!page)
        return;
    m_stack->setCurrentWidget(page);
    for (RailButton* button : m_railButtons)
        button->setChecked(button->objectName() == u"rail-"_s + id);
    m_statusBar->say({});
    page->enter();
    tick();
}

void MainWindow::follow(const PageLink& link)
{
    showPage(link.page);
    if (Page* page = currentPage(); page && page->id() == link.page && !link.argument.isEmpty())
        page->open(link.argument);
}

QList<QAction*> MainWindow::allActions() const
{
    QList<QAction*> actions = currentPage() ? currentPage()->pageActions() : QList<QAction*>();
    return actions + m_actions;
}

QAction* MainWindow::addWindowAction(const QString& text, const QKeySequence& key, std::function<void()> run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    connect(action, &QAction::triggered, this, std::move(run));
    addAction(action);
    m_actions << action;
    return action;
}

void MainWindow::buildActions()
{
    addWindowAction(tr("Commands"), QKeySequence(Qt::CTRL | Qt::Key_K), [this] { openPalette(); });
    addWindowAction(tr("Keys"), QKeySequence(Qt::Key_Question), [this] { openKeys(); });
    addWindowAction(tr("Refresh"), QKeySequence(Qt::Key_F5), [this] {
        m_statusBar->say(tr("Sampling every connection"));
        m_intent.ask([&data = m_context.data](std::stop_token stop) -> Result<bool> {
            return data.collectNow(stop).map([] { return true; });
        });
    });
    addWindowAction(tr("Follow or pause"), QKeySequence(Qt::CTRL | Qt::Key_Space),
                    [this] { m_context.settings.setLive(!m_context.settings.isLive()); });
    addWindowAction(tr("Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
}

void MainWindow::takeNews()
{
    m_statusLoad.refresh([&data = m_context.data](std::stop_token stop) { return data.status(stop); });
    if (Page* page = currentPage(); page && m_context.settings.isLive())
        page->refresh();
}

void MainWindow::showStatus(const Result<ConsoleStatus>& status)
{
    if (!status) {
        m_statusBar->say(failureSentence(status.error()));
        return;
    }
    m_status = *status;
    m_hasStatus = true;
    m_topBar->showConnections(status->connections);
    m_statusBar->showStatus(*status);
    tick();
}

void MainWindow::tick()
{
    if (!m_hasStatus)
        return;
    m_statusBar->showAge();
    Page* page = currentPage();
    if (!page || (m_help && page == m_help->page))
        return;
    const UtcTime now = m_context.settings.now();
    const bool isOld = m_status.lastSampleAt && now - *m_status.lastSampleAt > 3 * m_status.sampleInterval;
    page->setStale(isOld ? tr("Last sample %1. What you see is from then; F5 samples now.")
                               .arg(m_context.settings.timeText().both(*m_status.lastSampleAt, now))
                         : QString());
}

void MainWindow::openPalette()
{
    m_palette->open(allActions());
}

void MainWindow::openKeys()
{
    QList<KeySheet::Section> sections;
    if (Page* page = currentPage(); page && !page->pageActions().isEmpty())
        sections << KeySheet::Section{page->title(), page->pageActions(), {}};
    sections << KeySheet::Section{tr("Everywhere"),
                                  m_actions,
                                  {{tr("Esc"), tr("One step out")}, {tr("Tab"), tr("Next field, in reading order")}}};
    sections << KeySheet::Section{
        tr("Tables"),
        {},
        {{u"J  K"_s, tr("Next, previous row")},
         {tr("Enter"), tr("Open")},
         {QKeySequence(QKeySequence::Copy).toString(QKeySequence::NativeText), tr("Copy rows")},
         {tr("Menu"), tr("Export, choose columns")}}};
    m_keys->open(sections);
}

void MainWindow::askToCancel(const QString& jobId)
{
    // One place asks and cancels jobs: their page.
    follow({u"replays"_s, u"cancel:"_s + jobId});
}

void MainWindow::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) {
        if (Page* page = currentPage(); page && !page->leave())
            page->takeFocus();
        return;
    }
    QMainWindow::keyPressEvent(event);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    QSettings().setValue(u"window/geometry"_s, saveGeometry());
    QMainWindow::closeEvent(event);
}

} // namespace spillway::views
