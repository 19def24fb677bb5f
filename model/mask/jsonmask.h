// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/mask/sensitivetext.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <vector>

/// Masks JSON token by token, without building or writing it anew. Pure; any thread.
namespace spillway {

struct JsonMaskRules
{
    QSet<QByteArray> anywhere; ///< comparable names of `**.NAME`
    std::vector<QByteArray> anywhereGlobs;
    std::vector<FieldPath> paths; ///< the others
    std::vector<FieldPath> shown;
    TextRules text;
};

/// What is put in place of some bytes.
struct MaskEdit
{
    qsizetype from = 0;
    qsizetype to = 0; ///< half-open
    QByteArray replacement;
};

/// The edits that mask a document (or several, one after the other), in order, apart from each other. Beyond 256 levels
/// a path is taken for its last name at any depth. JSON inside a JSON string is looked into, three strings deep.
/// @return nullopt when the bytes are no JSON by their tokens (brackets and strings close, commas and colons fit).
[[nodiscard]] std::optional<std::vector<MaskEdit>> jsonMaskEdits(QByteArrayView json, const JsonMaskRules& rules);

/// @return edits for a text that is no document: patterns, also where it spells characters as JSON escapes.
[[nodiscard]] std::vector<MaskEdit> textMaskEdits(QByteArrayView text, const TextRules& rules);

[[nodiscard]] QByteArray withEdits(QByteArrayView bytes, const std::vector<MaskEdit>& edits);

} // namespace spillway
