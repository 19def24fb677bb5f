// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/doctor.h"
#include "views/theme/tokens.h"
#include "views/widgets/asyncload.h"

#include <QWidget>

class QPushButton;
class QScrollArea;

namespace spillway::views {

class DataSource;
class PlainTextLabel;

/// How dead-lettering is set up wrongly, each with its evidence, what to do, and the command that does it: what
/// `spillwayctl dlq doctor` prints.
class SetupPane final : public QWidget
{
    Q_OBJECT
public:
    explicit SetupPane(DataSource& source, QWidget* parent = nullptr);
    /// Asks for the findings and brings this one into sight. @param findingId  empty: the first
    void open(const QString& findingId);
    void refresh();
    [[nodiscard]] bool isSettled() const { return !m_load.isRunning() && !m_collect.isRunning(); }

Q_SIGNALS:
    void closed();
    /// For the status bar.
    void said(const QString& sentence);

private:
    void showFindings(Result<std::vector<DoctorFinding>> findings);
    [[nodiscard]] QWidget* rowOf(const DoctorFinding& finding);
    void askBrokers();

    DataSource& m_data;
    QString m_wanted; // to be brought into sight; empty: none
    PlainTextLabel* m_title = nullptr;
    QPushButton* m_back = nullptr;
    QPushButton* m_ask = nullptr;
    QScrollArea* m_scroll = nullptr;
    AsyncLoad<std::vector<DoctorFinding>> m_load;
    AsyncLoad<bool> m_collect;
};

[[nodiscard]] Tone toneOf(DoctorSeverity severity);

} // namespace spillway::views
