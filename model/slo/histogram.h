// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace spillway {

/// Counts of values in base-2 exponential buckets of scale 5 (bounds grow by 2^(1/32)), as OpenTelemetry and Prometheus
/// define them. Merging is exact; a percentile read from it is wrong by at most 1.083 % of its value. Values of 0 and
/// below share one bucket.
class Histogram
{
public:
    void add(double value, std::int64_t count = 1);
    void merge(const Histogram& other);

    [[nodiscard]] std::int64_t total() const { return m_total; }

    /// The value below or at which `share` of all values lie (nearest rank), estimated within the bucket.
    /// @param share  in [0, 1].
    /// @return  nullopt when empty; 0 where the rank falls among values of 0 and below.
    [[nodiscard]] std::optional<double> percentile(double share) const;

    /// Variable-length differences with a version in front, one to three bytes per bucket in use. The form never
    /// changes.
    [[nodiscard]] QByteArray packed() const;
    /// Adds a packed one without making it first; false (and nothing added) when the bytes are not ours.
    bool mergePacked(QByteArrayView bytes);

    friend bool operator==(const Histogram& a, const Histogram& b)
    {
        return a.used() == b.used() && a.m_atOrBelowZero == b.m_atOrBelowZero;
    }

private:
    /// Buckets that hold something: index and count, ascending.
    [[nodiscard]] std::vector<std::pair<int, std::int64_t>> used() const;
    void put(int index, std::int64_t count);

    std::int64_t m_total = 0;
    std::int64_t m_atOrBelowZero = 0;
    int m_first = 0;                    // index of m_counts.front()
    std::vector<std::int64_t> m_counts; // dense between the lowest and the highest bucket in use
};

} // namespace spillway
