// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/costtable.h"
#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

namespace spillway::views {

class CommandLine;
class PlainTextLabel;
class StackedBars;
class TableView;

/// What each team's events cost, and what the numbers rest on.
class CostPage final : public Page
{
    Q_OBJECT
public:
    explicit CostPage(const ViewContext& context);
    void refresh() override;
    [[nodiscard]] bool isSettled() const override;
    void takeFocus() override;

private:
    void showReport(Result<CostReport> report);

    CostTable m_table;
    StackedBars* m_bars = nullptr;
    TableView* m_view = nullptr;
    PlainTextLabel* m_basis = nullptr;
    AsyncLoad<CostReport> m_load;
};

/// "1 234.5678": thin spaces between thousands.
[[nodiscard]] QString moneyText(Money amount, int decimals);
/// The page's answer in one sentence.
[[nodiscard]] QString costHeadline(const CostReport& report);

} // namespace spillway::views
