// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/payloaddiff.h"

#include "model/base/text.h"
#include "model/deadletter/jsondiff.h"
#include "model/deadletter/payloadrows.h"

#include <QHash>

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype chunkBytes = 1 << 20;
constexpr int rowsAtOnce = 4'096;
constexpr qint64 mostLines = 1'000'000; // of each side; 8 bytes a line are kept
constexpr int mostMiddleLines = 100'000;
constexpr int mostLineEdits = 1'000;
constexpr qsizetype equalBytesBetween = 16; // closer stretches of differing bytes are one

QByteArray cut(QByteArrayView bytes)
{
    return bytes.first(std::min(bytes.size(), PayloadChange::longestShown)).toByteArray();
}

void add(PayloadDiff& diff, PayloadChange change)
{
    if (diff.changes.size() < PayloadDiff::mostChanges)
        diff.changes.push_back(std::move(change));
    else
        ++diff.moreChanges;
}

/// A payload as lines: pretty where both are JSON, else as they stand.
class Lines
{
public:
    Lines(const QByteArray& bytes, PayloadForm form, const std::stop_token& stop)
        : m_rows(bytes, form)
    {
        PayloadIndexer indexer(bytes, form);
        while (!m_rows.index().isDone && !stop.stop_requested())
            m_rows.apply(indexer.advance(chunkBytes));
        const qint64 count = std::min(m_rows.count(), mostLines);
        m_hashes.reserve(static_cast<std::size_t>(count));
        for (qint64 first = 0; first < count && !stop.stop_requested(); first += rowsAtOnce) {
            for (const PayloadRow& row :
                 m_rows.rows(first, static_cast<int>(std::min<qint64>(rowsAtOnce, count - first))))
                m_hashes.push_back(qHash(m_rows.tokens(row)));
        }
    }
    [[nodiscard]] int count() const { return static_cast<int>(m_hashes.size()); }
    [[nodiscard]] size_t hash(int line) const { return m_hashes[static_cast<std::size_t>(line)]; }
    [[nodiscard]] QByteArray text(int line) const
    {
        const auto row = m_rows.rows(line, 1);
        return row.empty() ? QByteArray() : QByteArray(row.front().indent, ' ') + m_rows.tokens(row.front());
    }
    [[nodiscard]] bool isWhole() const { return m_rows.index().isDone && count() == m_rows.count(); }
    [[nodiscard]] bool isJson() const { return m_rows.index().isJson; }

private:
    PayloadRows m_rows;
    std::vector<size_t> m_hashes;
};

PayloadDiff diffLines(const QByteArray& before, const QByteArray& after, const std::stop_token& stop)
{
    PayloadDiff diff{.method = PayloadDiff::Method::Lines};
    auto first = std::make_unique<Lines>(before, PayloadForm::Pretty, stop);
    auto second = std::make_unique<Lines>(after, PayloadForm::Pretty, stop);
    const bool areJson = first->isJson() && second->isJson();
    if (!areJson) {
        first = std::make_unique<Lines>(before, PayloadForm::Raw, stop);
        second = std::make_unique<Lines>(after, PayloadForm::Raw, stop);
    }
    diff.notes << (areJson ? u"too large or too deep to be compared by structure: compared by the lines of Pretty"_s
                           : u"no JSON: compared by lines"_s);
    if (!first->isWhole() || !second->isWhole()) {
        diff.isWhole = false;
        diff.notes << u"only the first %1 lines of each were compared"_s.arg(formatCount(mostLines));
    }
    int head = 0;
    while (head < first->count() && head < second->count() && first->hash(head) == second->hash(head))
        ++head;
    int tail = 0;
    while (diff.isWhole && tail < first->count() - head && tail < second->count() - head &&
           first->hash(first->count() - 1 - tail) == second->hash(second->count() - 1 - tail))
        ++tail;
    int restA = first->count() - head - tail;
    int restB = second->count() - head - tail;
    if (std::max(restA, restB) > mostMiddleLines) {
        diff.isWhole = false;
        diff.notes << u"%1 lines differ as a block; the first %2 of it were compared"_s.arg(
            formatCount(std::max(restA, restB)), formatCount(mostMiddleLines));
        restA = std::min(restA, mostMiddleLines);
        restB = std::min(restB, mostMiddleLines);
    }
    auto edits = listEdits(
        restA, restB, [&](int i, int j) { return first->hash(head + i) == second->hash(head + j); }, mostLineEdits);
    if (!edits) {
        diff.notes << u"more than %1 lines came and went: compared line by line"_s.arg(formatCount(mostLineEdits));
        edits.emplace();
        for (int i = 0; i < std::max(restA, restB); ++i) {
            if (i < restA && i < restB && first->hash(head + i) == second->hash(head + i)) {
                edits->push_back({ListEdit::Kind::Keep, i, i});
                continue;
            }
            if (i < restA)
                edits->push_back({ListEdit::Kind::Remove, i, i});
            if (i < restB)
                edits->push_back({ListEdit::Kind::Add, i, i});
        }
    }
    for (std::size_t i = 0; i < edits->size() && !stop.stop_requested();) {
        std::vector<int> gone;
        std::vector<int> come;
        for (; i < edits->size() && (*edits)[i].kind != ListEdit::Kind::Keep; ++i) {
            const ListEdit& edit = (*edits)[i];
            (edit.kind == ListEdit::Kind::Remove ? gone : come)
                .push_back(head + (edit.kind == ListEdit::Kind::Remove ? edit.before : edit.after));
        }
        for (std::size_t k = 0; k < std::max(gone.size(), come.size()); ++k) {
            const bool isListed = diff.changes.size() < PayloadDiff::mostChanges;
            PayloadChange change;
            const bool hasBefore = k < gone.size();
            const bool hasAfter = k < come.size();
            change.kind = hasBefore && hasAfter ? PayloadChange::Kind::Changed
                          : hasBefore           ? PayloadChange::Kind::Removed
                                                : PayloadChange::Kind::Added;
            change.path = u"line %1"_s.arg((hasBefore ? gone[k] : come[k]) + 1);
            if (hasBefore && isListed)
                change.before = first->text(gone[k]);
            if (hasAfter && isListed)
                change.after = second->text(come[k]);
            add(diff, std::move(change));
        }
        while (i < edits->size() && (*edits)[i].kind == ListEdit::Kind::Keep)
            ++i;
    }
    if (diff.changes.empty() && diff.isWhole)
        diff.notes << u"only space between the lines or at their ends differs"_s;
    return diff;
}

