// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

/// Texts as values of a YAML file that we write into.
namespace spillway {

/// Whether the text may stand without quotes: letters, digits and `_ / . -`, and no word that YAML reads as something
/// else.
[[nodiscard]] bool isPlainYaml(const QString& text);
/// In double quotes, with what cannot be seen as `\x..`.
[[nodiscard]] QString doubleQuotedYaml(const QString& text);

} // namespace spillway
