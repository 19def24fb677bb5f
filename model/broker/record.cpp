// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/broker/record.h"

#include "model/base/sha256.h"

#include <QtEndian>

#include <cstring>

namespace spillway {

namespace {

/// What is hashed, piece by piece.
/// @param take  gets each as QByteArrayView; a length stands in front of each part.
template<typename Take>
void eachPiece(const RawRecord& record, Take take)
{
    const auto length = [&take](qint64 bytes) {
        const qint64 bigEndian = qToBigEndian(bytes);
        take(QByteArrayView(reinterpret_cast<const char*>(&bigEndian), sizeof bigEndian));
    };
    const auto part = [&](const std::optional<QByteArray>& bytes) {
        length(bytes ? bytes->size() : -1);
        if (bytes)
            take(QByteArrayView(*bytes));
    };
    part(record.key);
    part(record.value);
    length(static_cast<qint64>(record.headers.size()));
    for (const Header& header : record.headers) {
        length(header.name.size());
        take(QByteArrayView(header.name));
        part(header.value);
    }
}

/// What is larger is hashed piece by piece, without a copy.
constexpr qsizetype largestGathered = 64 * 1024;

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
    qsizetype size = 0;
    eachPiece(record, [&size](QByteArrayView piece) { size += piece.size(); });
    if (size > largestGathered) {
        eachPiece(record, [&hash](QByteArrayView piece) { hash.add(piece); });
    } else {
        // Together: each call of the hash costs more than the few bytes of most pieces.
        QByteArray gathered(size, Qt::Uninitialized);
        char* to = gathered.data();
        eachPiece(record, [&to](QByteArrayView piece) {
            if (!piece.isEmpty())
                std::memcpy(to, piece.data(), static_cast<std::size_t>(piece.size()));
            to += piece.size();
        });
        hash.add(gathered);
    }
    return qFromBigEndian<quint64>(hash.result().data());
}

} // namespace spillway
