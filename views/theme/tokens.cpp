// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/theme/tokens.h"

#include <algorithm>
#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

QColor Tokens::tone(Tone tone) const
{
    switch (tone) {
    case Tone::Neutral:
        return text;
    case Tone::Ok:
        return ok;
    case Tone::Warning:
        return warning;
    case Tone::Critical:
        return critical;
    case Tone::Unknown:
        return unknown;
    }
    return text;
}

const Tokens& lightTokens()
{
    static const Tokens tokens{
        .window = QColor(0xF6F7F9),
        .surface = QColor(0xFFFFFF),
        .raised = QColor(0xFFFFFF),
        .line = QColor(0xD9DEE5),
        .text = QColor(0x1B2430),
        .muted = QColor(0x566273),
        .accent = QColor(0x0B62C4),
        .onAccent = QColor(0xFFFFFF),
        .selection = QColor(0xDCE9F9),
        .ok = QColor(0x15693F),
        .warning = QColor(0x8A5300),
        .critical = QColor(0xB3261E),
        .unknown = QColor(0x5B6472),
        .series = {QColor(0x0060AF), QColor(0xD96B00), QColor(0x12A37F), QColor(0x8C3A73), QColor(0x2B303B)},
        .isDark = false,
    };
    return tokens;
}

const Tokens& darkTokens()
{
    static const Tokens tokens{
        .window = QColor(0x14181E),
        .surface = QColor(0x1B2129),
        .raised = QColor(0x222A34),
        .line = QColor(0x343E4B),
        .text = QColor(0xE6EAF0),
        .muted = QColor(0xA6B1BF),
        .accent = QColor(0x6CB0FF),
        .onAccent = QColor(0x14181E),
        .selection = QColor(0x22405F),
        .ok = QColor(0x5FD39A),
        .warning = QColor(0xF0B254),
        .critical = QColor(0xFF8A80),
        .unknown = QColor(0xA3ADBA),
        .series = {QColor(0x5AA2F5), QColor(0xF0883E), QColor(0x35C9A5), QColor(0xF0B6E6), QColor(0xF4EFC2)},
        .isDark = true,
    };
    return tokens;
}

const Tokens& tokensFor(const QPalette& palette)
{
    return palette.color(QPalette::Active, QPalette::Window).lightness() < 128 ? darkTokens() : lightTokens();
}

QColor environmentColour(Environment environment)
{
    switch (environment) {
    case Environment::Production:
        return QColor(0xB3261E);
    case Environment::Staging:
        return QColor(0x8A5300);
    case Environment::Development:
        return QColor(0x15693F);
    }
    return QColor(0xB3261E);
}

QColor environmentText()
{
    return QColor(0xFFFFFF);
}

QPalette paletteFor(const Tokens& t)
{
    QPalette palette;
    palette.setColor(QPalette::Window, t.window);
    palette.setColor(QPalette::WindowText, t.text);
    palette.setColor(QPalette::Base, t.surface);
    palette.setColor(QPalette::AlternateBase, t.surface);
    palette.setColor(QPalette::Text, t.text);
    palette.setColor(QPalette::PlaceholderText, t.muted);
    palette.setColor(QPalette::Button, t.surface);
    palette.setColor(QPalette::ButtonText, t.text);
    palette.setColor(QPalette::BrightText, t.critical);
    palette.setColor(QPalette::ToolTipBase, t.raised);
    palette.setColor(QPalette::ToolTipText, t.text);
    palette.setColor(QPalette::Highlight, t.selection);
    palette.setColor(QPalette::HighlightedText, t.text);
    palette.setColor(QPalette::Link, t.accent);
    palette.setColor(QPalette::LinkVisited, t.accent);
    palette.setColor(QPalette::Light, t.surface);
    palette.setColor(QPalette::Midlight, t.surface);
    palette.setColor(QPalette::Mid, t.line);
    palette.setColor(QPalette::Dark, t.line);
    palette.setColor(QPalette::Shadow, t.line);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, t.muted);
    return palette;
}

