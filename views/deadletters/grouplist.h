// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/grouparrivals.h"
#include "model/deadletter/lettergroups.h"
#include "views/shell/viewsettings.h"
#include "views/widgets/rowtable.h"

#include <QListView>

namespace spillway::views {

/// The groups as a list of three lines each: what failed, between whom, whose it is and how it stands.
class GroupList final : public QListView
{
    Q_OBJECT
public:
    GroupList(ViewSettings& settings, QWidget* parent);
    /// New values of the same query: place and choice stay.
    void apply(std::vector<DeadLetterGroup> groups);
    /// Another query.
    void replace(std::vector<DeadLetterGroup> groups);
    void setArrivals(GroupArrivals arrivals);
    [[nodiscard]] const DeadLetterGroup* current() const;
    /// The chosen ones, in their order; several with Ctrl, Shift or X.
    [[nodiscard]] std::vector<DeadLetterGroup> chosen() const;
    void toggleCurrent();
    void select(int row);
    [[nodiscard]] int count() const { return m_groups.rowCount(); }
    /// A letter is a key of the screen. One that is none must not choose another group by its title.
    void keyboardSearch(const QString& /*search*/) override {}

Q_SIGNALS:
    void currentGroupChanged();
    void chosenChanged();

protected:
    void focusInEvent(QFocusEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;

private:
    RowTable<DeadLetterGroup, QString> m_groups;
    GroupArrivals m_arrivals;
};

} // namespace spillway::views
