// SPDX-License-Identifier: GPL-3.0-or-later
// A dialect file of any content is a dialect or a list of mistakes, each with a place in the file.
#include "letterbytes.h"
#include "model/deadletter/dialect.h"

using namespace spillway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QByteArray json(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    const Checked<Dialect> checked = checkDialect(json, QStringLiteral("x.json"));
    fuzz::demand(checked.value.has_value() == checked.issues.empty());
    for (const FileIssue& issue : checked.issues)
        fuzz::demand(issue.place.line >= 0 && issue.place.line <= json.count('\n') + 1 && !issue.message.isEmpty());
    return 0;
}
