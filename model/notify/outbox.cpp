// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/notify/outbox.h"

#include "model/base/text.h"
#include "model/ledger/catchup.h"
#include "model/notify/notifystore.h"

#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

Status Outbox::catchUp() const
{
    return catchUpEvents(m_ledger, m_store, notifyProjectionName(), u"notify."_s, applyNotifyEvent);
}

Status Outbox::decide(std::vector<Ledger::Draft> drafts) const
{
    if (const auto appended = m_ledger.append(std::move(drafts)); !appended)
        return tl::unexpected<Error>(appended.error());
    return catchUp();
}

Result<Outbox::Queued> Outbox::queue(const QString& actor, const std::vector<NotifyMessage>& messages) const
{
    Queued queued;
    std::vector<NotifyMessage> added;
    std::set<QString> seen;
    const Status looked = m_store.write([&](Database& database) -> Status {
        for (const NotifyMessage& message : messages) {
            if (!seen.insert(message.id).second)
                continue;
            const auto known = findNotification(database, message.id);
            if (!known)
                return tl::unexpected<Error>(known.error());
            if (*known) {
                queued.known += message.id;
                continue;
            }
            queued.added += message.id;
            added.push_back(message);
        }
        return {};
    });
    if (!looked)
        return tl::unexpected<Error>(looked.error());
    if (!added.empty()) {
        if (const Status decided = decide({queuedDraft(actor, added)}); !decided)
            return tl::unexpected<Error>(decided.error());
    }
    return queued;
}

Status Outbox::retry(const QString& actor, const QString& id) const
{
    std::optional<Notification> notification;
    const Status looked = m_store.write([&](Database& database) -> Status {
        auto found = findNotification(database, id);
        if (!found)
            return tl::unexpected<Error>(found.error());
        notification = std::move(*found);
        return {};
    });
    if (!looked)
        return looked;
    if (!notification)
        return fail(ErrorCode::NotFound,
                    u"there is no message %1; see spillwayctl notify status"_s.arg(visibleText(id)));
    if (notification->state != NotifyState::Failed && notification->state != NotifyState::InDoubt)
        return fail(ErrorCode::InvalidConfig, u"message %1 is %2; only what failed or is in doubt is sent again"_s.arg(
                                                  id, notifyStateWord(notification->state)));
    return decide({retriedDraft(actor, id)});
}

Status Outbox::noteSending(const QString& actor, const QString& id, int attempt) const
{
    return decide({sendingDraft(actor, id, attempt)});
}

Status Outbox::settle(const QString& actor, const NotifySettlement& settlement) const
{
    return decide({settledDraft(actor, settlement)});
}

} // namespace spillway
