// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/replay/replayid.h"

#include <QRandomGenerator>

#include <algorithm>

namespace spillway {

namespace {

constexpr char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // no I, L, O, U: they are misread
constexpr int timeDigits = 10;
constexpr int randomDigits = 16;

} // namespace

RandomBits systemRandom()
{
    return [] { return QRandomGenerator::system()->generate64(); };
}

QString makeReplayId(UtcTime now, const RandomBits& random)
{
    QString id(timeDigits + randomDigits, Qt::Uninitialized);
    auto rest = static_cast<std::uint64_t>(std::max<std::int64_t>(toMs(now), 0));
    for (int digit = timeDigits - 1; digit >= 0; --digit, rest >>= 5)
        id[digit] = QLatin1Char(alphabet[rest & 31]);
    // 80 bits are two draws of 40, eight digits each.
    for (int half = 0; half < 2; ++half) {
        std::uint64_t bits = random();
        for (int digit = 0; digit < randomDigits / 2; ++digit, bits >>= 5)
            id[timeDigits + half * randomDigits / 2 + digit] = QLatin1Char(alphabet[bits & 31]);
    }
    return id;
}

bool isReplayId(QStringView text)
{
    return text.size() == timeDigits + randomDigits && std::all_of(text.begin(), text.end(), [](QChar c) {
               return c.unicode() < 128 && QLatin1StringView(alphabet).contains(c);
           });
}

} // namespace spillway
