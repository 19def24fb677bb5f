// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace spillway {

/// An argument as a POSIX shell reads it back, safe to be pasted into one: quoted where it must be, and never a control
/// character, a bidirectional mark or a zero-width one in it, since a line editor acts on those before any quote counts.
/// They stand as octal in `"$(printf '…')"`; only a line feed at the very end stays, between quotes. A zero character
/// cannot be an argument; the caller refuses it. Pure.
/// Source: POSIX.1-2017, Shell Command Language 2.2 and 2.6.3; printf.
[[nodiscard]] QString shellQuoted(const QString& argument);

} // namespace spillway
