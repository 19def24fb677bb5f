// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/avrosample.h"

#include <algorithm>

namespace spillway {

namespace {

using Kind = AvroType::Kind;
constexpr int deepest = 100;
constexpr qsizetype largest = 64 << 10;

class Sampler
{
public:
    explicit Sampler(const AvroSchema& schema)
        : m_schema(schema)
    {
    }

    std::optional<QByteArray> run(std::span<const AvroStep> way)
    {
        write(m_schema.root, way, 0);
        return m_isImpossible ? std::nullopt : std::optional(m_out);
    }

private:
    void number(std::int64_t value)
    {
        auto rest = (static_cast<std::uint64_t>(value) << 1U) ^ (value < 0 ? ~std::uint64_t{0} : 0);
        for (; rest >= 0x80; rest >>= 7U)
            m_out.append(static_cast<char>((rest & 0x7fU) | 0x80U));
        m_out.append(static_cast<char>(rest));
    }

    void write(std::uint32_t index, std::span<const AvroStep> way, int depth)
    {
        if (depth > deepest || m_out.size() > largest)
            m_isImpossible = true;
        if (m_isImpossible)
            return;
        const AvroType& type = m_schema.types[index];
        switch (type.kind) {
        case Kind::Null:
            break;
        case Kind::Boolean:
            m_out.append('\0');
            break;
        case Kind::Int:
        case Kind::Long:
        case Kind::Bytes:
        case Kind::String:
            number(0);
            break;
        case Kind::Float:
            m_out.append(4, '\0');
            break;
        case Kind::Double:
            m_out.append(8, '\0');
            break;
        case Kind::Fixed:
            m_out.append(static_cast<qsizetype>(type.size), '\0');
            break;
        case Kind::Enum:
            if (type.symbols.empty())
                m_isImpossible = true;
            number(way.empty() ? 0 : static_cast<std::int64_t>(way.front().index));
            break;
        case Kind::Record:
            for (std::size_t i = 0; i < type.fields.size(); ++i) {
                const bool isOnWay = !way.empty() && way.front().index == i;
                write(type.fields[i].type, isOnWay ? way.subspan(1) : std::span<const AvroStep>(), depth + 1);
            }
            break;
        case Kind::Array:
        case Kind::Map:
            if (!way.empty()) {
                number(1);
                if (type.kind == Kind::Map) {
                    number(3);
                    m_out.append("key");
                }
                write(type.choices.front(), way.subspan(1), depth + 1);
            }
            number(0);
            break;
        case Kind::Union: {
            const std::size_t branch = way.empty() ? smallest(type) : way.front().index;
            number(static_cast<std::int64_t>(branch));
            write(type.choices[branch], way.empty() ? way : way.subspan(1), depth + 1);
            break;
        }
        }
    }

    /// null, else what holds nothing else, else the first.
    [[nodiscard]] std::size_t smallest(const AvroType& type) const
    {
        const auto place = [&](auto isGood) {
            return static_cast<std::size_t>(
                std::find_if(type.choices.begin(), type.choices.end(),
                             [&](std::uint32_t choice) { return isGood(m_schema.types[choice].kind); }) -
                type.choices.begin());
        };
        if (const std::size_t null = place([](Kind kind) { return kind == Kind::Null; }); null < type.choices.size())
            return null;
        const std::size_t plain = place([](Kind kind) { return kind != Kind::Record; });
        return plain < type.choices.size() ? plain : 0;
    }

    const AvroSchema& m_schema;
    QByteArray m_out;
    bool m_isImpossible = false;
};

} // namespace

std::optional<QByteArray> avroSample(const AvroSchema& schema, std::span<const AvroStep> way)
{
    return Sampler(schema).run(way);
}

} // namespace spillway
