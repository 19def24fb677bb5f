// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QSplitter>

namespace spillway::views {

/// Panes side by side (or one above the other) whose split is remembered under `name`.
class SplitView final : public QSplitter
{
    Q_OBJECT
public:
    /// @param shares  the first split, as proportions, one per pane that will be added.
    SplitView(const QString& name, Qt::Orientation orientation, QList<int> shares, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;
    QSplitterHandle* createHandle() override;

private:
    void remember();
    QString m_key;
    QList<int> m_shares;
    bool m_isPlaced = false;
};

} // namespace spillway::views
