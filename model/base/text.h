// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/base/units.h"

#include <QByteArrayView>
#include <QString>

#include <optional>

/// Text at the edges: what may be shown, and how times, durations and sizes are written and read. Pure; any thread.
namespace spillway {

/// True when every byte belongs to well-formed UTF-8 (no surrogates, no overlong forms). Empty is well-formed.
[[nodiscard]] bool isUtf8(QByteArrayView bytes);

/// C0 and C1 controls, bidirectional marks and zero-width characters as `\u{202E}`; all else as it is.
/// Line feed and tab stay when `keepLayout` is set (a payload or stack shown over several lines).
[[nodiscard]] QString visibleText(QStringView text, bool keepLayout = false);
/// The same for bytes of unknown origin; bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] QString visibleBytes(QByteArrayView bytes, bool keepLayout = false);

/// RFC 3339 in UTC with milliseconds: 2026-11-21T07:06:13.042Z.
[[nodiscard]] QString formatUtc(UtcTime time);
/// Reads RFC 3339 with any offset and up to nanoseconds (cut to milliseconds). Empty on anything else.
[[nodiscard]] std::optional<UtcTime> parseRfc3339(QByteArrayView text);

/// `250ms`, `90s`, `15m`, `24h`, `7d`, `2w`; a fraction is allowed (`1.5h`), a sign is not.
/// Error InvalidConfig names what was read.
[[nodiscard]] Result<Millis> parseDuration(QStringView text);
/// `512`, `10KiB`, `64MiB`, `20GiB`, `5kB`, `3MB`; a fraction is allowed. In bytes.
[[nodiscard]] Result<std::int64_t> parseSizeBytes(QStringView text);

/// For people: `0 s`, `850 ms`, `12 s`, `3 min 20 s`, `5 h 12 min`, `13 d 4 h`. Negative is shown as `0 s`.
[[nodiscard]] QString formatDuration(Millis duration);
/// `1 234 567` with thin spaces (U+2009).
[[nodiscard]] QString formatCount(std::int64_t count);
/// `0 B`, `812 B`, `1.2 KiB`, `64 MiB`.
[[nodiscard]] QString formatSizeBytes(std::int64_t bytes);

} // namespace spillway
