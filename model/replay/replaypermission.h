// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/workspace/workspace.h"

#include <QString>
#include <QStringList>

namespace spillway {

/// What a person must give before anything is written to a broker.
struct WritePermission
{
    bool write = false; ///< `--write`, or the button pressed
    QString confirm;    ///< in production: the target topic, typed out; several are separated by commas
    QString reason;     ///< in production: why
    friend bool operator==(const WritePermission&, const WritePermission&) = default;
};

/// What is about to be sent.
struct IntendedWrite
{
    std::int64_t messages = 0;
    QStringList targets; ///< topics
    QString guarantee;
};

/// Whether it may be sent. InvalidConfig explains what would be done and what is missing; nothing was sent.
[[nodiscard]] Status permitReplay(const IntendedWrite& intended, Environment environment, const WritePermission& permission);

} // namespace spillway
