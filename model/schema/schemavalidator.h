// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/schema/schemaprogram.h"
#include "model/schema/verdict.h"

namespace spillway {

struct ValidationLimits
{
    /// Steps, besides 20 for each value of the payload; a schema that needs more (branches of branches) is not gone
    /// into further, and the verdict is unknown.
    std::int64_t work = 2'000'000;
    /// After so many steps it is remembered what each part of the schema said of each value, so that branches that meet
    /// again are judged once.
    std::int64_t remembersAfter = 4'096;
    int depth = 600;           ///< schemas within schemas, values within values
    std::size_t errors = 50;   ///< told
    SchemaRef from = noSchema; ///< judge by this part of the program; without one by its root
};

/// The verdict alone, as fast as it can be had.
[[nodiscard]] SchemaVerdict schemaVerdict(const SchemaProgram& program, const JsonTape& instance,
                                          const ValidationLimits& limits = {});

/// The verdict with errors in the order of the payload, and why it is unknown. `schemaFile` and `version` stay empty;
/// offsets count from the instance's first byte. Pure; any thread.
[[nodiscard]] SchemaJudgement judge(const SchemaProgram& program, const JsonTape& instance,
                                    const ValidationLimits& limits = {});

} // namespace spillway
