// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/textdiff.h"

#include <QJsonDocument>
#include <QStringList>

#include <algorithm>

namespace spillway {

namespace {

constexpr std::size_t mostPairs = 4'000'000;

void append(std::vector<DiffLine>& out, DiffLine::Kind kind, const QStringList& lines, qsizetype first, qsizetype last)
{
    for (qsizetype i = first; i < last; ++i)
        out.push_back({.kind = kind, .text = lines[i]});
}

} // namespace

std::vector<DiffLine> lineDiff(const QString& before, const QString& after)
{
    const QStringList a = before.split(u'\n');
    const QStringList b = after.split(u'\n');
    qsizetype first = 0;
    while (first < a.size() && first < b.size() && a[first] == b[first])
        ++first;
    qsizetype endA = a.size();
    qsizetype endB = b.size();
    while (endA > first && endB > first && a[endA - 1] == b[endB - 1]) {
        --endA;
        --endB;
    }
    std::vector<DiffLine> out;
    append(out, DiffLine::Kind::Same, a, 0, first);
    const auto rows = static_cast<std::size_t>(endA - first);
    const auto columns = static_cast<std::size_t>(endB - first);
    if (rows * columns > mostPairs) {
        append(out, DiffLine::Kind::Removed, a, first, endA);
        append(out, DiffLine::Kind::Added, b, first, endB);
    } else {
        // Longest common subsequence of what is left, from the end on.
        std::vector<std::uint32_t> longest((rows + 1) * (columns + 1), 0);
        const auto at = [&](std::size_t row, std::size_t column) -> std::uint32_t& {
            return longest[row * (columns + 1) + column];
        };
        const auto areAlike = [&](std::size_t row, std::size_t column) {
            return a[first + static_cast<qsizetype>(row)] == b[first + static_cast<qsizetype>(column)];
        };
        for (std::size_t row = rows; row-- > 0;) {
            for (std::size_t column = columns; column-- > 0;)
                at(row, column) = areAlike(row, column) ? at(row + 1, column + 1) + 1
                                                        : std::max(at(row + 1, column), at(row, column + 1));
        }
        std::size_t row = 0;
        std::size_t column = 0;
        while (row < rows || column < columns) {
            if (row < rows && column < columns && areAlike(row, column)) {
                out.push_back({.kind = DiffLine::Kind::Same, .text = a[first + static_cast<qsizetype>(row)]});
                ++row;
                ++column;
            } else if (row < rows && (column == columns || at(row + 1, column) >= at(row, column + 1))) {
                out.push_back({.kind = DiffLine::Kind::Removed, .text = a[first + static_cast<qsizetype>(row++)]});
            } else {
                out.push_back({.kind = DiffLine::Kind::Added, .text = b[first + static_cast<qsizetype>(column++)]});
            }
        }
    }
    append(out, DiffLine::Kind::Same, a, endA, a.size());
    return out;
}

QString comparableText(SchemaLanguage language, const QByteArray& text)
{
    if (language != SchemaLanguage::Protobuf) {
        const QJsonDocument document = QJsonDocument::fromJson(text);
        if (document.isObject() || document.isArray())
            return QString::fromUtf8(document.toJson(QJsonDocument::Indented)).trimmed();
    }
    return QString::fromUtf8(text).trimmed();
}

} // namespace spillway
