// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a letter of any headers: never fatal, the same twice, and every place it names is there; so its hops.
#include "letterbytes.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/letterhops.h"

using namespace spillway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const DialectRegistry dialects = DialectRegistry::bundled().value();
    const RawRecord record = fuzz::recordOf(data, size);
    const LetterFacts facts = dialects.read(record);
    fuzz::demand(facts == dialects.read(record));
    fuzz::demand(!facts.stackHeader ||
                 (*facts.stackHeader >= 0 && static_cast<std::size_t>(*facts.stackHeader) < record.headers.size()));
    fuzz::demand(!facts.attempts || *facts.attempts >= 1);
    fuzz::demand(!facts.originOffset || facts.originOffset->value >= 0);
    fuzz::demand(facts.confidence >= 0 && facts.confidence <= 1);
    (void)stackText(record, facts);
    DeadLetter letter;
    letter.record = record;
    letter.facts = facts;
    const FailureCourse course = failureCourse(letter, dialects);
    fuzz::demand(course == failureCourse(letter, dialects));
    fuzz::demand(course.hops.empty() || course.hops.back().errorClass == facts.errorClass);
    for (const Header& header : record.headers)
        (void)dialects.isErrorHeader(facts.dialect, header.name);
    return 0;
}
