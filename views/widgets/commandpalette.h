// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QFrame>
#include <QList>
#include <QPointer>

#include <optional>

class QLineEdit;
class QListWidget;

namespace spillway::views {

/// Every action by name, one key away. Floats over its parent; Escape leads out and gives the focus back.
class CommandPalette final : public QFrame
{
    Q_OBJECT
public:
    explicit CommandPalette(QWidget* parent);
    /// Shows these actions, the enabled ones, in this order until something is typed.
    void open(const QList<QAction*>& actions);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void match(const QString& typed);
    void runCurrent();
    void leave();

    QLineEdit* m_edit = nullptr;
    QListWidget* m_list = nullptr;
    QList<QPointer<QAction>> m_actions;
    QPointer<QWidget> m_focusBefore;
};

/// How well `typed` fits `name`: all its letters in order, better when they start words. Empty when they do not occur.
/// Pure.
[[nodiscard]] std::optional<int> paletteScore(QStringView typed, QStringView name);

} // namespace spillway::views
