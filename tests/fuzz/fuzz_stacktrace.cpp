// SPDX-License-Identifier: GPL-3.0-or-later
// Any text has a cause chain of at least one entry, whose classes look like classes.
#include "letterbytes.h"
#include "model/deadletter/stacktrace.h"

using namespace spillway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const CauseChain chain =
        readCauseChain(QByteArrayView(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size)));
    fuzz::demand(!chain.thrown.empty());
    for (const ThrownEntry& entry : chain.thrown)
        fuzz::demand(!entry.className || looksLikeClass(entry.className->toUtf8()));
    return 0;
}
