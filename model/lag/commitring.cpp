// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lag/commitring.h"

namespace spillway {

namespace {

constexpr char formVersion = 1;
constexpr Millis longestPause{120'000};

void putNumber(QByteArray& out, std::int64_t number)
{
    // Zigzag, seven bits per byte, low ones first: small differences of either sign take one or two bytes.
    auto bits = (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
    for (; bits >= 0x80; bits >>= 7)
        out += static_cast<char>((bits & 0x7F) | 0x80);
    out += static_cast<char>(bits);
}

std::optional<std::int64_t> takeNumber(QByteArrayView& bytes)
{
    std::uint64_t bits = 0;
    for (int shift = 0; shift < 64 && !bytes.isEmpty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes = bytes.sliced(1);
        bits |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0)
            return static_cast<std::int64_t>(bits >> 1) ^ -static_cast<std::int64_t>(bits & 1);
    }
    return std::nullopt;
}

} // namespace

QByteArray packCommits(const std::vector<CommitPoint>& commits)
{
    QByteArray out;
    out += formVersion;
    std::int64_t offset = 0;
    std::int64_t at = 0;
    for (const CommitPoint& commit : commits) {
        putNumber(out, commit.offset.value - offset);
        putNumber(out, toMs(commit.at) - at);
        putNumber(out, commit.lag ? commit.lag->value : -1);
        offset = commit.offset.value;
        at = toMs(commit.at);
    }
    return out;
}

std::optional<std::vector<CommitPoint>> unpackCommits(QByteArrayView bytes)
{
    if (bytes.isEmpty() || bytes.front() != formVersion)
        return std::nullopt;
    bytes = bytes.sliced(1);
    std::vector<CommitPoint> commits;
    std::int64_t offset = 0;
    std::int64_t at = 0;
    while (!bytes.isEmpty() && commits.size() < commitRingSize) {
        const auto offsetStep = takeNumber(bytes);
        const auto timeStep = takeNumber(bytes);
        const auto lag = takeNumber(bytes);
        if (!offsetStep || !timeStep || !lag)
            return std::nullopt;
        offset += *offsetStep;
        at += *timeStep;
        commits.push_back({Offset{offset}, utcFromMs(at), *lag < 0 ? std::nullopt : std::optional(MessageCount{*lag})});
    }
    return commits;
}

std::span<const CommitPoint> commitsSinceRest(const std::vector<CommitPoint>& commits)
{
    std::size_t first = 0;
    for (std::size_t i = 1; i < commits.size(); ++i) {
        if (commits[i - 1].lag == MessageCount{0} && commits[i].at - commits[i - 1].at > longestPause)
            first = i;
    }
    return std::span(commits).subspan(first);
}

} // namespace spillway
