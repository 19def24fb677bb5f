// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace spillway {

/// The codes in a failure's message: what `status 503`, `HTTP/1.1 404`, `answered 401`, `error code: 1205`, `errno 13`,
/// `SQLSTATE 40001`, `exit code 137` and `ORA-00942` say, in their order, separated by spaces; empty where there is
/// none. Messages are folded, so that failures of one place are one group whatever their numbers; a code is no such
/// number: it is another failure. Looks at the first 4096 characters. Pure; any thread.
[[nodiscard]] QString messageCodes(const QString& message);

} // namespace spillway
