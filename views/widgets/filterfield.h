// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

#include <functional>
#include <optional>

class QLineEdit;

namespace spillway::views {

class CompletionList;
class FlowLayout;
class PlainTextLabel;

struct FilterFault
{
    int column = 1; ///< of what was checked, first character is 1; 0: no one place
    QString message;
};

/// What the term under the cursor may become.
struct FilterCompletion
{
    qsizetype start = 0; ///< where that term begins; it ends at the cursor
    QStringList terms;   ///< each stands for the whole term; one that ends in a sign goes on
};

/// A query as chips that can be removed or edited where they stand, and a line to type the next one in; chips that do
/// not fit in one line go on in the next. A term with characters that cannot be seen (control, bidirectional, zero
/// width) shows them as `\u{…}` and can only be removed. Return takes
/// what is typed; Backspace in the empty line brings the last chip back as text; a chip becomes a line by a click or
/// Return, Escape leaves it as it was, emptied it goes; a fault is shown under the line with its column in what was
/// typed there, and the old query stays in force.
class FilterField final : public QWidget
{
    Q_OBJECT
public:
    using Check = std::function<std::optional<FilterFault>(const QString& query)>;
    using Complete = std::function<FilterCompletion(const QString& typed, qsizetype cursor)>;

    explicit FilterField(QWidget* parent = nullptr);
    /// What says whether a query is well formed. Quick; UI thread.
    void setCheck(Check check) { m_check = std::move(check); }
    /// What offers words below the line while it is typed in. Quick; UI thread.
    void setComplete(Complete complete) { m_complete = std::move(complete); }
    void setPlaceholder(const QString& text);
    /// Shows a button at the end of the line that asks for `menuRequested`.
    void showMenuButton(const QString& toolTip);

    /// Replaces all chips; a faulty query is shown as text with its fault.
    void setQuery(const QString& query);
    [[nodiscard]] QString query() const; ///< in force: the chips, joined
    [[nodiscard]] QStringList chips() const { return m_chips; }
    [[nodiscard]] QString faultText() const;
    void startTyping();
    /// One more term that has to fit too, as a chip of its own; one that is there already changes nothing.
    void addTerm(const QString& term);

Q_SIGNALS:
    void queryChanged(const QString& query);
    void menuRequested(const QPoint& at); ///< on the screen

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void takeTyped();
    void takeTerms(const QStringList& added);
    void offerWords();
    void takeWord(const QString& word);
    void removeChip(qsizetype index);
    void editChip(qsizetype index);
    void takeEdited(qsizetype index);
    [[nodiscard]] bool isSound(QLineEdit& line); ///< else the fault is shown, and the cursor stands there
    [[nodiscard]] bool isSound(const QStringList& terms);
    [[nodiscard]] QWidget* chipOf(qsizetype index);
    [[nodiscard]] QLineEdit* lineOf(qsizetype index);
    void rebuild();
    void showFault(const std::optional<FilterFault>& fault);

    Check m_check;
    Complete m_complete;
    CompletionList* m_words = nullptr;
    qsizetype m_wordStart = 0; // where what is chosen goes
    QStringList m_chips;
    qsizetype m_editedChip = -1;     // that is a line now
    QLineEdit* m_chipEdit = nullptr; // that line
    FlowLayout* m_row = nullptr;
    QLineEdit* m_edit = nullptr;
    PlainTextLabel* m_fault = nullptr;
    QList<QWidget*> m_chipWidgets;
};

/// Splits at spaces outside quotes and parentheses; a query with OR, AND or NOT between its terms stays one piece,
/// since its parts do not stand alone (`a OR(b)` too). Pure.
[[nodiscard]] QStringList queryTerms(const QString& query);

} // namespace spillway::views
