// SPDX-License-Identifier: GPL-3.0-or-later
// Any .proto text or descriptor set, and any bytes read by each of its messages, or by none.
#include "model/schema/protoschema.h"
#include "schemabytes.h"

using namespace spillway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto [text, payload] = fuzz::schemaAndPayloadOf(data, size);
    fuzz::demandWhole(decodeProtobufFields(payload), payload.size());
    (void)readProtoDescriptorSet(payload);
    const Result<ProtoSchema> schema = readProtoSchema(text, {});
    if (!schema)
        return 0;
    int most = 4; // messages; more only cost time
    for (const std::string& name : schema->top) {
        if (most-- > 0)
            fuzz::demandWhole(decodeProtobuf(*schema, name, payload), payload.size());
    }
    return 0;
}
