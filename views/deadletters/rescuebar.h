// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/letterrescue.h"
#include "views/widgets/asyncload.h"

#include <QWidget>

class QPushButton;

namespace spillway::views {

class DataSource;
class PlainTextLabel;

/// Over the payload of a letter that only points to one: copies it from its origin with one click, before it expires
/// there. Hidden for every other letter.
class RescueBar final : public QWidget
{
    Q_OBJECT
public:
    explicit RescueBar(DataSource& source, QWidget* parent = nullptr);

    /// The letter in the inspector. Another one ends a rescue under way: what was copied until then stays.
    void setLetter(const DeadLetter& letter);
    void clear();
    [[nodiscard]] bool isSettled() const { return !m_load.isRunning(); }

Q_SIGNALS:
    /// The payload is stored here now.
    void rescued();
    /// For the status bar.
    void said(const QString& sentence);

private:
    void press();
    void show(Result<RescueReport> report);
    void showReady();

    DataSource& m_data;
    QString m_letterId; // empty: no letter that could be rescued
    PlainTextLabel* m_text = nullptr;
    QPushButton* m_button = nullptr;
    AsyncLoad<RescueReport> m_load;
};

} // namespace spillway::views