PayloadDiff diffBytes(const QByteArray& before, const QByteArray& after)
{
    PayloadDiff diff{.method = PayloadDiff::Method::Bytes};
    diff.notes << u"not UTF-8: compared byte by byte"_s;
    const auto place = [](qsizetype at) { return u"byte %1"_s.arg(at); };
    if (before.size() == after.size()) {
        for (qsizetype at = 0; at < before.size(); ++at) {
            if (before[at] == after[at])
                continue;
            qsizetype end = at + 1;
            for (qsizetype look = end; look < before.size() && look - end < equalBytesBetween; ++look) {
                if (before[look] != after[look])
                    end = look + 1;
            }
            add(diff, {PayloadChange::Kind::Changed, place(at), cut(QByteArrayView(before).sliced(at, end - at)),
                       cut(QByteArrayView(after).sliced(at, end - at))});
            at = end;
        }
        return diff;
    }
    const qsizetype shorter = std::min(before.size(), after.size());
    qsizetype head = 0;
    while (head < shorter && before[head] == after[head])
        ++head;
    qsizetype tail = 0;
    while (tail < shorter - head && before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
        ++tail;
    const QByteArrayView gone = QByteArrayView(before).sliced(head, before.size() - head - tail);
    const QByteArrayView come = QByteArrayView(after).sliced(head, after.size() - head - tail);
    PayloadChange change{.kind = gone.isEmpty()   ? PayloadChange::Kind::Added
                                 : come.isEmpty() ? PayloadChange::Kind::Removed
                                                  : PayloadChange::Kind::Changed,
                         .path = place(head)};
    if (!gone.isEmpty())
        change.before = cut(gone);
    if (!come.isEmpty())
        change.after = cut(come);
    add(diff, std::move(change));
    diff.notes << u"%1 bytes against %2 from there, then both are the same to their ends"_s.arg(
        formatCount(gone.size()), formatCount(come.size()));
    return diff;
}

std::vector<HeaderChange> diffHeaders(const Headers& before, const Headers& after, bool& isOrderChanged)
{
    std::vector<HeaderChange> changes;
    QHash<QByteArray, QList<int>> inAfter;
    for (int i = 0; i < static_cast<int>(after.size()); ++i)
        inAfter[after[static_cast<std::size_t>(i)].name] << i;
    QHash<QByteArray, int> seen;
    int last = -1;
    for (const Header& header : before) {
        const int nth = seen[header.name]++;
        const QList<int> places = inAfter.value(header.name);
        if (nth >= places.size()) {
            changes.push_back({PayloadChange::Kind::Removed, header.name, nth + 1, header, std::nullopt});
            continue;
        }
        isOrderChanged |= places[nth] < last;
        last = std::max(last, places[nth]);
        const Header& other = after[static_cast<std::size_t>(places[nth])];
        if (other.value != header.value)
            changes.push_back({PayloadChange::Kind::Changed, header.name, nth + 1, header, other});
    }
    QHash<QByteArray, int> counted;
    for (const Header& header : after) {
        const int nth = counted[header.name]++;
        if (nth >= seen.value(header.name))
            changes.push_back({PayloadChange::Kind::Added, header.name, nth + 1, std::nullopt, header});
    }
    return changes;
}

} // namespace

QString changeWord(PayloadChange::Kind kind)
{
    switch (kind) {
    case PayloadChange::Kind::Added:
        return u"added"_s;
    case PayloadChange::Kind::Removed:
        return u"removed"_s;
    case PayloadChange::Kind::Changed:
        return u"changed"_s;
    case PayloadChange::Kind::Respelled:
        return u"respelled"_s;
    }
    return {};
}

