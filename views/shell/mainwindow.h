// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

#include <QMainWindow>
#include <QTimer>

#include <functional>
#include <optional>
#include <vector>

class QStackedWidget;
class QVBoxLayout;

namespace spillway::views {

class CommandPalette;
class KeySheet;
class RailButton;
class StatusBar;
class TopBar;

/// A page as it stands in the rail, before it is made.
struct PageFace
{
    QString id; ///< the page's own
    QString title;
    QString iconName;
};

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
    /// The same for a page that is made when it is shown first: what nobody looks at costs the start nothing.
    void addPage(const PageFace& face, std::function<Page*()> make);
    /// Reached by F1 and the palette, at the end of the rail.
    void addHelpPage(Page* page);
    void addHelpPage(const PageFace& face, std::function<Page*()> make);

    /// All in the order of the rail but the help; those that were not shown yet are made.
    [[nodiscard]] std::vector<Page*> pages();
    [[nodiscard]] Page* currentPage() const;
    void showPage(const QString& id);
    void follow(const PageLink& link);
    /// Every action with a key or a name, the current page's first.
    [[nodiscard]] QList<QAction*> allActions() const;

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    struct Place
    {
        PageFace face;
        std::function<Page*()> make;
        Page* page = nullptr; ///< null: not made yet
    };
    void place(Place place, const QKeySequence& key, bool isHelp);
    [[nodiscard]] Page* made(Place& place);
    QAction* addWindowAction(const QString& text, const QKeySequence& key, std::function<void()> run);
    void buildActions();
    void takeNews();
    void showStatus(const Result<ConsoleStatus>& status);
    void tick();
    void openPalette();
    void openKeys();
    void askToCancel(const QString& jobId);

    ViewContext m_context;
    std::vector<Place> m_places;
    std::optional<Place> m_help;
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
