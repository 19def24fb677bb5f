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

class FilterField;
class FlowView;
class PlainTextLabel;
class TableView;

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
    struct EventRow
    {
        JoinedEvent event;
        qsizetype findings = 0;
        LintSeverity worst = LintSeverity::Info;
        friend bool operator==(const EventRow& a, const EventRow& b)
        {
            return a.event.eventType == b.event.eventType && a.findings == b.findings && a.worst == b.worst &&
                   a.event.description == b.event.description;
        }
    };
    struct FindingRow
    {
        CatalogFinding finding;
        bool isDrift = false;
        friend bool operator==(const FindingRow& a, const FindingRow& b)
        {
            return a.finding.place == b.finding.place && a.finding.rule == b.finding.rule &&
                   a.finding.message == b.finding.message;
        }
    };
    struct PartRow ///< what a team has to do with an event
    {
        QString team;
        QString eventType;
        QString part;
        QString service;
        friend bool operator==(const PartRow&, const PartRow&) = default;
    };

    QWidget* buildEvents();
    QWidget* buildFlow();
    QWidget* buildTeams();
    QWidget* buildFindings();
    QWidget* buildScorecard();
    void showPicture(Result<std::shared_ptr<const CatalogPicture>> picture);
    void showEvents();
    void showEvent();
    void showFinding();
    void showWeights();
    void applyFix();
    void exportFlow(const QString& form);

    CatalogSource& m_source;
    std::shared_ptr<const CatalogPicture> m_picture; // second owner: a load under way
    RowTable<EventRow, QString> m_events;
    RowTable<FindingRow, QString> m_findings;
    RowTable<PartRow, QString> m_parts;
    RowTable<ScorecardRow, QString> m_scorecard;
    QTabWidget* m_tabs = nullptr;
    FilterField* m_filter = nullptr;
    TableView* m_eventView = nullptr;
    PlainTextLabel* m_sheet = nullptr;
    FlowView* m_flow = nullptr;
    QComboBox* m_weight = nullptr;
    QSpinBox* m_steps = nullptr;
    PlainTextLabel* m_flowText = nullptr;
    TableView* m_partView = nullptr;
    TableView* m_findingView = nullptr;
    PlainTextLabel* m_findingText = nullptr;
    QWidget* m_fixButton = nullptr;
    TableView* m_scorecardView = nullptr;
    QString m_wanted;
    AsyncLoad<std::shared_ptr<const CatalogPicture>> m_load;
    AsyncLoad<bool> m_apply;
};

} // namespace spillway::views
