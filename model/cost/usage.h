// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDate>
#include <QString>
#include <QStringList>

#include <array>
#include <cstdint>
#include <map>
#include <optional>

/// What was measured about topics, as far as cost depends on it. What is missing here is taken from the catalog, and
/// what is missing there from the profile's assumptions.
namespace spillway {

/// What a number rests on; of a product, the weakest word among its factors.
/// Invoiced: no quantity at all but an amount of an invoice; adjustments only.
enum class QuantityBasis { Measured, Declared, Assumed, Invoiced };
inline constexpr std::array quantityBases{QuantityBasis::Measured, QuantityBasis::Declared, QuantityBasis::Assumed,
                                          QuantityBasis::Invoiced};
[[nodiscard]] QString quantityBasisWord(QuantityBasis basis); ///< measured, declared, assumed, invoiced

struct TopicUsage
{
    QString topic;
    QString connection;                        ///< the workspace's name; empty: unknown
    std::map<QDate, std::int64_t> records;     ///< written, by UTC day; only days that samples cover
    std::map<QDate, std::int64_t> keptBytes;   ///< of one copy, on average over the UTC day
    std::map<QDate, std::int64_t> keptRecords; ///< between start and end of its logs
    /// Records of a day on average over all that was ever sampled, for days that samples do not cover.
    std::optional<std::int64_t> usualRecords = std::nullopt;
    /// Average size of a stored record, as known last; of a day with kept bytes and records these say it.
    std::optional<std::int64_t> recordBytes;
    bool isRecordWhole = false; ///< with key, headers and frame, as logs hold it; else its payload alone
    std::optional<int> partitions;
    std::optional<double> retentionDays; ///< as the broker is configured
    QStringList groups;                  ///< consumer groups that committed there
    friend bool operator==(const TopicUsage&, const TopicUsage&) = default;
};

struct MeasuredUsage
{
    std::map<QString, TopicUsage> topics; ///< by topic
    friend bool operator==(const MeasuredUsage&, const MeasuredUsage&) = default;
};

} // namespace spillway
