// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/workspace/workspace.h"

#include <QWidget>

class QListWidget;
class QPlainTextEdit;

namespace spillway::views {

class PlainTextLabel;

/// Own rules for kinds as text, and below what is wrong with it: each fault is underlined where it stands, and choosing
/// it leads there.
class KindRulesEditor final : public QWidget
{
    Q_OBJECT
public:
    explicit KindRulesEditor(QWidget* parent = nullptr);

    /// @param name  over the text: whose it is
    void show(const QByteArray& text, const QString& name);
    void setName(const QString& name);
    /// As it stands, in UTF-8, with the line ends of the text that was shown.
    [[nodiscard]] QByteArray text() const;
    void showFaults(const std::vector<FileIssue>& issues);
    [[nodiscard]] bool hasErrors() const { return m_hasErrors; }
    /// @param column  from 1, in characters.
    void goTo(int line, int column);

Q_SIGNALS:
    void textChanged();

protected:
    void changeEvent(QEvent* event) override;

private:
    void underline();

    PlainTextLabel* m_name = nullptr;
    QPlainTextEdit* m_edit = nullptr;
    QListWidget* m_faults = nullptr;
    std::vector<FileIssue> m_issues;
    bool m_hasErrors = false;
    bool m_hasCarriageReturns = false;
};

} // namespace spillway::views
