// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace spillway {

/// Who decides, as the ledger names them: the user of this process by name, or by number where the system knows no
/// name.
[[nodiscard]] QString currentUser();

} // namespace spillway
