// SPDX-License-Identifier: GPL-3.0-or-later
// Any Avro schema and any bytes: decoded as far as they go, never further, and the same when read by the same schema.
#include "schemabytes.h"

using namespace spillway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto [json, payload] = fuzz::schemaAndPayloadOf(data, size);
    const Result<AvroSchema> schema = readAvroSchema(json);
    if (!schema)
        return 0;
    fuzz::demandWhole(decodeAvro(*schema, payload), payload.size());
    fuzz::demandWhole(decodeAvroAs(*schema, *schema, payload), payload.size());
    return 0;
}
