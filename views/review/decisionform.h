// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/review/agenda.h"
#include "views/shell/viewsettings.h"

#include <QWidget>

class QButtonGroup;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace spillway::views {

class CommandLine;
class PlainTextLabel;

/// One group of the agenda and the meeting's word on it. What is being written stays while the same group is shown
/// again, also when somebody else decided on it meanwhile: that is said beside it.
class DecisionForm final : public QWidget
{
    Q_OBJECT
public:
    explicit DecisionForm(ViewSettings& settings, QWidget* parent = nullptr);

    /// @param decision  what was decided already; null: nothing yet.
    /// @param isOpen    a review is open: a decision can be recorded.
    void show(const AgendaItem& item, const ReviewDecision* decision, bool isOpen);
    void clear();
    [[nodiscard]] const QString& group() const { return m_group; }
    [[nodiscard]] ReviewWords words() const;
    /// Also from the keyboard: 1 to 5.
    void choose(ReviewVerdict verdict);
    void submit();
    /// Asks to take back the word that is shown; nothing where there is none.
    void takeBack();
    /// What was written is recorded: the word that is shown next may take its place.
    void forgetDraft();

Q_SIGNALS:
    void decided(const QString& group, const spillway::ReviewWords& words);
    /// The word of this event is said no longer.
    void takeBackAsked(const QString& group, std::int64_t seq);
    /// Show the group's letters.
    void lettersAsked(const QString& group);

private:
    void fill(const ReviewDecision* decision);
    void showOther(const ReviewDecision* decision);
    void showCommand();

    ViewSettings& m_settings;
    QString m_group;
    bool m_isOpen = false;
    bool m_isFilling = false;
    bool m_isDraft = false;  // somebody wrote or chose something since it was filled
    std::int64_t m_seen = 0; // the word that it was filled with
    std::int64_t m_word = 0; // the word that counts; 0: none
    PlainTextLabel* m_other = nullptr;
    PlainTextLabel* m_title = nullptr;
    PlainTextLabel* m_facts = nullptr;
    PlainTextLabel* m_why = nullptr;
    PlainTextLabel* m_consequence = nullptr;
    PlainTextLabel* m_fault = nullptr;
    QButtonGroup* m_verdicts = nullptr;
    QPlainTextEdit* m_note = nullptr;
    QLineEdit* m_action = nullptr;
    QLineEdit* m_who = nullptr;
    QLineEdit* m_due = nullptr;
    QPushButton* m_record = nullptr;
    QPushButton* m_takeBack = nullptr;
    CommandLine* m_command = nullptr;
};

} // namespace spillway::views
