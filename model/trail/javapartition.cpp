// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trail/javapartition.h"

#include <QtEndian>

namespace spillway {

std::uint32_t javaMurmur2(QByteArrayView bytes)
{
    constexpr std::uint32_t m = 0x5bd1e995;
    constexpr int r = 24;
    std::uint32_t hash = 0x9747b28cU ^ static_cast<std::uint32_t>(bytes.size());
    qsizetype at = 0;
    for (; bytes.size() - at >= 4; at += 4) {
        std::uint32_t k = qFromLittleEndian<std::uint32_t>(bytes.data() + at);
        k *= m;
        k ^= k >> r;
        k *= m;
        hash *= m;
        hash ^= k;
    }
    if (const qsizetype rest = bytes.size() - at; rest > 0) {
        for (qsizetype i = rest - 1; i >= 0; --i)
            hash ^= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
        hash *= m;
    }
    hash ^= hash >> 13;
    hash *= m;
    hash ^= hash >> 15;
    return hash;
}

int javaPartition(QByteArrayView key, int partitions)
{
    return static_cast<int>((javaMurmur2(key) & 0x7fffffffU) % static_cast<std::uint32_t>(partitions));
}

} // namespace spillway
