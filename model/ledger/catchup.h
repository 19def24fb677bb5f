// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/ledger/ledger.h"
#include "model/store/storewriter.h"

#include <functional>

namespace spillway {

/// Applies what a projection lacks of the ledger's events of a type, oldest first, each batch in one transaction with
/// the seq it reached. Blocking; any thread but the UI's.
/// @param name   in the table `projection`
/// @param type   `deadletter.rescued`, or the beginning of several, which ends in a point: `deadletter.`; empty: all
/// @param apply  one event; applying it again is harmless
[[nodiscard]] Status catchUpEvents(const Ledger& ledger, StoreWriter& store, const QString& name, const QString& type,
                                   const std::function<Status(Database&, const LedgerEvent&)>& apply);

} // namespace spillway
