// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/catalog/catalogsource.h"

namespace spillway::views {

/// Everything about one event, as plain text in sections: what it is, who has it, its schema, its consumers with their
/// promises, its topic, its dead letters, what is wrong with its files. Pure.
[[nodiscard]] QString eventSheet(const CatalogPicture& picture, const JoinedEvent& event);

} // namespace spillway::views
