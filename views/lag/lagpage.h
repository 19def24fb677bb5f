// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/lag/lagtable.h"
#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/rowtable.h"

namespace spillway::views {

class ChartGroup;
class CommandLine;
class PlainTextLabel;
class TableView;
class TimeSeriesChart;

/// Who is behind, by how much time, and will it recover? Groups to the left; the one chosen to the right: its lag, its
/// time lag between bounds, its partitions.
class LagPage final : public Page
{
    Q_OBJECT
public:
    explicit LagPage(const ViewContext& context);
    void refresh() override;
    /// @param argument  name of a group
    void open(const QString& argument) override;
    [[nodiscard]] bool isSettled() const override;
    void takeFocus() override;

private:
    QWidget* buildGroups();
    QWidget* buildDetail();
    void showGroups(Result<std::vector<LagGroupRow>> groups);
    void askDetail(bool sameGroup);
    void showDetail(Result<LagDetail> detail);
    void selectWanted();
    void selectFirst(); ///< the one that the headline names

    LagTable m_groups;
    RowTable<LagRow, QString> m_partitions;
    TableView* m_groupView = nullptr;
    TableView* m_partitionView = nullptr;
    QWidget* m_detail = nullptr;
    PlainTextLabel* m_name = nullptr;
    PlainTextLabel* m_meaning = nullptr;
    TimeSeriesChart* m_lagChart = nullptr;
    TimeSeriesChart* m_timeChart = nullptr;
    CommandLine* m_command = nullptr;
    QString m_wanted; // a group to select when it comes
    QString m_shown;  // connection and group of the detail
    AsyncLoad<std::vector<LagGroupRow>> m_groupLoad;
    AsyncLoad<LagDetail> m_detailLoad;
};

} // namespace spillway::views
