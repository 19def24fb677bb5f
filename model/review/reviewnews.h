// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/deadletter/lettergroups.h"
#include "model/notify/news.h"
#include "model/review/review.h"

namespace spillway {

/// What a review decided, for each team whose groups it decided on; what belongs to nobody is told to nobody. Teams by
/// name. InvalidConfig while it is open: it is told once, so all of its decisions have to be there. Pure.
/// @param groups  as they may be shown in a report: masked where they must be
[[nodiscard]] Result<std::vector<News>> reviewNews(const Review& review, const std::vector<DeadLetterGroup>& groups,
                                                   const Catalog& catalog);

} // namespace spillway
