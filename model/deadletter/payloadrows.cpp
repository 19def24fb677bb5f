// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/payloadrows.h"

#include "model/base/text.h"
#include "model/deadletter/payloadtext.h"

#include <algorithm>
#include <cstring>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Inside = PayloadRow::Inside;
constexpr qint64 rowsPerMark = 128;
constexpr qsizetype bytesPerMark = 64 * 1024;
constexpr qsizetype lookAhead = 1024; // for the end of an empty pair
constexpr int deepestIndent = 100;
constexpr qsizetype hexWidth = 16;

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

bool endsWord(char c)
{
    return isSpace(c) || c == ',' || c == ':' || c == '[' || c == ']' || c == '{' || c == '}' || c == '"';
}

qsizetype skipSpace(QByteArrayView bytes, qsizetype at, qsizetype until)
{
    until = std::min(until, bytes.size());
    while (at < until && isSpace(bytes[at]))
        ++at;
    return at;
}

/// `at`, or up to three bytes before it, so that no character is cut.
qsizetype betweenCharacters(QByteArrayView bytes, qsizetype from, qsizetype at)
{
    if (at >= bytes.size())
        return bytes.size();
    qsizetype cut = at;
    while (cut > from && at - cut < 4 && (static_cast<unsigned char>(bytes[cut]) & 0xC0U) == 0x80U)
        --cut;
    return cut == from || at - cut == 4 ? at : cut; // no UTF-8: anywhere
}

/// Moves `at` through a text or word whose inside it stands in, at most to `until`.
/// @return whether it ended.
bool passToken(QByteArrayView bytes, qsizetype& at, qsizetype from, qsizetype until, Inside inside)
{
    until = std::min(until, bytes.size());
    if (inside == Inside::Word) {
        while (at < until && !endsWord(bytes[at]))
            ++at;
        return at >= bytes.size() || endsWord(bytes[at]);
    }
    while (at < until) {
        if (bytes[at] == '"') {
            ++at;
            return true;
        }
        if (bytes[at] == '\\' && at + 1 < bytes.size()) {
            if (at + 2 > until && at > from)
                return false; // an escape stays whole
            ++at;
        }
        ++at;
    }
    at = std::min(at, bytes.size());
    if (at >= bytes.size())
        return true;
    at = betweenCharacters(bytes, from, at);
    return false;
}

/// The row that begins at `state`, which moves to the next. nullopt at the end.
std::optional<PayloadRow> nextPrettyRow(QByteArrayView bytes, RowState& state)
{
    if (state.inside == Inside::Nothing)
        state.at = skipSpace(bytes, state.at, bytes.size());
    if (state.at >= bytes.size())
        return std::nullopt;
    PayloadRow row{.from = state.at,
                   .to = state.at,
                   .indent = 2 * std::min(state.depth, deepestIndent),
                   .startsInside = state.inside,
                   .isContinued = state.isContinued};
    state.isContinued = false;
    const qsizetype until = row.from + PayloadRow::longest;
    const auto goesOn = [&](qsizetype at) {
        state.at = at;
        state.isContinued = true;
        return row;
    };
    while (true) {
        if (state.inside != Inside::Nothing) {
            const bool hasEnded = passToken(bytes, state.at, row.from, until, state.inside);
            row.to = state.at;
            if (!hasEnded)
                return goesOn(state.at);
            state.inside = Inside::Nothing;
            continue;
        }
        const qsizetype at = skipSpace(bytes, state.at, until);
        if (at >= bytes.size()) {
            state.at = at;
            return row;
        }
        if (at >= until)
            return goesOn(at);
        const char c = bytes[at];
        if (c == '}' || c == ']') {
            if (row.to > row.from) { // it begins a row of its own
                state.at = at;
                return row;
            }
            --state.depth;
            row.indent = 2 * std::clamp(state.depth, 0, deepestIndent);
            row.to = state.at = at + 1;
            continue;
        }
        if (c == '{' || c == '[') {
            row.to = state.at = at + 1;
            const qsizetype next = skipSpace(bytes, at + 1, at + 1 + lookAhead);
            if (next < bytes.size() && (bytes[next] == '}' || bytes[next] == ']')) {
                row.to = state.at = next + 1; // an empty pair stays together
                continue;
            }
            ++state.depth;
            return row;
        }
        row.to = state.at = at + 1;
        if (c == ',')
            return row;
        if (c == '"')
            state.inside = Inside::Text;
        else if (c != ':')
            state.inside = Inside::Word;
    }
}

