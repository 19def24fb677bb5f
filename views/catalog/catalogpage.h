// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/catalog/catalogsource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/rowtable.h"

class QComboBox;
class QSpinBox;
class QTabWidget;

namespace spillway::views {

class CommandLine;
class EventPane;
class ExchangePane;
class FilterField;
class FlowView;
class PlainTextLabel;
class RegistrationPane;
class TableView;
class TeamMatrixView;

/// What events there are, who has them, how they flow, and where the files and the brokers disagree.
class CatalogPage final : public Page
{
    Q_OBJECT
public:
    /// @param source  outlives the page.
    CatalogPage(const ViewContext& context, CatalogSource& source);
    void refresh() override;
    /// @param argument  an event type
    void open(const QString& argument) override;
    [[nodiscard]] bool isSettled() const override;
    void takeFocus() override;
    bool leave() override;

private:
    /// An event of the picture's files, not a copy of it: there may be ten thousand.
    struct EventRow
    {
        std::shared_ptr<const JudgedCatalog> files; // second owner: the picture
        std::size_t at = 0;                         ///< in their events
        qsizetype findings = 0;
        LintSeverity worst = LintSeverity::Info;
        [[nodiscard]] const JoinedEvent& event() const { return files->sources.events[at]; }
        friend bool operator==(const EventRow&, const EventRow&) = default;
    };
    struct FindingRow
    {
        CatalogFinding finding;
        bool isDrift = false;
        QStringList more{}; ///< what the findings say that this row stands for; empty: for `finding` alone
        friend bool operator==(const FindingRow& a, const FindingRow& b)
        {
            return a.finding.place == b.finding.place && a.finding.rule == b.finding.rule &&
                   a.finding.message == b.finding.message && a.more == b.more;
        }
    };
    QWidget* buildEvents();
    QWidget* buildFlow();
    QWidget* buildFindings();
    QWidget* buildScorecard();
    void showScore();
    void showPicture(Result<std::shared_ptr<const CatalogPicture>> picture);
    void showEvents();
    void showNone();
    void showEvent();
    void showFinding();
    void showCommand();
    void showWeights();
    void showFlowText(int node);
    void applyFix();
    void exportFlow(const QString& form);

    CatalogSource& m_source;
    std::shared_ptr<const CatalogPicture> m_picture; // second owner: a load under way
    RowTable<EventRow, QString> m_events;
    RowTable<FindingRow, QString> m_findings;
    RowTable<ScorecardRow, QString> m_scorecard;
    QTabWidget* m_tabs = nullptr;
    FilterField* m_filter = nullptr;
    TableView* m_eventView = nullptr;
    EventPane* m_eventPane = nullptr;
    FlowView* m_flow = nullptr;
    QComboBox* m_weight = nullptr;
    QSpinBox* m_steps = nullptr;
    PlainTextLabel* m_flowText = nullptr;
    TeamMatrixView* m_matrix = nullptr;
    TableView* m_findingView = nullptr;
    PlainTextLabel* m_findingText = nullptr;
    QWidget* m_fixButton = nullptr;
    TableView* m_scorecardView = nullptr;
    PlainTextLabel* m_scoreText = nullptr;
    RegistrationPane* m_registration = nullptr;
    ExchangePane* m_exchange = nullptr;
    bool m_isBeginning = false; ///< somebody registers the first event: the tabs stay although there is none
    CommandLine* m_command = nullptr;
    qsizetype m_unknownWeights = 0;
    QString m_wanted;
    AsyncLoad<std::shared_ptr<const CatalogPicture>> m_load;
    AsyncLoad<bool> m_apply;
};

} // namespace spillway::views
