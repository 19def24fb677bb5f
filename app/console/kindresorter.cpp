// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/kindresorter.h"

#include "model/deadletter/groupkind.h"

namespace spillway {

KindResorter::KindResorter(StoreWriter& store, const KindRules& rules, std::int64_t atOnce)
    : m_store(store)
    , m_rules(std::make_shared<const KindRules>(rules))
{
    auto isMore = Result<bool>(true);
    for (std::int64_t sorted = 0; isMore && *isMore && sorted < atOnce; sorted += lettersPerSortingTurn)
        isMore = sortTurn(m_store, *m_rules);
    m_isDone = isMore && !*isMore;
    m_thread = std::jthread([this](std::stop_token stop) { run(std::move(stop)); });
}

KindResorter::~KindResorter() = default;

void KindResorter::sortBy(const KindRules& rules)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_rules->digest() == rules.digest())
            return;
        m_rules = std::make_shared<const KindRules>(rules);
        m_isDone = false;
    }
    m_changed.notify_all();
}

void KindResorter::wait(std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, std::move(stop), [this] { return m_isDone; });
}

void KindResorter::run(std::stop_token stop)
{
    while (true) {
        std::shared_ptr<const KindRules> rules;
        {
            std::unique_lock lock(m_mutex);
            if (!m_changed.wait(lock, stop, [this] { return !m_isDone; }) || stop.stop_requested())
                return;
            rules = m_rules;
        }
        const auto isMore = sortTurn(m_store, *rules);
        if (isMore && *isMore)
            continue;
        {
            const std::lock_guard lock(m_mutex);
            m_isDone = m_rules == rules;
        }
        m_changed.notify_all();
    }
}

} // namespace spillway
