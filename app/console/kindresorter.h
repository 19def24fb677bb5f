// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/kindrules.h"
#include "model/store/storewriter.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace spillway {

/// Sorts stored letters by the rules that count now, beside everything else: at the start where kinds.yaml changed
/// since the last one, and whenever it changes. A few thousand letters at a time; what an end interrupts goes on at the
/// next start. Thread-safe.
class KindResorter
{
public:
    /// @param store  outlives this.
    /// @param atOnce  so many letters are sorted before this returns, so that few are sorted when the first command
    /// runs.
    KindResorter(StoreWriter& store, const KindRules& rules, std::int64_t atOnce);
    ~KindResorter();
    KindResorter(const KindResorter&) = delete;
    KindResorter& operator=(const KindResorter&) = delete;

    /// Other rules count from now on; the same ones change nothing.
    void sortBy(const KindRules& rules);
    /// Until all is sorted, or could not be (a full disk; then it is at the next start), or `stop`.
    void wait(std::stop_token stop);

private:
    void run(std::stop_token stop);

    StoreWriter& m_store;
    std::mutex m_mutex; // guards: m_rules, m_isDone
    std::condition_variable_any m_changed;
    std::shared_ptr<const KindRules> m_rules; // shared: a turn under way keeps those it began with
    bool m_isDone = false;
    std::jthread m_thread; // last: it uses all the others
};

} // namespace spillway
