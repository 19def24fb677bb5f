// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/decisionsheet.h"
#include "model/deadletter/groupwhy.h"
#include "model/deadletter/kindtrial.h"
#include "model/deadletter/letterpivot.h"
#include "model/deadletter/querycompletion.h"
#include "model/deadletter/regroup.h"
#include "model/deadletter/triagedecisions.h"
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

/// Masks titles of groups; rules are the workspace's own words.
void maskKindTrial(KindTrial& trial, const Masker& masker, MaskPurpose purpose);

/// Masks titles.
void maskPreview(RegroupPreview& preview, const Masker& masker, MaskPurpose purpose);

/// Whether what people wrote of a known error (cause, fix, reason) may be edited where it is shown: then it stays,
/// since marks would be written back.
enum class KnownWords { Masked, ForEditing };

/// Masks the title, what known errors quote of letters, and what people wrote: they quote payloads.
void maskSheet(DecisionSheet& sheet, const Masker& masker, MaskPurpose purpose, KnownWords words = KnownWords::Masked);

/// Masks reasons, and what summaries quote.
void maskHistory(std::vector<DecisionEntry>& entries, const Masker& masker, MaskPurpose purpose);

/// Masks what the decision's summary quotes.
void maskUndo(UndoPlan& plan, const Masker& masker, MaskPurpose purpose);

/// Masks title, message and what people wrote.
void maskKnown(std::vector<KnownErrorEntry>& entries, const Masker& masker, MaskPurpose purpose);

} // namespace spillway
