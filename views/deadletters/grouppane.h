// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

#include <QWidget>

class QComboBox;
class QPushButton;
class QStackedWidget;
class QTreeWidget;
class QTreeWidgetItem;

namespace spillway::views {

class GroupList;
class WhyPanel;

/// The groups, or the letters counted by something else; why a group is one; merging those that are chosen.
class GroupPane final : public QWidget
{
    Q_OBJECT
public:
    GroupPane(const ViewContext& context, QWidget* parent);

    [[nodiscard]] GroupList& list() const { return *m_list; }
    /// The data or the query moved: asks again for what is in sight.
    void refresh(const QString& query);
    void toggleWhy();
    void askMerge();
    /// Counts stand where the groups are: none of them is in sight.
    [[nodiscard]] bool isCounting() const { return !fields().empty(); }
    /// What letters are counted by, by the fields' names; empty: the groups are listed.
    [[nodiscard]] QStringList pivot() const;
    /// Names that are none are left out.
    void setPivot(const QStringList& names);
    [[nodiscard]] bool isSettled() const;

Q_SIGNALS:
    /// Counts or groups came into sight.
    void countingChanged();
    /// A row of the count was chosen: its letters.
    void queryAsked(const QString& query);
    void said(const QString& sentence);
    void decided();

private:
    void buildChooser();
    void askRow(const QTreeWidgetItem* item);
    void showPivot(Result<std::vector<PivotRow>> rows);
    void askPivot();
    void askWhy();
    void takeBack(const QStringList& groupIds);
    void decide(const QStringList& groups, const QString& into, const QString& reason);
    [[nodiscard]] std::vector<PivotField> fields() const;

    ViewContext m_context;
    QString m_query;
    GroupList* m_list = nullptr;
    QTreeWidget* m_counts = nullptr;
    QStackedWidget* m_stack = nullptr;
    QComboBox* m_first = nullptr;
    QComboBox* m_second = nullptr;
    QPushButton* m_why = nullptr;
    QPushButton* m_merge = nullptr;
    WhyPanel* m_panel = nullptr;
    AsyncLoad<GroupArrivals> m_arrivals;
    AsyncLoad<GroupWhy> m_whyLoad;
    AsyncLoad<std::vector<PivotRow>> m_pivotLoad;
    AsyncLoad<bool> m_decideLoad;
};

} // namespace spillway::views
