// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/alert/concern.h"
#include "views/theme/tokens.h"
#include "views/widgets/timetext.h"

#include <QWidget>

class QPushButton;

namespace spillway::views {

class PlainTextLabel;
class StateBadge;

/// One thing that needs somebody: how bad, what, on what it rests, whose it is, and the one thing to do.
class ConcernRow final : public QWidget
{
    Q_OBJECT
public:
    explicit ConcernRow(QWidget* parent = nullptr);
    void show(const Concern& concern, const TimeText& time, UtcTime now);
    [[nodiscard]] const Concern& concern() const { return m_concern; }
    [[nodiscard]] QPushButton* button() const { return m_action; }

Q_SIGNALS:
    void acted();
    void focused();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    Concern m_concern;
    StateBadge* m_badge = nullptr;
    PlainTextLabel* m_summary = nullptr;
    PlainTextLabel* m_evidence = nullptr;
    PlainTextLabel* m_owner = nullptr;
    QPushButton* m_action = nullptr;
};

[[nodiscard]] Tone toneOf(Severity severity);
/// The id of the page that a concern's action leads to; empty: it is no place, but a broker to be asked again.
[[nodiscard]] QString pageOf(ConcernScreen screen);
/// The column at the left of a row in which the badges of all rows stand, at its top.
[[nodiscard]] QWidget* badgeColumn(StateBadge* badge, QWidget* row);
/// Its surface, the line below it, and a stroke at the left of the one that has the focus. In the row's paintEvent.
void paintRowGround(QWidget& row, bool isCurrent);
/// "payment-team · on call payment-oncall · #payment-alerts · since 3 h ago · 11:13:20 UTC"
[[nodiscard]] QString ownerLine(const Concern& concern, const TimeText& time, UtcTime now);

} // namespace spillway::views
