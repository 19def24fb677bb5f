// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace spillway::views {

class PlainTextLabel;

/// The `spillwayctl` line that does the same, in monospace, with a button that copies it.
class CommandLine final : public QWidget
{
    Q_OBJECT
public:
    explicit CommandLine(const QString& line, QWidget* parent = nullptr);
    void setLine(const QString& line);
    [[nodiscard]] const QString& line() const { return m_line; }

private:
    QString m_line;
    PlainTextLabel* m_text = nullptr;
};

} // namespace spillway::views
