// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/broker/record.h"

#include "model/base/sha256.h"

#include <QtEndian>

#include <array>
#include <cstring>

namespace spillway {

namespace {

/// Hashes many small parts together: each call of the hash costs more than the few bytes it gets.
class PartsHash
{
public:
    void length(qint64 length)
    {
        const qint64 bigEndian = qToBigEndian(length);
        bytes(QByteArrayView(reinterpret_cast<const char*>(&bigEndian), sizeof bigEndian));
    }
    void part(const std::optional<QByteArray>& part)
    {
        length(part ? part->size() : -1);
        if (part)
            bytes(*part);
    }
    std::array<std::uint8_t, 32> result()
    {
        flush();
        return m_hash.result();
    }

private:
    void bytes(QByteArrayView bytes)
    {
        const auto size = static_cast<std::size_t>(bytes.size());
        if (size > m_gathered.size() - m_used)
            flush();
        if (size > m_gathered.size()) {
            m_hash.add(bytes);
        } else if (size > 0) {
            std::memcpy(m_gathered.data() + m_used, bytes.data(), size);
            m_used += size;
        }
    }
    void flush()
    {
        m_hash.add(QByteArrayView(m_gathered.data(), static_cast<qsizetype>(m_used)));
        m_used = 0;
    }

    Sha256 m_hash;
    std::array<char, 512> m_gathered;
    std::size_t m_used = 0;
};

} // namespace

qsizetype RawRecord::sizeBytes() const
{
    qsizetype sum = (key ? key->size() : 0) + (value ? value->size() : 0);
    for (const Header& header : headers)
        sum += header.name.size() + (header.value ? header.value->size() : 0);
    return sum;
}

std::uint64_t recordDigest(const RawRecord& record)
{
    PartsHash hash;
    hash.part(record.key);
    hash.part(record.value);
    hash.length(static_cast<qint64>(record.headers.size()));
    for (const Header& header : record.headers) {
        hash.part(header.name);
        hash.part(header.value);
    }
    return qFromBigEndian<quint64>(hash.result().data());
}

} // namespace spillway
