// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/base/clock.h"
#include "model/ledger/ledger.h"
#include "model/notify/dispatcher.h"
#include "model/notify/news.h"
#include "model/notify/notifypreview.h"
#include "model/store/storewriter.h"
#include "model/workspace/secret.h"

#include <memory>
#include <thread>

namespace spillway {

/// What people are to be told of.
struct NotifySubject
{
    enum class Kind { Schema, Review, Alerts }; ///< Alerts: only seen so, since they are told by themselves
    Kind kind = Kind::Schema;
    QString name;               ///< event type; a review's id, or empty: the last one
    std::optional<int> version; ///< of the schema; nullopt: the newest
    friend bool operator==(const NotifySubject&, const NotifySubject&) = default;
};

/// Reads files and the store; sends nothing, looks up no secret. InvalidConfig: the workspace has no `notify`.
[[nodiscard]] Result<NotifyPreview> previewNotifications(Database& reader, const Context& context,
                                                         const NotifySubject& subject, UtcTime now,
                                                         std::stop_token stop);

/// For stdout: the preview, or the outbox.
[[nodiscard]] QByteArray previewJson(const NotifyPreview& preview);
[[nodiscard]] QString previewText(const NotifyPreview& preview);
[[nodiscard]] QByteArray notificationsJson(const std::vector<Notification>& notifications);

/// Queues and delivers. Thread-safe.
class NotifyOperations
{
public:
    struct World
    {
        const Context& context;
        Ledger& ledger;
        StoreWriter& store;
        SecretStore& secrets;
        const Clock& clock;
        QString actor;
        Dispatcher::ReaderMaker reader;
    };
    explicit NotifyOperations(World world);
    ~NotifyOperations();

    /// Call it once, before anything else.
    [[nodiscard]] Status catchUp() const;
    /// Queues what the preview shows and tries to deliver it at once. Conflict: what would be sent is no longer what
    /// `digest` stands for.
    /// @return the messages as they stand then.
    [[nodiscard]] Result<std::vector<Notification>> send(const NotifySubject& subject, const QString& digest,
                                                         std::stop_token stop);
    /// Sends what failed or is in doubt again, now.
    [[nodiscard]] Result<std::vector<Notification>> retry(const QString& id, std::stop_token stop);
    /// What is due once.
    [[nodiscard]] Result<Dispatcher::Report> deliverDue(std::stop_token stop);
    /// Goes on delivering in a thread of its own until this object goes.
    void start();

private:
    [[nodiscard]] Result<std::vector<Notification>> standing(const QStringList& ids) const;

    World m_world;
    Outbox m_outbox;
    std::unique_ptr<Notifier> m_notifier;
    Dispatcher m_dispatcher;
    std::jthread m_delivering; // ends first
};

} // namespace spillway
