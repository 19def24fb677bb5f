// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/decisionsheet.h"
#include "views/deadletters/letterchoice.h"
#include "views/shell/datasource.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/timetext.h"

#include <QWidget>

class QComboBox;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QScrollArea;

namespace spillway::views {

class CommandLine;
class MarkRow;
class PlainTextLabel;
class Prompter;
class StateBadge;

/// What is known and was said of the chosen group or letter: how it goes, its kind with the reason and what to do next;
/// opened, the comments, tags, links and decisions, and the fields to say something oneself. Every field shows the
/// spillwayctl line that does the same.
class DecisionPanel final : public QWidget
{
    Q_OBJECT
public:
    DecisionPanel(DataSource& source, Prompter& prompter, QWidget* parent = nullptr);

    /// @param group  its id; empty: nothing is chosen.
    /// @param choice  a single letter of it, or what *Archive* is about: the letters named, else those that the query
    ///                finds (the filter within the group).
    void show(const QString& group, const LetterChoice& choice, const TimeText& time, UtcTime now);
    /// The same again, because something was stored or decided.
    void refresh();
    void setOpen(bool isOpen);
    [[nodiscard]] bool isOpen() const;
    void startComment(); ///< opens, and takes the keyboard to the field
    void startKind();
    void startTags();
    void startLink();
    void startArchive();
    /// Asks whether to take the last decision back, saying what it was.
    void undo();
    [[nodiscard]] bool isSettled() const;

Q_SIGNALS:
    /// A sentence about what was done, or why it was not.
    void said(const QString& sentence);
    /// Something was decided: letters may have changed.
    void decided();
    void opened(bool isOpen);
    /// A tag was chosen, to look for what bears it.
    void tagChosen(const QString& tag);

private:
    void openAt(QWidget& field);
    [[nodiscard]] QWidget* buildBody();
    [[nodiscard]] QWidget* buildFields();
    [[nodiscard]] QLineEdit* field(const QString& name, const QString& label, const QString& placeholder);
    void showSheet(Result<DecisionSheet> sheet);
    void showThread(const DecisionSheet& sheet);
    void act(const TriageAction& action);
    void comment();
    void changeTags();
    void keepLink();
    void askToOpen(const QString& url, const QString& title);
    void keepKind();
    [[nodiscard]] QStringList lettersToArchive() const;
    void archive();
    void freeze();
    void showFrozen(Result<FrozenLetters> letters);
    void showLine(const QString& line);
    void showKindLine();
    void showArchiveLine();
    [[nodiscard]] QString subject() const;

    DataSource& m_data;
    Prompter& m_prompter;
    QString m_group;
    QString m_letter;
    QStringList m_archivedIds;
    QString m_archivedQuery;
    TimeText m_time;
    UtcTime m_now;
    StateBadge* m_substate = nullptr;
    PlainTextLabel* m_kind = nullptr;
    PlainTextLabel* m_next = nullptr;
    QPushButton* m_toggle = nullptr;
    QWidget* m_body = nullptr;
    QScrollArea* m_room = nullptr; // what scrolls in a low window
    QPlainTextEdit* m_thread = nullptr;
    QLineEdit* m_comment = nullptr;
    QLineEdit* m_tags = nullptr;
    QLineEdit* m_link = nullptr;
    MarkRow* m_marks = nullptr;
    QComboBox* m_kindChoice = nullptr;
    QComboBox* m_safety = nullptr;
    QLineEdit* m_cause = nullptr;
    QLineEdit* m_fix = nullptr;
    QLineEdit* m_knownLink = nullptr;
    QLineEdit* m_kindReason = nullptr;
    QComboBox* m_until = nullptr;
    PlainTextLabel* m_archiveWhat = nullptr;
    QLineEdit* m_archiveReason = nullptr;
    std::optional<FrozenLetters> m_frozen; // of the group; nullopt: not counted yet, or about one letter
    CommandLine* m_line = nullptr;
    AsyncLoad<DecisionSheet> m_sheetLoad;
    AsyncLoad<ActionReport> m_actLoad;
    AsyncLoad<FrozenLetters> m_freezeLoad;
    AsyncLoad<UndoPlan> m_undoLoad;
};

} // namespace spillway::views
