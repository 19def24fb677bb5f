// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/lettermask.h"

namespace spillway {

namespace {

void note(LetterMasking& masking, MaskCoverage coverage)
{
    if (coverage != MaskCoverage::None && masking.coverage == MaskCoverage::None)
        masking.coverage = MaskCoverage::Parts;
}

void maskText(std::optional<QString>& text, LetterMasking& masking, const Masker& masker, MaskPurpose purpose)
{
    if (!text)
        return;
    QString masked = masker.text(*text, purpose);
    note(masking, masked == *text ? MaskCoverage::None : MaskCoverage::Parts);
    text = std::move(masked);
}

} // namespace

LetterMasking maskRecord(RawRecord& record, const Masker& masker, MaskPurpose purpose)
{
    LetterMasking masking;
    if (!masker.isOn(purpose))
        return masking;
    if (record.key) {
        MaskedBytes key = masker.key(*record.key, purpose);
        note(masking, key.coverage);
        record.key = std::move(key.bytes);
    }
    for (Header& header : record.headers) {
        if (!header.value)
            continue;
        MaskedBytes value = masker.header(header.name, *header.value, purpose);
        note(masking, value.coverage);
        header.value = std::move(value.bytes);
    }
    if (record.value) {
        MaskedBytes value = masker.payload(*record.value, purpose);
        note(masking, value.coverage);
        if (value.coverage == MaskCoverage::Whole)
            masking = {MaskCoverage::Whole, value.why};
        record.value = std::move(value.bytes);
    }
    return masking;
}

LetterMasking maskLetter(DeadLetter& letter, const Masker& masker, MaskPurpose purpose)
{
    if (!masker.isOn(purpose))
        return {};
    LetterMasking masking = maskRecord(letter.record, masker, purpose);
    maskText(letter.facts.errorMessage, masking, masker, purpose);
    maskText(letter.facts.stack, masking, masker, purpose);
    return masking;
}

void maskRescue(Rescue& rescue, const Masker& masker, MaskPurpose purpose)
{
    RawRecord record{
        .key = std::move(rescue.key), .value = std::move(rescue.value), .headers = std::move(rescue.headers)};
    maskRecord(record, masker, purpose);
    rescue.key = std::move(record.key);
    rescue.value = std::move(record.value);
    rescue.headers = std::move(record.headers);
}

void maskGroup(DeadLetterGroup& group, const Masker& masker, MaskPurpose purpose)
{
    if (!masker.isOn(purpose))
        return;
    group.title = masker.text(group.title, purpose);
    group.sampleMessage = masker.maybeText(group.sampleMessage, purpose);
}

void maskGroups(std::vector<DeadLetterGroup>& groups, const Masker& masker, MaskPurpose purpose)
{
    for (DeadLetterGroup& group : groups)
        maskGroup(group, masker, purpose);
}

} // namespace spillway
