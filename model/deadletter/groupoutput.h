// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/groupwhy.h"
#include "model/deadletter/letterpivot.h"
#include "model/deadletter/regroup.h"

#include <QByteArray>

/// What `spillwayctl dlq groups --why`, `dlq pivot` and `dlq regroup` print. JSON is compact UTF-8 without a line feed
/// at the end; text is for people, bytes of strangers shown by visibleText. Pure; any thread.
namespace spillway {

[[nodiscard]] QByteArray groupWhyJson(const GroupWhy& why);
[[nodiscard]] QString groupWhyText(const GroupWhy& why);

/// One document: an array, the second level within.
[[nodiscard]] QByteArray pivotJson(const std::vector<PivotRow>& rows);
[[nodiscard]] QString pivotText(const std::vector<PivotRow>& rows);

[[nodiscard]] QByteArray regroupPreviewJson(const RegroupPreview& preview);
[[nodiscard]] QString regroupPreviewText(const RegroupPreview& preview);
[[nodiscard]] QByteArray regroupProgressJson(const RegroupProgress& progress);

} // namespace spillway
