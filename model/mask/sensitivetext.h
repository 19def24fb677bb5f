// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/mask/maskrules.h"

#include <QSet>

#include <optional>
#include <vector>

/// Finds what is personal or secret in a text by the patterns of the rules. Pure; any thread.
namespace spillway {

struct ByteRange
{
    qsizetype from = 0;
    qsizetype to = 0; ///< half-open
    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

/// What is looked for in a text.
struct TextRules
{
    std::vector<MaskPattern> patterns;
    std::vector<CustomPattern> customPatterns;
    QSet<QByteArray> names;            ///< comparable: what follows `name=` or `name:` is masked (Credential)
    std::vector<QByteArray> nameGlobs; ///< the same with `*`

    [[nodiscard]] bool isNamed(QByteArrayView comparable) const;
};

/// What is to be masked in `text`, ordered, apart from each other. A range is never empty. Looked for again in what the
/// masking leaves, until nothing more is found. Linear in the text.
/// @return nullopt when a user's expression gave up: then the whole text is to be masked.
[[nodiscard]] std::optional<std::vector<ByteRange>> sensitiveRanges(QByteArrayView text, const TextRules& rules);

} // namespace spillway
