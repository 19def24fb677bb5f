// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <vector>

/// Which headers people want a replay to leave behind, and which to send whatever else says otherwise. A pattern is a
/// header's name, or with a `*` at its end what a name begins with; a `*` alone is every header. Case counts.
namespace spillway {

/// One word on headers: of several the first that fits a name decides.
struct HeaderChoice
{
    QByteArray pattern;
    bool isSent = false; ///< false: it stays behind

    [[nodiscard]] bool fits(QByteArrayView name) const;
    friend bool operator==(const HeaderChoice&, const HeaderChoice&) = default;
};

/// `replay_headers:` of a workspace or a connection, or what a command asks for.
struct HeaderPolicy
{
    std::vector<QByteArray> drop; ///< patterns
    std::vector<QByteArray> keep; ///< patterns; within one policy they win
    QStringList sets;             ///< ready-made lists of what to drop: words of `headerSetWords`

    [[nodiscard]] bool isEmpty() const { return drop.empty() && keep.empty() && sets.isEmpty(); }
    friend bool operator==(const HeaderPolicy&, const HeaderPolicy&) = default;
};

/// `trace` and `replicator`.
[[nodiscard]] QStringList headerSetWords();
/// The patterns of a set; empty for a word that is none.
[[nodiscard]] std::vector<QByteArray> headersOfSet(QStringView word);

/// What is wrong with a pattern, to be put behind it; empty: nothing.
[[nodiscard]] QString faultOfHeaderPattern(QStringView pattern);

/// A policy as people wrote it on a command line or in a form. InvalidConfig names every fault, a line each.
[[nodiscard]] Result<HeaderPolicy> parseHeaderPolicy(const QStringList& drop, const QStringList& keep,
                                                     const QStringList& sets);

/// Several policies as one list of words, the first that fits decides. Of each policy `keep` comes before `drop`, and
/// that before its sets.
/// @param policies  the strongest first
[[nodiscard]] std::vector<HeaderChoice> headerChoices(const std::vector<HeaderPolicy>& policies);

} // namespace spillway
