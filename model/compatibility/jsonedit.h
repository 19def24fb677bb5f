// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Small documents of our own making, put together and changed as text. Not for anybody's payload.
namespace spillway {

[[nodiscard]] QByteArray jsonText(std::string_view text); ///< with quotes

[[nodiscard]] bool isJsonObject(const QByteArray& json);
[[nodiscard]] bool isJsonArray(const QByteArray& json);

/// Name and value of each member, in their order; of what is no object none.
[[nodiscard]] std::vector<std::pair<std::string, QByteArray>> membersOfObject(const QByteArray& object);
/// The text that a JSON string stands for; nullopt: it is none.
[[nodiscard]] std::optional<std::string> textOfJson(const QByteArray& json);
[[nodiscard]] std::vector<std::string> memberNames(const QByteArray& object);
/// With this member set, at its place or behind the others. What is no object is returned as it is.
[[nodiscard]] QByteArray withMember(const QByteArray& object, std::string_view name, const QByteArray& value);
[[nodiscard]] QByteArray withoutMember(const QByteArray& object, std::string_view name);

[[nodiscard]] std::vector<QByteArray> elementsOf(const QByteArray& array);
[[nodiscard]] QByteArray arrayOf(const std::vector<QByteArray>& elements);

} // namespace spillway
