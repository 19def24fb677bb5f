// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/viewsettings.h"
#include "views/widgets/headline.h"
#include "views/widgets/prompter.h"
#include "views/widgets/statepane.h"

#include <QAction>
#include <QList>
#include <QWidget>

namespace spillway::views {

class DataSource;

/// What every screen is given. All outlive the screens.
struct ViewContext
{
    DataSource& data;
    ViewSettings& settings;
    Prompter& prompter;
};

/// Another screen, and what it should show there: a query, a group, a job.
struct PageLink
{
    QString page;
    QString argument;
    friend bool operator==(const PageLink&, const PageLink&) = default;
};

/// A screen: a headline with the answer, and under it what proves it. UI thread.
class Page : public QWidget
{
    Q_OBJECT
public:
    /// @param id  also the file name of its snapshot: "overview", "dead-letters", …
    Page(const ViewContext& context, const QString& id, const QString& title, const QString& iconName);

    [[nodiscard]] const QString& id() const { return m_id; }
    [[nodiscard]] const QString& title() const { return m_title; }
    [[nodiscard]] const QString& iconName() const { return m_iconName; }
    [[nodiscard]] const StatePane& statePane() const { return *m_pane; }
    [[nodiscard]] QString headlineText() const { return m_headline->sentence(); }

    /// The data moved, or the page comes into sight: ask again. Never blocks.
    virtual void refresh() = 0;
    /// Shows what a link of another page names.
    virtual void open(const QString& argument);
    /// The page comes into sight: asks, and gives the keyboard to its answer, as soon as there is one.
    void enter();
    /// Escape: one step out. True when there was something to leave.
    virtual bool leave() { return false; }
    /// Nothing is being loaded any more and the page shows its answer.
    [[nodiscard]] virtual bool isSettled() const;
    /// Where the keyboard goes when the page is shown.
    virtual void takeFocus();
    /// What the page can do, with keys; shown in the palette and under `?`.
    [[nodiscard]] const QList<QAction*>& pageActions() const { return m_actions; }
    /// The age of the data, where it is a matter of concern; empty takes the line away.
    void setStale(const QString& sentence) { m_pane->setStale(sentence); }

Q_SIGNALS:
    void linkActivated(const spillway::views::PageLink& link);
    /// For the status bar: what was done, or what went wrong.
    void said(const QString& sentence);

protected:
    [[nodiscard]] const ViewContext& context() const { return m_context; }
    [[nodiscard]] DataSource& data() const { return m_context.data; }
    [[nodiscard]] ViewSettings& settings() const { return m_context.settings; }
    [[nodiscard]] Headline& headline() { return *m_headline; }
    [[nodiscard]] StatePane& pane() { return *m_pane; }
    /// Call once, first: what stands between headline and the page's content stays visible in every state.
    void setContent(QWidget* content, const QList<QWidget*>& aboveContent = {});
    /// The answer is there, and the keyboard goes to it if the page was entered for it.
    void presentContent();
    /// An action of this page: its key works while the page is shown.
    QAction* addPageAction(const QString& text, const QKeySequence& key, std::function<void()> run);

private:
    ViewContext m_context;
    QString m_id;
    QString m_title;
    QString m_iconName;
    QList<QAction*> m_actions;
    bool m_awaitsFocus = false; // shown, and its answer is not there yet
    Headline* m_headline = nullptr;
    StatePane* m_pane = nullptr;
};

} // namespace spillway::views
