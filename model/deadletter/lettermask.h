// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/lettergroups.h"
#include "model/deadletter/letterrescue.h"
#include "model/mask/masker.h"

#include <vector>

/// Dead letters as a person may see them. Whatever shows, copies or exports letters shows these; a replay never does.
/// Pure; any thread.
namespace spillway {

/// How far a letter was masked.
struct LetterMasking
{
    MaskCoverage coverage = MaskCoverage::None; ///< Whole: its payload is not shown at all
    QString why;                                ///< Whole: in words; else empty
    friend bool operator==(const LetterMasking&, const LetterMasking&) = default;
};

/// Masks key, payload and headers, in place.
LetterMasking maskRecord(RawRecord& record, const Masker& masker, MaskPurpose purpose);
/// The same for what was rescued of a pointer's origin.
void maskRescue(Rescue& rescue, const Masker& masker, MaskPurpose purpose);

/// Masks key, payload, headers (and with them the stack), error message and stack, in place. Ids, sizes, positions,
/// classes and owners stay: they are what one decides by.
LetterMasking maskLetter(DeadLetter& letter, const Masker& masker, MaskPurpose purpose);

/// Masks title and sample message.
void maskGroup(DeadLetterGroup& group, const Masker& masker, MaskPurpose purpose);
void maskGroups(std::vector<DeadLetterGroup>& groups, const Masker& masker, MaskPurpose purpose);

} // namespace spillway
