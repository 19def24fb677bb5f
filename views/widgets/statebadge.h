// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/theme/tokens.h"

#include <QPainter>
#include <QWidget>

namespace spillway::views {

/// The shape that says a tone without colour: ● ok, ▲ warning, ◆ critical, ○ unknown; a dash for neutral.
[[nodiscard]] QChar toneGlyph(Tone tone);
[[nodiscard]] QString toneWord(Tone tone); ///< "ok", "warning", "critical", "unknown", "": for people, translated

/// Draws the shape of a tone, 8 px, centred on `centre`.
void paintToneShape(QPainter& painter, QPointF centre, Tone tone, const Tokens& tokens);

/// Shape and word, in the tone's colour.
class StateBadge final : public QWidget
{
    Q_OBJECT
public:
    explicit StateBadge(QWidget* parent = nullptr);
    StateBadge(Tone tone, const QString& word, QWidget* parent = nullptr);
    void setState(Tone tone, const QString& word);
    [[nodiscard]] Tone tone() const { return m_tone; }
    [[nodiscard]] const QString& word() const { return m_word; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Tone m_tone = Tone::Unknown;
    QString m_word;
};

} // namespace spillway::views
