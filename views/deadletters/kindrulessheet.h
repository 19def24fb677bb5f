// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/deadletters/kindwords.h"
#include "views/shell/datasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"

#include <QDialog>
#include <QTimer>

class QPushButton;

namespace spillway::views {

class KindRulesEditor;
class PlainTextLabel;
class TableView;
class WorkBar;

/// The rules that sort failures into kinds: the workspace's own as text to be changed, all of them in the order in
/// which they are asked with what each decides, and what the text would change of what is stored, before it counts.
/// Deletes itself.
class KindRulesSheet final : public QDialog
{
    Q_OBJECT
public:
    KindRulesSheet(const ViewContext& context, QWidget* parent);

    void reject() override; ///< Escape and Close: what is under way first, then a question about what is not saved

Q_SIGNALS:
    /// Stored letters are sorted by other rules now.
    void applied();

private:
    /// What is under way; a load that was cancelled still runs for a moment, and is none.
    enum class Doing { Nothing, Trying, Saving, Sorting };
    void build();
    QWidget* buildTables();
    QWidget* buildButtons();
    void showFile(Result<KindRulesFile> file);
    void check();
    void showFaults(Result<std::vector<FileIssue>> issues);
    void askTrial();
    void showTrial(Result<KindTrial> trial);
    void openFile();
    void askSave();
    void showSaved(Result<bool> saved);
    void stopWork();
    void showWhatCanBeDone();
    void say(const QString& text);
    /// What the file would be; nullopt: it is not there and nothing was written.
    [[nodiscard]] std::optional<QByteArray> written() const;
    [[nodiscard]] bool isModified() const;

    ViewContext m_context;
    KindRulesFile m_file; ///< as it was read
    std::optional<KindTrial> m_trial;
    QByteArray m_triedText; ///< that m_trial is about
    bool m_isRead = false;  ///< the file; until then nothing is tried
    bool m_isLeaving = false;
    Doing m_doing = Doing::Nothing;
    QTimer m_typed; ///< the text is checked once the typing rests
    KindShareTable m_shareRows;
    KindRuleTable m_ruleRows;
    KindRulesEditor* m_editor = nullptr;
    PlainTextLabel* m_answer = nullptr;
    PlainTextLabel* m_leftOut = nullptr;
    PlainTextLabel* m_note = nullptr;
    TableView* m_shares = nullptr;
    TableView* m_rules = nullptr;
    WorkBar* m_work = nullptr;
    QPushButton* m_again = nullptr;
    QPushButton* m_save = nullptr;
    AsyncLoad<KindRulesFile> m_fileLoad;
    AsyncLoad<KindRulesFile> m_otherLoad;
    AsyncLoad<std::vector<FileIssue>> m_checkLoad;
    AsyncLoad<KindTrial> m_trialLoad;
    AsyncLoad<bool> m_saveLoad;
    AsyncLoad<bool> m_sortLoad;
};

} // namespace spillway::views
