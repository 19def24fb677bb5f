// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/decisionsheet.h"
#include "model/deadletter/groupwhy.h"
#include "model/deadletter/letterpivot.h"
#include "model/deadletter/querycompletion.h"
#include "model/deadletter/regroup.h"
#include "model/mask/masker.h"

/// What the store tells of letters besides the letters themselves, as a person may see it. Pure; any thread.
namespace spillway {

/// A word with something to mask in it is not offered: completed to a mark it would find nothing.
void maskWords(QueryWords& words, const Masker& masker, MaskPurpose purpose);

/// Masks values and labels. A row whose value was masked has no query any more, since that would spell the value.
void maskPivot(std::vector<PivotRow>& rows, const Masker& masker, MaskPurpose purpose);

/// Masks titles, parts and what was folded. While masking is on, folded pieces are not shown at all: they are just what
/// changes from letter to letter.
void maskWhy(GroupWhy& why, const Masker& masker, MaskPurpose purpose);

/// Masks titles.
void maskPreview(RegroupPreview& preview, const Masker& masker, MaskPurpose purpose);

/// Masks the title, what known errors quote of letters, and comments and reasons: people quote payloads.
void maskSheet(DecisionSheet& sheet, const Masker& masker, MaskPurpose purpose);

/// Masks reasons, and what summaries quote.
void maskHistory(std::vector<DecisionEntry>& entries, const Masker& masker, MaskPurpose purpose);

/// Masks title and message. What people wrote (cause, fix, reason) stays for View, since it is edited there and marks
/// would be written back; a file that leaves has it masked.
void maskKnown(std::vector<KnownErrorEntry>& entries, const Masker& masker, MaskPurpose purpose);

} // namespace spillway
