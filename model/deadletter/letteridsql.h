// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace spillway {

/// `letterId` in SQL, where `l` is the letter's row and `c` its channel's.
inline constexpr const char* letterIdInSql =
    "printf('%s-%d-%d-%08x', c.tag, l.partition, l.offset, (l.digest >> 32) & 4294967295)";

} // namespace spillway
