// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/theme/tokens.h"

#include <QDBusVariant>
#include <QObject>

class QApplication;

namespace spillway::views {

/// Dresses the application in tokens and changes them at once when the system turns light or dark. UI thread; one per
/// application.
class Theme final : public QObject
{
    Q_OBJECT
public:
    enum class Mode { FollowSystem, Light, Dark };

    explicit Theme(QApplication& application);

    /// Sets the look and, when following, asks the desktop which one it wants (answer comes later, through `changed`).
    void setMode(Mode mode);
    [[nodiscard]] Mode mode() const { return m_mode; }
    [[nodiscard]] bool isDark() const { return m_isDark; }

Q_SIGNALS:
    void changed(bool isDark);

private Q_SLOTS:
    /// org.freedesktop.portal.Settings.SettingChanged
    void applyPortalSetting(const QString& nameSpace, const QString& key, const QDBusVariant& value);

private:
    void askPortal();
    void setSystemDark(bool isDark);
    void dress(bool isDark);

    QApplication& m_application;
    Mode m_mode = Mode::FollowSystem;
    bool m_systemIsDark = false;
    bool m_isDark = false;
    bool m_isDressed = false;
    bool m_listens = false;
};

} // namespace spillway::views
