// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/comparisonmask.h"

#include "model/deadletter/jsonlookup.h"
#include "model/deadletter/lettermask.h"

#include <QSet>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QByteArray mark = maskMark.toByteArray();

std::int64_t countOf(const PayloadDiff& diff)
{
    return std::ssize(diff.changes) + diff.moreChanges;
}

PayloadChange hiddenAt(const QString& path)
{
    return {.kind = PayloadChange::Kind::Changed, .path = path, .before = mark, .after = mark, .isMasked = true};
}

/// Where a reader sees `path` in the masked payload: itself, or the mark that stands for an object around it.
QString visiblePlace(const QByteArray& masked, const QString& path)
{
    for (qsizetype end = path.indexOf(u'/', 1);; end = path.indexOf(u'/', end + 1)) {
        const QString place = end < 0 ? path : path.left(end);
        if (end < 0 || jsonPointerValue(masked, place))
            return place;
    }
}

bool isToldBy(const QSet<QString>& told, const QString& path)
{
    for (QString place = path;; place.truncate(place.lastIndexOf(u'/'))) {
        if (told.contains(place))
            return true;
        if (place.isEmpty())
            return false;
    }
}

PayloadDiff mergedPayload(const PayloadDiff& real, PayloadDiff shown, const std::optional<QByteArray>& masked,
                          const std::stop_token& stop)
{
    if (real.method == PayloadDiff::Method::SameBytes)
        return shown;
    const bool byPlaces = real.method == PayloadDiff::Method::Json && masked &&
                          (shown.method == PayloadDiff::Method::Json || shown.method == PayloadDiff::Method::SameBytes);
    if (shown.method == PayloadDiff::Method::SameBytes) {
        shown.method = real.method;
        shown.notes = real.notes;
    }
    shown.isWhole = shown.isWhole && real.isWhole;
    if (!byPlaces) {
        if (countOf(real) > countOf(shown))
            shown.changes.push_back(hiddenAt({}));
        return shown;
    }
    QSet<QString> told;
    for (const PayloadChange& change : shown.changes)
        told += change.path;
    // Beyond its list the masked comparison counts some of what the real one counts there.
    shown.moreChanges = std::max(shown.moreChanges, real.moreChanges);
    int places = 0;
    for (const PayloadChange& change : real.changes) {
        if (isToldBy(told, change.path))
            continue;
        if (places == mostMaskedPlaces || stop.stop_requested()) {
            ++shown.moreChanges;
            continue;
        }
        ++places;
        const QString place = visiblePlace(*masked, change.path);
        if (told.contains(place))
            continue;
        told += place;
        shown.changes.push_back(hiddenAt(place));
    }
    return shown;
}

std::vector<HeaderChange> mergedHeaders(const std::vector<HeaderChange>& real, std::vector<HeaderChange> shown)
{
    for (const HeaderChange& change : real) {
        const bool isTold = std::any_of(shown.begin(), shown.end(), [&](const HeaderChange& one) {
            return one.name == change.name && one.occurrence == change.occurrence;
        });
        if (isTold)
            continue;
        shown.push_back({.kind = change.kind,
                         .name = change.name,
                         .occurrence = change.occurrence,
                         .before = Header{change.name, mark},
                         .after = Header{change.name, mark},
                         .isMasked = true});
    }
    return shown;
}

} // namespace

void maskComparison(LetterComparison& comparison, const Masker& masker, MaskPurpose purpose,
                    const std::stop_token& stop)
{
    if (!masker.isOn(purpose))
        return;
    for (std::optional<RawRecord>* record : {&comparison.before, &comparison.after}) {
        if (*record)
            maskRecord(**record, masker, purpose);
    }
    if (!comparison.diff)
        return;
    RecordDiff shown = diffRecords(*comparison.before, *comparison.after, stop);
    RecordDiff& real = *comparison.diff;
    real.payload = mergedPayload(real.payload, std::move(shown.payload), comparison.before->value, stop);
    real.headers = mergedHeaders(real.headers, std::move(shown.headers));
}

} // namespace spillway
