// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/slo/slotable.h"
#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

namespace spillway::views {

class CommandLine;
class PlainTextLabel;
class TableView;
class TimeSeriesChart;

/// Are we meeting the promises made to each consumer, and how fast is the budget burning? Worst first.
class SloPage final : public Page
{
    Q_OBJECT
public:
    explicit SloPage(const ViewContext& context);
    void refresh() override;
    /// @param argument  "consumer eventType"
    void open(const QString& argument) override;
    [[nodiscard]] bool isSettled() const override;
    void takeFocus() override;

private:
    QWidget* buildDetail();
    void showRows(Result<std::vector<SloRow>> rows);
    void askDays(bool samePair);
    void showDays(Result<std::vector<SloDay>> days);
    void selectWanted();

    SloTable m_rows;
    TableView* m_view = nullptr;
    QWidget* m_detail = nullptr;
    PlainTextLabel* m_name = nullptr;
    PlainTextLabel* m_meaning = nullptr;
    TimeSeriesChart* m_chart = nullptr;
    TimeSeriesChart* m_volume = nullptr;
    CommandLine* m_command = nullptr;
    QString m_wanted;
    QString m_shown;
    SloRow m_shownRow;
    AsyncLoad<std::vector<SloRow>> m_load;
    AsyncLoad<std::vector<SloDay>> m_daysLoad;
};

} // namespace spillway::views
