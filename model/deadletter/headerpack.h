// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/broker/record.h"

#include <QByteArray>
#include <QByteArrayView>

namespace spillway {

/// Headers as one blob, in order, with duplicates, null and empty values: per header a varint of the name's length, the
/// name, a varint of the value's length + 1 (0 is null), the value. A varint has 7 bits a byte, lowest first, the high
/// bit set on all but the last. The same for ever: stored letters hold it.
[[nodiscard]] QByteArray packHeaders(const Headers& headers);

/// Corrupt when the bytes are not what `packHeaders` makes. Every length is checked before it is used.
[[nodiscard]] Result<Headers> unpackHeaders(QByteArrayView packed);

} // namespace spillway
