// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/jsonequal.h"

#include "model/base/decimal.h"

#include <algorithm>
#include <numeric>

namespace spillway {

namespace {

constexpr int deepest = 500;

Tri numbersEqual(QByteArrayView a, QByteArrayView b)
{
    if (a == b)
        return Tri::Yes;
    const auto left = Decimal::parse(a);
    const auto right = Decimal::parse(b);
    if (!left || !right)
        return Tri::Unknown; // longer than we compare
    return *left == *right ? Tri::Yes : Tri::No;
}

class Comparison
{
public:
    Comparison(const JsonTape& a, const JsonTape& b, std::int64_t& work)
        : m_a(a)
        , m_b(b)
        , m_work(work)
    {
    }

    Tri same(std::uint32_t left, std::uint32_t right, int depth)
    {
        if (--m_work < 0 || depth > deepest)
            return Tri::Unknown;
        const JsonNode& x = m_a[left];
        const JsonNode& y = m_b[right];
        if (x.kind != y.kind || x.count != y.count)
            return Tri::No;
        switch (x.kind) {
        case JsonKind::Null:
        case JsonKind::False:
        case JsonKind::True:
            return Tri::Yes;
        case JsonKind::Number:
            return numbersEqual(m_a.token(left), m_b.token(right));
        case JsonKind::String:
            return m_a.text(left) == m_b.text(right) ? Tri::Yes : Tri::No;
        case JsonKind::Array:
            return sameArrays(left, right, depth);
        case JsonKind::Object:
            return sameObjects(left, right, depth);
        }
        return Tri::Unknown;
    }

private:
    Tri sameArrays(std::uint32_t left, std::uint32_t right, int depth)
    {
        Tri all = Tri::Yes;
        std::uint32_t j = right + 1;
        for (std::uint32_t i = left + 1; i < m_a[left].end; i = m_a[i].end, j = m_b[j].end) {
            all = std::min(all, same(i, j, depth + 1));
            if (all == Tri::No)
                break;
        }
        return all;
    }

    Tri sameObjects(std::uint32_t left, std::uint32_t right, int depth)
    {
        Tri all = Tri::Yes;
        std::uint32_t cursor = right + 1; // members mostly come in the same order
        for (std::uint32_t i = left + 1; i < m_a[left].end; i = m_a[i + 1].end) {
            if (m_a[i].isShadowed)
                continue;
            std::optional<std::uint32_t> other;
            if (cursor < m_b[right].end && !m_b[cursor].isShadowed && m_b.text(cursor) == m_a.text(i)) {
                other = cursor + 1;
            } else {
                m_work -= m_b[right].count;
                if (m_work < 0)
                    return Tri::Unknown;
                other = m_b.member(right, m_a.text(i));
            }
            if (!other)
                return Tri::No;
            cursor = m_b[*other].end;
            all = std::min(all, same(i + 1, *other, depth + 1));
            if (all == Tri::No)
                break;
        }
        return all;
    }

    const JsonTape& m_a;
    const JsonTape& m_b;
    std::int64_t& m_work;
};

} // namespace

Tri jsonEqual(const JsonTape& a, std::uint32_t left, const JsonTape& b, std::uint32_t right, std::int64_t& work)
{
    return Comparison(a, b, work).same(left, right, 0);
}

std::vector<std::uint64_t> jsonHashes(const JsonTape& tape, std::uint32_t node)
{
    const std::uint32_t end = tape[node].end;
    std::vector<std::uint64_t> hashes(end - node);
    // Children stand behind their parents, so backwards every child is ready before its parent.
    for (std::uint32_t i = end; i-- > node;) {
        const JsonNode& at = tape[i];
        std::uint64_t hash = static_cast<std::uint64_t>(at.kind) + 1;
        switch (at.kind) {
        case JsonKind::Null:
        case JsonKind::False:
        case JsonKind::True:
            break;
        case JsonKind::Number:
            if (const auto number = Decimal::parse(tape.token(i)))
                hash += number->hash();
            break;
        case JsonKind::String:
            hash += std::hash<std::string_view>{}(tape.text(i));
            break;
        case JsonKind::Array:
            for (std::uint32_t child = i + 1; child < at.end; child = tape[child].end)
                hash = hash * 1099511628211ULL + hashes[child - node];
            break;
        case JsonKind::Object:
            for (std::uint32_t name = i + 1; name < at.end; name = tape[name + 1].end) {
                if (!tape[name].isShadowed)
                    hash += (hashes[name - node] | 1) * (hashes[name + 1 - node] * 31 + 7);
            }
            break;
        }
        hashes[i - node] = hash;
    }
    return hashes;
}

Tri jsonElementsDiffer(const JsonTape& tape, std::uint32_t array, std::int64_t& work, std::uint32_t& duplicate)
{
    if (tape[array].count < 2)
        return Tri::Yes;
    work -= tape[array].end - array;
    const std::vector<std::uint64_t> hashes = jsonHashes(tape, array);
    std::vector<std::uint32_t> elements;
    for (std::uint32_t i = array + 1; i < tape[array].end; i = tape[i].end)
        elements.push_back(i);
    std::sort(elements.begin(), elements.end(), [&](std::uint32_t a, std::uint32_t b) {
        const std::uint64_t x = hashes[a - array];
        const std::uint64_t y = hashes[b - array];
        return x != y ? x < y : a < b;
    });
    Tri all = Tri::Yes;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        for (std::size_t j = i + 1; j < elements.size() && hashes[elements[i] - array] == hashes[elements[j] - array];
             ++j) {
            const Tri same = jsonEqual(tape, elements[i], tape, elements[j], work);
            if (same == Tri::Yes) {
                duplicate = all == Tri::No ? std::min(duplicate, elements[j]) : elements[j];
                all = Tri::No;
                break;
            }
            if (same == Tri::Unknown && all == Tri::Yes)
                all = Tri::Unknown;
            if (work < 0)
                return all == Tri::No ? Tri::No : Tri::Unknown;
        }
    }
    return all;
}

std::optional<std::int64_t> plainInteger(QByteArrayView token)
{
    if (token.isEmpty() || token.size() > 19)
        return std::nullopt;
    qsizetype at = token[0] == '-' ? 1 : 0;
    if (token.size() - at > 18)
        return std::nullopt;
    std::int64_t value = 0;
    for (; at < token.size(); ++at) {
        if (token[at] < '0' || token[at] > '9')
            return std::nullopt;
        value = value * 10 + (token[at] - '0');
    }
    return token[0] == '-' ? -value : value;
}

} // namespace spillway
