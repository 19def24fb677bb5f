// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/theme/icons.h"

#include "views/theme/tokens.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

using namespace Qt::Literals::StringLiterals;

// Outside any namespace, as the macro asks.
static void initIconResources()
{
    Q_INIT_RESOURCE(icons);
}

namespace spillway::views {

namespace {

class StrokeIconEngine final : public QIconEngine
{
public:
    StrokeIconEngine(QByteArray svg, IconInk ink)
        : m_svg(std::move(svg))
        , m_ink(ink)
    {
    }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State /*state*/) override
    {
        const Tokens& tokens = tokensFor(QGuiApplication::palette());
        const QColor colour = mode == QIcon::Disabled      ? tokens.muted
                              : m_ink == IconInk::OnAccent ? tokens.onAccent
                                                           : tokens.text;
        QByteArray tinted = m_svg;
        tinted.replace("currentColor", colour.name().toLatin1());
        QSvgRenderer(tinted).render(painter, QRectF(rect));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return pixmap;
    }
    [[nodiscard]] QIconEngine* clone() const override { return new StrokeIconEngine(m_svg, m_ink); }

private:
    QByteArray m_svg; // with "currentColor" where the stroke's colour goes
    IconInk m_ink;
};

} // namespace

QIcon icon(QStringView name, IconInk ink)
{
    initIconResources();
    QFile file(u":/spillway/icons/%1.svg"_s.arg(name));
    const bool opened = file.open(QIODevice::ReadOnly);
    Q_ASSERT_X(opened, "icon", "no such icon");
    return QIcon(new StrokeIconEngine(opened ? file.readAll() : QByteArray(), ink));
}

} // namespace spillway::views
