// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/broker/record.h"

#include "model/base/sha256.h"

#include <QtEndian>

namespace spillway {

namespace {

void addLength(Sha256& hash, qint64 length)
{
    const qint64 bigEndian = qToBigEndian(length);
    hash.add(QByteArrayView(reinterpret_cast<const char*>(&bigEndian), sizeof bigEndian));
}

void addPart(Sha256& hash, const std::optional<QByteArray>& part)
{
    addLength(hash, part ? part->size() : -1);
    if (part)
        hash.add(*part);
}

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
    Sha256 hash;
    addPart(hash, record.key);
    addPart(hash, record.value);
    addLength(hash, static_cast<qint64>(record.headers.size()));
    for (const Header& header : record.headers) {
        addPart(hash, header.name);
        addPart(hash, header.value);
    }
    return qFromBigEndian<quint64>(hash.result().data());
}

} // namespace spillway
