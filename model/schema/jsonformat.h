// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringView>

#include <optional>
#include <string_view>

namespace spillway {

/// Formats that we can tell for sure.
enum class JsonFormat {
    DateTime,
    Date,
    Time,
    Duration,
    Email,
    Hostname,
    Ipv4,
    Ipv6,
    Uuid,
    Uri,
    UriReference,
    JsonPointer,
    RelativeJsonPointer,
    Regex,
};

/// nullopt: a name that we do not check.
[[nodiscard]] std::optional<JsonFormat> jsonFormatFromName(QStringView name);
/// Whether the specification defines a format of this name, checked by us or not.
[[nodiscard]] bool isStandardFormat(QStringView name);

/// By the RFCs the specification names (3339 for times, 3986 for URIs, 4291 for IPv6, …). @param text  UTF-8.
/// nullopt: not sure (a regular expression that we cannot read).
[[nodiscard]] std::optional<bool> hasJsonFormat(std::string_view text, JsonFormat format);

} // namespace spillway
