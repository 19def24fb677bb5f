// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/capabilities.h"
#include "model/broker/recordsource.h"

#include <memory>

namespace spillway {

namespace kafka {
class Site;
}

/// Follows partitions of a Kafka cluster with a simple consumer: no group is joined and nothing is committed. Committed
/// records only; the end of a partition is told by position, so that control records and aborted ones after the last
/// record do not matter. Two client handles (one reads, one asks for high watermarks). Reads ahead at most
/// some 24 MiB of payloads, and what one answer brings, 16 MiB where the client file says nothing else.
class KafkaRecordSource final : public RecordSource
{
public:
    enum class Appetite {
        Stream, ///< reads far ahead, for following
        Sip,    ///< reads hardly ahead, for a look at single records: 1 MiB at a time
        Gulp,   ///< reads on to an end that is near, by whoever takes little time for each: 64 MiB ahead
    };
    /// What becomes of a batch that the library cannot decode.
    enum class BadBatch {
        Fail,     ///< its topic is among the failures of every poll: nothing behind it can be read
        PassOver, ///< it is told once as unreadable, and what stands behind it is read
    };
    explicit KafkaRecordSource(std::shared_ptr<kafka::Site> site, Appetite appetite = Appetite::Stream,
                               BadBatch badBatch = BadBatch::Fail);
    ~KafkaRecordSource() override;

    [[nodiscard]] Result<BoundsReport> bounds(const std::vector<TopicSelector>& topics, std::stop_token stop) override;
    /// A partition that goes on where it stands keeps what was read ahead; all others start anew.
    [[nodiscard]] Status assign(const std::vector<Position>& start) override;
    [[nodiscard]] Result<RecordBatch> poll(qsizetype maxBytes, Millis timeout, std::stop_token stop) override;

private:
    class Reader;
    [[nodiscard]] Status open();

    std::shared_ptr<kafka::Site> m_site; // shared with the connection and its other sources
    Appetite m_appetite;
    BadBatch m_badBatch;
    std::unique_ptr<Reader> m_reader;
};

} // namespace spillway
