// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/consolestatus.h"
#include "views/shell/viewsettings.h"

#include <QWidget>

class QComboBox;
class QHBoxLayout;
class QToolButton;

namespace spillway::views {

class PlainTextLabel;
class StateBadge;

/// Where one is (workspace, environment), what one looks at (span, zone, live), and whether the connections answer.
class TopBar final : public QWidget
{
    Q_OBJECT
public:
    TopBar(const WorkspaceFacts& workspace, ViewSettings& settings, QWidget* parent = nullptr);
    void showConnections(const std::vector<ConnectionHealth>& connections);

Q_SIGNALS:
    void paletteAsked();

private:
    void buildZones();
    void showLive(bool isLive);

    ViewSettings& m_settings;
    QHBoxLayout* m_dots = nullptr;
    std::vector<std::pair<ConnectionHealth, StateBadge*>> m_badges;
    QComboBox* m_span = nullptr;
    QComboBox* m_zone = nullptr;
    QToolButton* m_live = nullptr;
};

/// The word beside a connection's dot, and how bad it is.
[[nodiscard]] QString connectivityWord(Connectivity connectivity);

} // namespace spillway::views
