// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemachange.h"
#include "model/schema/protoschema.h"

namespace spillway {

/// Where two versions of a .proto differ: a message by its names in both (empty: there is none), and the fields that
/// show the difference when they are set; none: the message as such.
struct ProtoSpot
{
    std::string older;
    std::string newer;
    std::vector<std::uint32_t> numbers;
};

/// The full name in `to` of what is called so in `from`: both packages taken off, else the very name; empty: none.
[[nodiscard]] std::string protoCounterpart(const std::string& name, const ProtoSchema& from, const ProtoSchema& to);

/// Messages that show what a difference does: written by one schema, and lost, taken for something else or refused by
/// who holds the other. Each is read by both before it is given.
class ProtobufExamples
{
public:
    struct Example
    {
        QByteArray json; ///< as the writer means it
        WireExample wire;
    };
    ProtobufExamples(const ProtoSchema& writer, const ProtoSchema& reader)
        : m_writer(writer)
        , m_reader(reader)
    {
    }

    /// @param written, read  the spot's names on either side
    /// @return nullopt: none was found, and where the wire says the same there is none: then a rule alone speaks.
    [[nodiscard]] std::optional<Example> of(const std::string& written, const std::string& read,
                                            const std::vector<std::uint32_t>& numbers) const;

private:
    [[nodiscard]] std::optional<Example> within(const std::string& top, const std::string& written,
                                                const std::string& read,
                                                const std::vector<std::uint32_t>& numbers) const;

    const ProtoSchema& m_writer;
    const ProtoSchema& m_reader;
};

} // namespace spillway
