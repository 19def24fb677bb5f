// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/schemafolder.h"

#include <QString>

#include <vector>

namespace spillway {

struct DiffLine
{
    enum class Kind { Same, Removed, Added };
    Kind kind = Kind::Same;
    QString text;
    friend bool operator==(const DiffLine&, const DiffLine&) = default;
};

/// What leads from one text to another, line by line: few lines removed and added, the removed ones of a place first.
/// Where both are so long that the shortest way would take too long (over 4 million pairs of lines), all between what
/// is alike at the beginning and the end. Pure.
[[nodiscard]] std::vector<DiffLine> lineDiff(const QString& before, const QString& after);

/// A schema's text for people to compare: JSON Schema and Avro with members sorted and a value a line, so that only
/// what is said differs; what does not read, and Protobuf, as it is. Pure.
[[nodiscard]] QString comparableText(SchemaLanguage language, const QByteArray& text);

} // namespace spillway
