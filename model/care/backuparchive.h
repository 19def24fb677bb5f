// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/base/units.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

/// Files in one file, as `tar` (ustar; sizes of 8 GiB and more as GNU tar writes them) packed by zstd: what
/// `tar -xf FILE` takes apart where Spillway is not at hand. One thread.
namespace spillway {

/// Corrupt: `FILE is no whole backup: WHY; take another copy of it`.
[[nodiscard]] tl::unexpected<Error> noWholeBackup(const QString& file, const QString& why);

class ArchiveWriter
{
public:
    using Put = std::function<Status(const QByteArray& bytes)>;

    explicit ArchiveWriter(Put put);
    ~ArchiveWriter();
    ArchiveWriter(const ArchiveWriter&) = delete;
    ArchiveWriter& operator=(const ArchiveWriter&) = delete;

    /// @param name  at most 100 bytes of UTF-8, a plain file of mode 0600
    [[nodiscard]] Status begin(const QString& name, std::int64_t sizeBytes, UtcTime modifiedAt);
    /// `sizeBytes` in all.
    [[nodiscard]] Status add(QByteArrayView bytes);
    [[nodiscard]] Status end();
    /// The whole is written; nothing is added afterwards.
    [[nodiscard]] Status finish();

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

class ArchiveReader
{
public:
    struct Entry
    {
        QString name;
        std::int64_t sizeBytes = 0;
    };

    /// Unreachable when it cannot be opened; Corrupt, here and below, where the bytes are no such archive or are cut.
    [[nodiscard]] static Result<std::unique_ptr<ArchiveReader>> open(const QString& file);
    ~ArchiveReader();
    ArchiveReader(const ArchiveReader&) = delete;
    ArchiveReader& operator=(const ArchiveReader&) = delete;

    /// What is left of the entry before it is passed over. nullopt: there are no more.
    [[nodiscard]] Result<std::optional<Entry>> next();
    /// The next bytes of the entry, at most 1 MiB; empty: it has ended.
    [[nodiscard]] Result<QByteArray> read();
    /// How far the file itself has been read.
    [[nodiscard]] std::int64_t position() const;

private:
    struct Parts;
    explicit ArchiveReader(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

} // namespace spillway
