// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/base/units.h"

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <vector>

namespace spillway {

/// What collecting brought in. Adding two adds their counts and keeps both lists.
struct CollectReport
{
    struct Phase
    {
        QString name; ///< connection and duty, like `orders: dead letters`
        Millis took{0};
    };

    std::int64_t lagSamples = 0; ///< (group, partition) rows sampled
    std::int64_t processingRecords = 0;
    std::int64_t deadLetters = 0;
    /// Processing records that could not be read, kept as samples, and records of dead-letter topics, at most so many,
    /// that cannot be decoded.
    std::int64_t unreadable = 0;
    std::int64_t lostBeforeRead = 0; ///< records of dead-letter topics, at most so many, that their broker had deleted
    Millis elapsed{0};
    std::vector<Phase> phases;
    std::vector<QString> warnings; ///< what somebody should know though all was read
    std::vector<Error> failures;   ///< what could not be reached or read; the rest is stored

    void add(const CollectReport& other);
    /// contract.md, `collect`.
    [[nodiscard]] QByteArray json() const;
    [[nodiscard]] QString text() const;
};

} // namespace spillway
