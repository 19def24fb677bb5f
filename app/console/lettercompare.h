// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/deadletter/lettercomparison.h"
#include "model/store/database.h"

#include <stop_token>

namespace spillway {

struct LetterOrigin
{
    DeadLetter letter;
    OriginRecord origin;
};

/// Both read one connection of the workspace, with client handles of their own, and change nothing. Blocking, for a
/// worker; they return soon after a stop. NotFound: no such letter, or its connection is not in the workspace any more.
[[nodiscard]] Result<LetterOrigin> readLetterOrigin(const Context& context, Database& reader, const QString& letterId,
                                                    std::stop_token stop);
/// @param progress  may be null; of LastGood.
[[nodiscard]] Result<LetterComparison> compareLetter(const Context& context, Database& reader,
                                                     const CompareRequest& request, LookupProgress* progress,
                                                     std::stop_token stop);

} // namespace spillway
