// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/impact.h"
#include "views/schemas/schemasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/columns.h"
#include "views/widgets/rowtable.h"

class QPushButton;

namespace spillway::views {

class PlainTextLabel;
class TableView;

/// Whom a step breaks, now or later, and who has said that it is ready: a row per consumer, and the button that puts
/// its word on record.
class ConsumersPane final : public QWidget
{
    Q_OBJECT
public:
    /// @param source  outlives the pane
    ConsumersPane(const ViewContext& context, SchemaSource& source, QWidget* parent = nullptr);

    void show(const EventImpact& impact, const std::optional<SchemaNotice>& notice);
    /// The button: asks for a note, then puts on record that the chosen consumer is ready.
    void acknowledge();
    [[nodiscard]] bool isBusy() const { return m_intent.isRunning(); }
    /// The buttons; whoever shows the pane says where they stand.
    [[nodiscard]] QWidget* actions() const { return m_actions; }

Q_SIGNALS:
    /// Somebody's word is on record: what is shown is older than that.
    void acknowledged();
    /// The teams are to be told of this step.
    void tellWanted();
    void said(const QString& sentence);

private:
    [[nodiscard]] std::vector<ColumnSpec> columns() const;
    void present();

    ViewContext m_context;
    SchemaSource& m_source;
    EventImpact m_impact;
    RowTable<ConsumerImpact, QString> m_rows;
    TableView* m_view = nullptr;
    PlainTextLabel* m_summary = nullptr;
    QWidget* m_actions = nullptr;
    QPushButton* m_acknowledge = nullptr;
    QPushButton* m_tell = nullptr;
    AsyncLoad<QString> m_intent;
};

} // namespace spillway::views
