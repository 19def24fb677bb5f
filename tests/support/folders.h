// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

/// Where the checkout and its build lie. Asked of a library rather than defined on every command line, so that what one
/// checkout has compiled serves another.
namespace spillway::test {

/// `path` below the checkout: `sourceFile(u"tests/data/article"_s)`.
[[nodiscard]] QString sourceFile(const QString& path);
/// `path` below the build folder of this preset.
[[nodiscard]] QString buildFile(const QString& path);

} // namespace spillway::test
