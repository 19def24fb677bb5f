// SPDX-License-Identifier: GPL-3.0-or-later
// What unpacks packs to headers that unpack alike; any headers come back as they were.
#include "letterbytes.h"
#include "model/deadletter/headerpack.h"

using namespace spillway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const Headers headers = fuzz::recordOf(data, size).headers;
    fuzz::demand(unpackHeaders(packHeaders(headers)).value() == headers);
    const QByteArrayView bytes(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    const Result<Headers> unpacked = unpackHeaders(bytes);
    if (unpacked)
        fuzz::demand(unpackHeaders(packHeaders(*unpacked)).value() == *unpacked);
    PackedHeaders one(bytes);
    while (one.next()) {
    }
    fuzz::demand(one.isCorrupt() == !unpacked.has_value());
    return 0;
}
