// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/stacklanguage.h"

#include <QByteArrayView>
#include <QString>

#include <optional>
#include <vector>

namespace spillway {

/// One error of a stack trace's cause chain.
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
    StackLanguage language = StackLanguage::Java;
    friend bool operator==(const CauseChain&, const CauseChain&) = default;
};

/// The cause chain of `Throwable.printStackTrace()`: the first line and every `Caused by:` at the margin that is none
/// of a message (printedstack.h). Suppressed throwables (indented, with causes of their own) are not part of it. Reads
/// the first 64 KiB; of a longer text also the last 64 KiB, for the end of the chain. Pure; any thread; never fails:
/// text that is no stack gives one entry without class. Stacks of other languages as stackSections reads them.
/// @param known  messages that are told elsewhere
[[nodiscard]] CauseChain readCauseChain(QByteArrayView stack, const KnownMessages& known = {});

/// The class at the end of a chain, the root cause, of an error whose class a header may have told. Errors of other
/// languages than Java call their class by its short name: where nothing caused the error, the header's word stays.
[[nodiscard]] std::optional<QString> rootClassOf(const CauseChain& chain, const std::optional<QString>& errorClass);

/// Whether this can be a class name: one to 512 letters, digits, `_`, `$`, `.`, `/` or `-`, starting with none of
/// `.-/`.
[[nodiscard]] bool looksLikeClass(QByteArrayView text);

} // namespace spillway
