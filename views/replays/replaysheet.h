// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/datasource.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/prompter.h"

#include <QDialog>
#include <QPointer>
#include <QTimer>

#include <memory>

class QCheckBox;
class QFormLayout;
class QLineEdit;
class QPushButton;

namespace spillway::views {

class CommandLine;
class PlainTextLabel;
class StatePane;

/// From chosen letters to a running job: the plan is made and shown as it is sealed, the pace is chosen, the run
/// confirmed. Nothing is sent before the last answer. Deletes itself.
class ReplaySheet final : public QDialog
{
    Q_OBJECT
public:
    /// @param what  "the group SchemaMismatch…", for the title.
    ReplaySheet(DataSource& source, Prompter& prompter, ReplayRequest request, const QString& what, QWidget* parent);
    ~ReplaySheet() override;

Q_SIGNALS:
    void started(const QString& jobId);

private:
    void build(const QString& what);
    void plan();
    void showPlan(Result<ReplayPreview> plan);
    /// How far the plan is, under it; what is planned within 300 ms says nothing.
    void tick();
    void ask();
    void showStarted(Result<QString> job);
    void refreshCommand();
    void addHeaderChoices(QFormLayout* options, QWidget* content);
    /// Other headers are another plan; a pattern that cannot be read is none.
    void chooseHeaders();
    [[nodiscard]] HeaderRequest headers() const;
    [[nodiscard]] ReplayRun choice() const;

    DataSource& m_data;
    Prompter& m_prompter;
    ReplayRequest m_request;
    ReplayPreview m_preview;
    StatePane* m_pane = nullptr;
    QFormLayout* m_facts = nullptr;
    QLineEdit* m_to = nullptr;
    QLineEdit* m_rate = nullptr;
    QLineEdit* m_canary = nullptr;
    QLineEdit* m_settle = nullptr;
    QLineEdit* m_stopIf = nullptr;
    QLineEdit* m_drop = nullptr;
    QLineEdit* m_keep = nullptr;
    std::vector<QCheckBox*> m_sets; ///< as `headerSetWords`
    QCheckBox* m_unknown = nullptr; ///< shown where there are letters whose dialect nobody knows
    QPointer<QWidget> m_keyboard;   ///< where it was before a plan was asked for
    PlainTextLabel* m_fault = nullptr;
    CommandLine* m_command = nullptr;
    QPushButton* m_run = nullptr;
    QPushButton* m_leave = nullptr;
    PlainTextLabel* m_note = nullptr;
    std::shared_ptr<WorkProgress> m_progress; // second owner: the planning, which may end after the sheet
    QTimer m_tick;
    AsyncLoad<ReplayPreview> m_planLoad;
    AsyncLoad<QString> m_runLoad;
};

} // namespace spillway::views
