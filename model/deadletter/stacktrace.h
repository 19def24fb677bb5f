// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/printedstack.h"

#include <QByteArrayView>
#include <QString>

#include <optional>
#include <vector>

namespace spillway {

/// One throwable of a Java stack trace's cause chain.
struct ThrownEntry
{
    std::optional<QString> className; ///< nullopt: its own toString() hides it
    std::optional<QString> message;   ///< lines as they stand; nullopt when there is none
    friend bool operator==(const ThrownEntry&, const ThrownEntry&) = default;
};

struct CauseChain
{
    std::vector<ThrownEntry> thrown; ///< outermost first, as printed
    bool reachesEnd = true; ///< the last entry is the end of the chain; false: it lies in text too long to read
    friend bool operator==(const CauseChain&, const CauseChain&) = default;
};

/// The cause chain of `Throwable.printStackTrace()`: the first line and every `Caused by:` at the margin that is none
/// of a message (printedstack.h). Suppressed throwables (indented, with causes of their own) are not part of it. Reads
/// the first 64 KiB; of a longer text also the last 64 KiB, for the end of the chain. Pure; any thread; never fails:
/// text that is no stack gives one entry without class.
/// @param known  messages that are told elsewhere
[[nodiscard]] CauseChain readCauseChain(QByteArrayView stack, const KnownMessages& known = {});

/// Whether this can be a class name: one to 512 letters, digits, `_`, `$`, `.`, `/` or `-`, starting with none of
/// `.-/`.
[[nodiscard]] bool looksLikeClass(QByteArrayView text);

} // namespace spillway
