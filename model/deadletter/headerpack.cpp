// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/headerpack.h"

#include <cstring>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// @return the place behind it.
char* putVarint(char* to, std::uint64_t value)
{
    while (value >= 0x80) {
        *to++ = static_cast<char>((value & 0x7FU) | 0x80U);
        value >>= 7U;
    }
    *to++ = static_cast<char>(value);
    return to;
}

char* putBytes(char* to, const QByteArray& bytes)
{
    const auto size = static_cast<std::size_t>(bytes.size());
    if (size > 0)
        std::memcpy(to, bytes.constData(), size);
    return to + size;
}

constexpr qsizetype longestVarint = 10;

/// Takes a varint off the front; false when there is none of at most 9 bytes.
bool takeVarint(QByteArrayView& rest, std::uint64_t& value)
{
    value = 0;
    for (unsigned shift = 0; shift < 63 && !rest.isEmpty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(rest.front());
        rest = rest.sliced(1);
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if ((byte & 0x80U) == 0)
            return true;
    }
    return false;
}

bool takeBytes(QByteArrayView& rest, std::uint64_t length, QByteArrayView& bytes)
{
    if (length > static_cast<std::uint64_t>(rest.size()))
        return false;
    const auto size = static_cast<qsizetype>(length);
    bytes = rest.first(size);
    rest = rest.sliced(size);
    return true;
}

/// Empty, but not null: an empty value is a value.
QByteArray kept(QByteArrayView bytes)
{
    return bytes.isEmpty() ? QByteArray("") : bytes.toByteArray();
}

} // namespace

qsizetype packedHeadersBound(const Headers& headers)
{
    qsizetype size = 0;
    for (const Header& header : headers)
        size += header.name.size() + (header.value ? header.value->size() : 0) + 2 * longestVarint;
    return size;
}

qsizetype packHeaders(const Headers& headers, char* to)
{
    const char* const begin = to;
    for (const Header& header : headers) {
        to = putVarint(to, static_cast<std::uint64_t>(header.name.size()));
        to = putBytes(to, header.name);
        to = putVarint(to, header.value ? static_cast<std::uint64_t>(header.value->size()) + 1 : 0);
        if (header.value)
            to = putBytes(to, *header.value);
    }
    return to - begin;
}

void packHeaders(const Headers& headers, QByteArray& packed)
{
    packed.resize(packedHeadersBound(headers));
    packed.resize(packHeaders(headers, packed.data()));
}

QByteArray packHeaders(const Headers& headers)
{
    QByteArray packed;
    packHeaders(headers, packed);
    return packed;
}

bool PackedHeaders::next()
{
    if (m_rest.isEmpty())
        return false;
    std::uint64_t length = 0;
    m_value.reset();
    m_isCorrupt = !takeVarint(m_rest, length) || !takeBytes(m_rest, length, m_name) || !takeVarint(m_rest, length) ||
                  (length > 0 && !takeBytes(m_rest, length - 1, m_value.emplace()));
    return !m_isCorrupt;
}

Result<Headers> unpackHeaders(QByteArrayView packed, const Headers& like)
{
    Headers headers;
    headers.reserve(like.size());
    PackedHeaders at(packed);
    while (at.next()) {
        const std::size_t place = headers.size();
        const bool isKnown = place < like.size() && like[place].name == at.name();
        headers.push_back({isKnown ? like[place].name : kept(at.name()),
                           at.value() ? std::optional(kept(*at.value())) : std::nullopt});
    }
    if (at.isCorrupt())
        return fail(ErrorCode::Corrupt, u"the stored headers are not what was written"_s);
    return headers;
}

} // namespace spillway
