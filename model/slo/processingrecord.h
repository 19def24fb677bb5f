// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/base/units.h"

#include <QByteArrayView>
#include <QString>

#include <memory>

namespace spillway {

enum class ProcessingStatus { Success, Failed, DeadLettered };

/// One line of a processing log; contract.md, "Processing-log record". What counts does not need the optional fields.
struct ProcessingRecord
{
    QString consumerService;
    QString eventType;
    ProcessingStatus status = ProcessingStatus::Success;
    double latencyMs = 0; ///< as JSON numbers read: the nearest double, as a target in ownership.yaml is
    UtcTime processedAt;
    friend bool operator==(const ProcessingRecord&, const ProcessingRecord&) = default;
};

/// Longest record that is looked at, and longest name in one.
inline constexpr qsizetype maxProcessingRecordBytes = 1 << 20;
inline constexpr qsizetype maxProcessingNameBytes = 1024;

/// Reads records; keeps its parser's memory from one to the next. One thread.
class ProcessingRecordReader
{
public:
    ProcessingRecordReader();
    ~ProcessingRecordReader();

    /// @param bytes  one JSON object, UTF-8. Fields nobody knows are passed over. `processed_at` is RFC 3339 or epoch
    /// milliseconds (a number;
    ///               fractions are cut), between the years 1970 and 9999.
    /// @return  Corrupt with the reason, which names the field and quotes nothing.
    [[nodiscard]] Result<ProcessingRecord> read(QByteArrayView bytes);

private:
    struct Parser;
    std::unique_ptr<Parser> m_parser;
};

} // namespace spillway
