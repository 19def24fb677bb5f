// SPDX-License-Identifier: GPL-3.0-or-later
// Any text has a cause chain of at least one entry, whose classes look like classes; what its sections show stands in
// it, and frames have names.
#include "letterbytes.h"
#include "model/deadletter/stackframes.h"
#include "model/deadletter/stackreaders.h"
#include "model/deadletter/stacktrace.h"

using namespace spillway;

namespace {

bool standsIn(QByteArrayView part, QByteArrayView text)
{
    return part.isEmpty() || (part.begin() >= text.begin() && part.end() <= text.end());
}

void read(QByteArrayView text, const KnownMessages& known)
{
    const CauseChain chain = readCauseChain(text, known);
    fuzz::demand(!chain.thrown.empty());
    for (const ThrownEntry& entry : chain.thrown)
        fuzz::demand(!entry.className || looksLikeAnyClass(entry.className->toUtf8()));
    const std::vector<StackSection> sections = stackSections(text, known);
    fuzz::demand(!sections.empty());
    for (const StackSection& section : sections) {
        fuzz::demand(standsIn(section.className, text) && standsIn(section.message, text) &&
                     standsIn(section.frames, text));
        eachFrame(section, [&](QByteArrayView line) {
            fuzz::demand(standsIn(line, text));
            (void)frameName(line, section.language);
            return true;
        });
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QByteArrayView text(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    read(text, {});
    // Its first half as a message that a header tells.
    KnownMessages known;
    addKnownMessage(known, text.first(text.size() / 2));
    read(text, known);
    return 0;
}
