// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"

#include <QByteArray>

#include <chrono>
#include <functional>
#include <vector>

namespace spillway::bench {

/// `name value unit` on stdout: what packaging/bench reads and puts beside the peer's figure.
void say(const char* name, double value, const char* unit);

[[nodiscard]] double secondsSince(std::chrono::steady_clock::time_point start);
/// Processor time of this thread, in seconds: what counts where other work disturbs the clock.
[[nodiscard]] double threadSeconds();
/// Processor time of all of this process' threads, in seconds.
[[nodiscard]] double processSeconds();
/// The middle of `runs` runs, in milliseconds.
[[nodiscard]] double medianMs(int runs, const std::function<void()>& work);
/// Most memory this process has held, in MiB.
[[nodiscard]] double peakMiB();
/// Memory it holds now, without the pages of files, in MiB.
[[nodiscard]] double heldMiB();

/// A benchmark that cannot be run has no figure: says why on stderr and exits 1.
void must(const Status& status);
template<typename T>
T must(Result<T> result)
{
    if (!result)
        must(Status(tl::unexpected<Error>(result.error())));
    return std::move(*result);
}

} // namespace spillway::bench
