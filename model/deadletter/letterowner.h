// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/catalog/catalog.h"
#include "model/deadletter/deadletter.h"
#include "model/deadletter/textmemo.h"
#include "model/deadletter/textpool.h"

#include <QHash>

namespace spillway {

/// Whose a letter is. Each nullopt when it is not known; a letter without team counts as unowned.
struct LetterOwner
{
    std::optional<QString> consumer;
    std::optional<QString> eventType;
    std::optional<QString> team;
    friend bool operator==(const LetterOwner&, const LetterOwner&) = default;
};

/// Resolves owners against one catalog and remembers what it looked up. One thread.
class OwnerResolver
{
public:
    /// @param catalog  outlives the resolver.
    explicit OwnerResolver(const Catalog& catalog)
        : m_catalog(catalog)
    {
    }

    /// Event type: by mapping; else a header event_type, eventType, ce_type, type; else the payload field of that name;
    /// else the only event of the origin topic. Consumer: by mapping; else the ownership entry of the letter's group
    /// (of several the one that is subscribed to the event); else the group. Team: the owner of that (consumer, event)
    /// pair.
    [[nodiscard]] LetterOwner ownerOf(const RawRecord& record, const LetterFacts& facts);
    /// The owner of a (consumer, event) pair; nullopt where one of the two is not known, or nobody declared the pair.
    [[nodiscard]] std::optional<QString> teamOf(const std::optional<QString>& consumer,
                                                const std::optional<QString>& eventType);

private:
    struct Owned
    {
        std::optional<QString> consumer;
        std::optional<QString> team;
    };
    using Memo = TextMemo<Owned, 2>; // consumer group, event type

    [[nodiscard]] std::optional<QString> eventTypeOf(const RawRecord& record, const LetterFacts& facts);
    [[nodiscard]] QString consumerOfGroup(const QString& group, const std::optional<QString>& eventType);

    const Catalog& m_catalog;
    TextPool m_texts;
    Memo m_recent;
    QHash<QString, std::optional<QString>> m_eventOfTopic;
    QHash<std::pair<QString, QString>, QString> m_consumers;            // (group, event type or null)
    QHash<std::pair<QString, QString>, std::optional<QString>> m_teams; // (consumer, event type)
};

} // namespace spillway
