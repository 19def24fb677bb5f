// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "views/shell/consolestatus.h"

#include <QObject>

#include <stop_token>

namespace spillway::views {

/// What the screens ask and what they want done. The console answers from the store; a test answers from memory.
/// Questions and intents may be called from any thread, block, and are only ever called through AsyncLoad; they return
/// soon after `stop`. A question that fails leaves what the screen shows.
class DataSource : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;

    [[nodiscard]] virtual const WorkspaceFacts& workspace() const = 0; ///< never changes; any thread, at once
    [[nodiscard]] virtual Result<ConsoleStatus> status(std::stop_token stop) = 0;

    /// Samples every connection and reads what is new, now.
    [[nodiscard]] virtual Status collectNow(std::stop_token stop) = 0;

Q_SIGNALS:
    /// Something that a question would answer differently was stored or decided. At most four times a second, in the UI
    /// thread.
    void changed();
};

} // namespace spillway::views
