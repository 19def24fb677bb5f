// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <optional>

/// A payload as text for the inspector. Untrusted bytes: never parsed into values and written anew, so that what is
/// shown is what is there. Pure; any thread.
namespace spillway {

struct PrettyJson
{
    QByteArray text;     ///< UTF-8, lines indented by two spaces; tokens byte for byte, in their order, duplicates too
    bool isWhole = true; ///< false: cut at the limit
    friend bool operator==(const PrettyJson&, const PrettyJson&) = default;
};

/// Puts line feeds and indentation between the tokens of a JSON document and changes nothing else: `10.50`, `1e400`,
/// `\u0041` and duplicate keys stay. nullopt when the bytes are no JSON document (or end inside one).
/// @param limitBytes  of the result; what is deeper than 100 levels is indented no further.
[[nodiscard]] std::optional<PrettyJson> prettyJson(QByteArrayView json, qsizetype limitBytes = 1 << 20);

/// Lines of a hex dump, 16 bytes each.
[[nodiscard]] qsizetype hexLineCount(qsizetype sizeBytes);
/// `00000010  7b 22 6f 72 …  |{"or…|`: offset, bytes, and the printable ASCII among them. @param line  from 0.
[[nodiscard]] QString hexLine(QByteArrayView bytes, qsizetype line);

} // namespace spillway
