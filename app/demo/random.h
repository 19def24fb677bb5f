// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <cmath>
#include <cstdint>
#include <random>

namespace spillway::demo {

/// Chance that can be repeated: the same seed gives the same company on every machine. The standard's distributions are
/// not used, as libraries are free to differ in them.
class Random
{
public:
    explicit Random(std::uint64_t seed)
        : m_engine(seed)
    {
    }

    /// In [0, 1).
    [[nodiscard]] double ratio() { return static_cast<double>(m_engine() >> 11) * 0x1p-53; }
    /// In [0, count); `count` > 0.
    [[nodiscard]] std::int64_t below(std::int64_t count)
    {
        return static_cast<std::int64_t>(ratio() * static_cast<double>(count));
    }
    [[nodiscard]] bool chance(double probability) { return ratio() < probability; }
    /// Log-normal: half of the values lie below `median`; `sigma` is the deviation of their logarithm.
    [[nodiscard]] double logNormal(double median, double sigma)
    {
        constexpr double pi = 3.14159265358979323846;
        const double normal = std::sqrt(-2.0 * std::log(1.0 - ratio())) * std::cos(2.0 * pi * ratio());
        return median * std::exp(sigma * normal);
    }
    [[nodiscard]] QByteArray hex(int digits)
    {
        return QByteArray::number(static_cast<qulonglong>(m_engine()), 16).rightJustified(16, '0').left(digits);
    }

private:
    std::mt19937_64 m_engine;
};

} // namespace spillway::demo
