// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/slo/histogram.h"

#include <algorithm>
#include <cmath>

namespace spillway {

namespace {

constexpr char formVersion = 1;
constexpr double bucketsPerDoubling = 32.0; // 2^5
// Doubles reach from 2^-1074 to 2^1024; a packed index outside is not ours.
constexpr int lowestIndex = -1075 * 32;
constexpr int highestIndex = 1025 * 32;

/// Bucket i holds base^i < value <= base^(i+1).
int indexOf(double value)
{
    return static_cast<int>(std::ceil(std::log2(value) * bucketsPerDoubling)) - 1;
}

void putNumber(QByteArray& out, std::uint64_t bits)
{
    for (; bits >= 0x80; bits >>= 7)
        out += static_cast<char>((bits & 0x7F) | 0x80);
    out += static_cast<char>(bits);
}

std::uint64_t zigzag(std::int64_t number)
{
    return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}

std::int64_t unzigzag(std::uint64_t bits)
{
    return static_cast<std::int64_t>(bits >> 1) ^ -static_cast<std::int64_t>(bits & 1);
}

/// Reads what putNumber wrote; `isGood` falls when the bytes end first.
class NumberReader
{
public:
    explicit NumberReader(QByteArrayView bytes)
        : m_at(reinterpret_cast<const unsigned char*>(bytes.data()))
        , m_end(m_at + bytes.size())
    {
    }
    bool hasMore() const { return m_at != m_end; }
    bool isGood() const { return m_isGood; }
    std::uint64_t take()
    {
        std::uint64_t bits = 0;
        for (int shift = 0; shift < 64 && m_at != m_end; shift += 7) {
            const unsigned char byte = *m_at++;
            bits |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if ((byte & 0x80) == 0)
                return bits;
        }
        m_isGood = false;
        return 0;
    }

private:
    const unsigned char* m_at;
    const unsigned char* m_end;
    bool m_isGood = true;
};

} // namespace

void Histogram::put(int index, std::int64_t count)
{
    m_total += count;
    if (m_counts.empty()) {
        m_first = index;
        m_counts.push_back(count);
        return;
    }
    if (index < m_first) {
        m_counts.insert(m_counts.begin(), static_cast<std::size_t>(m_first - index), 0);
        m_first = index;
    }
    const auto place = static_cast<std::size_t>(index - m_first);
    if (place >= m_counts.size())
        m_counts.resize(place + 1, 0);
    m_counts[place] += count;
}

void Histogram::add(double value, std::int64_t count)
{
    if (value > 0) {
        put(indexOf(value), count);
        return;
    }
    m_total += count;
    m_atOrBelowZero += count;
}

void Histogram::merge(const Histogram& other)
{
    for (std::size_t i = 0; i < other.m_counts.size(); ++i) {
        if (other.m_counts[i] != 0)
            put(other.m_first + static_cast<int>(i), other.m_counts[i]);
    }
    m_total += other.m_atOrBelowZero;
    m_atOrBelowZero += other.m_atOrBelowZero;
}

std::optional<double> Histogram::percentile(double share) const
{
    if (m_total == 0)
        return std::nullopt;
    const auto rank = std::clamp<std::int64_t>(
        static_cast<std::int64_t>(std::ceil(share * static_cast<double>(m_total))), 1, m_total);
    std::int64_t seen = m_atOrBelowZero;
    if (seen >= rank)
        return 0.0;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        seen += m_counts[i];
        if (seen >= rank) {
            // Of all values in (low, b·low] this one is the least wrong at worst: (b − 1)/(b + 1).
            const double low = std::exp2(static_cast<double>(m_first + static_cast<int>(i)) / bucketsPerDoubling);
            const double base = std::exp2(1.0 / bucketsPerDoubling);
            return 2.0 * low * base / (1.0 + base);
        }
    }
    return std::nullopt;
}

std::vector<std::pair<int, std::int64_t>> Histogram::used() const
{
    std::vector<std::pair<int, std::int64_t>> buckets;
    for (std::size_t i = 0; i < m_counts.size(); ++i) {
        if (m_counts[i] != 0)
            buckets.emplace_back(m_first + static_cast<int>(i), m_counts[i]);
    }
    return buckets;
}

QByteArray Histogram::packed() const
{
    QByteArray out;
    out += formVersion;
    putNumber(out, static_cast<std::uint64_t>(m_atOrBelowZero));
    int previous = 0;
    for (const auto& [index, count] : used()) {
        putNumber(out, zigzag(index - previous));
        putNumber(out, static_cast<std::uint64_t>(count));
        previous = index;
    }
    return out;
}

bool Histogram::mergePacked(QByteArrayView bytes)
{
    if (bytes.isEmpty() || bytes.front() != formVersion)
        return false;
    const QByteArrayView body = bytes.sliced(1);
    // Looked at as a whole first: nothing is added of bytes that turn out not to be ours.
    for (const bool isAdding : {false, true}) {
        NumberReader numbers(body);
        const auto zeros = static_cast<std::int64_t>(numbers.take());
        if (isAdding) {
            m_atOrBelowZero += zeros;
            m_total += zeros;
        }
        std::int64_t index = 0;
        while (numbers.hasMore() && numbers.isGood()) {
            index += unzigzag(numbers.take());
            const auto count = static_cast<std::int64_t>(numbers.take());
            if (isAdding)
                put(static_cast<int>(index), count);
            else if (index < lowestIndex || index > highestIndex || count <= 0)
                return false;
        }
        if (!numbers.isGood() || zeros < 0)
            return false;
    }
    return true;
}

} // namespace spillway