QString styleSheetFor(const Tokens& t)
{
    // %1 line, %2 surface, %3 text, %4 muted, %5 accent, %6 on accent, %7 selection, %8 raised, %9 window, %10 light or
    // dark
    return uR"(
QToolTip { background: %8; color: %3; border: 1px solid %1; padding: 4px 8px; }
QMenu { background: %8; border: 1px solid %1; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: %7; color: %3; }
QMenu::separator { height: 1px; background: %1; margin: 4px 8px; }
QTableView, QTreeView, QListView { background: %2; border: 0; outline: 0; selection-background-color: %7; selection-color: %3; }
QHeaderView { background: %2; }
QHeaderView::section { background: %2; color: %4; border: 0; border-bottom: 1px solid %1; padding: 0 0 0 8px; font-weight: 400; }
QHeaderView::up-arrow, QHeaderView::down-arrow { subcontrol-origin: margin; subcontrol-position: center right; width: 8px; height: 8px; }
QTableCornerButton::section { background: %2; border: 0; }
QSplitter::handle { background: %1; }
QSplitter::handle:hover { background: %5; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QLineEdit, QComboBox, QSpinBox, QDateEdit { background: %2; color: %3; border: 1px solid %1; border-radius: 6px; padding: 0 8px; min-height: 28px; selection-background-color: %7; selection-color: %3; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus { border: 1px solid %5; }
QComboBox::drop-down { border: 0; width: 24px; }
QComboBox::down-arrow { image: url(:/spillway/icons/chevron-%10.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: %8; border: 1px solid %1; }
QPushButton { background: %2; color: %3; border: 1px solid %1; border-radius: 6px; padding: 0 12px; min-height: 28px; }
QPushButton[dense="true"] { min-height: 22px; }
QPushButton:hover { border-color: %4; }
QPushButton:focus { border: 1px solid %5; }
QPushButton:disabled { color: %4; background: %9; }
QPushButton[primary="true"] { background: %5; color: %6; border: 1px solid %5; font-weight: 600; }
QPushButton[primary="true"]:focus { border: 2px solid %3; }
QPushButton[primary="true"]:disabled { background: %1; color: %4; border: 1px solid %1; }
QPushButton[flat="true"] { background: transparent; border: 1px solid transparent; color: %5; padding: 0 8px; }
QPushButton[flat="true"]:hover { border-color: %1; }
QPushButton[flat="true"]:focus { border-color: %5; }
QRadioButton::indicator { width: 12px; height: 12px; border: 1px solid %4; border-radius: 7px; background: %2; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 4px solid %5; }
QRadioButton::indicator:focus { border-color: %5; }
QRadioButton::indicator:disabled { border-color: %1; }
QCheckBox::indicator { width: 12px; height: 12px; border: 1px solid %4; border-radius: 3px; background: %2; }
QCheckBox::indicator:checked { border-color: %5; background: %5; image: url(:/spillway/icons/check-%10.svg); }
QCheckBox::indicator:focus { border-color: %5; }
QCheckBox::indicator:disabled { border-color: %1; }
QCheckBox::indicator:checked:disabled { border-color: %4; background: %4; }
QToolButton { background: transparent; color: %3; border: 1px solid transparent; border-radius: 6px; padding: 4px 8px; }
QToolButton:hover { background: %7; }
QToolButton:focus { border: 1px solid %5; }
QToolButton:checked { background: %7; }
QToolButton::menu-indicator { image: none; }
QToolButton#chipRemove, QToolButton#markRemove { padding: 0; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: %4; border: 0; border-bottom: 2px solid transparent; padding: 6px 12px; }
QTabBar[dense="true"]::tab { padding: 6px 4px; }
QTabBar::tab:selected { color: %3; border-bottom: 2px solid %5; }
QTabBar::tab:focus { color: %5; }
QTabWidget::pane { border: 0; border-top: 1px solid %1; }
QPlainTextEdit, QTextBrowser { background: %2; border: 0; selection-background-color: %7; selection-color: %3; }
QPlainTextEdit[field="true"] { border: 1px solid %1; border-radius: 6px; padding: 2px 4px; }
QPlainTextEdit[field="true"]:focus { border: 1px solid %5; }
QAbstractScrollArea::corner { background: transparent; border: 0; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: %1; border-radius: 4px; margin: 1px; }
QScrollBar::handle:hover { background: %4; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: %1; border: 0; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: %5; border-radius: 2px; }
QDialog { background: %8; }
QFrame[hairline="true"] { background: %1; border: 0; }
QWidget[surface="true"] { background: %2; }
)"_s.arg(t.line.name(), t.surface.name(), t.text.name(), t.muted.name(), t.accent.name(), t.onAccent.name(),
         t.selection.name(), t.raised.name(), t.window.name())
        .arg(t.isDark ? u"dark"_s : u"light"_s);
}

double contrastRatio(const QColor& a, const QColor& b)
{
    const auto linear = [](double channel) {
        return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
    };
    const auto luminance = [&linear](const QColor& c) {
        return 0.2126 * linear(static_cast<double>(c.redF())) + 0.7152 * linear(static_cast<double>(c.greenF())) +
               0.0722 * linear(static_cast<double>(c.blueF()));
    };
    const double first = luminance(a);
    const double second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

QColor mixed(const QColor& a, const QColor& b, double share)
{
    const auto channel = [share](int x, int y) { return static_cast<int>(std::lround(share * x + (1 - share) * y)); };
    return QColor(channel(a.red(), b.red()), channel(a.green(), b.green()), channel(a.blue(), b.blue()));
}

} // namespace spillway::views
