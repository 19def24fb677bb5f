// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cost/whatif.h"

#include <QWidget>

class QSlider;

namespace spillway::views {

class PlainTextLabel;

/// Sliders for volume, retention and copies, and what the bill would be. It only asks and shows; the model reckons.
class WhatIfPanel final : public QWidget
{
    Q_OBJECT
public:
    explicit WhatIfPanel(QWidget* parent = nullptr);
    [[nodiscard]] CostWhatIf whatIf() const;
    /// The bill's copies: where the slider stands at first.
    void setReplication(int copies);
    void showSimulation(const std::optional<CostSimulation>& simulation, const QString& currency);
    void reset();

Q_SIGNALS:
    void changed();

private:
    void told();
    QSlider* m_volume = nullptr;
    QSlider* m_retention = nullptr;
    QSlider* m_copies = nullptr;
    PlainTextLabel* m_volumeText = nullptr;
    PlainTextLabel* m_retentionText = nullptr;
    PlainTextLabel* m_copiesText = nullptr;
    PlainTextLabel* m_result = nullptr;
    int m_replication = 1;
};

} // namespace spillway::views
