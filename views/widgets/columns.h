// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/theme/tokens.h"

#include <QMetaType>
#include <QModelIndex>
#include <QString>
#include <QVariant>

#include <functional>
#include <optional>

namespace spillway::views {

/// A state in a cell: its shape and colour come from the tone, the word is what is read, copied and spoken.
struct CellMark
{
    Tone tone = Tone::Unknown;
    QString word;
    friend bool operator==(const CellMark&, const CellMark&) = default;
};

enum class CellAlign { Text, Number };

/// How a screen shows one column of a subject's item model. Functions get an index of that model (never of a proxy).
struct ColumnSpec
{
    int column = 0; ///< of the subject's model
    QString title;
    CellAlign align = CellAlign::Text;
    int width = 120;        ///< first width in pixels
    bool stretches = false; ///< takes the room that is left; at most one column
    bool isMono = false;    ///< ids and keys
    bool isMuted = false;
    bool isCutAtEnd = false; ///< names that one reads from their beginning; others are shortened in the middle
    bool startsHidden = false;
    std::function<QString(const QModelIndex&)> text = {};                 ///< default: the model's display text
    std::function<QString(const QModelIndex&)> leaving = {};              ///< what copies and files hold instead of it
    std::function<QVariant(const QModelIndex&)> sortKey = {};             ///< default: the display text
    std::function<std::optional<CellMark>(const QModelIndex&)> mark = {}; ///< a state: painted as shape and word
    std::function<QString(const QModelIndex&)> secondary = {};            ///< muted, after the text
    std::function<QVariant(const QModelIndex&)> sparkline = {};           ///< QList<qint64>: bars before the number
};

enum PresentedRole {
    MarkRole = 0x0f00, ///< CellMark, or invalid
    SecondaryRole,     ///< QString
    AlignRole,         ///< int(CellAlign)
    MonoRole,          ///< bool
    MutedRole,         ///< bool
    CutAtEndRole,      ///< bool
    ExportRole,        ///< a number where the column is one, else text
    SparklineRole,     ///< QList<qint64>, or invalid
};

} // namespace spillway::views

Q_DECLARE_METATYPE(spillway::views::CellMark)
