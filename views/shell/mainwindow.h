// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

#include <QMainWindow>
#include <QTimer>

#include <vector>

class QStackedWidget;
class QVBoxLayout;

namespace spillway::views {

class CommandPalette;
class KeySheet;
class RailButton;
class StatusBar;
class TopBar;

/// Places the pages and passes on what moves: news to the page in sight, links to the page they name, keys to their
/// actions.
class MainWindow final : public QMainWindow
{
    Q_OBJECT
public:
    explicit MainWindow(const ViewContext& context);
    ~MainWindow() override;

    /// In the rail, in the order they are added; the first is shown. Takes ownership.
    void addPage(Page* page);
    /// Reached by F1 and the palette, at the end of the rail.
    void addHelpPage(Page* page);

    [[nodiscard]] const std::vector<Page*>& pages() const { return m_pages; }
    [[nodiscard]] Page* currentPage() const;
    void showPage(const QString& id);
    void follow(const PageLink& link);
    /// Every action with a key or a name, the current page's first.
    [[nodiscard]] QList<QAction*> allActions() const;

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    void place(Page* page, const QKeySequence& key);
    QAction* addWindowAction(const QString& text, const QKeySequence& key, std::function<void()> run);
    void buildActions();
    void takeNews();
    void showStatus(const Result<ConsoleStatus>& status);
    void tick();
    void openPalette();
    void openKeys();
    void askToCancel(const QString& jobId);

    ViewContext m_context;
    std::vector<Page*> m_pages;
    Page* m_helpPage = nullptr;
    std::vector<RailButton*> m_railButtons;
    QList<QAction*> m_actions;
    QVBoxLayout* m_rail = nullptr;
    QStackedWidget* m_stack = nullptr;
    TopBar* m_topBar = nullptr;
    StatusBar* m_statusBar = nullptr;
    CommandPalette* m_palette = nullptr;
    KeySheet* m_keys = nullptr;
    ConsoleStatus m_status;
    bool m_hasStatus = false;
    QTimer m_seconds;
    AsyncLoad<ConsoleStatus> m_statusLoad;
    AsyncLoad<bool> m_intent;
};

} // namespace spillway::views
