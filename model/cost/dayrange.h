// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QDate>
#include <QString>

#include <optional>

namespace spillway {

/// Days, both included.
struct DayRange
{
    QDate first;
    QDate last;
    QString timeZone = QStringLiteral("UTC"); ///< IANA name of the zone whose days these are
    friend bool operator==(const DayRange&, const DayRange&) = default;
};

/// Reads what `--from`, `--to` and `--time-zone` say; both days empty is nullopt: one day. InvalidConfig names the
/// fault.
[[nodiscard]] Result<std::optional<DayRange>> parseDayRange(const QString& from, const QString& to,
                                                            const QString& timeZone);

} // namespace spillway
