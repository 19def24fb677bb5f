// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/viewmask.h"

namespace spillway {

namespace {

void maskEntry(KnownErrorEntry& entry, const Masker& masker, MaskPurpose purpose, KnownWords words)
{
    entry.title = masker.text(entry.title, purpose);
    entry.message = masker.maybeText(entry.message, purpose);
    if (words == KnownWords::ForEditing)
        return;
    for (QString* text : {&entry.error.cause, &entry.error.fix, &entry.reason})
        *text = masker.text(*text, purpose);
}

} // namespace

void maskWords(QueryWords& words, const Masker& masker, MaskPurpose purpose)
{
    if (!masker.isOn(purpose))
        return;
    for (QStringList* list : {&words.teams, &words.consumers, &words.eventTypes, &words.errorClasses, &words.dialects,
                              &words.channels, &words.headerNames, &words.payloadPaths, &words.tags, &words.assignees})
        list->removeIf([&](const QString& word) { return masker.text(word, purpose) != word; });
}

void maskPivot(std::vector<PivotRow>& rows, const Masker& masker, MaskPurpose purpose)
{
    if (!masker.isOn(purpose))
        return;
    for (PivotRow& row : rows) {
        row.label = masker.text(row.label, purpose);
        std::optional<QString> value = masker.maybeText(row.value, purpose);
        if (value != row.value)
            row.query.clear();
        row.value = std::move(value);
        maskPivot(row.parts, masker, purpose);
        for (PivotRow& part : row.parts) {
            if (row.query.isEmpty())
                part.query.clear(); // it would spell the row's value
        }
    }
}

void maskWhy(GroupWhy& why, const Masker& masker, MaskPurpose purpose)
{
    if (!masker.isOn(purpose))
        return;
    why.title = masker.text(why.title, purpose);
    for (GroupWhy::Part& part : why.parts)
        part.value = masker.maybeText(part.value, purpose);
    for (Folding& folding : why.foldings)
        folding.from = maskMarkText.toString();
    for (GroupWhy::Member& member : why.members)
        member.title = masker.text(member.title, purpose);
}

void maskKindTrial(KindTrial& trial, const Masker& masker, MaskPurpose purpose)
{
    for (KindShare& share : trial.shares)
        share.title = masker.text(share.title, purpose);
}

void maskPreview(RegroupPreview& preview, const Masker& masker, MaskPurpose purpose)
{
    for (RegroupPreview::Move& move : preview.moves) {
        move.fromTitle = masker.text(move.fromTitle, purpose);
        move.intoTitle = masker.text(move.intoTitle, purpose);
    }
}

void maskSheet(DecisionSheet& sheet, const Masker& masker, MaskPurpose purpose, KnownWords words)
{
    if (!masker.isOn(purpose))
        return;
    for (QString* text : {&sheet.title, &sheet.kindReason, &sheet.suggestion})
        *text = masker.text(*text, purpose);
    if (sheet.known)
        maskEntry(*sheet.known, masker, purpose, words);
    maskKnown(sheet.resembling, masker, purpose);
    for (CommentEntry& comment : sheet.comments)
        comment.text = masker.text(comment.text, purpose);
    maskHistory(sheet.history, masker, purpose);
}

void maskHistory(std::vector<DecisionEntry>& entries, const Masker& masker, MaskPurpose purpose)
{
    if (!masker.isOn(purpose))
        return;
    for (DecisionEntry& entry : entries) {
        entry.summary = masker.text(entry.summary, purpose);
        entry.reason = masker.maybeText(entry.reason, purpose);
    }
}

void maskUndo(UndoPlan& plan, const Masker& masker, MaskPurpose purpose)
{
    plan.summary = masker.text(plan.summary, purpose);
    plan.former = masker.maybeText(plan.former, purpose);
}

void maskKnown(std::vector<KnownErrorEntry>& entries, const Masker& masker, MaskPurpose purpose)
{
    if (!masker.isOn(purpose))
        return;
    for (KnownErrorEntry& entry : entries)
        maskEntry(entry, masker, purpose, KnownWords::Masked);
}

} // namespace spillway
