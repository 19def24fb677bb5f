// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/schemas/schemasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/columns.h"
#include "views/widgets/rowtable.h"

class QComboBox;
class QPlainTextEdit;
class QSlider;
class QTabWidget;

namespace spillway::views {

class CommandLine;
class ConsumersPane;
class ExamplePane;
class NoticesPane;
class PlainTextLabel;
class RegistryPane;
class TableView;

/// Which schema changes break whom: all events, and of one event any two versions side by side; when they may come and
/// what the teams are told; what registries have.
class SchemasPage final : public Page
{
    Q_OBJECT
public:
    /// @param source  outlives the page.
    SchemasPage(const ViewContext& context, SchemaSource& source);
    void refresh() override;
    /// @param argument  an event's type; `notices` or `registries`: that tab
    void open(const QString& argument) override;
    [[nodiscard]] bool isSettled() const override;
    bool leave() override;
    void takeFocus() override;

protected:
    void changeEvent(QEvent* event) override;

private:
    struct ChangeRow
    {
        int number = 0;
        SchemaChange change;
        friend bool operator==(const ChangeRow&, const ChangeRow&) = default;
    };
    QWidget* buildChanges();
    QWidget* buildDetail();
    QWidget* buildVersions();
    QWidget* buildTexts();
    QWidget* buildConsequences();
    [[nodiscard]] std::vector<ColumnSpec> eventColumns() const;
    [[nodiscard]] std::vector<ColumnSpec> changeColumns() const;
    [[nodiscard]] std::vector<ColumnSpec> policyColumns() const;
    void showSheet(Result<SchemaSheet> sheet);
    void presentEvent(bool isSame);
    void askStep();
    void showStep(Result<SchemaStep> step);
    void showChange();
    void moveVersion(int by);
    void selectWanted();
    void askAgain();

    SchemaSource& m_source;
    RowTable<SchemaEventRow, QString> m_events;
    RowTable<ChangeRow, int> m_changes;
    RowTable<PolicyRow, int> m_policies;
    SchemaEventRow m_shown; ///< the event beside the list; without a name: none
    SchemaStep m_step;
    QString m_wanted;
    TableView* m_eventView = nullptr;
    TableView* m_changeView = nullptr;
    TableView* m_policyView = nullptr;
    QWidget* m_detail = nullptr;
    QWidget* m_comparison = nullptr;
    PlainTextLabel* m_name = nullptr;
    PlainTextLabel* m_meaning = nullptr;
    QComboBox* m_from = nullptr;
    QSlider* m_to = nullptr;
    PlainTextLabel* m_toText = nullptr;
    QPlainTextEdit* m_oldText = nullptr;
    QPlainTextEdit* m_newText = nullptr;
    PlainTextLabel* m_oldName = nullptr;
    PlainTextLabel* m_newName = nullptr;
    QTabWidget* m_tabs = nullptr;
    ExamplePane* m_example = nullptr;
    ConsumersPane* m_consumers = nullptr;
    NoticesPane* m_notices = nullptr;
    RegistryPane* m_registries = nullptr;
    CommandLine* m_command = nullptr;
    AsyncLoad<SchemaSheet> m_load;
    AsyncLoad<SchemaStep> m_stepLoad;
};

} // namespace spillway::views
