// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/shell/topbar.h"

#include "model/base/text.h"
#include "views/theme/fonts.h"
#include "views/theme/icons.h"
#include "views/theme/tokens.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/statebadge.h"
#include "views/widgets/statepane.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

/// The word on its colour.
class EnvironmentBadge final : public QWidget
{
public:
    EnvironmentBadge(Environment environment, bool isDemo, QWidget* parent)
        : QWidget(parent)
        , m_environment(environment)
        , m_word(isDemo ? TopBar::tr("demo · %1").arg(environmentWord(environment)) : environmentWord(environment))
    {
        setObjectName(u"environmentBadge"_s);
        setAccessibleName(m_word);
        setFixedSize(QFontMetrics(uiFont(TextSize::Small, true)).horizontalAdvance(m_word) + 16, 20);
    }

protected:
    void paintEvent(QPaintEvent* /*event*/) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(environmentColour(m_environment));
        painter.drawRoundedRect(rect(), 4, 4);
        painter.setPen(environmentText());
        painter.setFont(uiFont(TextSize::Small, true));
        painter.drawText(rect(), Qt::AlignCenter, m_word);
    }

private:
    Environment m_environment;
    QString m_word;
};

Tone toneOf(Connectivity connectivity)
{
    switch (connectivity) {
    case Connectivity::Connected:
        return Tone::Ok;
    case Connectivity::Degraded:
        return Tone::Warning;
    case Connectivity::Unreachable:
    case Connectivity::Unauthorised:
        return Tone::Critical;
    case Connectivity::Unknown:
    case Connectivity::Connecting:
        return Tone::Unknown;
    }
    return Tone::Unknown;
}

} // namespace

QString connectivityWord(Connectivity connectivity)
{
    switch (connectivity) {
    case Connectivity::Unknown:
        return TopBar::tr("not asked yet");
    case Connectivity::Connecting:
        return TopBar::tr("connecting");
    case Connectivity::Connected:
        return TopBar::tr("connected");
    case Connectivity::Degraded:
        return TopBar::tr("partly working");
    case Connectivity::Unreachable:
        return TopBar::tr("unreachable");
    case Connectivity::Unauthorised:
        return TopBar::tr("access refused");
    }
    return {};
}

TopBar::TopBar(const WorkspaceFacts& workspace, ViewSettings& settings, QWidget* parent)
    : QWidget(parent)
    , m_settings(settings)
{
    auto* name = new PlainTextLabel(workspace.name, TextSize::Title, PlainTextLabel::Ink::Text, this);
    name->setFont(uiFont(TextSize::Title, true));
    name->setObjectName(u"workspaceName"_s);
    name->setElided(true); // a long name, or a narrow window: shortened before the window gets wider
    name->setMaximumWidth(QFontMetrics(name->font()).horizontalAdvance(visibleText(workspace.name)) + 2);
    m_dots = new QHBoxLayout;
    m_dots->setSpacing(16);

    auto* palette = new QPushButton(icon(u"search"), tr("Commands  Ctrl+K"), this);
    palette->setObjectName(u"paletteButton"_s);
    palette->setAccessibleName(tr("Command palette"));
    palette->setFocusPolicy(Qt::TabFocus);
    connect(palette, &QPushButton::clicked, this, &TopBar::paletteAsked);

    m_span = new QComboBox(this);
    m_span->setObjectName(u"spanChoice"_s);
    m_span->setAccessibleName(tr("Time range"));
    constexpr qint64 hour = 3'600'000;
    const std::pair<QString, qint64> spans[]{{tr("Last 15 min"), hour / 4}, {tr("Last hour"), hour},
                                             {tr("Last 6 h"), 6 * hour},    {tr("Last 24 h"), 24 * hour},
                                             {tr("Last 7 d"), 168 * hour},  {tr("Last 30 d"), 720 * hour}};
    for (const auto& [text, ms] : spans) {
        m_span->addItem(text, ms);
        if (Millis{ms} == settings.span())
            m_span->setCurrentIndex(m_span->count() - 1);
    }
    connect(m_span, &QComboBox::currentIndexChanged, this,
            [this] { m_settings.setSpan(Millis{m_span->currentData().toLongLong()}); });
    m_zone = new QComboBox(this);
    m_zone->setObjectName(u"zoneChoice"_s);
    m_zone->setAccessibleName(tr("Time zone"));
    m_zone->setMaximumWidth(160);
    buildZones();
    m_live = new QToolButton(this);
    m_live->setObjectName(u"liveButton"_s);
    m_live->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(m_live, &QToolButton::clicked, this, [this] { m_settings.setLive(!m_settings.isLive()); });
    connect(&settings, &ViewSettings::liveChanged, this, &TopBar::showLive);
    showLive(settings.isLive());

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(24, 8, 24, 8);
    layout->setSpacing(8);
    layout->addWidget(name, 100); // all of it before there is room between
    layout->addWidget(new EnvironmentBadge(workspace.environment, workspace.isDemo, this));
    layout->addSpacing(16);
    layout->addLayout(m_dots);
    layout->addStretch(1);
    layout->addWidget(palette);
    layout->addWidget(m_span);
    layout->addWidget(m_zone);
    layout->addWidget(m_live);
}

