// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/broker/recordsource.h"

#include <QString>

#include <map>

namespace spillway {

/// Follows files of JSON lines as if they were topics: a line is a record, its first byte's place the offset, the topic
/// the file's path with its inode (`/var/log/processing.jsonl@2049:131`), so that a rotated file goes on being the same
/// log under its new name. Beside the file itself its rotated neighbours are read: `NAME.1`, `NAME-20261121`;
/// compressed ones are not. A file cut to nothing in place (`copytruncate`) starts over. A line counts when its end is
/// written; empty lines are nothing. One thread at a time; reads block on the disk only.
class JsonlSource final : public RecordSource
{
public:
    /// The topics' names are absolute paths. A file that is not there is a failure that says so (NotFound,
    /// Unauthorised).
    [[nodiscard]] Result<BoundsReport> bounds(const std::vector<TopicSelector>& topics, std::stop_token stop) override;
    [[nodiscard]] Status assign(const std::vector<Position>& start) override;
    [[nodiscard]] Result<RecordBatch> poll(qsizetype maxBytes, Millis timeout, std::stop_token stop) override;

private:
    /// A file that stays open while it is read: a rename does not take it away.
    class Descriptor
    {
    public:
        explicit Descriptor(int number = -1)
            : m_number(number)
        {
        }
        ~Descriptor();
        Descriptor(Descriptor&& other) noexcept
            : m_number(other.m_number)
        {
            other.m_number = -1;
        }
        Descriptor& operator=(Descriptor&& other) noexcept;
        [[nodiscard]] int number() const { return m_number; }

    private:
        int m_number;
    };
    struct File
    {
        Descriptor descriptor;
        std::int64_t position = -1; ///< next byte to read; -1: not assigned
    };

    void list(const QString& path, BoundsReport& report);
    [[nodiscard]] bool read(const QString& channel, File& file, qsizetype maxBytes, RecordBatch& batch);

    std::map<QString, File> m_files; // by channel
};

} // namespace spillway
