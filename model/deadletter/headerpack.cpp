// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/headerpack.h"

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

void putVarint(QByteArray& out, std::uint64_t value)
{
    while (value >= 0x80) {
        out += static_cast<char>((value & 0x7FU) | 0x80U);
        value >>= 7U;
    }
    out += static_cast<char>(value);
}

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

bool takeBytes(QByteArrayView& rest, std::uint64_t length, QByteArray& bytes)
{
    if (length > static_cast<std::uint64_t>(rest.size()))
        return false;
    const auto size = static_cast<qsizetype>(length);
    bytes = size == 0 ? QByteArray("") : rest.first(size).toByteArray();
    rest = rest.sliced(size);
    return true;
}

} // namespace

QByteArray packHeaders(const Headers& headers)
{
    qsizetype size = 0;
    for (const Header& header : headers)
        size += header.name.size() + (header.value ? header.value->size() : 0) + 8;
    QByteArray packed;
    packed.reserve(size);
    for (const Header& header : headers) {
        putVarint(packed, static_cast<std::uint64_t>(header.name.size()));
        packed += header.name;
        putVarint(packed, header.value ? static_cast<std::uint64_t>(header.value->size()) + 1 : 0);
        if (header.value)
            packed += *header.value;
    }
    return packed;
}

Result<Headers> unpackHeaders(QByteArrayView packed)
{
    const auto corrupt = [] { return fail(ErrorCode::Corrupt, u"the stored headers are not what was written"_s); };
    Headers headers;
    while (!packed.isEmpty()) {
        Header header;
        std::uint64_t length = 0;
        if (!takeVarint(packed, length) || !takeBytes(packed, length, header.name) || !takeVarint(packed, length))
            return corrupt();
        if (length > 0 && !takeBytes(packed, length - 1, header.value.emplace()))
            return corrupt();
        headers.push_back(std::move(header));
    }
    return headers;
}

} // namespace spillway
