// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/theme/fonts.h"
#include "views/theme/tokens.h"

#include <QLabel>

#include <vector>

namespace spillway::views {

/// A label that never takes its text for markup, and shows control and bidirectional characters as what they are. Where
/// it wraps, long words (class names, paths) go on in the next line.
/// The only label the screens use: QLabel guesses, and would load what a payload names.
class PlainTextLabel : public QLabel
{
    Q_OBJECT
public:
    enum class Ink { Text, Muted };

    explicit PlainTextLabel(const QString& text = {}, QWidget* parent = nullptr);
    PlainTextLabel(const QString& text, TextSize size, Ink ink, QWidget* parent = nullptr);

    void setText(const QString& text);
    [[nodiscard]] const QString& fullText() const { return m_full; }
    [[nodiscard]] QString text() const; ///< what is shown of it
    /// The colour follows light and dark. Neutral is `Ink`'s own.
    void setTone(Tone tone);
    void setInk(Ink ink);
    /// Shortens in the middle where it is too wide, instead of asking for more room.
    void setElided(bool elided);
    void setSelectable(bool selectable);

    [[nodiscard]] QSize minimumSizeHint() const override;
    /// Kept for a few widths: whenever a text of the window changes, its layouts ask all labels again, also hidden
    /// ones, and shaping texts would be most of what the window does while data arrives.
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void copySelection();
    void colour();
    void fit();

    QString m_full;
    Ink m_ink = Ink::Text;
    Tone m_tone = Tone::Neutral;
    bool m_isElided = false;
    bool m_isColouring = false;
    struct Height
    {
        int width = 0;
        bool isWrapped = false;
        int height = 0;
    };
    mutable std::vector<Height> m_heights; // at most a few
};

/// For tooltips, which guess as well: `text` as markup that means exactly `text`.
[[nodiscard]] QString plainToolTip(const QString& text);

} // namespace spillway::views
