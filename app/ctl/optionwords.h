// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <string>
#include <vector>

/// Words of a call as values. What a check returns says what is wrong with a word; empty: nothing.
namespace spillway::ctl {

[[nodiscard]] QString text(const std::string& word);
[[nodiscard]] QStringList texts(const std::vector<std::string>& words);

[[nodiscard]] std::string validDuration(const std::string& word);
/// Of a word that was checked; nullopt: empty.
[[nodiscard]] std::optional<Millis> durationOf(const std::string& word);
[[nodiscard]] std::string validSize(const std::string& word);

} // namespace spillway::ctl
