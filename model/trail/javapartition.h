// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

#include <cstdint>

namespace spillway {

/// MurmurHash2 with the seed and the byte order of Kafka's Java clients (org.apache.kafka.common.utils.Utils.murmur2).
/// Pure; any thread.
[[nodiscard]] std::uint32_t javaMurmur2(QByteArrayView bytes);

/// Where a Java client puts a record of this key, unless its application chose otherwise. @param partitions  above 0.
[[nodiscard]] int javaPartition(QByteArrayView key, int partitions);

} // namespace spillway
