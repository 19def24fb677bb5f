// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

#include <QPointer>

namespace spillway::views {

class WorkBar;

/// What concerns all groups at once: grouping anew after a look at what would move, known errors out to a file and in
/// from one.
class GroupingActions final : public QObject
{
    Q_OBJECT
public:
    /// @param owner  whose dialogs they are.
    GroupingActions(const ViewContext& context, WorkBar& work, QWidget* owner);

    void askRegroup();
    void exportKnown();
    void importKnown();
    void stop();

Q_SIGNALS:
    void said(const QString& sentence);
    void decided();

private:
    void showPreview(Result<RegroupPreview> preview);
    void askImport(Result<KnownImport> import);

    ViewContext m_context;
    WorkBar& m_work;
    QWidget* m_owner;
    AsyncLoad<RegroupPreview> m_previewLoad;
    AsyncLoad<RegroupProgress> m_regroupLoad;
    AsyncLoad<std::int64_t> m_knownExportLoad;
    AsyncLoad<KnownImport> m_knownPlanLoad;
    AsyncLoad<QString> m_knownImportLoad;
};

} // namespace spillway::views
