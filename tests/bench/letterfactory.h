// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/record.h"

#include <random>

namespace spillway::bench {

/// Dead letters as a middle-sized company has them: 12 topics of 6 partitions, 20 consumers with 10 ways to fail each
/// (200 groups), orders of about 1 KiB as JSON, Spring's headers with a short stack. The same seed makes the same
/// letters; time moves on by some 2.5 s a letter, with a minute's disorder.
class LetterFactory
{
public:
    explicit LetterFactory(unsigned seed = 1)
        : m_random(seed)
    {
    }
    [[nodiscard]] RawRecord next();
    static constexpr int topics = 12;
    static constexpr int partitions = 6;
    [[nodiscard]] static QString topicName(int topic);
    /// Offsets given out so far; the record's own offset is the next of its partition.
    [[nodiscard]] std::int64_t count() const { return m_count; }

private:
    int below(int limit);
    QByteArray order(std::int64_t id);

    std::mt19937 m_random;
    std::int64_t m_count = 0;
    std::int64_t m_offsets[topics][partitions] = {};
};

} // namespace spillway::bench
