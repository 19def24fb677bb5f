// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/broker/record.h"

#include "model/base/sha256.h"

#include <QVarLengthArray>
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
constexpr qsizetype mostlyGathered = 4 * 1024; // on the stack

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
    // Three lengths, and two for each header.
    const qsizetype size =
        record.sizeBytes() + static_cast<qsizetype>((3 + 2 * record.headers.size()) * sizeof(qint64));
    if (size > largestGathered) {
        eachPiece(record, [&hash](QByteArrayView piece) { hash.add(piece); });
    } else {
        // Together: each call of the hash costs more than the few bytes of most pieces.
        QVarLengthArray<char, mostlyGathered> gathered(size);
        char* to = gathered.data();
        eachPiece(record, [&to](QByteArrayView piece) {
            if (piece.size() == sizeof(qint64)) // mostly a length
                std::memcpy(to, piece.data(), sizeof(qint64));
            else if (!piece.isEmpty())
                std::memcpy(to, piece.data(), static_cast<std::size_t>(piece.size()));
            to += piece.size();
        });
        hash.add(QByteArrayView(gathered.constData(), size));
    }
    return qFromBigEndian<quint64>(hash.result().data());
}

} // namespace spillway
