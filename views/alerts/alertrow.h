// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/alerts/alertwords.h"

#include <QWidget>

class QPushButton;

namespace spillway::views {

class PlainTextLabel;
class StateBadge;

/// One alert: how bad, what, on what it rests, what became of it, whose it is, and what can be done.
class AlertRow final : public QWidget
{
    Q_OBJECT
public:
    explicit AlertRow(QWidget* parent = nullptr);
    /// @param all  among which is the one that mutes it
    void show(const Alert& alert, const std::vector<Alert>& all, const TimeText& time, UtcTime now);
    [[nodiscard]] const Alert& alert() const { return m_alert; }
    /// Holds the keyboard: the first that can be pressed.
    void takeFocus();
    [[nodiscard]] bool holdsFocus() const;

Q_SIGNALS:
    void stepAsked();
    void acknowledgeAsked();
    void silenceAsked();
    void undoAsked();
    void focused();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] QPushButton* addButton(const char* name);

    Alert m_alert;
    StateBadge* m_badge = nullptr;
    PlainTextLabel* m_summary = nullptr;
    PlainTextLabel* m_evidence = nullptr;
    PlainTextLabel* m_state = nullptr;
    PlainTextLabel* m_told = nullptr;
    PlainTextLabel* m_owner = nullptr;
    QPushButton* m_step = nullptr;
    QPushButton* m_acknowledge = nullptr;
    QPushButton* m_silence = nullptr;
    QPushButton* m_undo = nullptr;
};

} // namespace spillway::views