std::optional<PayloadRow> nextRawRow(QByteArrayView bytes, RowState& state)
{
    if (state.at >= bytes.size())
        return std::nullopt;
    PayloadRow row{.from = state.at, .to = state.at, .isContinued = state.isContinued};
    const qsizetype reach = std::min(PayloadRow::longest, bytes.size() - state.at);
    const void* found = std::memchr(bytes.data() + state.at, '\n', static_cast<std::size_t>(reach));
    if (found) {
        row.to = static_cast<const char*>(found) - bytes.data();
        state = {.at = row.to + 1};
        return row;
    }
    row.to = betweenCharacters(bytes, row.from, state.at + reach);
    if (row.to < bytes.size() && bytes[row.to] == '\n') {
        state = {.at = row.to + 1};
        return row;
    }
    state = {.at = row.to, .isContinued = true};
    return row;
}

std::optional<PayloadRow> nextRow(QByteArrayView bytes, bool isPretty, RowState& state)
{
    return isPretty ? nextPrettyRow(bytes, state) : nextRawRow(bytes, state);
}

/// Tokens of a pretty row with one space behind a colon and none elsewhere.
QByteArray tokensOf(QByteArrayView bytes, const PayloadRow& row, qsizetype end)
{
    QByteArray out;
    qsizetype at = row.from;
    Inside inside = row.startsInside;
    while (at < end) {
        if (inside != Inside::Nothing) {
            const qsizetype from = at;
            passToken(bytes, at, from, end, inside);
            at = std::min(at, end);
            out += bytes.sliced(from, at - from);
            inside = Inside::Nothing;
            continue;
        }
        const char c = bytes[at++];
        if (isSpace(c))
            continue;
        out += c;
        if (c == ':')
            out += ' ';
        if (c == '"')
            inside = Inside::Text;
    }
    return out;
}

} // namespace

PayloadIndexer::PayloadIndexer(QByteArray bytes, PayloadForm form)
    : m_bytes(std::move(bytes))
    , m_check(m_bytes)
{
    m_index.form = form;
}

void PayloadIndexer::addRows(Part& part, qsizetype until, bool toEnd)
{
    const bool isPretty = m_index.isPretty();
    while (toEnd || m_next.at + 2 * PayloadRow::longest + lookAhead < until) {
        RowState begins = m_next;
        const auto row = nextRow(m_bytes, isPretty, m_next);
        if (!row)
            break;
        begins.at = row->from; // behind the space, however much of it there is
        if (m_index.rowCount % rowsPerMark == 0 || row->from - m_lastMarkAt > bytesPerMark) {
            part.index.marks.push_back({m_index.rowCount, begins});
            m_lastMarkAt = row->from;
        }
        ++m_index.rowCount;
        m_index.indexedBytes = row->to;
        m_index.widestBytes = std::max(m_index.widestBytes, static_cast<int>(row->to - row->from) + row->indent);
    }
}

