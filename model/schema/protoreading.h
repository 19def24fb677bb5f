// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/protoschema.h"

namespace spillway {

/// A place where a reader takes a message for something else than its writer meant, or refuses it.
struct ProtoMisreading
{
    std::string message; ///< full name of the type in the writer's schema
    std::uint32_t number = 0;
    bool isRefusal = false; ///< the reader takes nothing of the message at all
    QString what;           ///< a plain sentence without values of the payload
    friend bool operator==(const ProtoMisreading&, const ProtoMisreading&) = default;
};

/// Reads the same bytes as programs do that were made from the one and the other schema: fields by number; another wire
/// type than the schema's is a field that is not known; of a single field and of a oneof the last counts; a default
/// value is as good as none; what is required must be there. A field that the reader does not know at all is no
/// misreading unless it leaves a oneof empty that was set. Where something that is required is missing the rest is
/// compared all the same.
/// @param written, read  full names of the message in the two schemas
/// @return empty: the reader understands all of it, or the writer cannot have written these bytes. Pure.
[[nodiscard]] std::vector<ProtoMisreading> protoMisreadings(const ProtoSchema& writer, const std::string& written,
                                                            const ProtoSchema& reader, const std::string& read,
                                                            QByteArrayView bytes);

} // namespace spillway
