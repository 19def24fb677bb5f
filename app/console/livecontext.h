// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"

#include <memory>
#include <mutex>

namespace spillway {

/// A workspace whose ownership and catalog are as their files are now, so that an edit counts on every screen that asks
/// after it, whoever made it. Connections, masking and state stay as they were at the start.
class LiveContext
{
public:
    explicit LiveContext(const Context& atStart);

    /// Files that were changed are read again; while they cannot be read, the last sound catalog holds. Blocking; any
    /// thread.
    [[nodiscard]] std::shared_ptr<const Context> now();

private:
    std::mutex m_mutex;                    // guards: m_last, m_stamp
    std::shared_ptr<const Context> m_last; // second owners: who asked
    QByteArray m_stamp;                    ///< of the two files, taken before they were read
};

} // namespace spillway