PayloadIndexer::Part PayloadIndexer::advance(qsizetype byteCount)
{
    Part part;
    const qsizetype size = m_bytes.size();
    if (m_index.form == PayloadForm::Hex) {
        m_index.rowCount = (size + hexWidth - 1) / hexWidth;
        m_index.indexedBytes = size;
        m_index.widestBytes = 80;
        m_index.isDone = true;
    } else if (m_index.isPretty()) {
        m_check.advanceTo(m_check.position() + byteCount);
        std::vector<JsonSpan> spans = m_check.takeSpans();
        m_spans.insert(m_spans.end(), spans.begin(), spans.end());
        if (m_check.fault()) {
            m_index.fault = m_check.fault();
            part.restarts = true;
            m_spans.clear();
            m_next = {};
            m_lastMarkAt = 0;
            m_index.rowCount = 0;
            m_index.indexedBytes = 0;
            m_index.widestBytes = 0;
        } else {
            addRows(part, m_check.position(), m_check.isDone());
            m_index.isDone = m_index.isJson = m_check.isDone();
            if (m_index.isDone) {
                m_index.indexedBytes = size;
                std::sort(m_spans.begin(), m_spans.end(),
                          [](const JsonSpan& a, const JsonSpan& b) { return a.from < b.from; });
                part.index.spans = std::move(m_spans);
            }
        }
    }
    if (!m_index.isDone && !m_index.isPretty()) {
        const qsizetype until = std::min(size, m_index.indexedBytes + byteCount);
        const qsizetype from = m_next.at;
        addRows(part, until + 2 * PayloadRow::longest + lookAhead, until == size);
        m_index.isDone = m_next.at >= size;
        // Rows end between characters, so what lies between them can be judged by itself.
        m_index.isUtf8 = m_index.isUtf8 && isUtf8(QByteArrayView(m_bytes).sliced(from, m_next.at - from));
        m_index.indexedBytes = m_next.at;
    }
    std::vector<RowMark> marks = std::move(part.index.marks);
    std::vector<JsonSpan> spans = std::move(part.index.spans);
    part.index = m_index;
    part.index.marks = std::move(marks);
    part.index.spans = std::move(spans);
    return part;
}

PayloadRows::PayloadRows(QByteArray bytes, PayloadForm form)
    : m_bytes(std::move(bytes))
{
    m_index.form = form;
}

void PayloadRows::apply(PayloadIndexer::Part part)
{
    std::vector<RowMark> marks = part.restarts ? std::vector<RowMark>() : std::move(m_index.marks);
    marks.insert(marks.end(), part.index.marks.begin(), part.index.marks.end());
    m_index = std::move(part.index);
    m_index.marks = std::move(marks);
}

std::size_t PayloadRows::markBefore(qint64 row) const
{
    const auto after = std::upper_bound(m_index.marks.begin(), m_index.marks.end(), row,
                                        [](qint64 wanted, const RowMark& mark) { return wanted < mark.row; });
    return static_cast<std::size_t>(after - m_index.marks.begin()) - 1;
}

std::vector<PayloadRow> PayloadRows::rows(qint64 first, int most) const
{
    std::vector<PayloadRow> found;
    const qint64 last = std::min(count(), first + most);
    if (first < 0 || first >= last)
        return found;
    if (m_index.form == PayloadForm::Hex) {
        for (qint64 row = first; row < last; ++row)
            found.push_back({.from = row * hexWidth, .to = std::min(m_bytes.size(), (row + 1) * hexWidth)});
        return found;
    }
    std::size_t mark = markBefore(first);
    RowState state = m_index.marks[mark].state;
    for (qint64 row = m_index.marks[mark].row; row < last; ++row) {
        if (mark + 1 < m_index.marks.size() && m_index.marks[mark + 1].row == row)
            state = m_index.marks[++mark].state; // over any amount of space
        const auto next = nextRow(m_bytes, m_index.isPretty(), state);
        if (!next)
            break;
        if (row >= first)
            found.push_back(*next);
    }
    return found;
}

QByteArray PayloadRows::tokens(const PayloadRow& row) const
{
    return m_index.isPretty() ? tokensOf(m_bytes, row, row.to) : m_bytes.mid(row.from, row.to - row.from);
}

