// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/theme/theme.h"

#include "views/theme/fonts.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QStyleFactory>
#include <QToolTip>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

const QString portalService = u"org.freedesktop.portal.Desktop"_s;
const QString portalPath = u"/org/freedesktop/portal/desktop"_s;
const QString portalInterface = u"org.freedesktop.portal.Settings"_s;
const QString appearance = u"org.freedesktop.appearance"_s;
const QString colourScheme = u"color-scheme"_s;

/// The portal wraps the number in one or two variants. 1 prefers dark; 0 (no preference) and 2 are light.
bool prefersDark(QVariant value)
{
    while (value.canConvert<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    return value.toUInt() == 1;
}

} // namespace

Theme::Theme(QApplication& application)
    : m_application(application)
{
    // Before our own palette is set, the palette is the desktop's: the answer where no portal can be asked.
    m_systemIsDark = QApplication::palette().color(QPalette::Window).lightness() < 128;
    QApplication::setStyle(QStyleFactory::create(u"Fusion"_s));
    QApplication::setFont(uiFont());
    QToolTip::setFont(uiFont(TextSize::Small));
}

void Theme::setMode(Mode mode)
{
    m_mode = mode;
    dress(mode == Mode::Dark || (mode == Mode::FollowSystem && m_systemIsDark));
    if (mode == Mode::FollowSystem)
        askPortal();
}

void Theme::askPortal()
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    if (!m_listens) {
        m_listens = bus.connect(portalService, portalPath, portalInterface, u"SettingChanged"_s, this,
                                SLOT(applyPortalSetting(QString, QString, QDBusVariant)));
    }
    QDBusMessage question = QDBusMessage::createMethodCall(portalService, portalPath, portalInterface, u"Read"_s);
    question.setArguments({appearance, colourScheme});
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(question), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* done) {
        const QDBusPendingReply<QVariant> reply = *done;
        if (!reply.isError())
            setSystemDark(prefersDark(reply.value()));
        done->deleteLater();
    });
}

void Theme::applyPortalSetting(const QString& nameSpace, const QString& key, const QDBusVariant& value)
{
    if (nameSpace == appearance && key == colourScheme)
        setSystemDark(prefersDark(value.variant()));
}

void Theme::setSystemDark(bool isDark)
{
    m_systemIsDark = isDark;
    if (m_mode == Mode::FollowSystem)
        dress(isDark);
}

void Theme::dress(bool isDark)
{
    if (m_isDressed && isDark == m_isDark)
        return;
    m_isDressed = true;
    m_isDark = isDark;
    const Tokens& tokens = isDark ? darkTokens() : lightTokens();
    const QPalette palette = paletteFor(tokens);
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
    m_application.setStyleSheet(styleSheetFor(tokens));
    Q_EMIT changed(isDark);
}

} // namespace spillway::views
