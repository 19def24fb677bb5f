// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/desktop.h"

#include <QScreen>
#include <QSettings>

using namespace Qt::Literals::StringLiterals;

namespace spillway {

namespace {

const QString recentKey = u"recent/workspaces"_s;
constexpr qsizetype mostRecent = 6;

void remember(const QString& file)
{
    QSettings settings;
    QStringList recent = settings.value(recentKey).toStringList();
    recent.removeAll(file);
    recent.prepend(file);
    settings.setValue(recentKey, recent.mid(0, mostRecent));
}

} // namespace

Desktop::Desktop(QString stateFolder)
    : m_stateFolder(std::move(stateFolder))
    , m_load([this](Result<std::shared_ptr<std::unique_ptr<OpenedWorkspace>>> opened) { takeOver(std::move(opened)); })
{
}

Desktop::~Desktop()
{
    m_load.cancel();
    m_start.reset();
    views::waitForLoads();
}

void Desktop::showStart()
{
    m_start = std::make_unique<views::StartPage>(m_actions, m_prompter, QSettings().value(recentKey).toStringList());
    m_start->setWindowTitle(tr("Spillway"));
    connect(m_start.get(), &views::StartPage::demoAsked, this,
            [this] { open({.workspace = {}, .stateFolder = m_stateFolder, .isDemo = true}); });
    connect(m_start.get(), &views::StartPage::openAsked, this,
            [this](const QString& path) { open({.workspace = path, .stateFolder = m_stateFolder, .isDemo = false}); });
    m_start->resize(1080, 640);
    m_start->show();
}

void Desktop::open(const OpenRequest& request)
{
    m_request = request;
    if (!m_start)
        showStart();
    m_start->showBusy(request.isDemo ? tr("Starting the demo's broker and its company")
                                     : tr("Opening %1").arg(request.workspace));
    m_load.ask([request](std::stop_token) -> Result<std::shared_ptr<std::unique_ptr<OpenedWorkspace>>> {
        auto opened = openWorkspace(request);
        if (!opened)
            return tl::unexpected<Error>(opened.error());
        return std::make_shared<std::unique_ptr<OpenedWorkspace>>(std::move(*opened));
    });
}

void Desktop::takeOver(Result<std::shared_ptr<std::unique_ptr<OpenedWorkspace>>> opened)
{
    if (!opened) {
        m_start->showFailure(tr("The workspace was not opened"), opened.error());
        return;
    }
    m_workbench = std::make_unique<Workbench>(std::move(**opened));
    if (!m_request.isDemo)
        remember(m_workbench->data().workspace().file);
    m_workbench->startCollecting();
    views::MainWindow& window = m_workbench->window();
    window.resize(window.size().boundedTo(window.screen()->availableSize())); // no corner out of sight
    window.show();
    m_start->hide();
    m_start.release()->deleteLater(); // its own click may have brought us here
}

} // namespace spillway