QString PayloadRows::textUpTo(const PayloadRow& row, qsizetype end) const
{
    if (m_index.form == PayloadForm::Hex)
        return hexLine(m_bytes, row.from / hexWidth);
    const QByteArrayView bytes(m_bytes);
    if (m_index.isPretty())
        return QString(row.indent, u' ') + visibleBytes(tokensOf(bytes, row, end));
    return visibleBytes(bytes.sliced(row.from, end - row.from), true).replace(u'\t', u"    "_s);
}

QString PayloadRows::text(const PayloadRow& row) const
{
    return textUpTo(row, row.to);
}

qsizetype PayloadRows::columnOf(const PayloadRow& row, qsizetype at) const
{
    const qsizetype within = std::clamp(at, row.from, row.to);
    if (m_index.form == PayloadForm::Hex) {
        const qsizetype byte = std::min<qsizetype>(within - row.from, hexWidth);
        return 10 + 3 * byte + (byte >= hexWidth / 2 ? 1 : 0); // as hexLine writes it
    }
    return textUpTo(row, within).size();
}

std::optional<qint64> PayloadRows::rowOf(qsizetype at) const
{
    if (at < 0 || at >= m_bytes.size() || (!m_index.isDone && at >= m_index.indexedBytes) || count() == 0)
        return std::nullopt;
    if (m_index.form == PayloadForm::Hex)
        return at / hexWidth;
    const auto after = std::upper_bound(m_index.marks.begin(), m_index.marks.end(), at,
                                        [](qsizetype wanted, const RowMark& mark) { return wanted < mark.state.at; });
    if (after == m_index.marks.begin())
        return 0;
    const auto mark = static_cast<std::size_t>(after - m_index.marks.begin()) - 1;
    RowState state = m_index.marks[mark].state;
    qint64 row = m_index.marks[mark].row;
    const qint64 last = mark + 1 < m_index.marks.size() ? m_index.marks[mark + 1].row : count();
    for (; row + 1 < last; ++row) {
        const auto here = nextRow(m_bytes, m_index.isPretty(), state);
        // Raw: the line feed belongs to the row it ends.
        if (!here || at < here->to || state.at > at)
            break;
        RowState ahead = state;
        const auto next = nextRow(m_bytes, m_index.isPretty(), ahead);
        if (!next || at < next->from)
            break;
    }
    return row;
}

std::optional<qsizetype> findInPayload(QByteArrayView bytes, const PayloadFind& find,
                                       const std::function<bool()>& shouldStop)
{
    const QByteArray& needle = find.needle;
    const qsizetype last = bytes.size() - needle.size();
    if (needle.isEmpty() || last < 0)
        return std::nullopt;
    const auto isCapital = [](char c) { return c >= 'A' && c <= 'Z'; };
    const auto small = [isCapital](char c) { return isCapital(c) ? static_cast<char>(c | 0x20) : c; };
    const bool isExact = std::any_of(needle.begin(), needle.end(), isCapital);
    const char first = needle[0];
    const char firstAlternative = !isExact && first >= 'a' && first <= 'z' ? static_cast<char>(first & ~0x20) : first;
    const auto fits = [&](qsizetype at) {
        const char c = bytes[at];
        if (c != first && c != firstAlternative)
            return false;
        for (qsizetype i = 1; i < needle.size(); ++i) {
            const char there = isExact ? bytes[at + i] : small(bytes[at + i]);
            if (there != needle[i])
                return false;
        }
        return true;
    };
    constexpr qsizetype stride = 1 << 20;
    if (find.isBackwards) {
        for (qsizetype at = std::min(find.from - 1, last); at >= 0; --at) {
            if (fits(at))
                return at;
            if (at % stride == 0 && shouldStop && shouldStop())
                return std::nullopt;
        }
        return std::nullopt;
    }
    for (qsizetype at = std::max<qsizetype>(find.from, 0); at <= last; ++at) {
        if (fits(at))
            return at;
        if (at % stride == 0 && shouldStop && shouldStop())
            return std::nullopt;
    }
    return std::nullopt;
}

} // namespace spillway
