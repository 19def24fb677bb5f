// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/overview/concernrow.h"
#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

class QStackedWidget;
class QVBoxLayout;

namespace spillway::views {

class CommandLine;
class PayloadRescue;
class SetupPane;

/// What needs me now, whose is it, how bad, until when? A ranked list in plain sentences with one action each.
class OverviewPage final : public Page
{
    Q_OBJECT
public:
    explicit OverviewPage(const ViewContext& context);
    void refresh() override;
    /// @param findingId  of the set-up, to be brought into sight
    void open(const QString& findingId) override;
    [[nodiscard]] bool isSettled() const override;
    void takeFocus() override;
    bool leave() override;

private:
    void showConcerns(Result<std::vector<Concern>> concerns);
    void placeRows(const std::vector<Concern>& concerns);
    void act(const ConcernAction& action);
    void moveFocus(int by);
    void showSetup(const QString& findingId);

    QVBoxLayout* m_list = nullptr;
    PlainTextLabel* m_more = nullptr;
    CommandLine* m_command = nullptr;
    std::vector<ConcernRow*> m_rows;
    AsyncLoad<std::vector<Concern>> m_load;
    AsyncLoad<bool> m_collect;
    QStackedWidget* m_sides = nullptr; // the concerns, or the set-up
    SetupPane* m_setup = nullptr;
    PayloadRescue* m_rescue = nullptr;
};

/// The page's answer in one sentence.
[[nodiscard]] QString overviewHeadline(const std::vector<Concern>& concerns);

} // namespace spillway::views
