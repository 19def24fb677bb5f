// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "model/deadletter/dialect.h"

namespace spillway {

/// What a letter of this dialect tells. Pure; any thread. `confidence` is left to the caller.
[[nodiscard]] LetterFacts readByDialect(const Dialect& dialect, const RawRecord& record);
/// Of that only where and when: `origin…` and `deadLetteredAt`. No stack is read.
[[nodiscard]] LetterFacts originByDialect(const Dialect& dialect, const RawRecord& record);

/// Where the newest hop read the record; `at.partition` is -1 when the letter does not tell topic, partition and
/// offset.
[[nodiscard]] Position newestHop(const Dialect& dialect, const Headers& headers);

/// `spillway-replay-id`, `-generation`, `-of`, the newest of each.
void readReplayHeaders(const Headers& headers, LetterFacts& facts);

/// The error as it is told by headers, before wrappers are taken off.
struct ToldError
{
    std::optional<QString> reportedClass;
    std::optional<QString> causeClass;
    std::optional<QString> message;
    std::optional<QString> causeMessage;
    QByteArrayView stack; ///< empty: none
};

/// Sets errorClass, errorMessage, rootCauseClass and reportedClass. Pure.
void resolveError(const Dialect& dialect, ToldError told, LetterFacts& facts);

} // namespace spillway
