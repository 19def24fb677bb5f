// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/printedstack.h"

#include <QByteArrayView>
#include <QString>

#include <optional>

/// In which language's form a stack is printed. Untrusted text of any length; linear, without regular expressions.
/// Pure; any thread; never fails.
namespace spillway {

enum class StackLanguage {
    Java,       ///< and what else runs on the JVM
    JavaScript, ///< as V8 prints it (Node.js, TypeScript), and as Firefox and Safari do
    DotNet,
    Python,
    Go, ///< panics, goroutine dumps, pkg/errors by `%+v`
    Ruby,
    Php,
};
inline constexpr std::size_t stackLanguages = 7;

/// For people: `Java`, `JavaScript`, `.NET`.
[[nodiscard]] QString languageName(StackLanguage language);

/// One error of a printed stack, as views into it.
struct StackSection
{
    QByteArrayView className; ///< empty: what stands there is no class
    QByteArrayView message;   ///< perhaps of several lines; empty: none
    QByteArrayView frames;    ///< from the first frame to the last; lines that are none may stand between
    StackLanguage language = StackLanguage::Java;
};

/// By the first line that only one of them prints. Java wins where its frames follow: a message may quote another
/// program's stack. nullopt: no frame of a known form in the first 64 KiB.
/// @param known  messages that are told elsewhere: what they hold is passed over at the text's beginning
[[nodiscard]] std::optional<StackLanguage> languageOf(QByteArrayView text, const KnownMessages& known = {});

/// Where a known message ends that stands at the beginning, perhaps behind `CLASS: `; 0: none does.
[[nodiscard]] qsizetype knownMessageEnd(QByteArrayView text, const KnownMessages& known);

} // namespace spillway
