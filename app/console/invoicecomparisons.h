// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/context.h"
#include "model/scorecard/scorecardfacts.h"

#include <mutex>
#include <optional>

namespace spillway {

/// The newest month that was invoiced beside what the model says of it, remembered as long as the invoices, the files
/// that it is reckoned from and the day stay as they are: of days that are over, samples tell hardly more later.
class InvoiceComparisons
{
public:
    /// By the profile that the invoice is of. nullopt: no invoice; or one whose profile is gone. Blocking; any thread.
    [[nodiscard]] std::optional<InvoiceComparison> newest(const Context& context, UtcTime now);

private:
    std::mutex m_mutex; // guards: m_key, m_last
    QByteArray m_key;   ///< of all that it follows from; empty: nothing was compared yet
    std::optional<InvoiceComparison> m_last;
};

} // namespace spillway
