// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/units.h"
#include "model/deadletter/groupkind.h"
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

    /// These rules count from now on; they are sorted by, and so is what was stored meanwhile by those who read them
    /// later than the others. To be told by each of them.
    void sortBy(const KindRules& rules);
    /// What the rules ask about stored letters changed: sortAgainFrom was called.
    void goOn();
    /// Until all is sorted, or could not be (a full disk; then it is at the next start), or `stop`.
    void wait(std::stop_token stop);
    /// The same, but at most so long. @return whether nothing is left to wait for.
    [[nodiscard]] bool waitFor(Millis atMost, std::stop_token stop);

private:
    void run(std::stop_token stop);

    StoreWriter& m_store;
    std::mutex m_mutex; // guards: m_rules, m_intake, m_isDone
    std::condition_variable_any m_changed;
    std::shared_ptr<const KindRules> m_rules; // shared: a turn under way keeps those it began with
    Intake m_intake = Intake::SortsAlike;     // all begin with the same rules
    bool m_isDone = false;
    std::jthread m_thread; // last: it uses all the others
};

} // namespace spillway
