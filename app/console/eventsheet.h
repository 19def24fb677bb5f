// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/catalog/eventhistory.h"
#include "model/compatibility/eventversions.h"
#include "model/scorecard/eventfacts.h"

namespace spillway {

/// One event with what has to be read for it alone.
struct EventSheet
{
    EventFacts facts;
    std::optional<EventVersion> version;
    QString versionFault; ///< why there is none; English
    std::optional<EventHistory> history;
    QString historyFault; ///< why there is none: no Git repository; English
};

/// A version of the event's schema in the workspace's folder, judged as of `now`. Blocking; any thread.
[[nodiscard]] Result<EventVersion> versionOfEvent(const Context& context, const Catalog& catalog,
                                                  const QString& eventType, std::optional<int> version, UtcTime now);

/// The event's commits in the repository around the workspace. Blocking; any thread.
[[nodiscard]] Result<EventHistory> historyOfEvent(const Workspace& workspace, const JoinedEvent& event,
                                                  std::stop_token stop);

/// One JSON object, for `catalog show`. What is not known is null.
[[nodiscard]] QByteArray eventSheetJson(const EventSheet& sheet);
/// The same for people; names made visible.
[[nodiscard]] QString eventSheetText(const EventSheet& sheet);

} // namespace spillway
