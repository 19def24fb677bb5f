// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/groupwhy.h"
#include "views/widgets/plaintextlabel.h"

#include <QScrollArea>

class QPushButton;
class QVBoxLayout;

namespace spillway::views {

/// Why letters are one group: each part of the fingerprint with where it came from, what was folded, what people
/// merged. Strangers' text is shown as plain text.
class WhyPanel final : public QScrollArea
{
    Q_OBJECT
public:
    explicit WhyPanel(QWidget* parent);
    void show(const GroupWhy& why);
    void showSentence(const QString& sentence);
    /// All that stands there, line by line; for tests and the clipboard.
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    /// Somebody wants these merges or splits back.
    void takeBackAsked(const QStringList& groupIds);

private:
    void clear();
    void add(const QString& text, PlainTextLabel::Ink ink);

    QVBoxLayout* m_lines = nullptr;
    QPushButton* m_takeBack = nullptr;
    QList<PlainTextLabel*> m_labels;
    QStringList m_undoable;
};

} // namespace spillway::views