QString diffMethodWord(PayloadDiff::Method method)
{
    switch (method) {
    case PayloadDiff::Method::SameBytes:
        return u"sameBytes"_s;
    case PayloadDiff::Method::Presence:
        return u"presence"_s;
    case PayloadDiff::Method::Json:
        return u"json"_s;
    case PayloadDiff::Method::Lines:
        return u"lines"_s;
    case PayloadDiff::Method::Bytes:
        return u"bytes"_s;
    }
    return {};
}

bool PayloadDiff::isSameValue() const
{
    return isWhole && moreChanges == 0 && std::all_of(changes.begin(), changes.end(), [](const PayloadChange& change) {
               return change.kind == PayloadChange::Kind::Respelled;
           });
}

PayloadDiff diffPayloads(const std::optional<QByteArray>& before, const std::optional<QByteArray>& after,
                         const std::stop_token& stop)
{
    if (before == after)
        return {};
    if (!before || !after) {
        PayloadDiff diff{.method = PayloadDiff::Method::Presence};
        add(diff, {before ? PayloadChange::Kind::Removed : PayloadChange::Kind::Added,
                   {},
                   before ? std::optional(cut(*before)) : std::nullopt,
                   after ? std::optional(cut(*after)) : std::nullopt});
        diff.notes << (before ? u"the second has no payload (null)"_s : u"the first has no payload (null)"_s);
        return diff;
    }
    if (auto diff = diffJson(*before, *after, stop)) {
        if (diff->changes.empty() && diff->isWhole)
            diff->notes << u"the values are the same; the bytes differ in space or order only"_s;
        return *diff;
    }
    if (isUtf8(*before) && isUtf8(*after))
        return diffLines(*before, *after, stop);
    return diffBytes(*before, *after);
}

RecordDiff diffRecords(const RawRecord& before, const RawRecord& after, const std::stop_token& stop)
{
    RecordDiff diff;
    diff.payload = diffPayloads(before.value, after.value, stop);
    diff.headers = diffHeaders(before.headers, after.headers, diff.isHeaderOrderChanged);
    diff.isKeyChanged = before.key != after.key;
    return diff;
}

std::optional<std::vector<ListEdit>> listEdits(int beforeSize, int afterSize,
                                               const std::function<bool(int, int)>& isEqual, int mostEdits)
{
    // Source: E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986: the greedy one, with its trace kept.
    const int reach = std::min(mostEdits, beforeSize + afterSize);
    std::vector<int> furthest(static_cast<std::size_t>(2 * reach + 3), 0); // by diagonal + reach + 1
    std::vector<std::vector<int>> trace;
    const auto at = [reach](int diagonal) { return static_cast<std::size_t>(diagonal + reach + 1); };
    for (int edits = 0; edits <= reach; ++edits) {
        for (int diagonal = -edits; diagonal <= edits; diagonal += 2) {
            const bool isAdd =
                diagonal == -edits || (diagonal != edits && furthest[at(diagonal - 1)] < furthest[at(diagonal + 1)]);
            int x = isAdd ? furthest[at(diagonal + 1)] : furthest[at(diagonal - 1)] + 1;
            while (x < beforeSize && x - diagonal < afterSize && x - diagonal >= 0 && isEqual(x, x - diagonal))
                ++x;
            furthest[at(diagonal)] = x;
        }
        trace.emplace_back(furthest.begin() + (reach + 1 - edits), furthest.begin() + (reach + 2 + edits));
        const int last = beforeSize - afterSize;
        if (std::abs(last) > edits || (last + edits) % 2 != 0 || furthest[at(last)] < beforeSize)
            continue;
        std::vector<ListEdit> way;
        int x = beforeSize;
        int y = afterSize;
        for (int step = edits; step > 0; --step) {
            const std::vector<int>& row = trace[static_cast<std::size_t>(step - 1)]; // diagonals -(step-1) … step-1
            const auto reached = [&row, step](int diagonal) {
                const int place = diagonal + step - 1;
                return place < 0 || place >= static_cast<int>(row.size()) ? -1 : row[static_cast<std::size_t>(place)];
            };
            const int diagonal = x - y;
            const bool isAdd = diagonal == -step || (diagonal != step && reached(diagonal - 1) < reached(diagonal + 1));
            const int fromX = isAdd ? reached(diagonal + 1) : reached(diagonal - 1);
            const int fromY = fromX - (isAdd ? diagonal + 1 : diagonal - 1);
            while (x > fromX + (isAdd ? 0 : 1) && y > fromY + (isAdd ? 1 : 0)) {
                --x, --y;
                way.push_back({ListEdit::Kind::Keep, x, y});
            }
            if (isAdd)
                way.push_back({ListEdit::Kind::Add, x, --y});
            else
                way.push_back({ListEdit::Kind::Remove, --x, y});
        }
        while (x > 0 && y > 0) {
            --x, --y;
            way.push_back({ListEdit::Kind::Keep, x, y});
        }
        std::reverse(way.begin(), way.end());
        return way;
    }
    return std::nullopt;
}

} // namespace spillway
