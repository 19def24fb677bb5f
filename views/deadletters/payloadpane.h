// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/jsontree.h"
#include "model/schema/decodedpayload.h"
#include "views/deadletters/payloadview.h"

#include <QWidget>

class QLineEdit;
class QStackedWidget;
class QToolButton;
class QTreeView;

namespace spillway::views {

class PlainTextLabel;

/// A payload in four forms: pretty, tree, raw, hex, with find, and a line that says what one sees.
class PayloadPane final : public QWidget
{
    Q_OBJECT
public:
    enum class Form { Pretty, Tree, Raw, Hex };

    explicit PayloadPane(QWidget* parent = nullptr);
    /// @param why  what is said where there are no bytes ("null: …", "no message chosen").
    void show(const std::optional<QByteArray>& bytes, const QString& why);
    /// What a schema finds wrong; `sentence` says it in words above the payload, empty for nothing to say.
    void setMarks(std::vector<PayloadMark> marks, const QString& sentence);
    /// What stands before the size in the note: "decoded from Avro by …".
    void setOrigin(const QString& origin);

    void setForm(Form form);
    [[nodiscard]] Form form() const { return m_form; }
    void turnForm(); ///< pretty, tree, raw, hex, pretty …
    /// Puts the keyboard into the find field.
    void startFinding();
    void find(bool isBackwards);
    /// Scrolls to a stretch, also from the tree.
    void showStretch(qsizetype first, qsizetype last);
    [[nodiscard]] bool isSettled() const;

Q_SIGNALS:
    /// "Add as filter" on a value: a term of the query language.
    void filterAsked(const QString& term);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* buildFind();
    void showForm();
    void showTreeWhenReady();
    void markFault(); ///< where it stops being JSON
    void showNote();
    void showFound(Result<std::optional<qsizetype>> at);
    void openTreeMenu(const QPoint& at);
    void copyFromTree(JsonTree::Role role);
    void copyValueFromTree();

    std::optional<QByteArray> m_bytes;
    QString m_why;
    QString m_origin;
    std::vector<PayloadMark> m_marks;
    Form m_form = Form::Pretty;
    QToolButton* m_forms[4] = {};
    PlainTextLabel* m_note = nullptr; // its size, or how much of it is there
    PlainTextLabel* m_more = nullptr; // what else must be known of it, in sentences
    PlainTextLabel* m_schema = nullptr;
    QWidget* m_findBar = nullptr;
    QLineEdit* m_findText = nullptr;
    PlainTextLabel* m_findNote = nullptr;
    QStackedWidget* m_stack = nullptr;
    PayloadView* m_view = nullptr;
    QTreeView* m_tree = nullptr;
    JsonTree m_treeModel;
    bool m_isTreeShown = false; // the model holds these bytes
    bool m_isFindBackwards = false;
    AsyncLoad<std::optional<qsizetype>> m_findLoad;
};

} // namespace spillway::views
