// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/protobufexamples.h"

#include "model/schema/protoreading.h"
#include "model/schema/protosample.h"

#include <algorithm>

namespace spillway {

std::string protoCounterpart(const std::string& name, const ProtoSchema& from, const ProtoSchema& to)
{
    const std::string prefix = from.package.empty() ? std::string() : std::string(from.package).append(1, '.');
    if (name.starts_with(prefix)) {
        std::string other = to.package.empty() ? std::string() : std::string(to.package).append(1, '.');
        other.append(name, prefix.size());
        if (to.messages.contains(other))
            return other;
    }
    return to.messages.contains(name) ? name : std::string();
}

std::optional<ProtobufExamples::Example> ProtobufExamples::of(const std::string& written, const std::string& read,
                                                              const std::vector<std::uint32_t>& numbers) const
{
    if (written.empty())
        return std::nullopt;
    if (read.empty()) {
        // The message as such: who holds the other schema has nothing to read it by.
        const auto bytes = protoSample(m_writer, written, {}, {});
        if (!bytes)
            return std::nullopt;
        return Example{.json = decodeProtobuf(m_writer, written, *bytes).json,
                       .wire = {.bytes = *bytes,
                                .type = QString::fromStdString(written),
                                .readAs = {},
                                .why = QStringLiteral("the reader's schema has no such message")}};
    }
    // What lies on the topic is most often one of the file's own messages; the one it is about stands in it.
    for (const std::string& top : m_writer.top) {
        if (auto example = within(top, written, read, numbers))
            return example;
    }
    return within(written, written, read, numbers);
}

std::optional<ProtobufExamples::Example> ProtobufExamples::within(const std::string& top, const std::string& written,
                                                                  const std::string& read,
                                                                  const std::vector<std::uint32_t>& numbers) const
{
    const auto way = protoWay(m_writer, top, written);
    const std::string readTop = top == written ? read : protoCounterpart(top, m_writer, m_reader);
    if (!way || readTop.empty())
        return std::nullopt;
    // As little as shows it: nothing set, each field alone, all of them; then the same with what the reader insists on
    // besides, so that it is not this that it refuses.
    std::vector<std::vector<std::uint32_t>> wishes{{}};
    for (const std::uint32_t number : numbers)
        wishes.push_back({number});
    wishes.push_back(numbers);
    if (const auto reader = m_reader.messages.find(read); reader != m_reader.messages.end()) {
        std::vector<std::uint32_t> insisted;
        for (const auto& [number, field] : reader->second.fields) {
            if (field.label == ProtoField::Label::Required &&
                std::find(numbers.begin(), numbers.end(), number) == numbers.end())
                insisted.push_back(number);
        }
        for (std::size_t i = 0, count = insisted.empty() ? 0 : wishes.size(); i < count; ++i) {
            wishes.push_back(wishes[i]);
            wishes.back().insert(wishes.back().end(), insisted.begin(), insisted.end());
        }
    }
    for (const auto& wish : wishes) {
        const auto bytes = protoSample(m_writer, top, *way, wish);
        if (!bytes)
            continue;
        const BinaryText meant = decodeProtobuf(m_writer, top, *bytes);
        if (meant.fault)
            continue;
        const auto all = protoMisreadings(m_writer, top, m_reader, readTop, *bytes);
        for (const ProtoMisreading& found : all) {
            const bool isHere = found.message == written || found.message == read;
            const bool isOfNumber =
                found.number == 0 || std::find(numbers.begin(), numbers.end(), found.number) != numbers.end();
            // Of a field that holds a message, what is wrong may lie in that.
            const bool isBelow = !isHere && std::any_of(numbers.begin(), numbers.end(), [&](std::uint32_t number) {
                const auto field = m_writer.messages.at(written).fields.find(number);
                return field != m_writer.messages.at(written).fields.end() && !field->second.typeName.empty();
            });
            if (!(isHere && isOfNumber) && !isBelow)
                continue;
            const BinaryText seen = decodeProtobuf(m_reader, readTop, *bytes);
            const bool isRefused = seen.fault || std::any_of(all.begin(), all.end(),
                                                             [](const ProtoMisreading& one) { return one.isRefusal; });
            return Example{.json = meant.json,
                           .wire = {.bytes = *bytes,
                                    .type = QString::fromStdString(top),
                                    .readAs = isRefused ? QByteArray() : seen.json,
                                    .why = found.what}};
        }
    }
    return std::nullopt;
}

} // namespace spillway
