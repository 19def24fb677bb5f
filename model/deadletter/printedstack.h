// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

/// Which lines of a printed Java stack are its own, and which are lines of a message. Messages hold what users typed:
/// a line `Caused by: …` in one is no cause. Pure; any thread; never fails.
namespace spillway {

/// Texts of several lines that are known to be messages, longest first. Empty for nearly every letter.
using KnownMessages = std::vector<QByteArray>;

/// Adds what a stack may print of a message that a header tells: all of it, and the rest behind each class that stands
/// in front (`CLASS: message` is what a throwable says that was made of another one). One line needs no care.
void addKnownMessage(KnownMessages& known, QByteArrayView message);

/// One throwable of a cause chain, as views into the text.
struct PrintedThrowable
{
    QByteArrayView head;   ///< class and message, without the end of its last line
    QByteArrayView frames; ///< lines from the first frame on, those of suppressed throwables among them
};

/// The chain, outermost first, at most `most`; the last one ends with the text. Where a message is known, it is passed
/// over whole. Else by the rules of `Throwable.printStackTrace()`:
///  1. a cause stands at the margin, behind a frame of the throwable around it;
///  2. or behind a throwable without frames and of one line: then it is a class, and prints all of its own frames
///     (`\t... 3 more` counts those in common, and there are none).
/// A message that prints frames of its own, too, is not told from a cause.
[[nodiscard]] std::vector<PrintedThrowable> printedThrowables(QByteArrayView text, const KnownMessages& known,
                                                              std::size_t most);

/// Where in the end of a long stack the last cause begins, behind `Caused by: `; -1: it shows none.
[[nodiscard]] qsizetype lastPrintedCause(QByteArrayView tail, const KnownMessages& known);

} // namespace spillway
