// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/kindresorter.h"

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
        m_rules = std::make_shared<const KindRules>(rules);
        m_intake = Intake::MaySortOtherwise;
        m_isDone = false;
    }
    m_changed.notify_all();
}

void KindResorter::goOn()
{
    {
        const std::lock_guard lock(m_mutex);
        m_rules = std::make_shared<const KindRules>(*m_rules); // a turn under way is then not the last one
        m_isDone = false;
    }
    m_changed.notify_all();
}

void KindResorter::wait(std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, std::move(stop), [this] { return m_isDone; });
}

bool KindResorter::waitFor(Millis atMost, std::stop_token stop)
{
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock, std::move(stop), atMost, [this] { return m_isDone; });
}

void KindResorter::run(std::stop_token stop)
{
    while (true) {
        std::shared_ptr<const KindRules> rules;
        auto intake = Intake::SortsAlike;
        {
            std::unique_lock lock(m_mutex);
            if (!m_changed.wait(lock, stop, [this] { return !m_isDone; }) || stop.stop_requested())
                return;
            rules = m_rules;
            intake = m_intake;
        }
        const auto isMore = sortTurn(m_store, *rules, intake);
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
