// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/report/document.h"

namespace spillway {

/// Prints a document on A4 pages into `file`, whole or not at all (beside it first, then renamed). Needs a
/// QGuiApplication (the offscreen platform will do). Blocking; any thread. Unreachable when the file cannot be written.
[[nodiscard]] Status printPdf(const report::Document& document, const QString& file);

} // namespace spillway
