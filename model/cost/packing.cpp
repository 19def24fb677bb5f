// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/packing.h"

#include <lz4.h>
#include <snappy-c.h>
#include <zstd.h>

#include <array>
#include <optional>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype batchBytes = 16'384;
constexpr qsizetype mostBytes = 4 << 20;
constexpr int zstdLevel = 3; ///< Kafka's default

std::optional<qsizetype> byGzip(const QByteArray& batch)
{
    constexpr qsizetype lengthInFront = 4; // Qt's own
    constexpr qsizetype framing = 12;      // gzip's header and end are longer than zlib's by so much
    return qCompress(batch).size() - lengthInFront + framing;
}

std::optional<qsizetype> byLz4(const QByteArray& batch)
{
    QByteArray packed(LZ4_compressBound(static_cast<int>(batch.size())), Qt::Uninitialized);
    const int size = LZ4_compress_default(batch.constData(), packed.data(), static_cast<int>(batch.size()),
                                          static_cast<int>(packed.size()));
    return size > 0 ? std::optional(qsizetype{size}) : std::nullopt;
}

std::optional<qsizetype> bySnappy(const QByteArray& batch)
{
    const auto plain = static_cast<std::size_t>(batch.size());
    std::size_t size = snappy_max_compressed_length(plain);
    QByteArray packed(static_cast<qsizetype>(size), Qt::Uninitialized);
    return snappy_compress(batch.constData(), plain, packed.data(), &size) == SNAPPY_OK
               ? std::optional(static_cast<qsizetype>(size))
               : std::nullopt;
}

std::optional<qsizetype> byZstd(const QByteArray& batch)
{
    const auto plain = static_cast<std::size_t>(batch.size());
    QByteArray packed(static_cast<qsizetype>(ZSTD_compressBound(plain)), Qt::Uninitialized);
    const std::size_t size =
        ZSTD_compress(packed.data(), static_cast<std::size_t>(packed.size()), batch.constData(), plain, zstdLevel);
    return ZSTD_isError(size) == 0 ? std::optional(static_cast<qsizetype>(size)) : std::nullopt;
}

struct Codec
{
    const char* name;
    std::optional<qsizetype> (*pack)(const QByteArray& batch);
};
constexpr std::array codecs{Codec{"gzip", byGzip}, Codec{"lz4", byLz4}, Codec{"snappy", bySnappy},
                            Codec{"zstd", byZstd}};

} // namespace

std::map<QString, double> packedShares(std::span<const QByteArray> payloads)
{
    qsizetype plain = 0;
    std::array<std::optional<qsizetype>, codecs.size()> packed;
    packed.fill(qsizetype{0});
    QByteArray batch;
    const auto pack = [&] {
        plain += batch.size();
        for (std::size_t i = 0; i < codecs.size(); ++i) {
            const auto size = codecs[i].pack(batch);
            packed[i] = packed[i] && size ? std::optional(*packed[i] + *size) : std::nullopt;
        }
        batch.clear();
    };
    for (const QByteArray& payload : payloads) {
        if (plain + batch.size() >= mostBytes)
            break;
        batch += payload;
        if (batch.size() >= batchBytes)
            pack();
    }
    if (!batch.isEmpty())
        pack();
    std::map<QString, double> shares;
    for (std::size_t i = 0; plain > 0 && i < codecs.size(); ++i) {
        if (packed[i])
            shares[QString::fromLatin1(codecs[i].name)] = static_cast<double>(*packed[i]) / static_cast<double>(plain);
    }
    return shares;
}

} // namespace spillway
