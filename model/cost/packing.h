// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <map>
#include <span>

namespace spillway {

/// How small Kafka's codecs make payloads when they are packed together as producers do by default (16 KiB at a time):
/// packed bytes / bytes, by the codec's name in `compression.type` (gzip, lz4, snappy, zstd, each at its usual level).
/// Below 0 never; above 1 where packing makes them larger. Empty payloads: an empty answer. Looks at 4 MiB at most, the
/// first ones. Payloads are strangers' bytes: only numbers come out.
[[nodiscard]] std::map<QString, double> packedShares(std::span<const QByteArray> payloads);

} // namespace spillway