void TopBar::showConnections(const std::vector<ConnectionHealth>& connections)
{
    const bool same = std::equal(
        connections.begin(), connections.end(), m_badges.begin(), m_badges.end(),
        [](const ConnectionHealth& health, const auto& badge) { return health.connection == badge.first.connection; });
    if (!same) {
        for (const auto& [health, badge] : m_badges) {
            m_dots->removeWidget(badge);
            delete badge;
        }
        m_badges.clear();
        for (const ConnectionHealth& health : connections) {
            auto* badge = new StateBadge(this);
            badge->setObjectName(u"connection-"_s + health.connection);
            m_dots->addWidget(badge);
            m_badges.emplace_back(health, badge);
        }
    }
    for (std::size_t i = 0; i < connections.size(); ++i) {
        const ConnectionHealth& health = connections[i];
        const QString word = connectivityWord(health.connectivity);
        // Many connections leave no room for their words; what is not well keeps its own.
        const bool isCalm = health.connectivity == Connectivity::Connected;
        m_badges[i].second->setState(toneOf(health.connectivity), isCalm && connections.size() > 3
                                                                      ? health.connection
                                                                      : health.connection + u' ' + word);
        m_badges[i].second->setAccessibleName(health.connection + u": "_s + word);
        m_badges[i].second->setToolTip(
            plainToolTip(health.lastError ? failureSentence(*health.lastError) : health.connection + u": "_s + word));
    }
}

void TopBar::buildZones()
{
    const QByteArray local = QTimeZone::systemTimeZoneId();
    QList<QByteArray> zones{"UTC"};
    if (local != "Etc/UTC")
        zones << local;
    zones << m_settings.timeText().zone().id();
    zones << "Europe/Berlin"
          << "Europe/London"
          << "America/New_York"
          << "America/Los_Angeles"
          << "Asia/Seoul"
          << "Asia/Tokyo"
          << "Asia/Kolkata";
    for (const QByteArray& id : std::as_const(zones)) {
        if (!QTimeZone(id).isValid() || m_zone->findData(id) >= 0)
            continue;
        const QString name = QString::fromLatin1(id);
        m_zone->addItem(id == local && id != "UTC" ? tr("Local (%1)").arg(name) : name, id);
    }
    m_zone->setCurrentIndex(m_zone->findData(m_settings.timeText().zone().id()));
    connect(m_zone, &QComboBox::currentIndexChanged, this,
            [this] { m_settings.setZone(QTimeZone(m_zone->currentData().toByteArray())); });
}

void TopBar::showLive(bool isLive)
{
    m_live->setText(isLive ? tr("Live") : tr("Paused"));
    m_live->setIcon(icon(isLive ? u"pause" : u"play"));
    m_live->setAccessibleName(isLive ? tr("Live; press to pause") : tr("Paused; press to follow again"));
}

} // namespace spillway::views
