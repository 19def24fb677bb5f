// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/replay/headercensus.h"
#include "model/replay/replayplan.h"

#include <QByteArray>

/// The plan as a file: JSON for people and programs to read, with the digest that seals it as its last field.
/// Only the very bytes that Spillway wrote are taken back: a file that was edited, reordered, reformatted or cut is
/// refused.
namespace spillway {

/// The file's bytes, digest included. The same plan gives the same bytes.
[[nodiscard]] QByteArray renderPlan(const ReplayPlan& plan);

/// SHA-256 over the rendered bytes up to the digest's own line, 64 hex digits.
[[nodiscard]] QString planDigest(const ReplayPlan& plan);

/// Takes back what `renderPlan` made. InvalidConfig says what is wrong and what to do.
[[nodiscard]] Result<ReplayPlan> parsePlan(const QByteArray& bytes);

/// Writes the file (mode 0600, whole or not at all). Unreachable when it cannot be written.
[[nodiscard]] Status writePlan(const ReplayPlan& plan, const QString& file);
/// NotFound or Unreachable for the file, InvalidConfig for what is in it. At most 1 GiB is read.
/// @param digest  set to the plan's, which the file says and reading proves; may be null.
[[nodiscard]] Result<ReplayPlan> readPlan(const QString& file, QString* digest = nullptr);

/// What `replay plan --json` prints: `{ planId, messages, bytes, targets, blocked, guarantee, headers, digest }`, with
/// `headers` as `{ leftBehind, sent, uncounted, choices }`: names with how many messages bear them, and what people
/// chose, the first that fits decides.
[[nodiscard]] QByteArray writePlanSummaryJson(const ReplayPlan& plan, const HeaderCensus& headers);

} // namespace spillway
