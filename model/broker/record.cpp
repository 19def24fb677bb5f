// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/broker/record.h"

#include <QCryptographicHash>
#include <QtEndian>

namespace spillway {

namespace {

void addLength(QCryptographicHash& hash, qint64 length)
{
    const qint64 bigEndian = qToBigEndian(length);
    hash.addData(QByteArrayView(reinterpret_cast<const char*>(&bigEndian), sizeof bigEndian));
}

void addPart(QCryptographicHash& hash, const std::optional<QByteArray>& part)
{
    addLength(hash, part ? part->size() : -1);
    if (part)
        hash.addData(*part);
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
    QCryptographicHash hash(QCryptographicHash::Sha256);
    addPart(hash, record.key);
    addPart(hash, record.value);
    addLength(hash, static_cast<qint64>(record.headers.size()));
    for (const Header& header : record.headers) {
        addPart(hash, header.name);
        addPart(hash, header.value);
    }
    return qFromBigEndian<quint64>(hash.result().constData());
}

} // namespace spillway
