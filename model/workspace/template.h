// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QStringList>

namespace spillway {

/// Writes a commented workspace (spillway.yaml, ownership.yaml, event-catalog.yaml) into `folder`, which is made if
/// need be, and named after it. It loads as it is. An existing file is never touched: Conflict names every one, and
/// nothing is written.
/// @return  the files written, absolute; Unreachable says what could not be written, and what was is taken back.
/// Blocking; any thread.
[[nodiscard]] Result<QStringList> writeTemplate(const QString& folder);

} // namespace spillway
