// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

#include <QPoint>

#include <functional>

namespace spillway::views {

/// The workspace's saved views to choose from, and what is shown now to save as another.
class SavedViewMenu final : public QObject
{
    Q_OBJECT
public:
    /// @param present  what is shown now, without a name.
    /// @param owner  whose menu and dialog they are.
    SavedViewMenu(const ViewContext& context, std::function<SavedView()> present, QWidget* owner);
    /// Reads the views, then opens the menu there.
    void ask(const QPoint& at);

Q_SIGNALS:
    void viewChosen(const spillway::SavedView& view);
    void said(const QString& sentence);

private:
    void showViews(Result<SavedViews> views);
    void save();

    ViewContext m_context;
    std::function<SavedView()> m_present;
    QWidget* m_owner;
    QPoint m_at;
    AsyncLoad<SavedViews> m_viewLoad;
    AsyncLoad<QString> m_saveLoad;
};

} // namespace spillway::views
