// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/ledger/catchup.h"

#include "model/store/projection.h"

namespace spillway {

namespace {

constexpr int eventsPerRead = 100;

} // namespace

Status catchUpEvents(const Ledger& ledger, StoreWriter& store, const QString& name, const QString& type,
                     const std::function<Status(Database&, const LedgerEvent&)>& apply)
{
    const bool isBeginning = type.isEmpty() || type.endsWith(u'.');
    for (bool isMore = true; isMore;) {
        const Status status = store.write([&](Database& database) -> Status {
            const auto applied = appliedSeq(database, name);
            if (!applied)
                return tl::unexpected<Error>(applied.error());
            const auto events = ledger.read(*applied, eventsPerRead, type);
            if (!events)
                return tl::unexpected<Error>(events.error());
            isMore = events->size() == static_cast<std::size_t>(eventsPerRead);
            if (events->empty())
                return {};
            for (const LedgerEvent& event : *events) {
                if (!isBeginning && event.type != type)
                    continue;
                if (const Status one = apply(database, event); !one)
                    return one;
            }
            return saveAppliedSeq(database, name, events->back().seq);
        });
        if (!status)
            return status;
    }
    return {};
}

} // namespace spillway
